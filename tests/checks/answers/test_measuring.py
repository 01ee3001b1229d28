"""`clearspan check answers` and its benchmark, from data to report, on places that do not exist."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clearspan.checks.answers.sample import held_out
from clearspan.cli.main import cli
from clearspan.workspace.workspace import Workspace
from tests.checks.answers.conftest import write_set
from tests.checks.answers.making import WordReader

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def check(
    data: Path, tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLEARSPAN_WEIGHTS", str(weights))
    monkeypatch.setenv("CLEARSPAN_EMBEDDER", "")
    monkeypatch.setattr(Workspace, "reader", WordReader())

    def run(*options: str) -> Result:
        return CliRunner().invoke(cli, ["check", "answers", "--data", str(data), *options])

    return run


def test_a_run_prints_writes_and_leaves_nothing_behind(
    check: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    document, kept, charts = tmp_path / "measurements.md", tmp_path / "kept.jsonl", tmp_path / "charts"
    result = check(
        "--sample", "3", "--show", "2", "--json", "--write", str(document), "--keep", str(kept), "--charts", str(charts)
    )  # fmt: skip
    bars = {bar["name"]: bar["value"] for bar in json.loads(result.output.splitlines()[-1])["bars"]}
    assert bars["right sentence first, own documents, %"] == 100
    assert bars["unanswerable met with silence, %"] == 100
    assert bars["number: answer stated, own documents, %"] == 100
    assert bars["table: arithmetic stated, own documents, %"] is None
    assert result.exit_code == 1
    assert result.output.count("   asked: ") == 2
    assert "own documents: right" in result.output or "own documents: rightly silent" in result.output
    text = document.read_text("utf-8")
    assert "## Answers to questions that people asked" in text
    assert "| set bridges " in text
    assert "<svg" in (charts / "answers-risk-coverage.svg").read_text("utf-8")
    assert len(kept.read_text("utf-8").splitlines()) == 6
    assert not list((tmp_path / "home").glob("*.db"))

    again = check("--sample", "2", "--set", "bridges", "--before", str(kept))
    assert "The release before, on the same questions" in again.output
    assert "| right, own documents" in again.output
    assert "--set bridges" in again.output


def test_what_is_wrong_with_the_data_is_said(
    check: Callable[..., Result], data: Path, tmp_path: Path
) -> None:
    assert "no set rivers" in str(check("--set", "rivers").exception or check("--set", "rivers").output)
    missing = CliRunner().invoke(cli, ["check", "answers", "--data", str(tmp_path / "nowhere")])
    assert "dev.jsonl.zst" in str(missing.exception or missing.output)
    assert missing.exit_code != 0
    (tmp_path / "kept.jsonl").write_text('{"id": "x"}\n', "utf-8")
    damaged = check("--before", str(tmp_path / "kept.jsonl"))
    assert "line 1: this is no verdict" in str(damaged.exception or damaged.output)
    assert "no file" in str(check("--before", str(tmp_path / "none.jsonl")).exception or "")
    write_set(data, "odd", [{"id": "odd:1", "question": "What?"}])
    odd = check("--set", "bridges")
    assert "line 1: this is no question" in str(odd.exception or odd.output)


def test_the_benchmark_says_what_data_it_wants(tmp_path: Path) -> None:
    command = [sys.executable, str(REPOSITORY / "benchmarks" / "answers.py"), "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is missing" in done.stderr


def test_the_release_before_is_kept_by_question(data: Path) -> None:
    rows = (REPOSITORY / "benchmarks" / "verdicts" / "answers_before.jsonl").read_text("utf-8").splitlines()
    assert all(
        set(json.loads(row)) == {"id", "own", "together", "first_own", "first_together"} for row in rows
    )
    assert held_out(data / "evals" / "questions")
