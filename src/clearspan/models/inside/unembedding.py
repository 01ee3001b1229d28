"""The last step of a language model, from the stream to logits, as far as it is linear; and what tokens say."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, cast

import torch
from torch import nn

from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.weights.loading import LoadedModel

_MARK = "."
"""Decoders drop a space at the beginning of a text; behind a mark it stays."""


class TokenTexts:
    """What tokens say, the space in front of a word included."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._known: dict[int, str] = {}
        self._mark: list[int] = tokenizer(_MARK, add_special_tokens=False)["input_ids"]

    def of(self, token: int) -> str:
        """What one token says; a part of a character is shown as `\\ufffd`."""
        text = self._known.get(token)
        if text is None:
            text = self._known[token] = self._joined([token])
        return text

    def of_all(self, tokens: Sequence[int]) -> list[str]:
        """What each of some tokens says, so that they join to the text.

        A character that is spread over several tokens is said by the last of them, and the others say nothing.
        """
        said = [self.of(token) for token in tokens]
        begin = 0
        while begin < len(said):
            end = begin
            while end < len(said) and "\ufffd" in said[end]:
                end += 1
            if end > begin + 1:
                said[begin:end] = [*[""] * (end - begin - 1), self._joined(tokens[begin:end])]
            begin = max(end, begin + 1)
        return said

    def first(self, text: str) -> int:
        """The token by which a text goes on after other text: give the space before a word."""
        whole = cast("list[int]", self._tokenizer(_MARK + text, add_special_tokens=False)["input_ids"])
        return whole[len(self._mark)]

    @cached_property
    def special(self) -> frozenset[int]:
        """Tokens that stand for no text, as the beginning of one."""
        return frozenset(cast("list[int]", self._tokenizer.all_special_ids))

    def _joined(self, tokens: Sequence[int]) -> str:
        text = cast(
            "str",
            self._tokenizer.decode(
                [*self._mark, *tokens], skip_special_tokens=False, clean_up_tokenization_spaces=False
            ),
        )
        return text[text.index(_MARK) + 1 :]


class Unembedding:
    """From the output of the last layer to logits.

    The final norm divides by a number that depends on the whole stream, and is left out; its weights are folded in.
    Logits are centred, because one number added to all of them changes nothing that the model says.

    Attributes:
        texts: what the tokens say.
    """

    def __init__(self, loaded: LoadedModel, anatomy: Anatomy) -> None:
        self.texts = TokenTexts(loaded.tokenizer)
        self._matrix = cast("torch.Tensor", cast("Any", anatomy.head).weight).detach()
        self._gain, self._centres = _linear_part(anatomy.final_norm, anatomy.width, self._matrix.dtype)
        known = min(len(loaded.tokenizer), self._matrix.shape[0])
        # A matrix may have rows beyond the last token, for the sake of round numbers.
        self._ordinary = torch.zeros(self._matrix.shape[0], dtype=torch.bool)
        self._ordinary[:known] = True
        self._ordinary[[token for token in self.texts.special if token < known]] = False

    @property
    def ordinary(self) -> torch.Tensor:
        """Shape `(vocabulary,)`: whether a token is text, and not a mark or a placeholder."""
        return self._ordinary

    def weights(self, vectors: torch.Tensor) -> torch.Tensor:
        """How logits change with one unit of each vector in the stream: `(n, width)` → `(n, vocabulary)`, float32."""
        folded = vectors.float()
        if self._centres:
            folded = folded - folded.mean(-1, keepdim=True)
        changed = folded * self._gain @ self._matrix_float.T
        return changed.sub_(changed[:, self._ordinary].mean(-1, keepdim=True))

    @cached_property
    def _matrix_float(self) -> torch.Tensor:
        return self._matrix.float().cpu()


def _linear_part(norm: nn.Module, width: int, dtype: torch.dtype) -> tuple[torch.Tensor, bool]:
    """What a norm multiplies each number with, and whether it takes their mean off first.

    Found by what it does rather than by its name: families write their weights as g, 1 + g, or with a bias.
    """
    device = next(norm.parameters()).device
    signs = torch.ones(width, dtype=dtype, device=device)
    signs[1::2] = -1
    with torch.no_grad():
        gain = ((norm(signs) - norm(-signs)).float() / 2 * signs.float()).cpu()
        even = norm(torch.ones_like(signs)).float() - norm(-torch.ones_like(signs)).float()
    return gain, bool(even.abs().max() < 1e-3 * gain.abs().max())
