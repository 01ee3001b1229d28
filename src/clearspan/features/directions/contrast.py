"""Directions made from what stands in the model at texts that are like a thing, against texts that are not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import torch
from torch.nn import functional

from clearspan.errors import BadInput
from clearspan.features.directions.named import NAME, DirectionCard, Method, NamedDirection
from clearspan.models.inside.dials import Direction
from clearspan.models.inside.sites import Site
from clearspan.models.serving.engine import LanguageModel

MOST_TOKENS = 20_000
"""Of each side's texts no more are read: a mean moves little after that, and they are held in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """What was read at a site of a model, sinks left out.

    Attributes:
        like: shape `(n, width)`, float32, at the tokens of texts that are like a thing.
        unlike: of the same width, at those of texts that are not.
    """

    model: str
    site: Site
    like: torch.Tensor
    unlike: torch.Tensor

    @classmethod
    def read(
        cls, model: LanguageModel, site: Site | str, like: Sequence[str], unlike: Sequence[str]
    ) -> "Sides":
        """Read both sides.

        Raises:
            BadInput: there are no texts on one of them, or the site does not exist.
        """
        site = Site.parse(site)
        return cls(
            model.reference, site, _read(model, site, like, "like"), _read(model, site, unlike, "unlike")
        )

    @property
    def lead(self) -> torch.Tensor:
        """From the mean of those that are not to the mean of those that are, shape `(width,)`."""
        return self.like.mean(0) - self.unlike.mean(0)

    def difference_of_means(self, name: str) -> NamedDirection:
        """See the function of this name."""
        return self._direction(name, "difference_of_means", self.lead)

    def principal_component(self, name: str) -> NamedDirection:
        """The direction along which texts that are like a thing lie farthest from the mean of those that are not.

        It is the first principal component of the activations over `like`, taken about the mean of `unlike`, pointing
        to the mean of `like` and scaled as that of `difference_of_means` is.
        """
        centred = self.like - self.unlike.mean(0)
        _, _, across = cast(
            "tuple[torch.Tensor, ...]", cast("Any", torch.linalg).svd(centred, full_matrices=False)
        )
        return self._scaled(name, "principal_component", across[0])

    def of_features(
        self, name: str, vector: torch.Tensor, dictionary: str, features: Sequence[int]
    ) -> NamedDirection:
        """A weighted sum of decoder rows, shape `(width,)`, on the scale of the others.

        Raises:
            BadInput: both sides are the same along it.
        """
        made = self._scaled(name, "features", vector)
        card = made.card.model_copy(update={"dictionary": dictionary, "features": tuple(features)})
        return NamedDirection(card, made.direction)

    def _scaled(self, name: str, method: Method, vector: torch.Tensor) -> NamedDirection:
        """Along a vector, so that the mean of the one side is 1 from that of the other."""
        along = functional.normalize(vector, dim=0)
        return self._direction(name, method, along * (self.lead @ along))

    def _direction(self, name: str, method: Method, vector: torch.Tensor) -> NamedDirection:
        if not NAME.fullmatch(name):
            raise BadInput(
                f"'{name:.60}' cannot be the name of a direction.",
                why="Names are of small letters, digits and dashes, so that they can stand in a dial.",
                do="Write it as 'golden-gate'.",
            )
        plain = Direction.of(name, self.model, self.site, vector)
        direction = replace(plain, bias=-float(plain.encoder @ self.unlike.mean(0)))
        like, unlike = direction.activation(self.like), direction.activation(self.unlike)
        card = DirectionCard(
            name=name,
            model=self.model,
            site=str(self.site),
            method=method,
            like=len(like),
            unlike=len(unlike),
            separation=_separation(like, unlike),
        )
        return NamedDirection(card, replace(direction, maximum=float(like.max())))


def difference_of_means(
    model: LanguageModel, site: Site | str, like: Sequence[str], unlike: Sequence[str], name: str
) -> NamedDirection:
    """From the mean of texts that are not like a thing to the mean of those that are (Marks and Tegmark 2023).

    Its activation is 0 at the mean of `unlike`, 1 at that of `like`; a dial's unit is the highest over `like`.

    Raises:
        BadInput: there are no texts, the site does not exist, or the two means are the same.
    """
    return Sides.read(model, site, like, unlike).difference_of_means(name)


def _read(model: LanguageModel, site: Site, texts: Sequence[str], side: str) -> torch.Tensor:
    """Activations at the tokens of texts, shape `(n, width)` in float32; sinks are left out."""
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


def _separation(like: torch.Tensor, unlike: torch.Tensor) -> float:
    """Area under the receiver operating characteristic: ties count half."""
    below = torch.searchsorted(unlike.sort().values, like.contiguous())
    upto = torch.searchsorted(unlike.sort().values, like.contiguous(), right=True)
    return float((below + upto).double().mean() / (2 * len(unlike)))
