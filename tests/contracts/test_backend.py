"""What every backend must do, whatever computes it."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from clearspan.errors import BadInput, Refused, TooLarge
from clearspan.models.backends.base import Backend, Slot, Work
from clearspan.models.backends.graphed.backend import GraphedBackend
from clearspan.models.backends.native import build
from clearspan.models.backends.native.opening import open_native
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel, load_weights
from clearspan.models.weights.sources import ModelFiles, resolve
from clearspan.settings import Settings

WIDTH, CONTEXT, VOCABULARY = 128, 96, 128
LAYERS = 3
TOKENS = [3, 17, 99, 4, 4, 62, 80, 11, 5, 41, 7, 120, 33, 90, 2, 64]


@dataclass(frozen=True)
class Tiny:
    """A tiny random model on this disk, and what its backends may differ by from one cut of the tokens to another."""

    reference: str
    files: ModelFiles
    settings: Settings
    loaded: LoadedModel


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, weights: Path) -> Tiny:
    """A random Llama with grouped queries, in float32."""
    folder = tmp_path_factory.mktemp("tiny")
    torch.manual_seed(4)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        intermediate_size=256,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        initializer_range=0.12,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    words = {word: number for number, word in enumerate(["?", *(f"w{n}" for n in range(1, VOCABULARY))])}
    tokenizer = Tokenizer(WordLevel(words, unk_token="?"))
    tokenizer.pre_tokenizer = Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)
    settings = Settings(home=weights.parent / "fast-path")
    files = resolve(f"dir:{folder}", settings)
    return Tiny(files.reference, files, settings, load_weights(files, settings, torch.float32))


def plain(tiny: Tiny) -> Backend:
    return PlainBackend(tiny.loaded, tiny.reference)


def native(tiny: Tiny) -> Backend:
    try:
        library = build.build(tiny.settings)
    except Refused as error:
        pytest.skip(str(error))
    return open_native(library, tiny.loaded, tiny.files, tiny.settings, plain(tiny))


def cuda(tiny: Tiny) -> Backend:
    """What runs on a GPU, here without one; its own tests record its passes."""
    return GraphedBackend(tiny.loaded, tiny.reference, most=64, free=2**30)


BACKENDS: dict[str, Callable[[Tiny], Backend]] = {"plain": plain, "native": native, "cuda": cuda}


@pytest.fixture(scope="module", params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, tiny: Tiny) -> Backend:
    return BACKENDS[request.param](tiny)


def direction(tiny: Tiny, address: str, seed: int = 1, size: float = 1.0) -> Direction:
    generator = torch.Generator().manual_seed(seed)
    vector = torch.randn(WIDTH, generator=generator)
    return Direction.of(f"direction {seed}", tiny.reference, address, size * vector / vector.norm())


def logits(
    backend: Backend, tokens: Sequence[int], dials: Sequence[Dial] = (), cuts: Sequence[int] = ()
) -> torch.Tensor:
    """Logits after every token, the tokens given in parts that end at `cuts`."""
    slot = backend.open(dials)
    edges = [0, *cuts, len(tokens)]
    parts: list[torch.Tensor] = []
    for start, end in itertools.pairwise(edges):
        (part,) = backend.forward([Work(slot, tokens[start:end], "all")])
        assert part is not None
        parts.append(part.clone())
    assert slot.length == len(tokens)
    backend.close(slot)
    return torch.cat(parts)


def close(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Equal but for rounding: another cut of the tokens may sum in another order."""
    return bool((one - other).abs().max() <= 0.02 * one.std())


def same(backend: Backend, one: torch.Tensor, other: torch.Tensor) -> bool:
    """Bit for bit, but for what is made for a GPU.

    There, matrix products have one shape whatever runs; how a processor's library rounds a row may still depend on
    its place among the rows.
    """
    if backend.name != "cuda":
        return torch.equal(one, other)
    return bool((one - other).abs().max() <= 1e-5 * other.std())


def test_it_says_what_it_is(backend: Backend) -> None:
    assert backend.name in BACKENDS
    assert (backend.context_length, backend.vocabulary) == (CONTEXT, VOCABULARY)
    assert backend.preferred_batch >= 1


