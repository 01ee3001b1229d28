"""What a question asks for."""

from collections.abc import Mapping
from typing import Literal, get_args

AskedFor = Literal[
    "fact", "yes_no", "list", "number", "how", "why", "compare", "multi_hop", "table", "definition"
]
KINDS: tuple[AskedFor, ...] = get_args(AskedFor)
"""In the order of the columns of the reader's head."""

_WIDE: tuple[AskedFor, ...] = ("list", "how", "why", "compare", "definition")


def wideness(kinds: Mapping[AskedFor, float]) -> float:
    """Probability that a question asks for more than one fact."""
    return sum(kinds.get(kind, 0.0) for kind in _WIDE)
