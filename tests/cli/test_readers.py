"""`clearspan readers`: the same figures as JSON and as tables."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.cli.main import cli
from clearspan.ledger.sqlite import SqliteLedger
from clearspan.readers.acts import Act, Readers


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


def test_what_was_counted_is_printed(home: Path) -> None:
    ledger = SqliteLedger(home / "ledger.db")
    readers = Readers(ledger, holdout=0.5, days=90)
    for number in range(40):
        session = f"{number:032x}"
        view = readers.asked(session, "number" if number % 2 else "person", "answered", 2)
        acts = [Act(view, "shown"), Act(view, "dwell", seconds=10.0 + number)]
        readers.acted(
            session, [*acts, Act(view, "citation_opened", citation=1)][: 3 if number % 4 == 0 else 2]
        )
    ledger.close()
    shown = CliRunner().invoke(cli, ["readers", "--since", "7d"])
    assert shown.exit_code == 0, shown.output
    for part in (
        "Answers of which a citation was opened",
        "with overview",
        "held out",
        "person",
        "difference",
    ):
        assert part in shown.output
    counted = json.loads(CliRunner().invoke(cli, ["readers", "--json"]).output)
    assert sum(counted["sessions"].values()) == 40
    opened = counted["measures"][0]["rows"][0]
    figure = opened["estimate"]
    assert (opened["side"], opened["query_type"]) == ("overview", "all")
    assert f"{figure['value']:.1%} [{figure['low']:.1%} to {figure['high']:.1%}]" in shown.output


def test_nothing_yet_and_how_a_holdout_is_made(home: Path) -> None:
    shown = CliRunner().invoke(cli, ["readers"])
    assert shown.exit_code == 0, shown.output
    assert "0 visits" in shown.output
    assert "readers_holdout" in shown.output


def test_a_day_that_is_none_is_refused(home: Path) -> None:
    refused = CliRunner().invoke(cli, ["readers", "--since", "lately"])
    assert refused.exit_code != 0
    assert "30d" in str(refused.exception)
