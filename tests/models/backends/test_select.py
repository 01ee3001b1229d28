"""Which backend a model begins on, and the change to a faster one."""

import logging
import threading
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from clearspan.errors import Refused
from clearspan.models.backends import select
from clearspan.models.backends.base import Backend, Work
from clearspan.models.backends.native import build
from clearspan.models.backends.select import choose
from clearspan.models.weights.loading import LoadedModel
from clearspan.models.weights.sources import ModelFiles
from clearspan.settings import Settings


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


def test_a_model_begins_on_what_is_compiled_already(llama: Any, weights: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, weights=weights, backend="auto")
    try:
        build.build(settings)
    except Refused as error:
        pytest.skip(f"no C++ compiler: {error.why}")
    backend = choose(*llama, settings, lambda _: pytest.fail("nothing faster was to come"))
    assert backend.name == "native"


def test_a_model_begins_at_once_and_changes_over_when_the_compiler_is_done(
    llama: Any, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = Settings(home=tmp_path, weights=weights, backend="auto")
    try:
        library = build.build(compiled)
    except Refused as error:
        pytest.skip(f"no C++ compiler: {error.why}")
    slow, done = threading.Event(), threading.Event()
    faster: list[Backend] = []

    def compile_slowly(_settings: Settings) -> Path:
        slow.wait(60)
        return library

    def ready(backend: Backend) -> None:
        faster.append(backend)
        done.set()

    monkeypatch.setattr(build, "build", compile_slowly)
    empty = Settings(home=tmp_path, weights=tmp_path / "no libraries", backend="auto")
    first = choose(*llama, empty, ready)
    assert first.name == "plain"
    [before] = first.forward([Work(first.open(), [1, 2, 3])])
    slow.set()
    assert done.wait(60)
    [after] = faster[0].forward([Work(faster[0].open(), [1, 2, 3])])
    assert faster[0].name == "native"
    assert before is not None
    assert after is not None
    assert torch.allclose(before, after, atol=1e-3)


def test_a_model_of_another_kind_stays_on_the_plain_path(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = GPT2Config(vocab_size=64, n_embd=32, n_layer=1, n_head=1, n_positions=64)
    loaded, files = saved(GPT2LMHeadModel(config), tmp_path / "gpt2")
    with caplog.at_level(logging.INFO):
        backend = choose(
            loaded, files, Settings(home=tmp_path, backend="auto"), lambda _: pytest.fail("not possible")
        )
    assert backend.name == "plain"
    assert "it is a gpt2" in caplog.text


def test_a_fast_path_that_breaks_while_it_opens_leaves_the_plain_one(
    llama: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> Backend:
        raise MemoryError

    monkeypatch.setattr(build, "built", lambda _: tmp_path)
    monkeypatch.setattr(select, "open_native", broken)
    settings = Settings(home=tmp_path, backend="auto")
    assert choose(*llama, settings, lambda _: pytest.fail("not possible")).name == "plain"
    assert "MemoryError" in caplog.text


def test_the_plain_path_can_be_asked_for(llama: Any, weights: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, weights=weights, backend="plain")
    assert choose(*llama, settings, lambda _: pytest.fail("not asked for")).name == "plain"


def test_a_machine_without_a_compiler_says_so_and_goes_on(
    llama: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with caplog.at_level(logging.WARNING):
        backend = choose(
            *llama, Settings(home=tmp_path, backend="auto"), lambda _: pytest.fail("not possible")
        )
        for thread in threading.enumerate():
            if thread.name == "clearspan-compile":
                thread.join(60)
    assert backend.name == "plain"
    assert "no C++ compiler" in caplog.text
