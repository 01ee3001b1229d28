"""Presets: named sets of dials with the dose that was measured to work, and the one that is not exceeded.

Those that ship lie beside their dictionary in `presets.json`; one's own are files of the home folder, one each.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from clearspan.errors import BadInput, NotFound
from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.formats.folders import as_json, read_json
from clearspan.features.names import DictionaryName
from clearspan.features.places import places, presets_folder
from clearspan.files import write_file
from clearspan.models.inside.dials import LARGEST_AMOUNT, Dial, Direction, Operation
from clearspan.models.inside.limits.dose import BeyondLimit
from clearspan.models.inside.limits.overrides import leave
from clearspan.settings import Settings

FILE = "presets.json"
DIRECTION = "direction:"
"""What the name of a direction begins with where a feature could stand too."""

_NAME = r"[a-z0-9][a-z0-9-]{0,59}"


class PresetDial(BaseModel):
    """One dial of a preset."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str = Field(
        pattern=rf"^(#(0|[1-9][0-9]{{0,8}})|{DIRECTION}{_NAME})$",
        description="`#1234`, a feature of the preset's dictionary, or `direction:NAME`.",
    )
    operation: Operation = "clamp"
    share: float = Field(default=1.0, ge=-100, le=100, description="Its amount in multiples of the dose.")


class Dose(BaseModel):
    """How far a preset is turned up, in multiples of the maxima of its features."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recommended: float = Field(gt=0, le=LARGEST_AMOUNT)
    limit: float = Field(gt=0, le=LARGEST_AMOUNT, description="Beyond it, text was measured to break.")

    @model_validator(mode="after")
    def _in_order(self) -> "Dose":
        if self.recommended > self.limit:
            raise ValueError("the recommended dose is above the limit")
        return self


class Preset(BaseModel):
    """A named, saved set of dials of one model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=f"^{_NAME}$")
    title: str = Field(min_length=1, max_length=100)
    description: str = Field(default="", max_length=1000)
    model: str = Field(min_length=1, description="Model reference.")
    dictionary: str = Field(default="", description="Name of the dictionary whose features `#…` are.")
    dials: tuple[PresetDial, ...] = Field(min_length=1, max_length=32)
    dose: Dose
    measured: dict[str, float] = Field(
        default={}, description="Figures of `clearspan check` at the recommended dose."
    )
    topics: tuple[str, ...] = Field(
        default=(), description="Regular expressions, of which one matches a text that mentions the thing."
    )
    identity: tuple[str, ...] = Field(
        default=(), description="Regular expressions, of which one matches a reply given as the thing itself."
    )

    @field_validator("topics", "identity")
    @classmethod
    def _compiles(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"'{pattern:.60}' is not a regular expression: {error}") from error
        return patterns

    @model_validator(mode="after")
    def _belongs(self) -> "Preset":
        if any(dial.target.startswith("#") for dial in self.dials) and not self.dictionary:
            raise ValueError("a dial of a feature needs the name of its dictionary")
        if self.dictionary and DictionaryName.parse(self.dictionary).model != self.model:
            raise ValueError("the dictionary is of another model")
        targets = [dial.target for dial in self.dials]
        if len(set(targets)) < len(targets):
            raise ValueError("a feature or direction is dialled twice")
        return self

    def dials_at(
        self,
        annotated: AnnotatedDictionary | None,
        directions: Mapping[str, Direction],
        dose: float | None = None,
    ) -> list[Dial]:
        """The dials to give to a model, which holds them against its own limits.

        Args:
            annotated: the preset's dictionary; None for a preset of directions alone.
            directions: those of the model, by name.
            dose: in multiples of the maxima; the recommended one by default.

        Raises:
            BeyondLimit: the dose is beyond the limit, and nobody gave leave.
            NotFound: a feature or direction of the preset does not exist.
        """
        dose = self.dose.recommended if dose is None else dose
        if abs(dose) > self.dose.limit and not leave():
            raise BeyondLimit(
                f"{dose:g} × is beyond the limit of '{self.name}'.",
                why=f"Beyond {self.dose.limit:g} × its text was measured to break; {self.dose.recommended:g} × works.",
                do=f"Stay within {self.dose.limit:g} ×.",
            )
        return [
            Dial(
                self._direction(dial.target, annotated, directions),
                dial.operation,
                0.0 if dial.operation == "ablate" else dial.share * dose,
            )
            for dial in self.dials
        ]

    def mentions(self, text: str) -> bool:
        """Whether a text mentions the thing; cases do not matter."""
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in self.topics)

    def speaks_as(self, text: str) -> bool:
        """Whether a reply is given as the thing itself; cases do not matter."""
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in self.identity)

    def _direction(
        self, target: str, annotated: AnnotatedDictionary | None, directions: Mapping[str, Direction]
    ) -> Direction:
        if target.startswith(DIRECTION):
            name = target.removeprefix(DIRECTION)
            if name not in directions:
                raise NotFound(
                    f"The preset '{self.name}' needs the direction '{name}', which is not here.",
                    do="Make it again, or take the dial out of the preset.",
                )
            return directions[name]
        if annotated is None or annotated.card.name != self.dictionary:
            raise NotFound(
                f"The preset '{self.name}' needs the dictionary {self.dictionary}.",
                why=f"{annotated.card.name if annotated else 'None'} is open.",
                do="Open the dictionary that the preset was made with.",
            )
        return annotated.feature(int(target[1:])).direction


