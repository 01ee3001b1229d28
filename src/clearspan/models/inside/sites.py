"""Addresses of activations inside a decoder-only language model: a closed grammar that round-trips.

    embedding                 what enters the first layer
    layers.N.attention        what layer N's attention adds to the residual stream
    layers.N.mlp              what layer N's feed-forward part adds to the residual stream
    layers.N.residual         the residual stream after layer N

`anatomy` finds where these are in a model; this module only knows how they are written.
"""

import re
from dataclasses import dataclass
from typing import Literal, cast

from clearspan.errors import BadInput

Part = Literal["embedding", "attention", "mlp", "residual"]

_ADDRESS = re.compile(r"layers\.(0|[1-9][0-9]{0,4})\.(attention|mlp|residual)")
_ORDER: dict[Part, int] = {"embedding": 0, "attention": 1, "mlp": 2, "residual": 3}


@dataclass(frozen=True, slots=True)
class Site:
    """The address of an activation of shape `(positions, width of the residual stream)`.

    Attributes:
        part: what is read or written there.
        layer: number of the layer, from 0; -1 for the embedding, which stands before all layers.
    """

    part: Part
    layer: int = -1

    @classmethod
    def parse(cls, address: "str | Site") -> "Site":
        """Read an address.

        Raises:
            BadInput: it is not written in the grammar above.
        """
        if isinstance(address, Site):
            return address
        if address == "embedding":
            return cls("embedding")
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise BadInput(
                f"'{address:.60}' is not the address of an activation.",
                why="Addresses are 'embedding' and 'layers.N.residual', 'layers.N.mlp', 'layers.N.attention'.",
                do="Write it so; 'clearspan models sites MODEL' lists those of a model.",
            )
        return cls(cast("Part", match[2]), int(match[1]))

    @property
    def order(self) -> tuple[int, int]:
        """Sorts sites in the order in which a forward pass reaches them."""
        return self.layer, _ORDER[self.part]

    def require(self, layers: int) -> None:
        """Raise unless a model of so many layers has this site.

        Raises:
            BadInput: it has not; says which it has.
        """
        if self.part != "embedding" and not 0 <= self.layer < layers:
            raise BadInput(
                f"This model has no site '{self}'.",
                why=f"Its {layers} layers are numbered from 0 to {layers - 1}.",
                do="Sites that exist: 'embedding', and 'layers.N.attention', 'layers.N.mlp', 'layers.N.residual' "
                f"with N up to {layers - 1}.",
            )

    def __str__(self) -> str:
        return "embedding" if self.part == "embedding" else f"layers.{self.layer}.{self.part}"
