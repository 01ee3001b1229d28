"""The whole training as `clearspan train writer` runs it, on a few pairs and questions, with the real model."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.checks.writing import training
from clearspan.cli.main import cli
from clearspan.errors import NotFound
from clearspan.tiers.writer.learned import CARD, read_prefix
from tests.tiers.writer.training.making import write_pairs, write_questions


def test_it_leaves_a_prefix_with_its_card(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pairs(tmp_path / "data" / "evals")
    write_questions(tmp_path / "data" / "evals")
    monkeypatch.setenv("CLEARSPAN_WEIGHTS", str(weights))
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    for name in ("SETS", "_MEASURED"):
        monkeypatch.setattr(training, name, {"clapnq": 2})
    out = tmp_path / "out"
    given = [
        "train",
        "writer",
        "--data",
        str(tmp_path / "data"),
        "--out",
        str(out),
        "--rounds",
        "1",
        "--json",
    ]
    done = CliRunner().invoke(cli, given, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    quality = json.loads(done.stdout.splitlines()[-1])
    assert len(quality["kept"]) == 2
    assert quality["nats"][1] < quality["nats"][0]
    card = json.loads((out / CARD).read_text("utf-8"))
    assert card["held out"]["kept"] == quality["kept"]
    assert card["pairs"]["count"] > 0
    prefix = read_prefix(out)
    assert prefix.reference == card["model"] == "smollm2-135m"
    before = (out / "writer.safetensors").read_bytes()
    again = CliRunner().invoke(cli, given, catch_exceptions=False)
    assert again.exit_code == 0
    assert (out / "writer.safetensors").read_bytes() == before


def test_without_data_it_says_what_is_expected(tmp_path: Path) -> None:
    given = ["train", "writer", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    with pytest.raises(NotFound, match="evals/questions"):
        CliRunner().invoke(cli, given, catch_exceptions=False)
