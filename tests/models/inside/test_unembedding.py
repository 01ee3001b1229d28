"""What a vector in the stream does to logits, against the model itself; and what its tokens say."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from clearspan.features.evidence.tokens import token_weights
from clearspan.models.inside.unembedding import TokenTexts, Unembedding
from clearspan.models.serving.engine import LanguageModel


@pytest.fixture(scope="module")
def unembedding(language_model: LanguageModel) -> Unembedding:
    return language_model.unembedding()


def test_it_is_what_norm_and_head_do_to_a_small_step(
    language_model: LanguageModel, unembedding: Unembedding
) -> None:
    loaded = language_model._open().loaded.model
    norm, head = loaded.model.norm, loaded.lm_head
    generator = torch.Generator().manual_seed(0)
    stream = torch.randn(576, generator=generator, dtype=torch.float64)
    step = torch.randn(576, generator=generator, dtype=torch.float64)
    # A step along the stream changes what the norm divides by, which is left out on purpose.
    step -= (step @ stream) / (stream @ stream) * stream
    gain, matrix = norm.weight.double(), head.weight.double()

    def logits(at: torch.Tensor) -> torch.Tensor:
        return matrix @ (at / at.square().mean().sqrt() * gain)

    size = stream.square().mean().sqrt()
    changed = (logits(stream + 1e-4 * step) - logits(stream - 1e-4 * step)) / 2e-4 * size
    changed -= changed[unembedding.ordinary].mean()
    found = unembedding.weights(step.float()[None])[0].double()
    assert (found - changed).abs().max() < 1e-3 * changed.abs().max()


def test_tokens_join_to_the_text_they_are_of(language_model: LanguageModel, unembedding: Unembedding) -> None:
    text = "  The Golden Gate: naïve café, 東京 🌉!\n\n\tdef f(x): return x"
    tokens = language_model._open().loaded.tokenizer(text)["input_ids"]
    said = unembedding.texts.of_all(tokens)
    assert "".join(said) == text
    assert len(said) == len(tokens)
    assert " Golden" in said
    assert "" in said
    assert unembedding.texts.of(tokens[2]) == said[2]


def test_the_strongest_tokens_are_text_and_sorted(unembedding: Unembedding) -> None:
    rows = torch.randn(300, 576, generator=torch.Generator().manual_seed(3))
    found = token_weights(rows, unembedding, 5)
    weights = unembedding.weights(rows[[0, 299]])
    ordinary = weights[:, unembedding.ordinary]
    for place, row in enumerate((0, 299)):
        assert found.promoted_weights[row].tolist() == pytest.approx(
            ordinary[place].topk(5).values.tolist(), rel=1e-4
        )
        assert found.suppressed_weights[row].tolist() == pytest.approx(
            ordinary[place].topk(5, largest=False).values.tolist(), rel=1e-4
        )
    assert not set(found.promoted.flatten().tolist()) & unembedding.texts.special


@pytest.mark.parametrize("kind", ["layer", "rms", "one plus"])
def test_the_kind_of_norm_is_found_by_what_it_does(kind: str) -> None:
    generator = torch.Generator().manual_seed(1)
    gain = torch.rand(8, generator=generator) + 0.5
    norm: nn.Module
    if kind == "layer":
        norm = nn.LayerNorm(8)
        norm.bias.data.normal_(generator=generator)
        norm.weight.data.copy_(gain)
    else:
        norm = nn.RMSNorm(8, eps=1e-6)
        norm.weight.data.copy_(gain)
        if kind == "one plus":
            inner = norm

            class OnePlus(nn.Module):
                def __init__(self) -> None:
                    super().__init__()
                    self.weight = nn.Parameter(gain - 1)

                def forward(self, rows: torch.Tensor) -> torch.Tensor:
                    return inner(rows) / inner.weight * (1 + self.weight)

            norm = OnePlus()
    head = nn.Linear(8, 20, bias=False)
    tokenizer: Any = _Tokenizer()
    anatomy: Any = SimpleNamespace(head=head, final_norm=norm, width=8)
    found = Unembedding(SimpleNamespace(tokenizer=tokenizer), anatomy)  # type: ignore[arg-type]
    vector = torch.randn(1, 8, generator=generator)
    centred = vector - vector.mean() if kind == "layer" else vector
    wanted = (centred * gain) @ head.weight.T
    wanted = wanted - wanted[:, found.ordinary].mean()
    assert torch.allclose(found.weights(vector), wanted, atol=1e-4)
    assert found.ordinary.tolist() == [False, *[True] * 14, *[False] * 5]


class _Tokenizer:
    """Fifteen tokens, the first of them a mark."""

    all_special_ids = (0,)

    def __len__(self) -> int:
        return 15

    def __call__(self, text: str, add_special_tokens: bool = True) -> dict[str, list[int]]:
        return {"input_ids": [1]}

    def decode(self, tokens: list[int], **_: bool) -> str:
        # As SentencePiece decoders do, it drops a space in front of a text.
        return "".join("." if token == 1 else f" w{token}" for token in tokens).removeprefix(" ")


def test_a_space_that_decoders_drop_is_kept() -> None:
    texts = TokenTexts(_Tokenizer())
    assert texts.of(5) == " w5"
    assert texts.of_all([5, 6]) == [" w5", " w6"]
