"""The journey with a remote tier as the writer: routed, paid for, verified, and done without when it fails."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from clearspan.answer import Finished, journey
from clearspan.cli.main import cli
from clearspan.receipts import Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace
from tests.models.remote.conftest import Script, script

__all__ = ["script"]

QUESTION = "Why is the Tarrow bridge closed in winter?"
KEY = "a-key-that-nobody-may-see"
DOCUMENT = (
    "# Tarrow bridge\n\nThe Tarrow bridge is closed in winter because ice forms on its wooden deck, and because the "
    "council found, after two carts slid off it in one week, that sand does not keep the wheels from slipping.\n"
)
WRITTEN = "Because ice forms on its wooden deck, the Tarrow bridge is closed in winter."


@pytest.fixture
def workspace(tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "bridge.md").write_text(DOCUMENT)
    monkeypatch.setenv("FAR_KEY", KEY)
    tier = {
        "base_url": script.url,
        "model": "far-1b",
        "api_key_env": "FAR_KEY",
        "price_in": 2.0,
        "price_out": 10.0,
        "currency": "EUR",
        "retries": 0,
    }
    settings = Settings(
        home=tmp_path / "home",
        embedder="",
        library=str(folder),
        tiers={"far": tier},  # type: ignore[dict-item]
        generate_tier="far",
        generate_seconds=5,
    )
    with Workspace.open(settings) as opened:
        yield opened


def ask(workspace: Workspace) -> Receipt:
    return next(step.receipt for step in journey(workspace, QUESTION) if isinstance(step, Finished))


def test_a_verified_sentence_of_the_tier_is_stated_and_paid_for(workspace: Workspace, script: Script) -> None:
    script.plays(lambda stage: stage.whole(WRITTEN[:30], WRITTEN[30:], read=300, written=40))
    answer = ask(workspace)
    assert answer.route.tier == "generate"
    assert "the remote tier 'far'" in answer.route.why
    generated = [claim for claim in answer.overview.claims if claim.origin == "generated"]
    assert [claim.text for claim in generated] == [WRITTEN]
    assert generated[0].checks
    assert answer.versions.model == "tier:far/far-1b"
    meter = answer.meter
    assert (meter.input_tokens, meter.output_tokens) == (300, 40)
    assert (meter.money, meter.currency) == (pytest.approx(300 * 2e-6 + 40 * 10e-6), "EUR")
    offers = {offer.tier: offer for offer in answer.route.offers}
    assert offers["generate"].money > 0
    assert (offers["quote"].money, offers["quote"].currency) == (0, "")
    sent = script.asked[0]["body"]["messages"][-1]["content"]
    assert "ice forms on its wooden deck" in sent
    assert KEY not in answer.model_dump_json()
    assert workspace.readiness()["model"] == "not loaded"


def test_candidates_are_asked_for_side_by_side_and_all_paid_for(workspace: Workspace, script: Script) -> None:
    tier = workspace.settings.tiers["far"].model_copy(update={"candidates": 3})
    settings = workspace.settings.model_copy(update={"tiers": {"far": tier}})
    script.plays(*[lambda stage: stage.whole(WRITTEN, read=300, written=40)] * 3)
    with Workspace.open(settings) as several:
        answer = ask(several)
    assert sorted(asked["body"]["temperature"] for asked in script.asked) == [0.0, 0.7, 0.7]
    assert (answer.meter.input_tokens, answer.meter.output_tokens) == (900, 120)
    assert [claim.text for claim in answer.overview.claims if claim.origin == "generated"] == [WRITTEN]


def test_a_sentence_that_is_not_so_is_dropped(workspace: Workspace, script: Script) -> None:
    script.plays(lambda stage: stage.whole("The Tarrow bridge was painted green by 4,000 sailors in 1872."))
    answer = ask(workspace)
    assert {claim.origin for claim in answer.overview.claims} == {"quoted"}
    assert [(one.origin, "1872" in one.text) for one in answer.dropped] == [("generated", True)]
    assert answer.meter.money > 0
    assert (answer.route.tier, answer.route.tried) == ("quote", "generate")
    assert "nothing that it wrote was proved" in answer.route.why


def test_quotes_stand_when_the_tier_fails(workspace: Workspace, script: Script) -> None:
    def down(stage: Any) -> None:
        stage.begin(503, "text/plain")
        stage.end()

    script.plays(down)
    answer = ask(workspace)
    assert answer.overview.claims
    assert any("'far' answered with status 503" in note for note in answer.overview.notes)
    assert answer.meter.money == 0


def test_a_tier_that_says_nothing_does_not_hold_up_the_answer(workspace: Workspace, script: Script) -> None:
    quick = workspace.settings.model_copy(update={"generate_seconds": 0.2})
    script.plays(lambda stage: stage.hang())
    with Workspace.open(quick) as impatient:
        answer = ask(impatient)
    assert any("longer than 0.4 s" in note for note in answer.overview.notes)
    # What was sent is counted by its length, and charged for as far as can be known.
    assert answer.meter.input_tokens > 50


def test_a_tier_without_its_key_is_off(
    workspace: Workspace, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAR_KEY")
    assert any("'far' has no key" in note for note in ask(workspace).overview.notes)
    route = ask(workspace).route
    assert route.tier == "quote"
    assert ["has no key" in offer.why_not for offer in route.offers] == [False, False, True]
    assert script.asked == []


def test_a_question_for_one_fact_sends_nothing(workspace: Workspace, script: Script) -> None:
    walked = journey(workspace, "When is the Tarrow bridge closed?")
    answer = next(step.receipt for step in walked if isinstance(step, Finished))
    assert answer.route.tier == "quote"
    assert script.asked == []


@pytest.fixture
def command(tmp_path: Path, script: Script, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(
        f'generate_tier = "far"\n[tiers.far]\nbase_url = "{script.url}"\nmodel = "far-1b"\n'
        'api_key_env = "FAR_KEY"\nprice_in = 2\nprice_out = 10\n'
    )
    monkeypatch.setenv("CLEARSPAN_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: CliRunner().invoke(cli, ["models", "tiers", *arguments], catch_exceptions=True)


def test_tiers_are_listed_without_their_keys(
    command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAR_KEY", KEY)
    table, listed = command().output, command("--json").output
    assert "far-1b" in table
    assert "FAR_KEY: set" in table
    assert json.loads(listed)["tiers"][0]["writes"] is True
    assert KEY not in table + listed


def test_a_tier_is_tried(
    command: Callable[..., Any], script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAR_KEY", KEY)
    script.plays(lambda stage: stage.whole("Yes.", read=10, written=2))
    said = command("--check", "far")
    assert said.exit_code == 0, said.output
    assert "✓ far answers: 'Yes.'" in said.output
    assert json.loads(command("--check", "far", "--json").output)["price"] == pytest.approx(4e-5)


def test_trying_an_unknown_tier_says_which_there_are(command: Callable[..., Any]) -> None:
    assert "Configured are: far" in str(command("--check", "near").exception)


def test_trying_a_tier_without_its_key_says_so(
    command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAR_KEY", raising=False)
    assert "FAR_KEY is not set" in str(command("--check", "far").exception)
    assert "FAR_KEY: not set" in command().output
