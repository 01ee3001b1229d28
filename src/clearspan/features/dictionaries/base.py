"""What all dictionaries share: parameters as they are stored, activations, reconstruction, and rows to dial.

A dictionary writes a hidden state h as a sparse sum of decoder rows (Bricken et al. 2023, "Towards
monosemanticity"; Cunningham et al. 2023):

    f(h) = σ(W_enc · (h − b_dec if centred else h) + b_enc)        ĥ = W_decᵀ f(h) + b_dec

Architectures differ in σ alone, and each is a module of its own, which the room names.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Self

import torch

from clearspan.errors import BadInput
from clearspan.features.card import Card
from clearspan.features.names import FeatureName
from clearspan.models.inside.dials import Direction

FEATURES = "features"
WIDTH = "width"


class Dictionary(ABC):
    """A sparse autoencoder, for inference; immutable.

    Args:
        card: what is known of it.
        parameters: as they are stored, in their own number format: `W_enc` of shape `(width, features)`, `W_dec` of
            shape `(features, width)`, `b_dec` of shape `(width,)`, and what the architecture adds.
        centred: whether `b_dec` is taken off before encoding.

    Raises:
        BadInput: a parameter is missing, unknown, of the wrong shape, or not finite.
    """

    architecture: ClassVar[str]
    shapes: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "W_enc": (WIDTH, FEATURES),
        "b_enc": (FEATURES,),
        "W_dec": (FEATURES, WIDTH),
        "b_dec": (WIDTH,),
    }
    """Shape of each parameter, in words `features` and `width`; an architecture with others names its own."""

    def __init__(self, card: Card, parameters: Mapping[str, torch.Tensor], *, centred: bool = False) -> None:
        self.card = card
        self.parameters = dict(parameters)
        self.centred = centred
        self._rounded_encoders: dict[torch.dtype, torch.Tensor] = {}
        self._require_parameters()

    @classmethod
    def made(
        cls,
        card: Card,
        parameters: Mapping[str, torch.Tensor],
        settings: Mapping[str, Any],
        *,
        centred: bool = False,
    ) -> Self:
        """A dictionary as its folder keeps it.

        Args:
            settings: hold what `settings` gave when it was written, among others.

        Raises:
            BadInput: as the class, and for a setting that cannot be used.
        """
        del settings
        return cls(card, parameters, centred=centred)

    @property
    def settings(self) -> dict[str, Any]:
        """What the architecture needs beside the parameters, under the names that SAELens has for it."""
        return {}

    def with_card(self, card: Card) -> Self:
        """The same under another card."""
        return self.made(card, self.parameters, self.settings, centred=self.centred)

    @property
    def size(self) -> int:
        """How many features it has."""
        return self.parameters["W_dec"].shape[0]

    @property
    def width(self) -> int:
        """Length of the hidden states that it reads."""
        return self.parameters["W_dec"].shape[1]

    @cached_property
    def encoder(self) -> torch.Tensor:
        """Shape `(features, width)`, float32: row i reads feature i."""
        return self.parameters["W_enc"].float().T.contiguous()

    @cached_property
    def decoder(self) -> torch.Tensor:
        """Shape `(features, width)`, float32: row i is what one unit of feature i adds to a hidden state."""
        return self.parameters["W_dec"].float()

    @cached_property
    def decoder_bias(self) -> torch.Tensor:
        """Shape `(width,)`, float32."""
        return self.parameters["b_dec"].float()

    @cached_property
    def bias(self) -> torch.Tensor:
        """Shape `(features,)`, float32: added to `encoder · h`, the subtraction of the decoder's bias folded in."""
        bias = self._encoder_bias().float()
        return bias - self.encoder @ self.decoder_bias if self.centred else bias

    @property
    @abstractmethod
    def thresholds(self) -> torch.Tensor:
        """Shape `(features,)`, float32: an activation not above its threshold is 0.

        Raises:
            Refused: this architecture decides about features together, so that none has a threshold of its own.
        """

    def encode(self, hidden: torch.Tensor, product: torch.dtype = torch.float32) -> torch.Tensor:
        """Activations, shape `(n, features)` in float32, of hidden states of shape `(n, width)`.

        Args:
            product: number format of the one large product. In bfloat16 it takes a fifth of the time on processors
                that have it in hardware, and activations keep about two digits: for statistics, not for a dial.

        Raises:
            BadInput: the hidden states have another width.
        """
        if hidden.shape[-1] != self.width:
            raise BadInput(
                f"{self.card.name} reads {self.width:,} numbers at a position, and {hidden.shape[-1]:,} were given.",
                why="It was trained at another site, or on another model.",
                do=f"Give activations of {self.card.parsed_name.site} of {self.card.parsed_name.model}.",
            )
        if product == torch.float32:
            return self._activate(torch.addmm(self.bias, hidden.float(), self.encoder.T))
        # The bias of the decoder is taken off first here: rounded with it, small differences would drown in it.
        centred = hidden.float() - self.decoder_bias if self.centred else hidden
        sums = centred.to(product) @ self._rounded(product).T
        return self._activate(sums + self._encoder_bias().float())

    def decode(self, activations: torch.Tensor) -> torch.Tensor:
        """Hidden states, shape `(n, width)`, of activations of shape `(n, features)`."""
        return torch.addmm(self.decoder_bias, activations.float(), self.decoder)

    def direction(self, index: int, maximum: float = 1.0) -> Direction:
        """A feature as something to dial: one row of the encoder, one of the decoder.

        Args:
            maximum: highest activation over the evidence, the unit of a dial.

        Raises:
            NotFound: there is no such feature.
            BadInput: its rows are zero: it died in training.
            Refused: this architecture gives no feature a threshold of its own.
        """
        name = FeatureName(self.card.parsed_name, index)
        name.require(self.size)
        return Direction(
            str(name),
            name.dictionary.model,
            name.dictionary.site,
            self.encoder[index],
            self.decoder[index],
            float(self.bias[index]),
            float(self.thresholds[index]),
            maximum,
        )

    def _rounded(self, product: torch.dtype) -> torch.Tensor:
        """The encoder in another number format; kept, because rounding it takes as long as a product."""
        kept = self._rounded_encoders.get(product)
        if kept is None:
            kept = self._rounded_encoders[product] = self.encoder.to(product)
        return kept

    def _encoder_bias(self) -> torch.Tensor:
        """Shape `(features,)`."""
        return self.parameters["b_enc"]

    @abstractmethod
    def _activate(self, before: torch.Tensor) -> torch.Tensor:
        """σ of the sums before it, shape `(n, features)`."""

    def _require_parameters(self) -> None:
        names = set(self.shapes)
        if set(self.parameters) != names:
            raise BadInput(
                f"{self.card.name} has the parameters {', '.join(sorted(self.parameters)) or 'none'}.",
                why=f"A {self.architecture} dictionary has {', '.join(sorted(names))}.",
                do="Check that the files are whole and that their configuration names the right architecture.",
            )
        decoder = self.parameters["W_dec"]
        if decoder.ndim != 2:
            raise BadInput(f"{self.card.name}: W_dec has {decoder.ndim} axes.", do="It must have 2.")
        sizes = {FEATURES: decoder.shape[0], WIDTH: decoder.shape[1]}
        for name, words in self.shapes.items():
            tensor, wanted = self.parameters[name], tuple(sizes[word] for word in words)
            if tuple(tensor.shape) != wanted or not tensor.is_floating_point():
                raise BadInput(
                    f"{self.card.name}: {name} is {tensor.dtype} of shape {tuple(tensor.shape)}.",
                    why=f"It must be floating-point numbers of shape {wanted}.",
                    do="Check that the files are whole and that their configuration names the right architecture.",
                )
            if not tensor.isfinite().all():
                raise BadInput(
                    f"{self.card.name}: {name} holds NaN or infinity.",
                    why="The training that made it went wrong, or the file is damaged.",
                    do="Train it again, or fetch it again.",
                )
