"""The GPU path on a processor, in float32: against transformers, against hooks, and recorded as a GPU records it."""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from clearspan.errors import BadInput, Busy, Refused
from clearspan.models.backends import select
from clearspan.models.backends.base import Backend, Slot, Work
from clearspan.models.backends.graphed import backend as graphed
from clearspan.models.backends.graphed.backend import GraphedBackend
from clearspan.models.backends.graphed.dials import DialRows
from clearspan.models.backends.graphed.graphs import Graphs, Pass, Record
from clearspan.models.backends.graphed.opening import (
    fits,
    move,
    open_on_gpu,
    open_where_it_is,
    require_agreement,
)
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.hooks import apply_dials
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel
from clearspan.models.weights.sources import ModelFiles
from clearspan.settings import Settings

REFERENCE = "tiny"
WIDTH = 96
SIZES: dict[str, Any] = {
    "vocab_size": 211,
    "hidden_size": WIDTH,
    "intermediate_size": 160,
    "num_hidden_layers": 3,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "max_position_embeddings": 640,
    "initializer_range": 0.12,
}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 160, "rope_theta": 1e4}
FAMILIES: dict[str, Callable[[], Any]] = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**SIZES, tie_word_embeddings=True)),
    "llama with biases": lambda: LlamaForCausalLM(LlamaConfig(**SIZES, attention_bias=True, mlp_bias=True)),
    "llama with yarn": lambda: LlamaForCausalLM(LlamaConfig(**SIZES, rope_parameters=YARN)),
    "mistral": lambda: MistralForCausalLM(MistralConfig(**SIZES, sliding_window=None)),
    "qwen2": lambda: Qwen2ForCausalLM(
        Qwen2Config(**{k: v for k, v in SIZES.items() if k != "head_dim"} | {"hidden_size": 192})
    ),
    "qwen3": lambda: Qwen3ForCausalLM(Qwen3Config(**SIZES)),
}
TOKENS = [3, 141, 59, 26, 53, 58, 97, 93, 23, 84, 62, 64, 33, 83, 27, 95, 28, 8, 41, 97, 169, 39]
LARGEST_ERROR = 2e-3
"""Of float32 logits whose deviation is about 1, summed in another order than transformers sums them."""


class _Numbers:
    """A tokenizer for models without text: their yardstick is any tokens."""

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [ord(sign) % 200 for sign in text[:120]]}


def loaded(family: str = "llama") -> LoadedModel:
    torch.manual_seed(7)
    model = FAMILIES[family]().eval()
    for parameter in model.parameters():
        if parameter.ndim == 1:
            torch.nn.init.normal_(parameter, 1.0, 0.2)
    return LoadedModel(model, _Numbers())


def on_processor(
    given: LoadedModel, *, most: int = 6, free: int = 10**9, record: Record | None = None
) -> GraphedBackend:
    return GraphedBackend(given, REFERENCE, most=most, free=free, record=record)


@pytest.fixture(scope="module")
def llama() -> LoadedModel:
    return loaded()


def direction(address: str, seed: int = 1, size: float = 2.0, **more: Any) -> Direction:
    vectors = torch.randn(2, WIDTH, generator=torch.Generator().manual_seed(seed))
    encoder, decoder = vectors / vectors.norm(dim=-1, keepdim=True)
    return Direction(f"{seed}", REFERENCE, Site.parse(address), encoder, size * decoder, **more)


def logits(
    backend: Backend, tokens: Sequence[int], dials: Sequence[Dial] = (), cuts: Sequence[int] = ()
) -> torch.Tensor:
    slot = backend.open(dials)
    edges = [0, *cuts, len(tokens)]
    parts = [
        backend.forward([Work(slot, tokens[start:end], "all")])[0] for start, end in itertools.pairwise(edges)
    ]
    backend.close(slot)
    return torch.cat(cast("list[torch.Tensor]", parts))


def assert_close(one: torch.Tensor, other: torch.Tensor) -> None:
    assert float((one - other).abs().max()) <= LARGEST_ERROR * float(other.std())


MIXED = [
    direction("embedding", 1).add(0.7),
    direction("layers.0.attention", 2, threshold=0.1, bias=0.05).clamp(1.5),
    direction("layers.1.mlp", 3).ablate(),
    direction("layers.1.residual", 4, threshold=0.4, maximum=3.0).ablate(),
    direction("layers.1.residual", 5, maximum=2.0).clamp(-1.0),
    direction("layers.2.residual", 6, threshold=0.2).add(-1.0),
]