def test_logits_are_after_the_last_token_after_all_or_not_at_all(backend: Backend) -> None:
    slots = [backend.open() for _ in range(3)]
    kinds: list[Literal["all", "last", "none"]] = ["all", "last", "none"]
    every, last, nothing = backend.forward(
        [Work(slot, TOKENS, kind) for slot, kind in zip(slots, kinds, strict=True)]
    )
    assert every is not None
    assert last is not None
    assert nothing is None
    assert (every.shape, last.shape) == ((len(TOKENS), VOCABULARY), (VOCABULARY,))
    assert every.dtype == last.dtype == torch.float32
    assert close(every[-1], last)
    assert [slot.length for slot in slots] == [len(TOKENS)] * 3
    following = backend.forward([Work(slot, [9]) for slot in slots])
    for one in following:
        assert one is not None
        assert following[0] is not None
        assert close(following[0], one)
    for slot in slots:
        backend.close(slot)


def test_results_outlive_the_next_step(backend: Backend) -> None:
    slot = backend.open()
    (first,) = backend.forward([Work(slot, TOKENS)])
    assert first is not None
    kept = first.clone()
    backend.forward([Work(slot, [1, 2, 3], "all")])
    assert torch.equal(first, kept)
    backend.close(slot)


@pytest.mark.parametrize("cuts", [[1], [5, 6, 7], [8], list(range(1, len(TOKENS)))])
def test_a_cache_gives_what_no_cache_gives(backend: Backend, cuts: list[int]) -> None:
    assert close(logits(backend, TOKENS), logits(backend, TOKENS, cuts=cuts))


def test_a_sequence_depends_on_itself_alone(backend: Backend, tiny: Tiny) -> None:
    """A text must be the same whatever else is generated at the same moment."""
    dials = [direction(tiny, "layers.1.residual").add(2.0)]
    alone = [logits(backend, TOKENS, chosen, cuts=[10, 11, 12]) for chosen in ((), dials)]

    def others(count: int) -> list[Slot]:
        slots = [
            backend.open([direction(tiny, "layers.0.mlp", seed).clamp(3.0)] if seed % 2 else ())
            for seed in range(1, count + 1)
        ]
        backend.forward([Work(slot, TOKENS[: 1 + number % 9], "none") for number, slot in enumerate(slots)])
        return slots

    for count in (1, 5, 40):
        crowd, slots = others(count), [backend.open(), backend.open(dials)]
        found: list[list[torch.Tensor]] = [[], []]
        for start, end in ((0, 10), (10, 11), (11, 12), (12, len(TOKENS))):
            mine = [Work(slot, TOKENS[start:end], "all") for slot in slots]
            theirs = [Work(slot, [7]) for slot in crowd]
            results = backend.forward([*theirs[::2], mine[0], *theirs[1::2], mine[1]])
            for number, place in enumerate((len(theirs[::2]), -1)):
                result = results[place]
                assert result is not None
                found[number].append(result.clone())
        for number in (0, 1):
            assert same(backend, torch.cat(found[number]), alone[number])
        for slot in (*crowd, *slots):
            backend.close(slot)


def test_a_fork_goes_on_as_the_sequence_would_have_and_neither_disturbs_the_other(
    backend: Backend, tiny: Tiny
) -> None:
    for dials in ((), [direction(tiny, "layers.1.residual").add(2.0)]):
        slot = backend.open(dials)
        backend.forward([Work(slot, TOKENS[:9], "none")])
        forks = [backend.fork(slot) for _ in range(3)]
        assert [fork.length for fork in forks] == [9] * 3
        backend.forward([Work(slot, [1, 2, 3], "none")])
        backend.close(slot)
        results = backend.forward(
            [Work(fork, [token], "last") for fork, token in zip(forks, (7, 8, 7), strict=True)]
        )
        expected = [logits(backend, [*TOKENS[:9], token], dials, cuts=[9])[-1] for token in (7, 8, 7)]
        for result, wanted in zip(results, expected, strict=True):
            assert result is not None
            assert same(backend, result, wanted)
        for fork in forks:
            backend.close(fork)


