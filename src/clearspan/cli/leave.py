"""Leave to exceed the limits of dials, on the command line."""

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clearspan.settings import Settings


def leaving(limit_key: str | None, settings: "Settings") -> AbstractContextManager[None]:
    """Limits may be exceeded within, if a key is given.

    Raises:
        Refused: it is not the key of the settings.
    """
    if limit_key is None:
        return nullcontext()
    from clearspan.models.inside.limits.overrides import exceeding

    return exceeding(limit_key, settings, "the command line")
