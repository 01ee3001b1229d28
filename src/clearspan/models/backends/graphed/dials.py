"""Dials as numbers in static tensors: one row a sequence, so that sequences of one pass carry different dials."""

from collections.abc import Callable, Sequence

import torch

from clearspan.models.inside.dials import Dial
from clearspan.models.inside.hooks import SINK_RATIO, norms
from clearspan.models.inside.sites import Site

Place = tuple[Site, int]
"""A site, and which of a row's dials at this site, from 0."""


class _Column:
    """One dial of every row at a place; a row without one has zeros, which change nothing.

    Attributes:
        vectors: encoder and decoder, shape `(2, rows, 1, width)`.
        scalars: bias, threshold and target, shape `(3, rows, 1)`.
        flags: whether the row has this dial, has a threshold, and moves to the target rather than by it; shape
            `(3, rows, 1)`.
    """

    def __init__(self, rows: int, width: int, device: torch.device) -> None:
        self.vectors = torch.zeros(2, rows, 1, width, device=device)
        self.scalars = torch.zeros(3, rows, 1, device=device)
        self.flags = torch.zeros(3, rows, 1, dtype=torch.bool, device=device)

    def set(self, row: int, dial: Dial) -> None:
        direction = dial.direction
        self.vectors[:, row, 0] = torch.stack((direction.encoder, direction.decoder)).to(self.vectors)
        target = 0.0 if dial.operation == "ablate" else dial.amount * direction.maximum
        scalars = torch.tensor([direction.bias, direction.threshold or 0.0, target])
        self.scalars[:, row, 0] = scalars.to(self.scalars)
        flags = torch.tensor([True, direction.threshold is not None, dial.operation != "add"])
        self.flags[:, row, 0] = flags.to(self.flags.device)

    def clear(self, row: int) -> None:
        for tensor in (self.vectors, self.scalars, self.flags):
            tensor[:, row] = 0

    def change(self, exact: torch.Tensor, rows: slice) -> torch.Tensor:
        """What the dial adds to hidden states of shape `(rows, tokens, width)`, float32; as `Dial.shift`."""
        encoder, decoder = self.vectors[0, rows], self.vectors[1, rows]
        bias, threshold, target = self.scalars[0, rows], self.scalars[1, rows], self.scalars[2, rows]
        gated, moves = self.flags[1, rows], self.flags[2, rows]
        before = (exact * encoder).sum(-1) + bias
        activation = torch.where((before > threshold) | ~gated, before, 0.0)
        return torch.where(moves, target - activation, target)[..., None] * decoder


class DialRows:
    """The dials of every row of a pass.

    Args:
        rows: how many there are.
        width: of the residual stream.
        median_norm: of a site.
    """

    def __init__(
        self, rows: int, width: int, device: torch.device, median_norm: Callable[[Site], float]
    ) -> None:
        self._rows = rows
        self._width = width
        self._device = device
        self._median_norm = median_norm
        self._columns: dict[Place, _Column] = {}
        self._limits: dict[Site, float] = {}

    def __len__(self) -> int:
        return len(self._columns)

    def set(self, row: int, dials: Sequence[Dial]) -> frozenset[Place]:
        """Give a row its dials; returns the places that they take."""
        taken: set[Place] = set()
        for dial in dials:
            site = dial.direction.site
            place = site, sum(other == site for other, _ in taken)
            if site not in self._limits:
                self._limits[site] = SINK_RATIO * self._median_norm(site)
            if place not in self._columns:
                self._columns[place] = _Column(self._rows, self._width, self._device)
            self._columns[place].set(row, dial)
            taken.add(place)
        return frozenset(taken)

    def clear(self, row: int, places: frozenset[Place]) -> None:
        """Take a row's dials away."""
        for place in places:
            self._columns[place].clear(row)

    def forget(self) -> None:
        """Give back the memory of all places; no row may have dials, and no recorded pass may be replayed after it."""
        self._columns.clear()

    def apply(self, site: Site, hidden: torch.Tensor, rows: slice, places: frozenset[Place]) -> torch.Tensor:
        """Hidden states under the dials of their rows, as `hooks.apply_dials`.

        Rows without a dial at these places, and attention sinks, come back bit for bit.

        Args:
            hidden: shape `(rows, tokens, width)`.
            rows: that `hidden` is of.
            places: a row's dials at other places are left out.
        """
        columns = [self._columns[place] for place in sorted(places, key=_number) if place[0] == site]
        if not columns:
            return hidden
        exact = hidden.float()
        change = torch.zeros_like(exact)
        dialled = torch.zeros_like(columns[0].flags[0, rows])
        for column in columns:
            change = change + column.change(exact, rows)
            dialled = dialled | column.flags[0, rows]
        touched = dialled & ~(norms(exact) > self._limits[site])
        return torch.where(touched[..., None], (exact + change).to(hidden.dtype), hidden)


def _number(place: Place) -> int:
    return place[1]