@pytest.mark.parametrize("address", ["embedding", "layers.0.attention", "layers.1.mlp", "layers.2.residual"])
def test_dials_apply_to_the_prompt_and_to_what_follows(backend: Backend, tiny: Tiny, address: str) -> None:
    one, other = direction(tiny, address), direction(tiny, "layers.1.residual", 2)
    plain = logits(backend, TOKENS)
    for dials in ([one.clamp(1.5)], [one.add(-2.0)], [one.ablate()], [one.clamp(1.0), other.add(1.0)]):
        whole = logits(backend, TOKENS, dials)
        assert close(whole, logits(backend, TOKENS, dials, cuts=[4, 5, 6, 12]))
        # A rounding error is not a dial.
        assert (whole - plain).abs().max() > 0.05 * plain.std()
    assert close(plain, logits(backend, TOKENS, [one.add(0.0)]))
    assert close(plain, logits(backend, TOKENS, [one.add(1.0), _opposite(one).add(1.0)]))


def _opposite(one: Direction) -> Direction:
    return Direction.of("opposite", one.model, one.site, -one.decoder)


def test_an_ablated_direction_stays_ablated(backend: Backend, tiny: Tiny) -> None:
    """The last layer's residual stream without a direction is what the head reads."""
    one = direction(tiny, f"layers.{LAYERS - 1}.residual")
    ablated = logits(backend, TOKENS, [one.ablate()])
    assert close(ablated, logits(backend, TOKENS, [one.clamp(0.0)]))
    assert not close(ablated, logits(backend, TOKENS))


def test_all_backends_compute_the_same(backend: Backend, tiny: Tiny) -> None:
    dials = [direction(tiny, "layers.1.residual").clamp(2.0), direction(tiny, "layers.2.mlp", 3).add(1.0)]
    for chosen in ((), dials):
        expected, found = (logits(one, TOKENS, chosen).log_softmax(-1) for one in (plain(tiny), backend))
        assert float((expected.exp() * (expected - found)).sum(-1).mean()) < 0.01


def test_medians_are_of_the_same_text(backend: Backend, tiny: Tiny) -> None:
    for address in ("embedding", "layers.1.attention", "layers.2.residual"):
        site = Site.parse(address)
        assert backend.median_norm(site) == pytest.approx(plain(tiny).median_norm(site), rel=0.02)


def test_dials_that_cannot_be_applied(backend: Backend, tiny: Tiny) -> None:
    vector = torch.ones(WIDTH)
    wrong = [
        (Direction.of("foreign", "another-model", "layers.1.mlp", vector), "belongs to another-model"),
        (
            Direction.of("deep", tiny.reference, f"layers.{LAYERS}.mlp", vector),
            f"no site 'layers.{LAYERS}.mlp'",
        ),
        (Direction.of("short", tiny.reference, "layers.1.mlp", vector[:-1]), f"{WIDTH - 1} numbers"),
    ]
    for bad, says in wrong:
        with pytest.raises(BadInput, match=says):
            backend.check([bad.add(1.0)])
        with pytest.raises(BadInput, match=says):
            backend.open([bad.add(1.0)])


def test_the_context_is_a_limit(backend: Backend) -> None:
    slot = backend.open()
    backend.forward([Work(slot, [5] * (CONTEXT - 1), "none")])
    with pytest.raises(TooLarge, match=f"{CONTEXT + 1} tokens"):
        backend.forward([Work(slot, [5, 5])])
    (last,) = backend.forward([Work(slot, [5])])
    assert last is not None
    assert last.isfinite().all()
    assert slot.length == CONTEXT
    backend.close(slot)


def test_closing_twice_does_no_harm(backend: Backend) -> None:
    kept, closed = backend.open(), backend.open()
    backend.forward([Work(kept, TOKENS, "none"), Work(closed, TOKENS, "none")])
    backend.close(closed)
    backend.close(closed)
    again = backend.open()
    assert again.length == 0
    one, other = backend.forward([Work(kept, [8]), Work(again, [*TOKENS, 8])])
    assert one is not None
    assert other is not None
    assert close(one, other)
    backend.close(kept)
    backend.close(again)
