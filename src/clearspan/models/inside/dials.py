"""Dials: one request's settings of features and directions at the sites of a model.

A direction has an activation at every position, `f(encoder · h + bias)`, and a vector that stands for one unit of
it. A dial moves the activation to a target and leaves everything else of `h`, the reconstruction error of a
dictionary included, as it is (DESIGN.md, decision 2):

    h ← h + (target - activation) · decoder

All activations of one site are read before any of its dials is applied, so that their order does not matter.
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch

from clearspan.errors import BadInput
from clearspan.models.inside.sites import Site

Operation = Literal["clamp", "add", "ablate"]

LARGEST_AMOUNT = 1000.0
"""Beyond this many multiples of a maximum nothing is measured any more, it is only broken."""

MOST_DIALS = 64
"""Of one request: compiled backends have room for so many beside a sequence (step.cpp has the same number)."""


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """A feature of a dictionary or a plain named vector, at a site of a model.

    Attributes:
        name: what a person calls it.
        model: reference of the model that it belongs to.
        site: where it is read and written.
        encoder: shape `(width,)`, float32.
        decoder: shape `(width,)`, float32.
        bias: added to `encoder · h`; a dictionary's decoder bias is folded into it.
        threshold: JumpReLU's (Rajamanoharan et al. 2024, eq. 4): an activation not above it is 0. None for a
            plain vector, whose activation is its signed projection.
        maximum: the unit of a dial's amount: highest activation over the evidence; 1 where none was measured.
    """

    name: str
    model: str
    site: Site
    encoder: torch.Tensor
    decoder: torch.Tensor
    bias: float = 0.0
    threshold: float | None = None
    maximum: float = 1.0

    def __post_init__(self) -> None:
        for title, vector in (("encoder", self.encoder), ("decoder", self.decoder)):
            if vector.ndim != 1 or not vector.isfinite().all() or not vector.any():
                raise BadInput(
                    f"The {title} vector of '{self.name:.60}' cannot be used.",
                    why="It must be one row of finite numbers, not all of them zero.",
                    do="Make the direction again from texts or from a dictionary.",
                )
        if self.encoder.shape != self.decoder.shape:
            raise BadInput(
                f"'{self.name:.60}' reads {len(self.encoder)} numbers and writes {len(self.decoder)}.",
                do="Give encoder and decoder vectors of one length.",
            )
        scalars = (self.bias, self.maximum, self.threshold or 0.0)
        if not all(math.isfinite(value) for value in scalars) or self.maximum <= 0:
            raise BadInput(
                f"'{self.name:.60}' has a bias, threshold or maximum that cannot be used.",
                do="Give finite numbers, and a maximum above 0.",
            )

    @classmethod
    def of(
        cls, name: str, model: str, site: "Site | str", vector: torch.Tensor, maximum: float = 1.0
    ) -> "Direction":
        """A plain vector: its activation is the projection on it, in units of its length.

        Args:
            vector: shape `(width,)`; adding one unit adds it as it is.

        Raises:
            BadInput: the vector holds NaN or infinity, or is zero.
        """
        decoder = vector.detach().float().clone()
        length = float(decoder.square().sum())
        return cls(
            name, model, Site.parse(site), decoder / length if length else decoder, decoder, maximum=maximum
        )

    @property
    def read_back(self) -> float:
        """How much more active it is when one unit of its vector is added, as far as nothing else changes.

        1 for a plain vector. A dictionary's encoder reads less of a feature than its decoder writes, because it tells
        the feature from others beside it: what is dialled is what is written, and what is read there is this share.
        """
        return float(self.encoder @ self.decoder)

    def clamp(self, amount: float) -> "Dial":
        """Hold the activation at `amount` times the maximum."""
        return Dial(self, "clamp", amount)

    def add(self, amount: float) -> "Dial":
        """Raise the activation by `amount` times the maximum, whatever it is."""
        return Dial(self, "add", amount)

    def ablate(self) -> "Dial":
        """Take the activation away."""
        return Dial(self, "ablate", 0.0)

    def activation(self, hidden: torch.Tensor) -> torch.Tensor:
        """Activations, shape `(...)`, of hidden states of shape `(..., width)`; computed in float32."""
        before = hidden.float() @ self.encoder.to(hidden.device) + self.bias
        return before if self.threshold is None else torch.where(before > self.threshold, before, 0.0)


@dataclass(frozen=True, slots=True)
class Dial:
    """One setting for one generation.

    Attributes:
        amount: in multiples of the direction's maximum; unused by `ablate`.

    Raises:
        BadInput: the amount is not a number, or beyond `LARGEST_AMOUNT`.
    """

    direction: Direction
    operation: Operation
    amount: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.amount) or abs(self.amount) > LARGEST_AMOUNT:
            raise BadInput(
                f"The dial of '{self.direction.name:.60}' cannot be set to {self.amount!r}.",
                why=f"Amounts are multiples of the feature's maximum, from -{LARGEST_AMOUNT:g} to {LARGEST_AMOUNT:g}.",
                do="Try a value between 1 and 10.",
            )

    def require(self, reference: str, layers: int, width: int) -> None:
        """Raise unless this dial can be applied to a model.

        Args:
            reference: the model's reference.
            layers: how many it has.
            width: of its residual stream.

        Raises:
            BadInput: the dial is of another model, at a site that this one has not, or of another width.
        """
        direction = self.direction
        if direction.model != reference:
            raise BadInput(
                f"The dial of '{direction.name:.60}' belongs to {direction.model:.60}, not to {reference}.",
                why="A direction means nothing in a model that it was not found in.",
                do="Find the direction again in this model, or load the model that it belongs to.",
            )
        direction.site.require(layers)
        if len(direction.decoder) != width:
            raise BadInput(
                f"The dial of '{direction.name:.60}' has {len(direction.decoder):,} numbers.",
                why=f"Activations at {direction.site} of {reference} have {width:,}.",
                do="Find the direction again in this model.",
            )

    def shift(self, activation: torch.Tensor) -> torch.Tensor:
        """How far the activation moves: the factor of the decoder vector, same shape as `activation`."""
        if self.operation == "ablate":
            return -activation
        target = self.amount * self.direction.maximum
        if self.operation == "add":
            return torch.full_like(activation, target)
        return target - activation
