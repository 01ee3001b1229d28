"""The prefix that the bundled model writes with; another model is told in words how to write."""

import json
import logging
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from clearspan.errors import BadInput, ClearspanError

if TYPE_CHECKING:
    from clearspan.models.backends.prefix import Prefix

SHIPPED = Path(str(files("clearspan"))) / "tiers" / "writer" / "data"
PREFIX, CARD = "writer.safetensors", "writer.json"

_log = logging.getLogger(__name__)


@lru_cache(maxsize=4)
def learned_prefix(reference: str, folder: Path = SHIPPED) -> "Prefix | None":
    """The prefix that was learned for a model; None where it was learned for another, or cannot be read.

    Args:
        reference: of the model.
    """
    try:
        prefix = read_prefix(folder)
    except ClearspanError as error:
        # The quotes stand without it, and the model is told in words.
        _log.warning("%s The writer is told in words how to write.", error)
        return None
    return prefix if prefix.reference == reference else None


def read_prefix(folder: Path) -> "Prefix":
    """The prefix that a training left in a folder.

    Raises:
        BadInput: there is none, or it is damaged.
    """
    from safetensors import SafetensorError

    from clearspan.models.backends.prefix import Prefix

    try:
        card = cast("dict[str, Any]", json.loads((folder / CARD).read_text("utf-8")))
        return Prefix.unpacked((folder / PREFIX).read_bytes(), str(card["model"]))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise BadInput(
            f"{folder} holds no prefix of a writer that can be read.",
            why=f"{type(error).__name__}: {error}",
            do="Install Clearspan again, or train one with `clearspan train writer`.",
        ) from error
