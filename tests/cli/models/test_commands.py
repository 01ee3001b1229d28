import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import GPT2Config, GPT2LMHeadModel, MambaConfig, MambaForCausalLM, PreTrainedTokenizerFast

from clearspan.cli.models.commands import models
from clearspan.errors import Refused


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