@pytest.mark.parametrize("family", list(FAMILIES))
def test_it_computes_what_transformers_computes(family: str) -> None:
    model = loaded(family)
    plain, fast = PlainBackend(model, REFERENCE), on_processor(model)
    expected = logits(plain, TOKENS)
    assert_close(logits(fast, TOKENS), expected)
    assert_close(logits(fast, TOKENS, cuts=range(1, len(TOKENS))), expected)


def test_long_prompts_are_read_in_parts_and_attention_reaches_back(llama: LoadedModel) -> None:
    """Past the length of one part, and past the reach of the shortest decode pass."""
    tokens = [(number * number + 7) % 211 for number in range(600)]
    expected = logits(PlainBackend(llama, REFERENCE), tokens)
    fast = on_processor(llama, most=2)
    assert_close(logits(fast, tokens), expected)
    assert_close(logits(fast, tokens, cuts=[250, *range(251, 261), 300, 598, 599]), expected)
    slot = fast.open()
    (last,) = fast.forward([Work(slot, tokens)])
    assert last is not None
    assert_close(last, expected[-1])
    fast.close(slot)


def test_rows_with_different_dials_share_a_pass(llama: LoadedModel) -> None:
    plain, fast = PlainBackend(llama, REFERENCE), on_processor(llama)
    sets = [(), MIXED, MIXED[3:5], [direction("layers.1.residual", 9).clamp(2.0)], ()]
    slots = [fast.open(dials) for dials in sets]
    fast.forward([Work(slot, TOKENS[:5], "none") for slot in slots])
    rows: list[list[torch.Tensor]] = [[] for _ in sets]
    for token in TOKENS[5:]:
        for found, one in zip(rows, fast.forward([Work(slot, [token]) for slot in slots]), strict=True):
            assert one is not None
            found.append(one)
    for dials, found in zip(sets, rows, strict=True):
        assert_close(torch.stack(found), logits(plain, TOKENS, dials)[5:])
    assert not torch.equal(rows[0][-1], rows[1][-1])
    assert_close(rows[0][-1], rows[4][-1])


def test_sequences_that_pause_keep_their_caches(llama: LoadedModel) -> None:
    fast = on_processor(llama)
    expected = logits(fast, TOKENS, cuts=range(1, len(TOKENS)))
    paused, other = fast.open(), fast.open(MIXED)
    for number, token in enumerate(TOKENS):
        (mine,) = fast.forward([Work(paused, [token])])
        assert mine is not None
        assert torch.equal(mine, expected[number])
        fast.forward([Work(other, [token])])


def test_a_sequence_that_runs_out_of_range_leaves_nothing_behind(llama: LoadedModel) -> None:
    fast = on_processor(llama, most=1)
    expected = logits(fast, TOKENS, cuts=[8, 9])
    endless = Direction(
        "endless", REFERENCE, Site.parse("embedding"), torch.ones(WIDTH), torch.full((WIDTH,), 1e38)
    )
    assert logits(fast, TOKENS, [endless.add(1000.0)], cuts=[8, 9]).isnan().any()
    assert torch.equal(logits(fast, TOKENS, cuts=[8, 9]), expected)


def test_memory_bounds_how_many_sequences_are_open(llama: LoadedModel) -> None:
    row = 2 * 3 * 2 * 641 * 32 * 4
    backend = on_processor(llama, most=8, free=3 * row + 1)
    assert (backend.places, backend.preferred_batch) == (3, 3)
    slots = [backend.open() for _ in range(3)]
    with pytest.raises(Busy, match="no further sequence"):
        backend.open()
    backend.close(slots[1])
    assert backend.open().row == 1
    with pytest.raises(Refused, match="one sequence's cache takes"):
        on_processor(llama, free=row - 1)


def test_models_of_other_families_are_refused() -> None:
    config = GPT2Config(vocab_size=64, n_embd=32, n_layer=2, n_head=2, n_positions=64)
    with pytest.raises(Refused, match="gpt2"):
        on_processor(LoadedModel(GPT2LMHeadModel(config).eval(), _Numbers()))


@pytest.mark.parametrize("tokens", [[], [-1], [5, 211]])
def test_tokens_of_another_model(llama: LoadedModel, tokens: list[int]) -> None:
    backend = on_processor(llama)
    slot = backend.open()
    with pytest.raises(BadInput, match="not of this model"):
        backend.forward([Work(slot, tokens)])
    assert slot.length == 0


