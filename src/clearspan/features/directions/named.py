"""Named vectors at sites: what stands in where no single feature means a thing. `contrast` makes them from texts.

A direction is kept in one safetensors file with others of its model; the file's header says what each is. Those that
ship lie beside a dictionary in `directions.safetensors`, one's own in the home folder, a file for each model.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

import torch
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field
from safetensors import SafetensorError, safe_open
from safetensors.torch import save  # pyright: ignore[reportUnknownVariableType]

from clearspan.errors import NotFound
from clearspan.features.formats.folders import damaged
from clearspan.features.places import directions_file, places
from clearspan.files import write_file
from clearspan.models.inside.dials import Direction
from clearspan.settings import Settings

FILE = "directions.safetensors"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")

Method = Literal["difference_of_means", "principal_component", "features", "given"]

_HEADER = "clearspan"


class DirectionCard(BaseModel):
    """What is known of a direction beside its numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=f"^{NAME.pattern}$")
    model: str
    site: str
    method: Method = "given"
    like: int = Field(default=0, ge=0, description="Tokens of the texts that are like it.")
    unlike: int = Field(default=0, ge=0, description="Tokens of the texts that are not.")
    separation: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Chance that a token of a text that is like it is more active than one of a text that is not, "
        "over the texts that it was made from.",
    )
    dictionary: str = Field(
        default="", description="Whose features it is made of, if it is made of features."
    )
    features: tuple[int, ...] = Field(default=(), description="Those, the one that gains most first.")


@dataclass(frozen=True, slots=True)
class NamedDirection:
    """A direction with what is known of it."""

    card: DirectionCard
    direction: Direction

    def renamed(self, name: str) -> "NamedDirection":
        """The same under another name."""
        card = DirectionCard.model_validate({**self.card.model_dump(), "name": name})
        return NamedDirection(card, replace(self.direction, name=name))


def directions(model: str, settings: Settings) -> dict[str, NamedDirection]:
    """Every direction of a model by its name: one's own, and those that ship with its dictionaries.

    Raises:
        BadInput: a file of directions is damaged.
    """
    found: dict[str, NamedDirection] = {}
    for place in places(settings):
        if place.name.model == model:
            found = {**read_directions(place.folder / FILE), **found}
    return {**found, **read_directions(directions_file(model, settings))}


def find_direction(name: str, model: str, settings: Settings) -> NamedDirection:
    """A direction of a model.

    Raises:
        NotFound: there is none of that name.
        BadInput: a file of directions is damaged.
    """
    known = directions(model, settings)
    if name not in known:
        raise NotFound(
            f"There is no direction '{name:.60}' of {model:.60}.",
            why=f"There is {', '.join(sorted(known)) or 'none yet'}.",
            do="Make one from example texts: 'clearspan features find … --like FILE --unlike FILE'.",
        )
    return known[name]


def save_direction(named: NamedDirection, settings: Settings) -> None:
    """Keep a direction in the home folder; one of the same name is replaced.

    Raises:
        StorageError: the disk did not take it.
    """
    _change(named.card.model, settings, lambda found: found | {named.card.name: named})


def read_directions(path: Path) -> dict[str, NamedDirection]:
    """The directions of one file; none where there is no file.

    Raises:
        BadInput: it is damaged.
    """
    if not path.is_file():
        return {}
    try:
        header, tensors = _file(path)
        rows = cast("list[dict[str, Any]]", json.loads(header))
        found = [_opened(row, tensors) for row in rows]
    except (SafetensorError, ValueError, TypeError, KeyError, OSError) as error:
        raise damaged(path, f"{type(error).__name__}: {error}") from error
    return {one.card.name: one for one in found}


def write_directions(path: Path, named: Iterable[NamedDirection]) -> None:
    """Write the directions of one file, whole or not at all.

    Raises:
        StorageError: the disk did not take it.
    """
    together = {one.card.name: one for one in named}
    rows = [
        {
            "card": one.card.model_dump(mode="json", exclude_none=True),
            "bias": one.direction.bias,
            "maximum": one.direction.maximum,
        }
        for one in together.values()
    ]
    tensors = {name: one.direction.decoder.contiguous() for name, one in together.items()}
    write_file(path, save(tensors, {_HEADER: json.dumps(rows, allow_nan=False)}))


def _file(path: Path) -> tuple[str, dict[str, torch.Tensor]]:
    with cast("Any", safe_open(path, "pt")) as file:
        metadata = cast("dict[str, str]", file.metadata() or {})
        return metadata[_HEADER], {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def _opened(row: dict[str, Any], tensors: dict[str, torch.Tensor]) -> NamedDirection:
    card = DirectionCard.model_validate(row["card"])
    plain = Direction.of(card.name, card.model, card.site, tensors[card.name], float(row["maximum"]))
    return NamedDirection(card, replace(plain, bias=float(row["bias"])))


def _change(
    model: str,
    settings: Settings,
    change: Callable[[dict[str, NamedDirection]], dict[str, NamedDirection]],
) -> None:
    path = directions_file(model, settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        write_directions(path, change(read_directions(path)).values())
