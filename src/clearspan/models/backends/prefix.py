"""A learned beginning of a sequence: what every layer finds in front of the first token that it reads.

Li and Liang 2021, 'Prefix-Tuning: Optimizing Continuous Prompts for Generation'. The weights stay as they are, so that
one model in memory writes with it and without it, in one step, and what was learned of the model (dictionaries, dials)
still holds. It costs as much as its tokens would, less their reading.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import safetensors.torch
import torch

from clearspan.errors import BadInput

# Its functions have no types.
_safetensors = cast("Any", safetensors.torch)


@dataclass(frozen=True, slots=True, eq=False)
class Prefix:
    """Keys and values that stand in the place of those of the first tokens of a prompt.

    Attributes:
        tokens: which the prompt begins with; a model without the prefix reads these.
        keys: shape `(layers, key heads, tokens, head)`, rotary positions from 0 applied; as `values`.
        reference: of the model that it was learned for.
    """

    tokens: tuple[int, ...]
    keys: torch.Tensor
    values: torch.Tensor
    reference: str

    def leads(self, prompt: Sequence[int]) -> bool:
        """Whether a prompt begins with these tokens and goes on."""
        return len(prompt) > len(self.tokens) and tuple(prompt[: len(self.tokens)]) == self.tokens

    def require(self, layers: int, heads: int, head: int) -> None:
        """Raise unless a model of these sizes can take it.

        Raises:
            BadInput: it is of a model of other sizes.
        """
        wanted = (layers, heads, len(self.tokens), head)
        if tuple(self.keys.shape) != wanted or tuple(self.values.shape) != wanted:
            raise BadInput(
                "The prefix is not of this model.",
                why=f"It holds keys of shape {tuple(self.keys.shape)}, and the model takes {wanted}.",
                do="Train one for this model with `clearspan train writer`.",
            )

    def packed(self) -> bytes:
        """It as a safetensors file, in half precision."""
        return _safetensors.save(
            {
                "keys": self.keys.detach().half().contiguous(),
                "values": self.values.detach().half().contiguous(),
                "tokens": torch.tensor(self.tokens, dtype=torch.int32),
            }
        )

    @classmethod
    def unpacked(cls, content: bytes, reference: str) -> "Prefix":
        """What `packed` made.

        Args:
            reference: of the model that it was learned for.

        Raises:
            SafetensorError, KeyError: it is no such file.
        """
        kept: dict[str, torch.Tensor] = _safetensors.load(content)
        tokens = tuple(int(one) for one in kept["tokens"])
        return cls(tokens, kept["keys"].float(), kept["values"].float(), reference)
