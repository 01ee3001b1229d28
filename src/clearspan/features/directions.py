"""Named vectors at sites, made from example texts: what stands in where no single feature means a thing.

A direction is kept in one safetensors file with others of its model; the file's header says what each is. Those that
ship lie beside a dictionary in `directions.safetensors`, one's own in the home folder, a file for each model.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

import torch
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field
from safetensors import SafetensorError, safe_open
from safetensors.torch import save  # pyright: ignore[reportUnknownVariableType]

from clearspan.errors import BadInput, NotFound
from clearspan.features.catalogue import places, slug
from clearspan.features.formats.folders import damaged, write_file
from clearspan.models.dials import Direction
from clearspan.models.engine import LanguageModel
from clearspan.models.sites import Site
from clearspan.settings import Settings

FILE = "directions.safetensors"
MOST_TOKENS = 20_000
"""Of each side's texts no more are read: a mean moves little after that, and they are held in memory."""

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")

Method = Literal["difference_of_means", "principal_component", "given"]

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


@dataclass(frozen=True, slots=True)
class NamedDirection:
    """A direction with what is known of it."""

    card: DirectionCard
    direction: Direction

    def renamed(self, name: str) -> "NamedDirection":
        """The same under another name."""
        card = DirectionCard.model_validate({**self.card.model_dump(), "name": name})
        return NamedDirection(card, replace(self.direction, name=name))


def difference_of_means(
    model: LanguageModel, site: Site | str, like: Sequence[str], unlike: Sequence[str], name: str
) -> NamedDirection:
    """From the mean of texts that are not like a thing to the mean of those that are (Marks and Tegmark 2023).

    Its activation is 0 at the mean of `unlike`, 1 at that of `like`; a dial's unit is the highest over `like`.

    Raises:
        BadInput: there are no texts, the site does not exist, or the two means are the same.
    """
    here, there = _read(model, site, like, "like"), _read(model, site, unlike, "unlike")
    return _named(model, site, name, "difference_of_means", here.mean(0) - there.mean(0), here, there)


def principal_component(
    model: LanguageModel, site: Site | str, like: Sequence[str], unlike: Sequence[str], name: str
) -> NamedDirection:
    """The direction along which texts that are like a thing lie farthest from the mean of those that are not.

    It is the first principal component of the activations over `like`, taken about the mean of `unlike`, pointing to
    the mean of `like` and scaled as that of `difference_of_means` is.

    Raises:
        BadInput: as `difference_of_means`.
    """
    here, there = _read(model, site, like, "like"), _read(model, site, unlike, "unlike")
    centred = here - there.mean(0)
    _, _, across = cast(
        "tuple[torch.Tensor, ...]", cast("Any", torch.linalg).svd(centred, full_matrices=False)
    )
    component = across[0]
    return _named(
        model, site, name, "principal_component", component * (centred.mean(0) @ component), here, there
    )


def directions(model: str, settings: Settings) -> dict[str, NamedDirection]:
    """Every direction of a model by its name: one's own, and those that ship with its dictionaries.

    Raises:
        BadInput: a file of directions is damaged.
    """
    found: dict[str, NamedDirection] = {}
    for place in places(settings):
        if place.name.model == model:
            found = {**read_directions(place.folder / FILE), **found}
    return {**found, **read_directions(_home_file(model, settings))}


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


def delete_direction(name: str, model: str, settings: Settings) -> None:
    """Delete one of one's own directions.

    Raises:
        NotFound: there is none of that name in the home folder.
    """

    def without(found: dict[str, NamedDirection]) -> dict[str, NamedDirection]:
        if name not in found:
            raise NotFound(f"You have no direction '{name:.60}' of {model:.60}.", do="Check the name.")
        return {key: value for key, value in found.items() if key != name}

    _change(model, settings, without)


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


def _home_file(model: str, settings: Settings) -> Path:
    return settings.home / "directions" / f"{slug(model)}.safetensors"


def _change(
    model: str,
    settings: Settings,
    change: Callable[[dict[str, NamedDirection]], dict[str, NamedDirection]],
) -> None:
    path = _home_file(model, settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{path}.lock"):
        write_directions(path, change(read_directions(path)).values())


def _read(model: LanguageModel, site: Site | str, texts: Sequence[str], side: str) -> torch.Tensor:
    """Activations at the tokens of texts, shape `(n, width)` in float32; sinks are left out."""
    site = Site.parse(site)
    parts: list[torch.Tensor] = []
    for one in model.stream_activations(texts, [site]):
        parts.append(one.values[site][~one.sinks[site]].float())
        if sum(map(len, parts)) >= MOST_TOKENS:
            break
    found = torch.cat(parts)[:MOST_TOKENS] if parts else torch.empty(0, 0)
    if not len(found):
        raise BadInput(
            f"There is nothing to read in the texts that are {side} it.",
            why="A direction is made from what the model has in mind at their tokens.",
            do="Give a few sentences for each side.",
        )
    return found


def _named(
    model: LanguageModel,
    site: Site | str,
    name: str,
    method: Method,
    vector: torch.Tensor,
    here: torch.Tensor,
    there: torch.Tensor,
) -> NamedDirection:
    site = Site.parse(site)
    if not NAME.fullmatch(name):
        raise BadInput(
            f"'{name:.60}' cannot be the name of a direction.",
            why="Names are of small letters, digits and dashes, so that they can stand in a dial.",
            do="Write it as 'golden-gate'.",
        )
    plain = Direction.of(name, model.reference, site, vector)
    direction = replace(plain, bias=-float(plain.encoder @ there.mean(0)))
    like, unlike = direction.activation(here), direction.activation(there)
    card = DirectionCard(
        name=name,
        model=model.reference,
        site=str(site),
        method=method,
        like=len(here),
        unlike=len(there),
        separation=_separation(like, unlike),
    )
    return NamedDirection(card, replace(direction, maximum=float(like.max())))


def _separation(like: torch.Tensor, unlike: torch.Tensor) -> float:
    """Area under the receiver operating characteristic: ties count half."""
    below = torch.searchsorted(unlike.sort().values, like.contiguous())
    upto = torch.searchsorted(unlike.sort().values, like.contiguous(), right=True)
    return float((below + upto).double().mean() / (2 * len(unlike)))