@hypothesis_settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["clamp", "add", "ablate"]),
            st.floats(-8, 8, width=32),
            st.floats(-1, 1, width=32),
            st.one_of(st.none(), st.floats(-1, 1, width=32)),
            st.floats(0.125, 4, width=32),
        ),
        max_size=4,
    ),
    st.integers(0, 1000),
)
def test_dials_in_rows_are_the_dials_of_hooks(settings: list[Any], seed: int) -> None:
    site = Site("mlp", 1)
    made = [
        Dial(
            direction("layers.1.mlp", seed + number, bias=bias, threshold=threshold, maximum=maximum),
            operation,
            amount,
        )
        for number, (operation, amount, bias, threshold, maximum) in enumerate(settings)
    ]
    rows = DialRows(3, WIDTH, torch.device("cpu"), lambda _: 2.0)
    rows.set(0, [direction("layers.1.mlp", 77).add(1.0)])
    places = rows.set(1, made) | {(site, 0)}
    hidden = torch.randn(3, 4, WIDTH, generator=torch.Generator().manual_seed(seed))
    hidden[:, 2] *= 100  # norms over ten times the median: sinks
    found = rows.apply(site, hidden, slice(0, 3), places)
    torch.testing.assert_close(found[1], apply_dials(hidden[1], made, 20.0), atol=1e-4, rtol=1e-4)
    assert torch.equal(found[2], hidden[2])
    assert torch.equal(found[:, 2], hidden[:, 2])
    assert not torch.equal(found[0, 0], hidden[0, 0])
    alone = rows.apply(site, hidden[1:2], slice(1, 2), places)
    assert torch.equal(alone[0], found[1])
    rows.clear(1, places)
    assert torch.equal(rows.apply(site, hidden, slice(0, 3), places)[1], hidden[1])


class _Tape(TorchDispatchMode):
    """Notes every operator of a pass, and replays them on the same tensors: a CUDA graph on a processor.

    What a real capture would refuse is refused: reading a tensor's value in Python, and making tensors from values
    that only Python knows.
    """

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[Any, tuple[Any, ...], dict[str, Any], Any]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = str(func)
        assert not any(
            bad in name for bad in ("_local_scalar_dense", "nonzero", "lift_fresh", "is_pinned")
        ), name
        out = func(*args, **(kwargs or {}))
        self.notes.append((func, args, kwargs or {}, out))
        return out

    def replay(self) -> None:
        made: dict[int, torch.Tensor] = {}

        def current(value: Any) -> Any:
            return made.get(id(value), value)

        with torch.inference_mode():
            for func, args, kwargs, out in self.notes:
                again = func(*tree_map(current, args), **tree_map(current, kwargs))
                pairs = zip(_flat(out), _flat(again), strict=True)
                made.update({id(old): new for old, new in pairs})


def _flat(out: Any) -> list[torch.Tensor]:
    every = out if isinstance(out, tuple | list) else [out]
    return [one for one in every if isinstance(one, torch.Tensor)]


class _Counting:
    """Records passes on tapes; the pass itself runs for each recording only."""

    def __init__(self) -> None:
        self.recorded = 0

    def __call__(self, run: Pass) -> Pass:
        self.recorded += 1
        run()
        with _Tape() as tape:
            run()
        return tape.replay


def test_recorded_passes_serve_other_rows_lengths_and_dials(llama: LoadedModel) -> None:
    """Python runs once for each shape; everything else is numbers in static tensors."""
    record = _Counting()
    free, taped = on_processor(llama), on_processor(llama, record=record)
    sets = [MIXED, (), [direction("layers.1.residual", 8).add(1.0)], [direction("embedding", 8).ablate()]]
    for backend in (free, taped):
        for dials in sets:
            backend.close(backend.open(dials))
    pairs: list[tuple[Slot, Slot]] = []
    for number, token in enumerate(TOKENS):
        if number < len(sets):
            pairs.append((free.open(sets[number]), taped.open(sets[number])))
        if number == 12:
            for backend, slot in zip((free, taped), pairs.pop(0), strict=True):
                backend.close(slot)
        taking = pairs[number % 2 :]
        found = [
            backend.forward([Work(pair[place], [(token + n) % 211]) for n, pair in enumerate(taking)])
            for place, backend in enumerate((free, taped))
        ]
        for one, other in zip(*found, strict=True):
            assert one is not None
            assert other is not None
            assert torch.equal(one, other)
    # Rows 0, 0 to 3, 0 to 5; and the fourth sequence's dials are among the first's.
    assert record.recorded == 2


def test_passes_are_reused_where_they_read_enough_dials_and_forgotten_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("clearspan.models.backends.graphed.graphs.MOST", 2)
    ran: list[int] = []
    graphs = Graphs(lambda run: run)

    def run(shape: int, *numbers: int) -> None:
        chosen = frozenset((Site("mlp", number), 0) for number in numbers)
        graphs.run((shape,), chosen, lambda places: lambda: ran.append(len(places)))

    run(1, 1, 2, 3)
    run(1, 1)
    run(1)
    assert ran == [3, 3, 3]
    run(1, 4)
    run(1, 4)
    run(1)
    assert ran == [3, 3, 3, 1, 1, 1]
    run(2)
    run(1, 1)
    run(1)
    assert ran == [3, 3, 3, 1, 1, 1, 0, 1, 1]