def presets(settings: Settings, model: str) -> dict[str, Preset]:
    """Every preset of a model by its name: those that ship, and one's own, which win.

    Raises:
        BadInput: a file of presets cannot be read; says which and why.
    """
    found: dict[str, Preset] = {}
    for place in places(settings):
        if place.name.model == model:
            found = {one.name: one for one in read_presets(place.folder / FILE)} | found
    folder = presets_folder(model, settings)
    own = [_preset(path, read_json(path, "a preset")) for path in sorted(folder.glob("*.json"))]
    return {name: one for name, one in found.items() if one.model == model} | {one.name: one for one in own}


def find_preset(name: str, model: str, settings: Settings) -> Preset:
    """A preset of a model.

    Raises:
        NotFound: there is none of that name.
        BadInput: as `presets`.
    """
    known = presets(settings, model)
    if name not in known:
        raise NotFound(
            f"There is no preset '{name:.60}' of {model:.60}.",
            why=f"There is {', '.join(sorted(known)) or 'none yet'}.",
            do="Name one of these, or dial a feature: '#1234=2x'.",
        )
    return known[name]


def save_preset(preset: Preset, settings: Settings) -> None:
    """Keep a preset in the home folder; one of the same name is replaced, and one that ships stands behind it.

    Raises:
        StorageError: the disk did not take it.
    """
    path = presets_folder(preset.model, settings) / f"{preset.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        write_file(path, as_json(preset.model_dump(mode="json")))


def read_presets(path: Path) -> list[Preset]:
    """The presets of one file that ships; none where there is no file.

    Raises:
        BadInput: it cannot be read.
    """
    if not path.is_file():
        return []
    rows = read_json(path, "the presets of a dictionary").get("presets")
    if not isinstance(rows, list):
        raise BadInput(f"{path} holds no list of presets.", do='Write it as {"presets": [...]}.')
    return [_preset(path, row) for row in cast("list[Any]", rows)]


def write_presets(path: Path, together: list[Preset]) -> None:
    """Write the presets that lie beside a dictionary, whole or not at all.

    Raises:
        StorageError: the disk did not take it.
    """
    write_file(path, as_json({"presets": [one.model_dump(mode="json") for one in together]}))


def _preset(path: Path, row: object) -> Preset:
    try:
        return Preset.model_validate(row)
    except (ValidationError, BadInput) as error:
        why = str(error)
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            why = f"{'.'.join(str(part) for part in first['loc']) or 'It'}: {first['msg']}."
        raise BadInput(f"A preset in {path} cannot be read.", why=why, do="Mend or delete it.") from error
