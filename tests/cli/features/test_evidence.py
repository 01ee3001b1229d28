"""`clearspan features evidence` and `label`, with the real model over a few hundred tokens."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.cli.features.group import features
from clearspan.errors import BadInput
from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.evidence.checkpoint import FILE as CHECKPOINT
from clearspan.features.formats.saelens import write_saelens
from tests.features.conftest import small_dictionary

_TEXTS = [
    "The ferry left the quay at seven, and nobody on deck knew who had painted its hull green.",
    "A tide table lists high and low water for each day of the year, with the height in metres.",
    "Return tickets cost forty pence in 1975, and the company carried 112,000 people in a year.",
    "The lighthouse was moved, stone by stone, forty metres to the east, which took two summers.",
    "def high_waters(first, period=12.42):\n    return [first + period * n for n in range(4)]\n",
    "Bread needs flour, water, salt and time; most of what goes wrong with it is a lack of time.",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: Path) -> Path:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLEARSPAN_WEIGHTS", str(weights))
    made = small_dictionary()
    # Random rows read activations as large as the model's own.
    made.parameters["threshold"][:] = 4.0
    write_saelens(made, tmp_path / "small")
    for name, texts in (("told", _TEXTS[:4]), ("shown", _TEXTS[4:])):
        lines = (json.dumps({"text": text, "title": f"{name} {n}"}) for n, text in enumerate(texts))
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    return tmp_path / "small"


def test_evidence_and_labels_of_a_dictionary(folder: Path) -> None:
    run = CliRunner()
    told, shown = (str(folder.parent / f"{name}.jsonl") for name in ("told", "shown"))
    command = [
        "evidence",
        str(folder),
        "--corpus",
        told,
        "--quote-from",
        shown,
        "--tokens",
        "500",
        "--holdout",
        "1",
    ]
    result = run.invoke(features, command, catch_exceptions=False)
    assert "✓ Evidence of 16 features" in result.output

    opened = AnnotatedDictionary(folder)
    evidence = opened.evidence
    assert 80 < evidence.tokens < 500
    assert f"! {evidence.tokens:,} tokens were read, not 500" in result.output
    assert not (folder / CHECKPOINT).exists()
    found = evidence.rows(range(16))
    active = [one for one in found if one.maximum > 0]
    assert len(active) > 4
    for one in active:
        assert sum(one.histogram) == round(one.density * evidence.tokens)
        assert one.mean <= one.maximum
        assert len(one.promoted) == len(one.suppressed) == len(one.neighbours) == 8
        for example in one.examples:
            assert example.source.startswith("shown")
            assert any("".join(example.tokens) in text for text in _TEXTS[4:])
            assert example.activations[example.peak] > 0
    assert any(one.examples for one in active)

    first = (folder / "evidence.parquet").read_bytes()
    run.invoke(features, command, catch_exceptions=False)
    assert (folder / "evidence.parquet").read_bytes() == first

    result = run.invoke(features, ["label", str(folder)], catch_exceptions=False)
    assert "labels were made" in result.output
    result = run.invoke(features, ["label", f"{folder}#3", "a label of mine"], catch_exceptions=False)
    assert "#3: a label of mine" in result.output
    made = AnnotatedDictionary(folder).labels.of(3)
    assert made is not None
    assert (made.text, made.maker) == ("a label of mine", "person")


def test_it_is_told_what_cannot_be_labelled(folder: Path) -> None:
    run = CliRunner()
    for arguments in ([str(folder), "text"], [f"{folder}#3"], [f"{folder}#3", "text", "--by", "words"]):
        with pytest.raises(BadInput, match="not clear what to label"):
            run.invoke(features, ["label", *arguments], catch_exceptions=False)
    with pytest.raises(BadInput, match="not the name of a feature"):
        run.invoke(features, ["label", f"{folder}#x", "text"], catch_exceptions=False)
