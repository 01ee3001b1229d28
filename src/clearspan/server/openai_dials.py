"""Dials that come with a chat request: directions given as numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from clearspan.errors import BadInput
from clearspan.server.errors import BadParameter, UnknownPreset
from clearspan.server.openai_requests import DialSetting

if TYPE_CHECKING:
    from clearspan.models.dials import Dial
    from clearspan.models.engine import LanguageModel


def dials_of(model: "LanguageModel", settings: Sequence[DialSetting | str]) -> "list[Dial]":
    """The dials that a request asks for.

    Raises:
        BadParameter: one of them cannot be applied to the model; `param` says which.
        UnknownPreset: one is the name of a preset that does not exist.
    """
    return [_dial(model, one, f"dials.{number}") for number, one in enumerate(settings)]


def _dial(model: "LanguageModel", setting: DialSetting | str, param: str) -> "Dial":
    if isinstance(setting, str):
        raise UnknownPreset(
            f"There is no preset named {setting[:100]!r}.",
            do="Give the dial itself: its site, its vector, and one of clamp, add and ablate.",
        )
    asked = [name for name in ("clamp", "add", "ablate") if getattr(setting, name) is not None]
    if len(asked) != 1:
        raise BadParameter(
            f"The dial of '{setting.name}' has {' and '.join(asked) or 'no operation'}.",
            param=param,
            why="A dial does one thing.",
            do="Give one of clamp, add and ablate.",
        )
    try:
        direction = model.direction(setting.name, setting.site, setting.vector)
        if setting.clamp is not None:
            return direction.clamp(setting.clamp)
        return direction.add(setting.add) if setting.add is not None else direction.ablate()
    except BadInput as error:
        raise BadParameter(error.what, param=param, why=error.why, do=error.do) from error
