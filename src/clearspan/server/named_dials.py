"""Dials that a request names in words: presets, features and directions, as the command line writes them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.server.edge.errors import UnknownPreset

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial
    from clearspan.settings import Settings

NamedDial = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""`golden-gate`, `golden-gate=0.6x`, `#1234=2x`, `direction:formal=3x`."""


def named_dials(settings: "Settings", texts: Sequence[str]) -> "list[Dial]":
    """The dials of the local model that some texts name.

    Raises:
        BadInput: one is malformed, of another model, or cannot be dialled.
        BeyondLimit: one is beyond the limit of its preset.
        UnknownPreset: one is the name of a preset that does not exist.
        NotFound: one names a feature, direction or dictionary that does not exist.
    """
    from clearspan.features.doses import PresetTarget, parse_dial, resolve
    from clearspan.models.inside.limits.dose import BeyondLimit

    found: list[Dial] = []
    for text in texts:
        setting = parse_dial(text)
        try:
            found += resolve([setting], settings, settings.model)
        except NotFound as error:
            if isinstance(setting.target, PresetTarget):
                raise UnknownPreset(error.what, why=error.why, do=error.do) from error
            raise
        except BeyondLimit:
            raise
        except Refused as error:
            # The request is understood and allowed; what it asks for cannot be set.
            raise BadInput(error.what, why=error.why, do=error.do) from error
    return found
