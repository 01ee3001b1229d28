"""One thread owns the modules that generate: whoever looks inside the model first does so beside it."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from clearspan.errors import Refused
from clearspan.models.backends.base import Backend
from clearspan.models.backends.native import build
from clearspan.models.backends.native.opening import open_native
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.weights.loading import LoadedModel
from clearspan.models.weights.pretrained import read_causal
from clearspan.models.weights.sources import ModelFiles
from clearspan.settings import Settings
from tests.models.conftest import tiny_model

REFERENCE = "tiny"
TEXTS = ["a bridge over the strait", "paint it orange"]
EMBEDDING, LAST = "embedding", "layers.2.residual"
ROUNDS = 2
WIDTH = 64

Make = Callable[[], LanguageModel]


@pytest.fixture(params=["plain", "native"])
def make(request: pytest.FixtureRequest, weights: Path, tmp_path: Path) -> Iterator[Make]:
    """Makes the same tiny model, of which nobody has seen the inside yet, on each backend in turn."""
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=128,
        hidden_size=WIDTH,
        intermediate_size=128,
        num_hidden_layers=3,
        num_attention_heads=2,
        max_position_embeddings=96,
    )
    template = LoadedModel(LlamaForCausalLM(config).float().eval(), tiny_model("llama").tokenizer)
    template.model.save_pretrained(tmp_path)
    made: list[LanguageModel] = []

    def backend(loaded: LoadedModel) -> Backend:
        plain = PlainBackend(loaded, REFERENCE)
        if request.param == "plain":
            return plain
        settings = Settings(home=tmp_path, weights=weights, threads=1)
        try:
            library = build.build(settings)
            files = ModelFiles(REFERENCE, tmp_path, "transformers", None)
            return open_native(library, loaded, files, settings, plain)
        except Refused as error:
            pytest.skip(f"no fast path here: {error.why}")

    def fresh() -> LanguageModel:
        loaded = LoadedModel(read_causal(tmp_path, torch.float32), template.tokenizer)
        made.append(LanguageModel(REFERENCE, loaded, backend=backend(loaded)))
        return made[-1]

    yield fresh
    for one in made:
        one.close()


@pytest.fixture
def _threads_take_turns_all_the_time() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def _dial(site: str, amount: float) -> Dial:
    vector = torch.linspace(-1, 1, WIDTH)
    return Direction.of("slope", REFERENCE, site, vector).add(amount)


def _writes(model: LanguageModel, *dials: Dial) -> list[str]:
    said = model.generate(TEXTS, dials=dials, max_tokens=24, temperature=0.0)
    return [one.text for one in said]


def _reads(model: LanguageModel) -> list[torch.Tensor]:
    found = model.activations(TEXTS, [EMBEDDING, LAST])
    return [value.float() for one in found for value in one.values.values()]


def _finds(model: LanguageModel) -> list[Any]:
    """What finding a feature asks of a model: texts read, tokens promoted, candidates dialled and listened to."""
    read = [one.values for one in model.stream_activations(TEXTS, [LAST], longest=16)]
    promoted = model.unembedding().weights(torch.eye(WIDTH)[:2])
    heard = _writes(model, _dial(LAST, 4.0))
    likely = model.likelihood(TEXTS[0], " and back", dials=[_dial(LAST, 4.0)]).log_probability
    return [*(value.float() for one in read for value in one.values()), promoted, *heard, likely]


def _splices(model: LanguageModel) -> list[float]:
    changes = [lambda hidden: hidden * 0.5, torch.zeros_like]
    return model.splicer().cross_entropies(TEXTS, EMBEDDING, changes, longest=16, tokens=40)


WORK: dict[str, Callable[[LanguageModel], list[Any]]] = {
    "writes": _writes,
    "dials what goes in": lambda model: _writes(model, _dial(EMBEDDING, 3.0)),
    "dials what comes out": lambda model: _writes(model, _dial(LAST, -3.0)),
    "reads": _reads,
    "finds": _finds,
    "splices": _splices,
    "looks": lambda model: [str(shape.site) for shape in model.sites()],
}


@pytest.mark.usefixtures("_threads_take_turns_all_the_time")
def test_first_dials_reads_finds_and_texts_at_once_give_what_each_gives_alone(make: Make) -> None:
    alone = {name: work(make()) for name, work in WORK.items()}
    for _ in range(ROUNDS):
        model = make()
        begin = threading.Barrier(2 * len(WORK))

        def at_once(
            name: str, model: LanguageModel = model, begin: threading.Barrier = begin
        ) -> tuple[str, list[Any]]:
            begin.wait()
            return name, WORK[name](model)

        with ThreadPoolExecutor(2 * len(WORK)) as pool:
            together = [pool.submit(at_once, name) for name in [*WORK, *WORK]]
        for name, found in (each.result() for each in together):
            for one, expected in zip(found, alone[name], strict=True):
                if isinstance(one, torch.Tensor):
                    torch.testing.assert_close(one, expected, rtol=1e-3, atol=1e-3)
                else:
                    same = one == (pytest.approx(expected, rel=1e-3) if isinstance(one, float) else expected)
                    assert same, f"{name}: {one!r} is not {expected!r}"


def test_only_its_thread_hooks_and_runs_what_generates(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    touched: list[tuple[nn.Module, str]] = []
    register, register_before, call = (
        nn.Module.register_forward_hook,
        nn.Module.register_forward_pre_hook,
        nn.Module.__call__,
    )

    def noted(original: Callable[..., Any]) -> Callable[..., Any]:
        def method(module: nn.Module, *args: Any, **options: Any) -> Any:
            touched.append((module, threading.current_thread().name))
            return original(module, *args, **options)

        return method

    model = make()
    monkeypatch.setattr(nn.Module, "register_forward_hook", noted(register))
    monkeypatch.setattr(nn.Module, "register_forward_pre_hook", noted(register_before))
    monkeypatch.setattr(nn.Module, "__call__", noted(call))
    for work in WORK.values():
        work(model)
    threads: dict[nn.Module, set[str]] = {}
    for module, thread in touched:
        threads.setdefault(module, set()).add(thread)
    mixed = [type(module).__name__ for module, names in threads.items() if len(names) > 1]
    assert threads
    assert not mixed
