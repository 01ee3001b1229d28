"""The C++ step against transformers in float32, and against itself."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from transformers import (
    GPT2Config,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from clearspan.errors import BadInput, Refused, TooLarge
from clearspan.models.backends.base import Work
from clearspan.models.backends.native import build
from clearspan.models.backends.native.backend import NativeBackend
from clearspan.models.backends.native.opening import open_native, require_possible
from clearspan.models.backends.native.packing import Packer, Sizes
from clearspan.models.backends.native.structs import declare
from clearspan.models.backends.native.tensors import FolderTensors, GgufTensors, Kind, Matrix, as_float32
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.dials import Direction
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel
from clearspan.models.weights.sources import ModelFiles
from clearspan.settings import Settings

SIZES = {
    "vocab_size": 211,
    "hidden_size": 96,
    "intermediate_size": 160,
    "num_hidden_layers": 3,
    "num_attention_heads": 6,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "max_position_embeddings": 1024,
}
FAMILIES: dict[str, Callable[[], Any]] = {
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**SIZES, tie_word_embeddings=True)),
    "llama with biases": lambda: LlamaForCausalLM(LlamaConfig(**SIZES, attention_bias=True, mlp_bias=True)),
    "mistral": lambda: MistralForCausalLM(MistralConfig(**SIZES, sliding_window=None)),
    "qwen2": lambda: Qwen2ForCausalLM(
        Qwen2Config(**{k: v for k, v in SIZES.items() if k != "head_dim"} | {"hidden_size": 192})
    ),
    "qwen3": lambda: Qwen3ForCausalLM(Qwen3Config(**SIZES)),
}
TOKENS = [3, 141, 59, 26, 53, 58, 97, 93, 23, 84, 62, 64, 33, 83, 27, 95, 28, 8, 41, 97, 169, 39]

# The cache keeps half precision, 2**-11 a number, and these random weights amplify it.
TOLERANCE = 6e-3


class _Numbers:
    """A tokenizer for models without text: their yardstick is any tokens."""

    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [ord(sign) % 200 for sign in text[:120]]}


@pytest.fixture(scope="session")
def library(weights: Path) -> Path:
    """The compiled step, shared by all tests as the weights are."""
    try:
        return build.build(Settings(weights=weights))
    except Refused as error:
        pytest.skip(f"no C++ compiler: {error.why}")


@pytest.fixture(scope="session")
def models(
    library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., tuple[Any, NativeBackend]]:
    """A tiny random model of a family, as transformers computes it in float32 and as the step does."""
    made: dict[tuple[str, Path], tuple[Any, NativeBackend]] = {}

    def make(family: str, compiled: Path = library) -> tuple[Any, NativeBackend]:
        if (family, compiled) not in made:
            torch.manual_seed(7)
            model = FAMILIES[family]().float().eval()
            for parameter in model.parameters():
                # Norms and biases begin as ones and zeros, which would hide that they are ignored.
                torch.nn.init.normal_(parameter, mean=float(parameter.ndim == 1), std=0.2)
            folder = tmp_path_factory.mktemp("tiny")
            model.save_pretrained(folder)
            loaded = LoadedModel(model, _Numbers())
            plain = PlainBackend(loaded, "tiny")
            settings = Settings(home=folder, threads=2)
            files = ModelFiles("tiny", folder, "transformers", None)
            made[family, compiled] = model, open_native(compiled, loaded, files, settings, plain)
        return made[family, compiled]

    return make


@pytest.fixture(scope="session")
def real(library: Path, weights: Path, converted: Path) -> NativeBackend:
    """smollm2-135m on blocks of its GGUF file."""
    return _real(library, weights, converted)


def _real(library: Path, weights: Path, converted: Path, threads: int = 2) -> NativeBackend:
    from clearspan.models.weights.pretrained import read_config
    from clearspan.models.weights.sources import resolve

    files = resolve("smollm2-135m", Settings(weights=weights))
    assert files.gguf is not None
    config = read_config(converted)
    sizes = require_possible(config)
    opened = declare(build.load(library))
    tensors = GgufTensors(files.gguf, {"q_proj": sizes.heads, "k_proj": sizes.kv_heads})
    frequencies = 1.0 / 100_000.0 ** (np.arange(0, 64, 2, dtype=np.float32) / 64)
    packed = Packer(opened, tensors, sizes).pack(frequencies.astype(np.float32), 1.0, threads)
    return NativeBackend(opened, packed, "smollm2-135m", range(100, 200))


def logits(backend: NativeBackend, tokens: Sequence[int], **given: Any) -> torch.Tensor:
    """Logits after each token."""
    slot = backend.open(**given)
    try:
        return cast("torch.Tensor", backend.forward([Work(slot, tokens, "all")])[0])
    finally:
        backend.close(slot)


@pytest.mark.parametrize("family", FAMILIES)
def test_agrees_with_transformers(family: str, models: Any) -> None:
    model, native = models(family)
    with torch.inference_mode():
        expected = model(torch.tensor([TOKENS])).logits[0]
    got = logits(native, TOKENS)
    assert got.shape == expected.shape
    assert (got - expected).norm() / expected.norm() < TOLERANCE


@pytest.mark.parametrize("family", FAMILIES)
def test_a_dial_does_what_it_does_to_transformers(family: str, models: Any) -> None:
    model, native = models(family)
    plain = PlainBackend(LoadedModel(model, _Numbers()), "tiny")
    generator = torch.Generator().manual_seed(3)
    dials: list[Any] = []
    for number, site in enumerate(("embedding", "layers.0.attention", "layers.1.mlp", "layers.1.residual")):
        encoder, decoder = (torch.randn(native.width, generator=generator) for _ in range(2))
        direction = Direction(
            site, "tiny", Site.parse(site), encoder, decoder, 0.1, 0.05 if number % 2 else None
        )
        dials += [direction.clamp(0.7), direction.add(0.3)][: 1 + number % 2]
    slot = plain.open(dials)
    expected = plain.forward([Work(slot, TOKENS, "all")])[0]
    got = logits(native, TOKENS, dials=dials)
    undialled = logits(native, TOKENS)
    assert expected is not None
    assert (got - expected).norm() / expected.norm() < TOLERANCE
    assert (got - undialled).norm() / undialled.norm() > 0.05


def test_a_sequence_never_depends_on_its_neighbours_or_on_how_it_is_cut(real: NativeBackend) -> None:
    prompts = [
        list(range(start, start + 11 + 7 * number)) for number, start in enumerate((50, 900, 3000, 9000, 77))
    ]
    vector = torch.randn(576, generator=torch.Generator().manual_seed(5))
    dials = [(), (Direction.of("a", "smollm2-135m", "layers.9.residual", vector).add(2.0),), (), (), ()]
    alone = [logits(real, prompt, dials=set_) for prompt, set_ in zip(prompts, dials, strict=True)]
    slots = [real.open(set_) for set_ in dials]
    together: list[list[torch.Tensor]] = [[] for _ in prompts]
    for start, stop in ((0, 1), (1, 9), (9, 10), (10, 60)):
        work = [
            Work(slot, prompt[start:stop], "all")
            for slot, prompt in zip(slots, prompts, strict=True)
            if prompt[start:stop]
        ]
        results = real.forward(work)
        for entry, found in zip(work, results, strict=True):
            assert found is not None
            together[slots.index(entry.slot)].append(found)
    for expected, parts in zip(alone, together, strict=True):
        assert torch.equal(expected, torch.cat(parts))
    assert not torch.equal(alone[1], logits(real, prompts[1]))


def test_the_form_without_processor_instructions_gives_the_same_numbers(
    real: NativeBackend, weights: Path, converted: Path
) -> None:
    portable = _real(build.build(Settings(weights=weights), portable=True), weights, converted)
    tokens = list(range(1000, 1040))
    assert torch.equal(logits(real, tokens), logits(portable, tokens))


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("kind", ["blocks of 4 and 8 bits", "blocks of 16 bits"])
def test_every_form_gives_the_same_numbers_however_many_rows_go_together(
    kind: str, rows: int, real: NativeBackend, models: Any, weights: Path, converted: Path
) -> None:
    plain_library = build.build(Settings(weights=weights), portable=True)
    if kind == "blocks of 16 bits":
        native, portable = models("qwen3")[1], models("qwen3", plain_library)[1]
    else:
        native, portable = real, _real(plain_library, weights, converted)
    prompts = [TOKENS[start:] for start in range(rows)]
    found = [_together(backend, prompts) for backend in (native, portable)]
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))
    site = Site.parse("layers.1.residual")
    for digits in (1, 2):
        read = [backend.read(prompts, [site], digits=digits) for backend in (native, portable)]
        assert all(torch.equal(one[site], other[site]) for one, other in zip(*read, strict=True))


def _together(backend: NativeBackend, prompts: Sequence[Sequence[int]]) -> list[torch.Tensor]:
    """Last logits of sequences that are read side by side, a token each at the end."""
    slots = [backend.open() for _ in prompts]
    backend.forward([Work(slot, list(prompt[:-1])) for slot, prompt in zip(slots, prompts, strict=True)])
    found = backend.forward([Work(slot, [prompt[-1]]) for slot, prompt in zip(slots, prompts, strict=True)])
    return [cast("torch.Tensor", one) for one in found]


def test_threads_that_outnumber_the_cores_change_nothing(
    real: NativeBackend, library: Path, weights: Path, converted: Path
) -> None:
    tokens = list(range(1000, 1040))
    many = _real(library, weights, converted, threads=7)
    assert torch.equal(logits(real, tokens), logits(many, tokens))
    assert torch.equal(_together(real, [TOKENS] * 5)[4], _together(many, [TOKENS] * 5)[4])


def test_long_prompts_are_read_in_portions(real: NativeBackend) -> None:
    tokens = [(37 * number) % 40_000 for number in range(1100)]
    slot, other = real.open(), real.open()
    [whole] = real.forward([Work(slot, tokens)])
    for token in range(0, 1100, 100):
        [last] = real.forward([Work(other, tokens[token : token + 100])])
    assert slot.length == other.length == 1100
    assert torch.equal(cast("torch.Tensor", whole), cast("torch.Tensor", last))


def test_reading_gives_what_transformers_computes(models: Any) -> None:
    model, native = models("qwen3")
    sites = [Site.parse(name) for name in ("embedding", "layers.0.mlp", "layers.1.residual")]
    found = native.read([TOKENS, TOKENS[:5]], sites, digits=2)
    with torch.inference_mode():
        expected = model(torch.tensor([TOKENS]), output_hidden_states=True).hidden_states
    assert torch.allclose(found[0][sites[0]], expected[0][0], atol=1e-4)
    error = (found[0][sites[2]] - expected[2][0]).norm() / expected[2].norm()
    assert error < TOLERANCE
    assert torch.equal(found[1][sites[2]], found[0][sites[2]][:5])
    coarse = native.read([TOKENS], sites, digits=1)[0][sites[2]]
    assert 1e-4 < (coarse - expected[2][0]).norm() / expected[2].norm() < 0.05


def test_memory_of_ended_sequences_is_used_again(real: NativeBackend) -> None:
    import psutil

    process = psutil.Process()
    tokens = list(range(150))
    sizes: list[int] = []
    for _ in range(12):
        slots = [real.open() for _ in range(4)]
        real.forward([Work(slot, tokens, "none") for slot in slots])
        for slot in slots:
            real.close(slot)
            real.close(slot)
        sizes.append(process.memory_info().rss)
    assert sizes[-1] < sizes[3] + 4_000_000


def test_what_cannot_be_run_is_refused(models: Any) -> None:
    _, native = models("llama")
    with pytest.raises(BadInput, match="not of this model"):
        native.forward([Work(native.open(), [211])])
    with pytest.raises(TooLarge, match="1,024"):
        native.forward([Work(native.open(), [1] * 1025)])
    with pytest.raises(Refused, match="sliding window"):
        require_possible(MistralConfig(**SIZES, sliding_window=64))
    with pytest.raises(Refused, match="it is a gpt2"):
        require_possible(GPT2Config())
    with pytest.raises(Refused, match="a multiple of 32"):
        Sizes.of(LlamaConfig(**SIZES | {"head_dim": 24}))


def test_a_step_takes_only_what_is_within_its_arrays(models: Any) -> None:
    _, native = models("llama")
    site = Site.parse("layers.0.residual")
    for broken in ([211], [-1], [2**40], []):
        with pytest.raises(BadInput, match="not of this model"):
            native.read([[1, 2], broken], [site], digits=1)
    with pytest.raises(BadInput, match=r"no site 'layers.3.mlp'"):
        native.read([[1, 2]], [Site.parse("layers.3.mlp")], digits=1)
    slot = native.open()
    with pytest.raises(ValueError, match="once"):
        native.forward([Work(slot, [1]), Work(native.open(), [2]), Work(slot, [3])])
    assert slot.length == 0
    native.close(slot)
    with pytest.raises(ValueError, match="closed"):
        native.forward([Work(slot, [1])])


def test_numbers_are_float32_whatever_a_loading_model_makes_the_default(models: Any) -> None:
    _, native = models("llama")
    expected = logits(native, TOKENS)
    # transformers does this for the whole process while it loads; wider numbers than the step's do no harm here.
    torch.set_default_dtype(torch.float64)
    try:
        found = logits(native, TOKENS)
        read = native.read([TOKENS], [Site("embedding")], digits=2)[0][Site("embedding")]
    finally:
        torch.set_default_dtype(torch.float32)
    assert read.dtype == torch.float32
    assert torch.equal(found, expected)


def test_a_fork_is_told_instead_of_waiting_for_threads_that_it_has_not(
    models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, native = models("llama")
    monkeypatch.setattr(native, "_process", os.getpid() + 1)
    with pytest.raises(Refused, match="another process"):
        logits(native, TOKENS)


class _State:
    """Tensors of a model in memory, one of them a row or a number short."""

    def __init__(self, model: Any, shortened: str, axis: int) -> None:
        self._state = dict(model.state_dict())
        whole = self._state[shortened]
        self._state[shortened] = whole.narrow(axis, 0, whole.shape[axis] - (1 if axis == 0 else 32))

    def has(self, name: str) -> bool:
        return name in self._state

    def matrix(self, name: str) -> Matrix:
        values = self._state[name].contiguous().numpy()
        return Matrix(Kind.FLOAT32, values.view(np.uint8).reshape(len(values), -1), values.shape[1])

    def vector(self, name: str) -> Any:
        return self._state[name].numpy()


@pytest.mark.parametrize(
    ("family", "name", "axis"),
    [
        ("llama", "model.embed_tokens.weight", 0),
        ("llama", "model.norm.weight", 0),
        ("llama", "model.layers.1.input_layernorm.weight", 0),
        ("llama", "model.layers.1.self_attn.k_proj.weight", 0),
        ("llama", "model.layers.1.self_attn.o_proj.weight", 1),
        ("llama", "model.layers.2.mlp.up_proj.weight", 0),
        ("llama", "model.layers.2.mlp.down_proj.weight", 1),
        ("llama with biases", "lm_head.weight", 0),
        ("llama with biases", "model.layers.0.self_attn.v_proj.bias", 0),
        ("qwen3", "model.layers.0.self_attn.q_norm.weight", 0),
    ],
)
def test_weights_of_another_size_than_the_configuration_says_are_refused(
    family: str, name: str, axis: int, library: Path, models: Any
) -> None:
    model, _ = models(family)
    packer = Packer(declare(build.load(library)), _State(model, name, axis), Sizes.of(model.config))
    with pytest.raises(Refused, match=name):
        packer.pack(np.ones(16, np.float32), 1.0, 1)


def test_configurations_beyond_the_steps_arrays_are_refused() -> None:
    with pytest.raises(Refused, match="wider than 16,384"):
        Sizes.of(LlamaConfig(**SIZES | {"hidden_size": 16_416}))
    with pytest.raises(Refused, match="shared out evenly"):
        Sizes.of(LlamaConfig(**SIZES | {"num_key_value_heads": 4}))


def test_a_system_without_memory_for_the_buffers_refuses(models: Any) -> None:
    _, native = models("llama")
    packed = native._packed
    inner, rows = packed.spec.inner, packed.spec.rows
    packed.spec.inner, packed.spec.rows = 2**29, 2**31 - 1
    try:
        with pytest.raises(Refused, match="no memory or threads"):
            NativeBackend(native._library, packed, "tiny", TOKENS)
    finally:
        packed.spec.inner, packed.spec.rows = inner, rows


def test_weights_that_cannot_be_written_beside_are_used_all_the_same(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(9)
    model = FAMILIES["llama"]().float().eval()
    model.save_pretrained(tmp_path)
    loaded = LoadedModel(model, _Numbers())

    def full(*_: object, **__: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "write_text", full)
    files = ModelFiles("tiny", tmp_path, "transformers", None)
    settings = Settings(home=tmp_path, threads=1)
    assert open_native(library, loaded, files, settings, PlainBackend(loaded, "tiny")).name == "native"


def test_a_model_that_computes_something_else_stays_on_the_plain_path(
    library: Path, tmp_path: Path, models: Any
) -> None:
    torch.manual_seed(8)
    other = FAMILIES["llama"]().float().eval()
    other.save_pretrained(tmp_path)
    model, _ = models("llama")
    loaded = LoadedModel(model, _Numbers())
    files = ModelFiles("tiny", tmp_path, "transformers", None)
    with pytest.raises(Refused, match="differ from transformers"):
        open_native(library, loaded, files, Settings(home=tmp_path), PlainBackend(loaded, "tiny"))


def test_without_a_compiler_the_reason_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    settings = Settings(home=tmp_path)
    assert build.built(settings) is None
    with pytest.raises(Refused, match="no C\\+\\+ compiler"):
        build.build(settings)


def test_a_compiler_that_fails_is_quoted_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'fatal: no such standard' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CXX", str(broken))
    settings = Settings(home=tmp_path)
    with pytest.raises(Refused, match="no such standard"):
        build.build(settings)
    assert not list(settings.models_dir.rglob("*.so"))


@pytest.fixture
def compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a home of its own, beside a compiler that writes one word."""
    quick = tmp_path / "quick"
    quick.write_text('#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done\necho compiled > "$2"\n')
    quick.chmod(0o755)
    monkeypatch.setenv("CXX", str(quick))
    return Settings(home=tmp_path)


