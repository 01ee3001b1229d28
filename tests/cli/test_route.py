"""`clearspan route`: what it prints and writes of outcomes in a file, and of answers that were judged."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from clearspan.answer import Finished, journey
from clearspan.cli.main import cli
from clearspan.economy.routing.outcomes import Outcomes
from clearspan.errors import BadInput
from clearspan.receipts import Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace
from tests.economy.routing.outcomes_made import outcomes

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command over a home of its own, without embeddings."""
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path))
    monkeypatch.setenv("CLEARSPAN_EMBEDDER", "")
    monkeypatch.setenv("CLEARSPAN_GENERATE", "false")
    return lambda *words: CliRunner().invoke(cli, ["route", *map(str, words)])


def written(path: Path, found: Outcomes) -> Path:
    lines: list[str] = []
    for number, question in enumerate(found.asks.questions):
        tiers = {
            tier: {"quality": found.quality[number, place], "cost": found.cost[number, place]}
            for place, tier in enumerate(found.tiers)
        }
        lines.append(json.dumps({"question": question, "tiers": tiers}))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def told(tmp_path: Path) -> Path:
    return written(tmp_path / "told.jsonl", outcomes())


@pytest.fixture
def router(run: Run, told: Path, tmp_path: Path) -> Path:
    path = tmp_path / "router.safetensors"
    assert run("fit", told, "--out", path, "--router", "length").exit_code == 0
    return path


def test_fit_writes_a_router_that_is_better(run: Run, told: Path, tmp_path: Path) -> None:
    path = tmp_path / "router.safetensors"
    shown = run("fit", told, "--out", path)
    assert "Used: 'length' is worth" in shown.stdout or "Used: 'shape' is worth" in shown.stdout
    assert f"CLEARSPAN_ROUTER={path}" in shown.stdout
    assert path.exists()
    assert run("decline", told).exit_code == 1


def test_fit_declines_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    path, file = (
        tmp_path / "router.safetensors",
        written(tmp_path / "untold.jsonl", outcomes(told=False, seed=3)),
    )
    shown = run("fit", file, "--out", path)
    assert shown.exit_code == 0
    assert "Declined: " in shown.stdout
    assert "not used" in shown.stdout
    assert not path.exists()
    assert run("decline", file).exit_code == 0
    said = json.loads(run("decline", file, "--json").stdout)
    assert (said["used"], said["single"] in {"small", "large"}) == (False, True)


def test_evaluate_and_explain(run: Run, router: Path, tmp_path: Path) -> None:
    fresh = written(tmp_path / "fresh.jsonl", outcomes(seed=5))
    shown = run("evaluate", router, fresh).stdout
    assert "600 questions." in shown
    assert "chance: 0.5" in shown
    assert json.loads(run("evaluate", router, fresh, "--json").stdout)["gain"]["low"] > 0
    short, long = "river?", "river bridge tower " * 14
    assert run("explain", router, short).stdout.startswith("small: router.safetensors expects")
    assert json.loads(run("explain", router, long, "--json").stdout)["tier"] == "large"


def test_promise_sign_and_watch(run: Run, router: Path, tmp_path: Path) -> None:
    pairs = written(tmp_path / "pairs.jsonl", outcomes(2_000, seed=6))
    how = ("--share", "0.95", "--confidence", "0.9")
    assert "Nothing is written" in run("promise", router, pairs, *how).stdout
    with pytest.raises(BadInput, match="no contract to watch"):
        raise run("watch", router, pairs).exception or AssertionError
    shown = run("promise", router, pairs, *how, "--sign")
    assert "Feasible: " in shown.stdout
    assert "The contract is in" in shown.stdout
    samples = written(tmp_path / "samples.jsonl", outcomes(300, seed=8))
    assert "The contract holds" in run("watch", router, samples).stdout
    failing = written(tmp_path / "failing.jsonl", outcomes(400, seed=9, told=False, harm=1.0))
    ended = run("watch", router, failing)
    assert "Ended: its shadow samples spoke against it" in ended.stdout
    assert ended.exit_code == 1
    assert run("explain", router, "river?").stdout.startswith("large: the contract of")


def test_an_infeasible_promise_says_what_it_would_take(run: Run, router: Path, tmp_path: Path) -> None:
    few = written(tmp_path / "few.jsonl", outcomes(60, seed=6))
    shown = run("promise", router, few)
    assert shown.exit_code == 1
    assert "Not feasible" in shown.stdout
    said = json.loads(run("promise", router, few, "--json").stdout)
    assert said["fewest"] > 100


@pytest.fixture
def receipts(run: Run, tmp_path: Path) -> list[Receipt]:
    del run
    with Workspace.open(Settings()) as workspace:
        (tmp_path / "whale.md").write_text("The dusky ombre whale weighs 12 tonnes.\n")
        workspace.library().add(tmp_path / "whale.md")
        asked = ("How much does the dusky ombre whale weigh?", "How long is the ombre whale?")
        steps = [step for question in asked for step in journey(workspace, question)]
    return [step.receipt for step in steps if isinstance(step, Finished)]


def test_answers_are_judged_and_alone_are_too_few(run: Run, receipts: list[Receipt], tmp_path: Path) -> None:
    shown = run("judge", receipts[0].id, 1)
    assert shown.stdout.startswith("quote answered 'How much does")
    with Workspace.open(Settings()) as workspace:
        (event,) = workspace.ledger.events()
        assert (event.kind, event.receipt_id, event.quality) == ("judged", receipts[0].id, 1)
    with pytest.raises(BadInput, match="The ledger has 1 questions that 1 tiers answered"):
        raise run("fit", "ledger", "--out", tmp_path / "r").exception or AssertionError


def test_a_shadow_lists_receipts_of_the_routers_tiers(
    run: Run, receipts: list[Receipt], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = written(tmp_path / "own.jsonl", outcomes()).read_text().replace('"small"', '"quote"')
    (tmp_path / "own.jsonl").write_text(text.replace('"large"', '"generate"'))
    router = tmp_path / "own.safetensors"
    run("fit", tmp_path / "own.jsonl", "--out", router, "--router", "length")
    assert run("shadow", router).stdout == ""
    pairs = written(tmp_path / "pairs.jsonl", outcomes(2_000, seed=6))
    pairs.write_text(pairs.read_text().replace('"small"', '"quote"').replace('"large"', '"generate"'))
    run("promise", router, pairs, "--share", "0.95", "--sign", "--shadow", "1")
    listed = [json.loads(line) for line in run("shadow", router).stdout.splitlines()]
    assert {line["receipt"] for line in listed} == {receipt.id for receipt in receipts}
    assert {(line["tier"], line["ask"]) for line in listed} == {("quote", "generate")}
    # The router routes what is asked: here to the tier that may not write, so that quotes answer all the same.
    monkeypatch.setenv("CLEARSPAN_ROUTER", str(router))
    with Workspace.open(Settings()) as workspace:
        steps = list(journey(workspace, "How much does the dusky ombre whale weigh?"))
    assert isinstance(steps[-1], Finished)
    assert steps[-1].receipt.route.why.startswith("own.safetensors expects a quality of quote")