def test_memory_of_dials_that_nobody_sets_any_more_is_given_back(
    llama: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphed, "_MOST_PLACES", 3)
    record = _Counting()
    backend = on_processor(llama, record=record)
    one = [direction("layers.1.residual", 5).clamp(1.0)]
    expected = logits(backend, TOKENS, one, cuts=[9])
    backend.close(backend.open(MIXED))
    assert torch.equal(logits(backend, TOKENS, one, cuts=[9]), expected)
    assert len(backend._dials) == 1


def test_agreement_is_required(llama: LoadedModel) -> None:
    plain, fast = PlainBackend(llama, REFERENCE), on_processor(llama)
    tokens = _Numbers()("a text of more than the last few tokens")["input_ids"]
    require_agreement(plain, fast, tokens, REFERENCE)
    fast._decoder._cos.add_(0.3)
    with pytest.raises(Refused, match="differ from transformers'"):
        require_agreement(plain, fast, tokens, REFERENCE)


@pytest.mark.parametrize("family", list(FAMILIES))
def test_in_the_number_format_of_a_gpu_it_agrees_as_well(family: str) -> None:
    model = loaded(family)
    move(model.model, torch.device("cpu"))
    assert model.model.dtype == torch.bfloat16
    assert model.model.model.rotary_emb.inv_freq.dtype == torch.float32
    assert open_where_it_is(model, REFERENCE, 10**9, None).name == "cuda"


def test_what_cannot_be_graphed_runs_plainly(llama: LoadedModel) -> None:
    def broken(run: Pass) -> Pass:
        raise RuntimeError("operation not permitted when stream is capturing")

    config = GPT2Config(vocab_size=211, n_embd=32, n_layer=2, n_head=2, n_positions=64)
    other = LoadedModel(GPT2LMHeadModel(config).eval(), _Numbers())
    assert open_where_it_is(llama, REFERENCE, 10**9, None).name == "cuda"
    assert open_where_it_is(llama, REFERENCE, 10**9, broken).name == "plain"
    assert open_where_it_is(llama, REFERENCE, 10**3, None).name == "plain"
    assert open_where_it_is(other, REFERENCE, 10**9, None).name == "plain"


def test_a_gpu_with_room_is_chosen(
    llama: LoadedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = on_processor(llama, most=1)
    monkeypatch.setattr(select, "fits", lambda model: model is llama.model)
    monkeypatch.setattr(select, "open_on_gpu", lambda loaded, reference: opened)
    files = ModelFiles(REFERENCE, tmp_path, "transformers", None)
    for chosen, name in (("auto", "cuda"), ("plain", "plain")):
        settings = Settings(home=tmp_path, backend=cast("Any", chosen))
        assert select.choose(llama, files, settings).backend.name == name


def test_without_a_gpu_nothing_is_moved(llama: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert not fits(llama.model)


def test_a_model_that_does_not_fit_stays_where_it_is(
    llama: LoadedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = 2 * sum(parameter.numel() for parameter in llama.model.parameters())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (needed, needed))
    assert not fits(llama.model)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (2 * needed, 2 * needed))
    assert fits(llama.model)


needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")


@pytest.mark.gpu
@needs_gpu
@pytest.mark.parametrize("family", list(FAMILIES))
def test_a_gpu_records_and_agrees_with_transformers(family: str) -> None:
    backend = open_on_gpu(loaded(family), REFERENCE)
    assert isinstance(backend, GraphedBackend)


@pytest.mark.gpu
@needs_gpu
def test_on_a_gpu_rows_with_different_dials_share_recorded_passes() -> None:
    model = loaded()
    fast = open_on_gpu(model, REFERENCE)
    assert isinstance(fast, GraphedBackend)
    plain = PlainBackend(model, REFERENCE)
    sets = [(), MIXED, MIXED[3:5], [direction("layers.1.residual", 9).clamp(2.0)]] * 9
    slots = [fast.open(dials) for dials in sets]
    fast.forward([Work(slot, TOKENS[:5], "none") for slot in slots])
    steps = [fast.forward([Work(slot, [token]) for slot in slots]) for token in TOKENS[5:]]
    for number in range(4):
        found = torch.stack([cast("torch.Tensor", step[number]) for step in steps]).log_softmax(-1)
        expected = logits(plain, TOKENS, sets[number])[5:].log_softmax(-1)
        assert found.device.type == "cpu"
        assert float((expected.exp() * (expected - found)).sum(-1).mean()) < 0.02
