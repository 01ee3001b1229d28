"""What a question asks for."""

from typing import Literal, get_args

AskedFor = Literal[
    "fact", "yes_no", "list", "number", "how", "why", "compare", "multi_hop", "table", "definition"
]
KINDS: tuple[AskedFor, ...] = get_args(AskedFor)
"""In the order of the columns of the reader's head."""
