"""`clearspan diagnose`: an answer whose source is wrong, one that is right, and one that there is not."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.answer import Finished, journey
from clearspan.cli.main import cli
from clearspan.errors import NotFound
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace


@pytest.fixture
def receipt_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path))
    monkeypatch.setenv("CLEARSPAN_EMBEDDER", "")
    monkeypatch.setenv("CLEARSPAN_GENERATE", "false")
    with Workspace.open(Settings()) as workspace:
        (tmp_path / "whale.md").write_text("# Weights at sea\n\nThe dusky ombre whale weighs 12 tonnes.\n")
        workspace.library().add(tmp_path / "whale.md")
        steps = journey(workspace, "How much does the dusky ombre whale weigh?")
        return next(step.receipt.id for step in steps if isinstance(step, Finished))


def test_a_wrong_source_is_named_with_its_text(receipt_id: str) -> None:
    shown = CliRunner().invoke(cli, ["diagnose", receipt_id, "--gold", "19 tonnes"])
    assert shown.exit_code == 0
    assert "wrong_source" in shown.output
    assert "“The dusky ombre whale weighs 12 tonnes.” (Weights at sea)" in shown.output
    told = json.loads(
        CliRunner().invoke(cli, ["diagnose", receipt_id, "--gold", "19 tonnes", "--json"]).output
    )
    assert [one["fault"] for one in told["diagnoses"]] == ["wrong_source"]


def test_nothing_is_found_where_nothing_is_wrong(receipt_id: str) -> None:
    assert "No fault was found" in CliRunner().invoke(cli, ["diagnose", receipt_id]).output
    assert "No fault" in CliRunner().invoke(cli, ["diagnose", receipt_id, "--gold", "12 tonnes"]).output


def test_an_unknown_receipt_is_a_clear_error(receipt_id: str) -> None:
    assert isinstance(CliRunner().invoke(cli, ["diagnose", "r-none"]).exception, NotFound)
