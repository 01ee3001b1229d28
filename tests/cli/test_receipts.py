"""`clearspan receipts`: what it prints of a ledger with one answer in it."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from clearspan.answer import Finished, journey
from clearspan.cli.main import cli
from clearspan.cli.receipts import till_receipt
from clearspan.errors import NotFound
from clearspan.faults import Diagnosis
from clearspan.receipts import ClaimPart, Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

Run = Callable[..., Result]
WHALE = '---\ntitle: Weights at sea\npublisher: "\\e[31mTidal Notes"\n---\n\nThe dusky ombre whale weighs 12 tonnes.\n'


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command over a home of its own, with words alone and without generation."""
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path))
    monkeypatch.setenv("CLEARSPAN_EMBEDDER", "")
    monkeypatch.setenv("CLEARSPAN_GENERATE", "false")
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words: CliRunner().invoke(cli, ["receipts", *words])


@pytest.fixture
def receipt(run: Run, tmp_path: Path) -> Receipt:
    with Workspace.open(Settings()) as workspace:
        (tmp_path / "whale.md").write_text(WHALE)
        workspace.library().add(tmp_path / "whale.md")
        steps = journey(workspace, "How much does the dusky ombre whale weigh?")
        return next(step.receipt for step in steps if isinstance(step, Finished))


def test_an_empty_ledger_says_what_to_do(run: Run) -> None:
    assert "clearspan ask" in run("list").output


def test_the_list_names_each_receipt(run: Run, receipt: Receipt) -> None:
    shown = run("list").output
    assert receipt.id in shown
    assert "1 of 1 receipts" in shown
    (listed,) = json.loads(run("list", "--json").output)["receipts"]
    assert Receipt.model_validate(listed) == receipt


def test_a_receipt_is_shown_with_route_sources_checks_and_meter(run: Run, receipt: Receipt) -> None:
    shown = run("show", receipt.id).output
    for part in (
        receipt.id,
        receipt.question,
        receipt.route.why,
        "The dusky ombre whale weighs 12 tonnes.",
        "quoted, supported",
        receipt.overview.claims[0].checks[0].name,
        "[1] Weights at sea",
        "processor",
        "energy",
    ):
        assert " ".join(part.split()[:6]) in shown
    # Documents cannot write over the terminal.
    assert "\x1b" not in shown
    assert Receipt.model_validate_json(run("show", receipt.id, "--json").output) == receipt


def test_a_replay_says_what_changed(run: Run, receipt: Receipt) -> None:
    assert "The same answer" in run("replay", receipt.id).output
    with Workspace.open(Settings()) as workspace:
        workspace.library().remove(receipt.sources[0].document_id)
    assert "gone" in run("replay", receipt.id).output
    replayed = json.loads(run("replay", receipt.id, "--json").output)
    assert replayed["same"] is False
    assert len(json.loads(run("list", "--json").output)["receipts"]) == 1


@pytest.mark.parametrize("command", ["show", "replay"])
def test_an_unknown_receipt_is_a_clear_error(run: Run, command: str) -> None:
    error = run(command, "r-none").exception
    assert isinstance(error, NotFound)
    assert "receipts list" in error.do


def test_parts_of_sentences_and_faults_are_printed(receipt: Receipt) -> None:
    part = ClaimPart(
        kind="number",
        text="12 tonnes",
        start=29,
        end=38,
        decision="supported",
        probability=0.96,
        decided_by="the same mass",
    )
    fault = Diagnosis(fault="misread_source", sentence="It weighs 21 tonnes.", why="the source says 12")
    claim = receipt.overview.claims[0].model_copy(update={"parts": (part,)})
    overview = receipt.overview.model_copy(update={"claims": (claim,)})
    console = Console(file=StringIO(), width=100)
    console.print(till_receipt(receipt.model_copy(update={"overview": overview, "diagnoses": (fault,)})))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "0.96  supported: “12 tonnes” (number), the same mass" in shown
    assert "misread source: It weighs 21 tonnes." in shown
    assert "the source says 12" in shown
