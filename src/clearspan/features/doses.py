"""How a dial is written: a closed grammar that round-trips, the same on the command line, over HTTP and in Python.

golden-gate                                        a preset at its recommended dose
golden-gate=0.6x                                   a preset at another
#1234=2x                                           a feature of the model's default dictionary, held at 2 × its maximum
smollm2-135m/layers.15.residual/8k#1234=+2x        a feature of a named one, raised by 2 × its maximum
#1234=off                                          a feature taken away
direction:formal=3x                                a direction by its name
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.errors import BadInput
from clearspan.features.catalogue import open_dictionary
from clearspan.features.directions.named import directions, find_direction
from clearspan.features.names import DictionaryName, FeatureName
from clearspan.features.presets import DIRECTION, Preset, find_preset
from clearspan.models.inside.dials import LARGEST_AMOUNT, Dial, Direction, Operation
from clearspan.settings import Settings

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_AMOUNT = re.compile(r"(\+?)(-?\d{1,4}(?:\.\d{1,25})?(?:e-\d{1,3})?)x", re.ASCII)


@dataclass(frozen=True, slots=True)
class PresetTarget:
    """A preset, by its name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class DirectionTarget:
    """A direction of the model, by its name."""

    name: str

    def __str__(self) -> str:
        return f"{DIRECTION}{self.name}"


@dataclass(frozen=True, slots=True)
class FeatureTarget:
    """A feature; of the model's default dictionary where none is named."""

    index: int
    dictionary: DictionaryName | None = None

    def __str__(self) -> str:
        return f"{self.dictionary or ''}#{self.index}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One dial as it is written.

    Attributes:
        operation: None for a preset, which says itself what is done.
        amount: in multiples of the maximum; None for `off`, and for a preset at its recommended dose.
    """

    target: PresetTarget | DirectionTarget | FeatureTarget
    operation: Operation | None = None
    amount: float | None = None

    def __str__(self) -> str:
        if self.operation == "ablate":
            return f"{self.target}=off"
        if self.amount is None:
            return str(self.target)
        sign = "+" if self.operation == "add" else ""
        return f"{self.target}={sign}{_written(self.amount)}x"


def parse_dial(text: str) -> Setting:
    """Read one dial.

    Raises:
        BadInput: it is not written in the grammar above; says what it lacks.
    """
    text = text.strip()
    named, sign, amount = text.rpartition("=")
    if not sign:
        named, amount = text, ""
    target = _target(named, text)
    if isinstance(target, PresetTarget):
        if amount == "off" or amount.startswith("+"):
            raise _malformed(text, "A preset says itself what is done to its features.", f"{named}=2x")
        return Setting(target, None, _amount(amount, text)[1] if sign else None)
    if amount == "off":
        return Setting(target, "ablate")
    if not sign:
        raise _malformed(text, "It does not say how far.", f"{text:.80}=2x")
    return Setting(target, *_amount(amount, text))


def parse_dials(text: str | Sequence[str]) -> list[Setting]:
    """Read several dials: a list of them, or one text with commas between.

    Raises:
        BadInput: as `parse_dial`.
    """
    parts = [part for part in text.split(",") if part.strip()] if isinstance(text, str) else text
    return [parse_dial(part) for part in parts]


def resolve(dials: str | Sequence[str | Setting], settings: Settings, model: str) -> list[Dial]:
    """The dials to give to a model, from how they are written; the model holds them against its limits.

    Args:
        dials: see `parse_dials`.
        model: reference of the model whose presets, default dictionary and directions are meant.

    Raises:
        BadInput: a dial is malformed, or of another model.
        NotFound: what a dial names does not exist.
        BeyondLimit: a dose is beyond its preset's limit.
        Refused: a feature cannot be dialled.
    """
    given = parse_dials(dials) if isinstance(dials, str) else dials
    parsed = [parse_dial(one) if isinstance(one, str) else one for one in given]
    return [dial for one in parsed for dial in _resolve(one, settings, model)]


def preset_dials(preset: Preset, settings: Settings, dose: float | None = None) -> list[Dial]:
    """The dials of a preset, its dictionary and directions found by name.

    Raises:
        NotFound, Refused: as `Preset.dials_at`.
    """
    annotated = open_dictionary(preset.dictionary, settings) if preset.dictionary else None
    known = {name: one.direction for name, one in directions(preset.model, settings).items()}
    return preset.dials_at(annotated, known, dose)


def _resolve(setting: Setting, settings: Settings, model: str) -> list[Dial]:
    target = setting.target
    if isinstance(target, PresetTarget):
        preset = find_preset(target.name, model, settings)
        return preset_dials(preset, settings, setting.amount)
    if isinstance(target, DirectionTarget):
        direction = find_direction(target.name, model, settings).direction
    else:
        direction = _feature(target, settings, model)
    return [Dial(direction, setting.operation or "clamp", setting.amount or 0.0)]


def _feature(target: FeatureTarget, settings: Settings, model: str) -> Direction:
    if target.dictionary is not None and target.dictionary.model != model:
        raise BadInput(
            f"{target} is a feature of {target.dictionary.model:.60}, not of {model:.60}.",
            why="A feature means nothing in a model that it was not found in.",
            do="Load the model that it belongs to, or find the feature again in this one.",
        )
    reference = str(target.dictionary) if target.dictionary else model
    return open_dictionary(reference, settings).feature(target.index).direction


def _target(named: str, text: str) -> PresetTarget | DirectionTarget | FeatureTarget:
    if named.startswith(DIRECTION) and _SLUG.fullmatch(named.removeprefix(DIRECTION)):
        return DirectionTarget(named.removeprefix(DIRECTION))
    if named.startswith("#") and _INDEX.fullmatch(named[1:]):
        return FeatureTarget(int(named[1:]))
    if "#" in named and _INDEX.fullmatch(named.rpartition("#")[2]):
        name = FeatureName.parse(named)
        return FeatureTarget(name.index, name.dictionary)
    if _SLUG.fullmatch(named):
        return PresetTarget(named)
    raise _malformed(
        text, "It names no preset, feature or direction.", "golden-gate', '#1234=2x' or 'direction:formal=3x"
    )


def _amount(amount: str, text: str) -> tuple[Operation, float]:
    match = _AMOUNT.fullmatch(amount)
    if match is None or abs(float(match[2])) > LARGEST_AMOUNT:
        raise _malformed(
            text,
            f"'{amount:.40}' is not how far: that is a multiple of the maximum up to {LARGEST_AMOUNT:g}, ending in x.",
            f"{text.rpartition('=')[0]:.80}=2x",
        )
    return "add" if match[1] else "clamp", float(match[2])


def _written(amount: float) -> str:
    return repr(amount).removesuffix(".0")


def _malformed(text: str, why: str, example: str) -> BadInput:
    return BadInput(f"'{text:.100}' is not a dial.", why=why, do=f"Write it as '{example}'.")
