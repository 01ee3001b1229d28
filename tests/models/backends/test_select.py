"""Which backend a model begins on, what it is measured against, and the change to a faster one."""

import logging
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from clearspan.errors import Refused
from clearspan.models.backends import figures, select
from clearspan.models.backends.base import Backend, Work
from clearspan.models.backends.figures import Speeds
from clearspan.models.backends.native import build
from clearspan.models.backends.select import Choice, choose
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.hooks import hooked
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel
from clearspan.models.weights.sources import ModelFiles
from clearspan.settings import Settings
from tests.conftest import FIND, timed


class _Numbers:
    def __call__(self, text: str) -> dict[str, list[int]]:
        return {"input_ids": [ord(sign) % 60 for sign in text[:60]]}


def saved(model: Any, folder: Path) -> tuple[LoadedModel, ModelFiles]:
    model = model.float().eval()
    model.save_pretrained(folder)
    return LoadedModel(model, _Numbers()), ModelFiles("tiny", folder, "transformers", None)


@pytest.fixture
def llama(tmp_path: Path) -> tuple[LoadedModel, ModelFiles]:
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=1,
        num_key_value_heads=1,
        max_position_embeddings=128,
    )
    return saved(LlamaForCausalLM(config), tmp_path / "llama")


@pytest.fixture
def library(weights: Path) -> Path:
    """The compiled step."""
    try:
        return build.build(Settings(weights=weights))
    except Refused as error:
        pytest.skip(f"no C++ compiler: {error.why}")


