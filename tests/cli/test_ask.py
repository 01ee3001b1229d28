"""`clearspan ask` in a terminal: three origins that cannot be mistaken, sources, and what is not believed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.cli.main import cli
from clearspan.receipts import Receipt
from clearspan.workspace.workspace import SAMPLES


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in {"HOME": str(tmp_path / "home"), "EMBEDDER": "", "GENERATE": "false"}.items():
        monkeypatch.setenv(f"CLEARSPAN_{name}", value)
    return tmp_path / "home"


def test_an_overview_names_its_sources_and_those_not_believed(home: Path) -> None:
    result = CliRunner().invoke(
        cli, ["ask", "How many rocks should a person eat each day?", "--library", str(SAMPLES)]
    )
    assert result.exit_code == 0, result.output
    assert "│ “" in result.output
    assert "●¹" in result.output
    assert "Not believed" in result.output
    assert "The Daily Barnacle" in result.output


def test_json_is_the_receipt_that_the_ledger_keeps(home: Path) -> None:
    result = CliRunner().invoke(cli, ["ask", "What is 15% of 240?", "--json"])
    receipt = Receipt.model_validate(json.loads(result.output))
    assert receipt.overview.claims[0].origin == "calculated"
    shown = CliRunner().invoke(cli, ["receipts", "show", receipt.id, "--json"])
    assert receipt.id in shown.output


def test_an_abstention_says_why_and_what_would_help(home: Path) -> None:
    result = CliRunner().invoke(cli, ["ask", "How long is the main span?"])
    assert result.exit_code == 0
    assert "has no documents yet" in result.output
    assert "clearspan library add" in result.output


def test_spoken_is_one_paragraph_that_says_who_speaks(home: Path) -> None:
    result = CliRunner().invoke(cli, ["ask", "What is 15% of 240?", "--spoken"])
    assert result.output.startswith("A machine composed this. Calculated:")
    assert "36" in result.output
    assert result.output.count("\n") == 1


def test_sources_that_disagree_stand_in_a_table_with_dates_and_standing(home: Path) -> None:
    result = CliRunner().invoke(
        cli, ["ask", "How long is the harbour footbridge in Port Merrow?", "--library", str(SAMPLES)]
    )
    assert "disagree" in result.output
    for part in ("208.6 metres", "212 metres", "2024-09-12", "2019-05-20", "Port Merrow Visitor Guide"):
        assert part in result.output
