"""`clearspan ask` in a terminal: three origins that cannot be mistaken, sources, and what is not believed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.cli.main import cli
from clearspan.receipts import Receipt
from clearspan.workspace import SAMPLES


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
