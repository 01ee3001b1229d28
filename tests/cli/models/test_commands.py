import json
import threading
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import GPT2Config, GPT2LMHeadModel, MambaConfig, MambaForCausalLM, PreTrainedTokenizerFast

from clearspan.cli.models.commands import models
from clearspan.errors import Refused
from clearspan.models.backends import figures
from tests.conftest import FIND, timed


def save(model: torch.nn.Module, folder: Path) -> str:
    model.save_pretrained(folder)
    tokenizer = Tokenizer(WordLevel({"?": 0, "a": 1}, unk_token="?"))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer).save_pretrained(folder)
    return f"dir:{folder}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    return tmp_path


def test_sites_are_listed_with_their_shapes(home: Path) -> None:
    model = GPT2LMHeadModel(GPT2Config(vocab_size=32, n_embd=24, n_layer=2, n_head=2, n_positions=16))
    reference = save(model, home / "tiny")
    table = CliRunner().invoke(models, ["sites", reference], catch_exceptions=False)
    assert table.exit_code == 0
    assert "layers.N.attention" in table.output
    assert "(positions, 24)" in table.output
    assert "from 0 to 1" in table.output
    found = json.loads(CliRunner().invoke(models, ["sites", reference, "--json"]).output)
    assert (found["layers"], found["width"]) == (2, 24)
    assert [row["site"] for row in found["sites"]] == [
        "embedding",
        *(f"layers.{n}.{part}" for n in (0, 1) for part in ("attention", "mlp", "residual")),
    ]


def test_a_model_without_attention_is_refused(home: Path) -> None:
    config = MambaConfig(vocab_size=32, hidden_size=16, num_hidden_layers=1, state_size=4)
    reference = save(MambaForCausalLM(config), home / "mamba")
    with pytest.raises(Refused, match="cannot see inside a MambaForCausalLM"):
        CliRunner().invoke(models, ["sites", reference], catch_exceptions=False)


def test_a_model_is_shown_with_the_speeds_that_were_measured(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "find", FIND)
    unmeasured = CliRunner().invoke(models, ["show", "smollm2-135m"], catch_exceptions=False)
    assert "clearspan doctor --measure" in unmeasured.output
    assert "measure" not in CliRunner().invoke(models, ["show", "minilm"]).output
    library = home / "home" / "models" / ".native" / "step-0.so"
    library.parent.mkdir(parents=True)
    one = timed("a", plain=7.25, native=31.5).model_copy(update={"model": "smollm2-135m"})
    figures.once(library, "a", lambda: one, threading.Event())
    shown = CliRunner().invoke(models, ["show", "smollm2-135m"], catch_exceptions=False).output
    lines = [line.split() for line in shown.splitlines()]
    assert any(line[-4:] == ["31.5", "31.5", "31.5", "faster"] for line in lines)
    assert any(line[-4:] == ["plain", "7.25", "7.25", "7.25"] for line in lines)
    told = json.loads(CliRunner().invoke(models, ["show", "smollm2-135m", "--json"]).output)
    (measured,) = told["measured"]
    assert (measured["faster"], measured["native"]["alone"]) == ("native", 31.5)
