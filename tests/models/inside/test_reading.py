import pytest
import torch
import transformers

from clearspan.errors import BadInput, TooLarge
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.reading import ActivationReader
from clearspan.models.inside.sinks import SinkRule
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel

# More than two blocks of queries in all, with boundaries inside blocks and texts across them.
TEXTS = [
    "A bell rang twice in the fog; then nothing at all for an hour.",
    "!",
    "Ask the keeper about the third lamp, the one with the cracked green glass, and do not be late.",
    "Seven gulls.",
    "The tide table hangs beside the door, and somebody has drawn a small whale on every Tuesday.",
    "x" * 96,
    "And the last line ends here.",
]


def reader(loaded: LoadedModel) -> ActivationReader:
    anatomy = Anatomy.of(loaded.model)
    return ActivationReader(loaded, anatomy, SinkRule(loaded, anatomy, 96))


def test_packed_texts_are_read_as_each_alone(family: LoadedModel) -> None:
    read = reader(family)
    assert read._packing_twin() is not None
    sites = ["layers.2.residual", "embedding", "layers.1.mlp", "layers.0.attention", "layers.1.residual"]
    together = read.activations(TEXTS, sites)
    for text, found in zip(TEXTS, together, strict=True):
        tokens = family.tokenizer(text)["input_ids"]
        assert found.tokens.tolist() == tokens
        assert found.positions.tolist() == list(range(len(tokens)))
        with torch.no_grad():
            states = family.model(input_ids=torch.tensor([tokens]), output_hidden_states=True).hidden_states
        for site, index in ((Site("embedding"), 0), (Site("residual", 1), 2)):
            torch.testing.assert_close(found.values[site], states[index][0], rtol=2e-4, atol=2e-4)
        (alone,) = read.activations([text], sites)
        for site in found.values:
            assert found.values[site].shape == (len(tokens), 32)
            torch.testing.assert_close(found.values[site], alone.values[site], rtol=2e-4, atol=2e-4)
    assert {number for found in together for number in found.texts.tolist()} == set(range(len(TEXTS)))


def test_a_stream_gives_the_same_in_order(tiny_llama: LoadedModel) -> None:
    read = reader(tiny_llama)
    texts = TEXTS * 12
    site = Site("residual", 1)
    parts = list(read.stream((text for text in texts), [site]))
    assert len(parts) > 2
    whole = torch.cat([part.values[site] for part in parts])
    expected = torch.cat([found.values[site] for found in read.activations(texts, [site])])
    torch.testing.assert_close(whole, expected, rtol=2e-4, atol=2e-4)
    numbers = torch.cat([part.texts for part in parts])
    assert numbers.tolist() == sorted(numbers.tolist())
    assert torch.cat([part.sinks[site] for part in parts]).shape == numbers.shape
    # What is read can be trained on.
    weight = torch.ones(32, requires_grad=True)
    (whole @ weight).sum().backward()
    assert weight.grad is not None


def test_long_texts_are_streamed_in_parts_that_do_not_see_each_other(tiny_llama: LoadedModel) -> None:
    read = reader(tiny_llama)
    site = Site("residual", 2)
    text = "".join(TEXTS)
    (part,) = read.stream(["", text, ""], [site], longest=40)
    assert part.texts.unique().tolist() == [1]
    assert part.positions.tolist() == list(range(len(text)))
    (second,) = read.activations([text[40:80]], [site])
    torch.testing.assert_close(part.values[site][40:80], second.values[site], rtol=2e-4, atol=2e-4)


def test_attention_that_cannot_be_replaced() -> None:
    config = transformers.FalconConfig(
        vocab_size=128,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        bos_token_id=1,
        eos_token_id=2,
    )
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    model.config.max_position_embeddings = 96

    class Characters:
        def __call__(self, text: str | list[str], **_: bool) -> dict[str, list[object]]:
            return {
                "input_ids": [ord(c) for c in text]
                if isinstance(text, str)
                else [list(map(ord, t)) for t in text]
            }

    read = reader(LoadedModel(model, Characters()))
    assert read._packing_twin() is None
    found = read.activations(TEXTS[:3], ["layers.0.residual"])
    for text, one in zip(TEXTS, found, strict=False):
        with torch.no_grad():
            states = model(
                input_ids=torch.tensor([[ord(c) for c in text]]), output_hidden_states=True
            ).hidden_states
        torch.testing.assert_close(one.values[Site("residual", 0)], states[1][0])


def test_what_cannot_be_read(tiny_llama: LoadedModel) -> None:
    read = reader(tiny_llama)
    with pytest.raises(BadInput, match=r"no site 'layers\.7\.mlp'.*from 0 to 2"):
        read.activations(["a"], ["layers.7.mlp"])
    with pytest.raises(BadInput, match="not the address"):
        read.activations(["a"], ["resid_post"])
    with pytest.raises(BadInput, match="No site"):
        read.stream(["a"], [])
    with pytest.raises(BadInput, match="Text 1 is empty"):
        read.activations(["a", ""], ["embedding"])
    with pytest.raises(TooLarge, match="Text 0 is too long"):
        read.activations(["a" * 97], ["embedding"])
    with pytest.raises(BadInput, match="surrogate"):
        read.activations(["\ud83d"], ["embedding"])
    for longest in (0, 97):
        with pytest.raises(BadInput, match="tokens at a time"):
            read.stream(["a"], ["embedding"], longest=longest)
    assert read.activations([], ["embedding"]) == []


def test_bfloat16_packs_close_to_each_alone(smollm2: LoadedModel) -> None:
    anatomy = Anatomy.of(smollm2.model)
    read = ActivationReader(smollm2, anatomy, SinkRule(smollm2, anatomy, 8192))
    site = Site("residual", 15)
    assert read._packing_twin() is not None
    together = read.activations(TEXTS, [site])
    for text, found in zip(TEXTS, together, strict=True):
        tokens = torch.tensor([smollm2.tokenizer(text)["input_ids"]])
        with torch.no_grad():
            alone = smollm2.model(input_ids=tokens, output_hidden_states=True).hidden_states[16][0]
        difference = (found.values[site].float() - alone.float()).norm(dim=-1) / alone.float().norm(dim=-1)
        assert float(difference.median()) < 0.03
        assert found.values[site].dtype == torch.bfloat16
        # The first position of every document, wherever it lies in the pack.
        assert found.sinks[site][0]
    assert not together[0].sinks[site][1:].any()
