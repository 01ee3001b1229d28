"""Dials that come with a chat request: directions given as numbers, or named in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clearspan.errors import BadInput
from clearspan.server.edge.errors import BadParameter
from clearspan.server.named_dials import named_dials
from clearspan.server.openai.requests import DialSetting

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial
    from clearspan.models.serving.engine import LanguageModel
    from clearspan.settings import Settings


def dials_of(
    model: "LanguageModel", settings: "Settings", asked: Sequence[DialSetting | str]
) -> "list[Dial]":
    """The dials that a request asks for.

    Raises:
        BadParameter: one of them cannot be applied to the model; `param` says which.
        UnknownPreset: one is the name of a preset that does not exist.
        NotFound: one names a feature or direction that does not exist.
    """
    found: list[Dial] = []
    for number, one in enumerate(asked):
        try:
            found += named_dials(settings, [one]) if isinstance(one, str) else [_dial(model, one)]
        except BadInput as error:
            raise BadParameter(error.what, param=f"dials.{number}", why=error.why, do=error.do) from error
    return found


def _dial(model: "LanguageModel", setting: DialSetting) -> "Dial":
    asked = [name for name in ("clamp", "add", "ablate") if getattr(setting, name) is not None]
    if len(asked) != 1:
        raise BadInput(
            f"The dial of '{setting.name}' has {' and '.join(asked) or 'no operation'}.",
            why="A dial does one thing.",
            do="Give one of clamp, add and ablate.",
        )
    direction = model.direction(setting.name, setting.site, setting.vector)
    if setting.clamp is not None:
        return direction.clamp(setting.clamp)
    return direction.add(setting.add) if setting.add is not None else direction.ablate()