@pytest.fixture
def compiled(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings under which the step is compiled, in a folder where nothing was measured yet."""
    copy = tmp_path / ".native" / library.name
    copy.parent.mkdir()
    shutil.copy(library, copy)
    monkeypatch.setattr(figures, "find", FIND)
    monkeypatch.setattr(build, "built", lambda *_, **__: copy)
    monkeypatch.setattr(build, "build", lambda *_, **__: copy)
    return Settings(home=tmp_path, weights=tmp_path, threads=1)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], list[Mapping[str, Backend]]]:
    """Have what is timed come out at so many tokens per second, plain and compiled; gives what was timed."""

    def fake(plain: float, native: float) -> list[Mapping[str, Backend]]:
        seen: list[Mapping[str, Backend]] = []
        timing = timed("", plain=plain, native=native)

        def compare(backends: Mapping[str, Backend], rested: Callable[[], bool]) -> dict[str, Speeds]:
            assert rested()
            seen.append(backends)
            return {"plain": timing.plain, "native": timing.native}

        monkeypatch.setattr(select, "compare", compare)
        return seen

    return fake


def settled(choice: Choice) -> Backend:
    """What a model stays on."""
    came: list[Backend] = []
    choice.begin(lambda: True, came.append)
    choice.settle()
    return came[0] if came else choice.backend


def test_what_was_never_measured_begins_plainly_and_goes_on_with_what_is_faster(
    llama: Any, compiled: Settings, measured: Any
) -> None:
    timed_ones = measured(10.0, 10.1)
    first = choose(*llama, compiled)
    assert (first.backend.name, first.timing) == ("plain", None)
    [before] = first.backend.forward([Work(first.backend.open(), [1, 2, 3])])
    faster = settled(first)
    assert faster.name == "native"
    assert first.timing is not None
    [after] = faster.forward([Work(faster.open(), [1, 2, 3])])
    assert before is not None
    assert after is not None
    assert torch.allclose(before, after, atol=1e-3)
    assert len(timed_ones) == 1
    # What answers meanwhile is used by nobody else.
    assert timed_ones[0]["plain"] is not first.backend

    again = choose(*llama, compiled)
    assert (again.backend.name, again.timing) == ("native", first.timing)
    assert settled(again) is again.backend
    assert len(timed_ones) == 1


@pytest.mark.parametrize("kernel", ["auto", "portable"])
@pytest.mark.parametrize("native", [1.0, 9.9, 10.0])
def test_a_fast_path_that_is_not_faster_is_never_chosen(
    llama: Any,
    compiled: Settings,
    measured: Any,
    native: float,
    kernel: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    timed_ones = measured(10.0, native)
    asked = compiled.model_copy(update={"kernel": kernel})
    choice = choose(*llama, asked)
    assert settled(choice).name == "plain"
    assert choice.timing is not None
    assert (choice.timing.faster, choice.timing.kernel) == ("plain", kernel)

    monkeypatch.setattr(select, "open_native", lambda *_: pytest.fail("its weights are packed in vain"))
    again = choose(*llama, asked)
    assert settled(again).name == "plain"
    assert again.timing == choice.timing
    assert len(timed_ones) == 1


def test_the_kernel_that_is_named_is_the_one_that_is_compiled(
    llama: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def nothing(_settings: Settings, *, portable: bool) -> None:
        asked.append(portable)

    monkeypatch.setattr(build, "built", nothing)
    monkeypatch.setattr(build, "build", nothing)
    for kernel in ("auto", "portable"):
        settled(choose(*llama, Settings(home=tmp_path, kernel=cast("Any", kernel))))
    assert asked == [False, False, True, True]


@pytest.mark.parametrize("changed", ["library", "processor", "threads", "model"])
def test_what_is_measured_anew(
    llama: Any,
    compiled: Settings,
    measured: Any,
    changed: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    timed_ones = measured(10.0, 1.0)
    settled(choose(*llama, compiled))
    loaded, files = llama
    if changed == "library":
        (library,) = (tmp_path / ".native").glob("*.so")
        other = library.rename(library.with_name("step-0123456789abcdef.so"))
        monkeypatch.setattr(build, "built", lambda *_, **__: other)
        monkeypatch.setattr(build, "build", lambda *_, **__: other)
    elif changed == "processor":
        monkeypatch.setattr(select, "processor", lambda: "another one, 2 cores")
    elif changed == "threads":
        compiled = compiled.model_copy(update={"threads": 2})
    else:
        loaded.model.config.rms_norm_eps = 0.5
        loaded, files = saved(loaded.model, tmp_path / "changed")
    settled(choose(loaded, files, compiled))
    assert len(timed_ones) == 2


def test_a_measurement_that_has_begun_ends_before_its_program_does(
    llama: Any, compiled: Settings, measured: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured(1.0, 2.0)
    fake, began, go_on = select.compare, threading.Event(), threading.Event()

    def slowly(*given: Any) -> Any:
        began.set()
        go_on.wait(60)
        return fake(*given)

    monkeypatch.setattr(select, "compare", slowly)
    choice = choose(*llama, compiled)
    choice.begin(lambda: True, lambda _: None)
    assert began.wait(60)
    threading.Timer(0.2, go_on.set).start()
    choice.end()
    assert choice.timing is not None


def test_a_program_does_not_wait_for_a_compiler_at_its_end(
    llama: Any, compiled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slowly(*_: Any, **__: Any) -> Path:
        go_on.wait(60)
        raise Refused("It was not compiled.")

    monkeypatch.setattr(build, "built", lambda *_, **__: None)
    monkeypatch.setattr(build, "build", slowly)
    choice = choose(*llama, compiled)
    choice.begin(lambda: True, lambda _: None)
    choice.end()
    assert choice.timing is None
    go_on.set()
    choice.settle()


def test_a_twin_has_the_weights_but_not_the_hooks(llama: Any) -> None:
    loaded, _ = llama
    twin = loaded.twin()
    ours, theirs = dict(loaded.model.named_parameters()), dict(twin.model.named_parameters())
    assert ours.keys() == theirs.keys()
    assert all(theirs[name] is parameter for name, parameter in ours.items())
    with hooked(Anatomy.of(loaded.model), read=[Site.parse("layers.1.residual")]) as seen:
        twin.model(input_ids=torch.tensor([[1, 2, 3]]))
        assert seen == {}


def test_a_model_of_another_kind_stays_on_the_plain_path(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = GPT2Config(vocab_size=64, n_embd=32, n_layer=1, n_head=1, n_positions=64)
    loaded, files = saved(GPT2LMHeadModel(config), tmp_path / "gpt2")
    with caplog.at_level(logging.INFO):
        backend = settled(choose(loaded, files, Settings(home=tmp_path, backend="auto")))
    assert backend.name == "plain"
    assert "it is a gpt2" in caplog.text


def test_a_fast_path_that_breaks_while_it_opens_leaves_the_plain_one(
    llama: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Backend:
        raise MemoryError

    monkeypatch.setattr(build, "built", lambda *_, **__: tmp_path)
    monkeypatch.setattr(select, "open_native", broken)
    settings = Settings(home=tmp_path, backend="auto")
    assert settled(choose(*llama, settings)).name == "plain"
    assert "MemoryError" in caplog.text


def test_the_plain_path_can_be_asked_for(llama: Any, weights: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, weights=weights, backend="plain")
    assert settled(choose(*llama, settings)).name == "plain"


def test_a_machine_without_a_compiler_says_so_and_goes_on(
    llama: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with caplog.at_level(logging.WARNING):
        backend = settled(choose(*llama, Settings(home=tmp_path, backend="auto")))
    assert backend.name == "plain"
    assert "no C++ compiler" in caplog.text
