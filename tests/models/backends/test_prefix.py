"""A learned beginning: what was read may as well be put there, on every backend; and what does not fit is refused."""

from pathlib import Path
from typing import Any, cast

import pytest
import torch
from safetensors import SafetensorError
from transformers import LlamaConfig, LlamaForCausalLM

from clearspan.errors import BadInput
from clearspan.models.backends.base import Backend, Work
from clearspan.models.backends.graphed.backend import GraphedBackend
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.backends.prefix import Prefix
from clearspan.models.inside.dials import Direction
from clearspan.models.inside.sites import Site
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.text.sampling import Sampling, Variant
from clearspan.models.weights.loading import LoadedModel

BEGIN = [3, 141, 59, 26, 53]
REST = [58, 97, 93, 23]


class _Numbers:
    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [ord(sign) % 200 for sign in text[:120]]}


@pytest.fixture(scope="module")
def tiny() -> LoadedModel:
    torch.manual_seed(3)
    config = LlamaConfig(
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=3,
        num_attention_heads=2,
        num_key_value_heads=1,
        vocab_size=200,
        max_position_embeddings=64,
    )
    return LoadedModel(cast("Any", LlamaForCausalLM(config).float().eval()), _Numbers())


def prefix_of(model: Any, tokens: list[int], reference: str = "tiny") -> Prefix:
    """What a model makes of tokens by reading them."""
    with torch.inference_mode():
        cache = model(input_ids=torch.tensor([tokens]), use_cache=True).past_key_values
    return Prefix(
        tuple(tokens),
        torch.cat([layer.keys for layer in cache.layers]),
        torch.cat([layer.values for layer in cache.layers]),
        reference,
    )


def _after(backend: Backend, tokens: list[int], **given: Any) -> torch.Tensor:
    slot = backend.open(**given)
    try:
        return cast("torch.Tensor", backend.forward([Work(slot, tokens, "last")])[0])
    finally:
        backend.close(slot)


@pytest.fixture(scope="module", params=["plain", "graphed"])
def backend(request: pytest.FixtureRequest, tiny: LoadedModel) -> Backend:
    if request.param == "plain":
        return PlainBackend(tiny, "tiny")
    return cast("Backend", GraphedBackend(tiny, "tiny", most=4, free=1 << 30, record=None))


def test_what_was_read_may_be_put_there(backend: Backend, tiny: LoadedModel) -> None:
    read = _after(backend, [*BEGIN, *REST])
    put = _after(backend, REST, prefix=prefix_of(tiny.model, BEGIN))
    assert torch.allclose(read, put, atol=1e-4)
    assert not torch.allclose(read, _after(backend, REST), atol=1e-2)


def test_a_fork_begins_alike_and_a_closed_place_forgets(backend: Backend, tiny: LoadedModel) -> None:
    prefix = prefix_of(tiny.model, BEGIN)
    slot = backend.open(prefix=prefix)
    assert slot.length == len(BEGIN)
    forked = backend.fork(slot)
    both = backend.forward([Work(slot, REST), Work(forked, REST)])
    assert torch.equal(cast("torch.Tensor", both[0]), cast("torch.Tensor", both[1]))
    before = _after(backend, REST)
    backend.close(slot)
    backend.close(forked)
    assert torch.equal(_after(backend, REST), before)


def test_dials_work_behind_it(backend: Backend, tiny: LoadedModel) -> None:
    prefix = prefix_of(tiny.model, BEGIN)
    direction = Direction.of("up", "tiny", Site.parse("layers.1.residual"), torch.ones(64))
    undialled = _after(backend, REST, prefix=prefix)
    assert not torch.allclose(_after(backend, REST, prefix=prefix, dials=[direction.add(3.0)]), undialled)


def test_of_another_model_it_is_refused(backend: Backend, tiny: LoadedModel) -> None:
    prefix = prefix_of(tiny.model, BEGIN)
    small = Prefix(prefix.tokens, prefix.keys[:2], prefix.values[:2], "tiny")
    with pytest.raises(BadInput, match="not of this model"):
        backend.open(prefix=small)


def test_the_fast_path_takes_it_as_it_takes_tokens(language_model: LanguageModel) -> None:
    """Half precision is what its cache holds in any case."""
    loaded = language_model._open().loaded
    said = [
        {"role": "system", "content": "You answer in one word."},
        {"role": "user", "content": "Which town?"},
    ]
    tokens = language_model.chat_tokens(cast("Any", said))
    whole = prefix_of(loaded.model, tokens[:12], language_model.reference)
    drawn = [Variant(Sampling(max_tokens=12, temperature=t, seed=5)) for t in (0.0, 1.0)]
    read = [one.finish() for one in language_model.stream_variants(cast("Any", said), drawn)]
    put = [one.finish() for one in language_model.stream_variants(cast("Any", said), drawn, prefix=whole)]
    assert [one.input_tokens for one in put] == [one.input_tokens for one in read]
    assert put[0].text == read[0].text
    noise = Prefix(whole.tokens, torch.randn_like(whole.keys), torch.randn_like(whole.values), "x")
    other = language_model.stream_variants(cast("Any", said), drawn, prefix=noise)[0].finish()
    assert other.text != read[0].text


def test_a_prompt_that_begins_otherwise_is_read_whole(language_model: LanguageModel) -> None:
    noise = Prefix((7, 8, 9), torch.randn(30, 3, 3, 64), torch.randn(30, 3, 3, 64), "x")
    drawn = [Variant(Sampling(max_tokens=8))]
    assert not noise.leads([7, 8, 9])
    assert noise.leads([7, 8, 9, 1])
    with_it = language_model.stream_variants("Hello", drawn, prefix=noise)[0].finish()
    assert with_it.text == language_model.stream_variants("Hello", drawn)[0].finish().text


def test_it_is_kept_in_half_precision(tiny: LoadedModel, tmp_path: Path) -> None:
    prefix = prefix_of(tiny.model, BEGIN)
    file = tmp_path / "prefix.safetensors"
    file.write_bytes(prefix.packed())
    again = Prefix.unpacked(file.read_bytes(), "tiny")
    assert again.tokens == prefix.tokens
    assert torch.equal(again.keys, prefix.keys.half().float())
    assert torch.equal(again.values, prefix.values.half().float())
    with pytest.raises(SafetensorError):
        Prefix.unpacked(b"not a prefix", "tiny")
