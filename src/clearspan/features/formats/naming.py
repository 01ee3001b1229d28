"""Whether the files of a dictionary name the model that they are said to belong to."""

import re

from clearspan.errors import BadInput
from clearspan.features.names import DictionaryName


def require_named(said: object, name: DictionaryName, where: object) -> None:
    """Raise where the files of a dictionary name another model; a path of ours says no name that could disagree.

    Raises:
        BadInput: they do.
    """
    local = name.model.startswith(("dir:", "gguf:"))
    if isinstance(said, str) and said and not local and not _alike(said, name.model):
        raise BadInput(
            f"The dictionary does not belong to {name.model:.60}.",
            why=f"{where} says that it was trained on {said:.60}.",
            do="Name the model that it was trained on.",
        )


def _alike(said: str, reference: str) -> bool:
    """Whether two names can be of one model: hubs put an organisation before it, and we call some shorter."""
    bare = [
        name.rpartition(":")[2].rpartition("/")[2].partition("@")[0].lower() for name in (said, reference)
    ]
    one, other = (re.sub(r"[^a-z0-9]", "", name) for name in bare)
    return one.startswith(other) or other.startswith(one)