def test_a_library_that_others_could_have_written_is_not_opened(compiler: Settings) -> None:
    before = os.umask(0)
    try:
        made = build.build(compiler)
    finally:
        os.umask(before)
    assert not (made.stat().st_mode | made.parent.stat().st_mode) & 0o022
    assert build.built(compiler) == made
    made.write_text("planted")
    made.chmod(0o666)
    assert build.built(compiler) is None
    assert build.build(compiler).read_text() == "compiled\n"
    made.parent.chmod(0o777)
    assert build.built(compiler) is None
    assert build.build(compiler) == build.built(compiler)


def test_a_folder_of_somebody_else_is_not_compiled_into(
    compiler: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = build.build(compiler).parent
    if os.geteuid() == 0:
        os.chown(folder, 12_345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12_345)
    assert build.built(compiler) is None
    with pytest.raises(Refused, match="would run as you"):
        build.build(compiler)


def test_what_a_killed_compilation_left_is_cleared_away(compiler: Settings) -> None:
    made = build.build(compiler)
    made.unlink()
    left, others = (made.with_name(f"{name}-abc") for name in (made.stem, "step-of-another-processor"))
    for folder in (left, others):
        folder.mkdir()
        (folder / "step.so").write_text("half")
    build.build(compiler)
    assert not left.exists()
    assert others.exists()


@given(st.data())
@hypothesis_settings(max_examples=60, deadline=None)
def test_packed_embeddings_are_the_numbers_of_the_file(library: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(list(Kind)))
    groups = data.draw(st.integers(1, 3))
    seed = data.draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    rows = 16 + data.draw(st.integers(0, 20))
    if kind is Kind.FLOAT32:
        values = (random.standard_normal((rows, 32 * groups)) * 10.0 ** random.integers(-4, 4)).astype(
            np.float32
        )
        matrix = Matrix(kind, values.view(np.uint8).reshape(rows, -1), 32 * groups)
    else:
        size = {Kind.Q4_0: 18, Kind.Q4_1: 20, Kind.Q8_0: 34}[kind]
        blocks = random.integers(0, 256, (rows, groups, size), dtype=np.uint8)
        halves = random.standard_normal((rows, groups, 2)).astype(np.float16).view(np.uint8)
        blocks[:, :, :2] = halves[:, :, :2]
        if kind is Kind.Q4_1:
            blocks[:, :, 2:4] = halves[:, :, 2:4]
        matrix = Matrix(kind, blocks.reshape(rows, -1), 32 * groups)
    expected = as_float32(matrix).rows.view(np.float32)
    found = _unpacked(library, matrix, rows)
    if kind is Kind.FLOAT32:
        peak = np.abs(expected).reshape(rows, groups, 32).max(-1, keepdims=True)
        assert np.all(np.abs(found - expected).reshape(rows, groups, 32) <= 0.51 * peak / 32639)
    else:
        assert np.array_equal(found, expected)


class _OneMatrix:
    """Tensors of a model without layers: its embedding."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix

    def has(self, name: str) -> bool:
        return name in {"model.embed_tokens.weight", "model.norm.weight"}

    def matrix(self, name: str) -> Matrix:
        return self._matrix

    def vector(self, name: str) -> Any:
        return np.ones(self._matrix.inputs, np.float32)


def _unpacked(library: Path, matrix: Matrix, rows: int) -> Any:
    sizes = Sizes(matrix.inputs, 0, 1, 1, 32, 32, rows, 64, 1e-5)
    opened = declare(build.load(library))
    packed = Packer(opened, _OneMatrix(matrix), sizes).pack(np.ones(16, np.float32), 1.0, 1)
    backend = NativeBackend(opened, packed, "none", [0])
    site = Site("embedding")
    return backend.read([list(range(rows))], [site], digits=2)[0][site].numpy()


def test_tensors_of_a_folder_are_found_in_every_shard(tmp_path: Path) -> None:
    model = FAMILIES["llama"]()
    model.save_pretrained(tmp_path, max_shard_size="60KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    tensors = FolderTensors(tmp_path)
    for name, tensor in model.state_dict().items():
        if tensor.ndim == 1:
            assert np.array_equal(tensors.vector(name), tensor.numpy())
