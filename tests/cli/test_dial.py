"""`clearspan dial` and `clearspan ask --dial` on the real model with a direction."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from clearspan.cli.dial import dial
from clearspan.cli.main import cli
from clearspan.errors import BadInput, NotFound
from clearspan.features.directions.contrast import difference_of_means
from clearspan.features.directions.named import DirectionCard, NamedDirection, save_direction
from clearspan.features.finding import described
from clearspan.models.inside.dials import Direction
from clearspan.models.serving.engine import LanguageModel
from clearspan.receipts import Receipt
from clearspan.settings import Settings

pytestmark = pytest.mark.usefixtures("unlimited")


@pytest.fixture
def at_home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of the tests, as the command line reads them."""
    values = {
        "HOME": str(settings.home),
        "WEIGHTS": str(settings.weights),
        "EMBEDDER": "",
        "GENERATE": "false",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"CLEARSPAN_{name}", value)
    return settings


@pytest.fixture
def bridge(at_home: Settings, language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A direction `bridge`; the model that all tests share is the one that is loaded, and stays open."""
    meaning = described("the Golden Gate Bridge")
    made = difference_of_means(language_model, "layers.15.residual", meaning.like, meaning.unlike, "bridge")
    save_direction(made, at_home)
    monkeypatch.setattr(LanguageModel, "load", lambda *_: language_model)
    monkeypatch.setattr(LanguageModel, "close", lambda _: None)
    return at_home


@pytest.fixture
def some_direction(at_home: Settings) -> None:
    """A direction that needs no model to be made."""
    card = DirectionCard(name="formal", model="smollm2-135m", site="layers.15.residual")
    plain = Direction.of("formal", "smollm2-135m", "layers.15.residual", torch.ones(576))
    save_direction(NamedDirection(card, plain), at_home)


def test_a_prompt_is_answered_both_ways_side_by_side(bridge: Settings) -> None:
    command = [
        "direction:bridge=0.75x",
        "--prompt",
        "Tell me a story.",
        "--compare",
        "--max-tokens",
        "32",
        "--json",
    ]
    found = json.loads(CliRunner().invoke(dial, command, catch_exceptions=False).output)
    assert found["dials"] == ["direction:bridge=0.75x"]
    assert "bridge" in found["dialled"].lower() or "golden gate" in found["dialled"].lower()
    assert "bridge" not in found["undialled"].lower()
    shown = CliRunner().invoke(dial, command[:-1], catch_exceptions=False).output
    assert "undialled" in shown
    assert "direction:bridge=0.75x" in shown


def test_dials_are_changed_in_the_chat(bridge: Settings) -> None:
    lines = [
        "Hello!",
        "/dial direction:bridge=2x",
        "/dial nonsense=",
        "/off",
        "/side",
        "/new",
        "/help",
        "/quit",
    ]
    result = CliRunner().invoke(
        dial, ["direction:bridge=0.5x", "--max-tokens", "4"], input="\n".join(lines), catch_exceptions=False
    )
    assert result.exit_code == 0
    for shown in (
        "under direction:bridge=0.5x",
        "direction:bridge=2x\n",
        "is not a dial",
        "no dials",
        "/quit",
    ):
        assert shown in result.output
    assert "side by side, no dials" in result.output


def test_a_dial_that_does_not_exist_is_told_before_the_model_is_loaded(
    at_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LanguageModel, "load", lambda *_: pytest.fail("the weights were read"))
    with pytest.raises(NotFound, match=r"no preset .no-such-preset\b"):
        CliRunner().invoke(dial, ["no-such-preset"], catch_exceptions=False)
    with pytest.raises(BadInput, match="cannot be printed as JSON"):
        CliRunner().invoke(dial, ["no-such-preset", "--json"], catch_exceptions=False)


@pytest.mark.usefixtures("some_direction")
def test_an_answer_without_generated_sentences_says_that_dials_changed_nothing() -> None:
    command = ["ask", "What is 15% of 240?", "--dial", "direction:formal=1x"]
    receipt = Receipt.model_validate(json.loads(CliRunner().invoke(cli, [*command, "--json"]).output))
    assert receipt.dials == ("direction:formal=1x",)
    assert any("changed nothing that is shown" in note for note in receipt.overview.notes)
    again = CliRunner().invoke(cli, ["receipts", "show", receipt.id])
    assert "Written under the dials direction:formal=1x" in again.output


def test_a_remote_tier_cannot_be_dialled(at_home: Settings, some_direction: None) -> None:
    from clearspan.errors import Refused
    from clearspan.journey.asked import dialled
    from clearspan.settings import RemoteTier

    tiers = {"far": RemoteTier(base_url="http://127.0.0.1:9/v1", model="a", price_in=1, price_out=1)}
    settings = at_home.model_copy(update={"tiers": tiers, "generate_tier": "far"})
    with pytest.raises(Refused, match="cannot be dialled"):
        dialled(settings, ["direction:formal=1x"])
    assert dialled(settings, []) == ((), ())


def test_a_receipt_of_before_there_were_dials_is_read(tmp_path: Path) -> None:
    route = {"tier": "quote", "why": ""}
    versions = {"clearspan": "0.1.0", "library_revision": 0}
    old = {"question": "a", "library": "b", "route": route, "overview": {}, "versions": versions}
    assert Receipt.model_validate(old).dials == ()
