"""`clearspan features harvest`, `train` and `thresholds`, with the real model over a few thousand tokens."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result

from clearspan.cli.features.group import features
from clearspan.cli.features.source import STREAM
from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.card import Card
from clearspan.features.dictionaries.topk import TopKDictionary
from clearspan.features.doses import resolve
from clearspan.features.formats.saelens import read_saelens, write_saelens
from clearspan.features.training.log import read_log
from clearspan.models.weights.checkpoint import FILE as CHECKPOINT
from clearspan.settings import load
from tests.features.harvest.conftest import texts, write_lines

SITE = "layers.2.residual"
SMALL = ["--features", "64", "--k", "4", "--tokens", "3000", "--batch", "256", "--held-out", "400"]


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: Path) -> Path:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLEARSPAN_WEIGHTS", str(weights))
    return write_lines(tmp_path / "made_up.jsonl", texts(60, seed=3))


def run(*command: str | Path) -> Result:
    return CliRunner().invoke(features, [str(part) for part in command], catch_exceptions=False)


def test_from_text_to_a_dictionary_by_way_of_shards(corpus: Path, tmp_path: Path) -> None:
    shards, out = tmp_path / "shards", tmp_path / "dictionary"
    harvested = run(
        *("harvest", "--site", SITE, "--corpus", corpus, "--tokens", "2000", "--out", shards),
        *("--context", "64", "--holdout", "0.2", "--json"),
    )
    assert json.loads(harvested.output)["rows"] == 2000
    trained = run("train", "--activations", shards, "--corpus", corpus, "--out", out, *SMALL)
    assert "✓ smollm2-135m/layers.2.residual/64: 64 features" in trained.output
    assert "cross entropy recovered:" in trained.output
    card = read_saelens(out).card
    assert card.trained_as == "batchtopk"
    assert card.measures["positions"] == 400
    assert 0 < card.measures["unexplained_variance"] < 1
    assert card.corpora[0].name == "made_up.jsonl"
    assert read_log(out)[-1]["tokens"] == 3072
    assert not (out / CHECKPOINT).exists()
    assert (out / "training.svg").read_text("utf-8").startswith("<svg")
    again = CliRunner().invoke(features, ["train", "--activations", str(shards), "--out", str(out), *SMALL])
    assert "holds a dictionary already" in str(again.exception)
    wrong = run("train", "--activations", shards, "--context", "64", "--out", tmp_path / "other", *SMALL)
    assert "those of the harvest" in wrong.output


def test_straight_from_the_model(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "dictionary"
    command = (
        "train",
        "--site",
        SITE,
        "--corpus",
        corpus,
        "--context",
        "64",
        "--holdout",
        "0.2",
        "--out",
        out,
    )
    trained = run(*command, "--architecture", "topk", *SMALL)
    assert "64 features" in trained.output
    card = read_saelens(out).card
    assert card.measures["positions"] == 400
    assert card.corpora[0].name == "made_up.jsonl"
    assert not (out / STREAM).exists()
    assert "Give --activations, or --site and --corpus" in run("train", "--out", tmp_path / "other").output

    # A folder outside the home folder is found by the dictionary's name, and its features are dialled by it.
    listed = json.loads(run("list", "--json").output)["dictionaries"]
    assert [row["folder"] for row in listed if row["name"] == card.name] == [str(out)]
    run("evidence", card.name, "--corpus", corpus, "--tokens", "200", "--holdout", "1")
    maxima = AnnotatedDictionary(out).evidence.maxima
    index = int(maxima.argmax())
    (dial,) = resolve([f"{card.name}#{index}=0.5x"], load(), "smollm2-135m")
    assert (str(dial.direction.site), dial.amount) == (SITE, 0.5)
    assert dial.direction.maximum == pytest.approx(float(maxima[index]))
    assert torch.equal(dial.direction.decoder, read_saelens(out).direction(index, 1.0).decoder)


def test_a_topk_dictionary_gets_a_threshold(corpus: Path, tmp_path: Path) -> None:
    shards = tmp_path / "shards"
    run("harvest", "--site", SITE, "--corpus", corpus, "--tokens", "2000", "--out", shards, "--context", "64")
    topk = tmp_path / "topk"
    rows = torch.nn.functional.normalize(
        torch.randn(64, 576, generator=torch.Generator().manual_seed(2)), dim=1
    )
    parameters = {"W_enc": rows.T.clone(), "b_enc": torch.zeros(64), "W_dec": rows, "b_dec": torch.zeros(576)}
    card = Card(name="smollm2-135m/layers.2.residual/64", architecture="topk", tokens=1000)
    write_saelens(TopKDictionary(card, parameters, k=4), topk)
    made = run("thresholds", topk, "--activations", shards, "--out", tmp_path / "jumprelu")
    assert "active above" in made.output
    assert read_saelens(tmp_path / "jumprelu").card.architecture == "jumprelu"


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--k", "65"], "65 of 64 features cannot be active"),
        (["--architecture", "matryoshka", "--prefixes", "8,x"], "--prefixes is a list of whole numbers"),
        (["--warm-up", "0.5"], "cannot rise and fall at once"),
    ],
)
def test_flags_that_cannot_be_used(flags: list[str], words: str, tmp_path: Path) -> None:
    result = run("train", "--activations", tmp_path, "--out", tmp_path / "out", *SMALL, *flags)
    assert result.exit_code == 2
    assert words in result.output
