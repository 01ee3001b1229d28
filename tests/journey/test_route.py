"""After the quotes: on to a writer when one is too long, and only where a writer may."""

from dataclasses import replace

import pytest

from clearspan.journey.asked import ask
from clearspan.journey.compose import Chosen
from clearspan.journey.route import choose_tier, escalated, settled
from clearspan.journey.write import Written
from clearspan.receipts import Claim, Dropped, Layout
from clearspan.settings import Settings
from tests.economy.routing.test_choose import NARROW, WIDE, tiers


def chosen(words: int, *, quotes_only: bool = False) -> Chosen:
    claim = Claim(text=" ".join(["word"] * words), origin="quoted", support="supported", score=0.9)
    return Chosen((claim,), quotes_only=quotes_only)


def test_a_quote_of_over_forty_words_goes_on_to_the_writer() -> None:
    route = choose_tier(ask(NARROW, None, None, (), Settings()), tiers(), {})
    assert escalated(route, chosen(40)) is None
    further = escalated(route, chosen(41))
    assert further is not None
    assert (further.decision.tier, further.decision.escalated_from) == ("generate", "quote")
    assert "41 words: the local model" in further.decision.why


@pytest.mark.parametrize("layout", ["why", "comparison", "about", "list"])
def test_quotes_that_answer_together_go_on_to_the_writer(layout: Layout) -> None:
    route = choose_tier(ask(NARROW, None, None, (), Settings()), tiers(), {})
    one = chosen(9)
    assert escalated(route, replace(one, layout=layout)) is None
    both = replace(one, claims=(*one.claims, *one.claims), layout=layout)
    further = escalated(route, both)
    assert further is not None
    assert further.decision.why.startswith("2 quotes answer together: the local model may join them")
    assert escalated(route, replace(both, quotes_only=True)) is None


@pytest.mark.parametrize("layout", ["fact", "steps", "timeline", "table", "yes_no", "number"])
def test_other_shapes_keep_their_quotes(layout: Layout) -> None:
    route = choose_tier(ask(NARROW, None, None, (), Settings()), tiers(), {})
    one = chosen(9)
    assert escalated(route, replace(one, claims=(*one.claims, *one.claims), layout=layout)) is None


def test_a_careful_subject_keeps_its_quotes() -> None:
    route = choose_tier(ask(NARROW, None, None, (), Settings()), tiers(), {})
    assert escalated(route, chosen(60, quotes_only=True)) is None


@pytest.mark.parametrize(("question", "generate"), [(NARROW, False), (WIDE, None)])
def test_there_is_nobody_to_go_on_to(question: str, generate: bool | None) -> None:
    route = choose_tier(ask(question, None, generate, (), Settings()), tiers(), {})
    assert escalated(route, chosen(60)) is None


def test_the_route_names_what_ran() -> None:
    given = tiers()
    route = choose_tier(ask(WIDE, None, None, (), Settings()), given, {})
    assert route.tier.name == "generate"
    claim = Claim(text="It is.", origin="generated", support="supported", score=0.9)
    assert settled(route, Written((claim,)), given) is route
    dropped = Dropped(text="It is.", origin="generated", why="unsupported")
    ran = {
        "the local model was asked, and nothing that it wrote was proved: only quotes are shown": Written(
            dropped=(dropped,)
        ),
        "the local model was asked and wrote nothing: only quotes are shown": Written(),
        "nothing was found to write from": Written(unasked="nothing was found to write from"),
    }
    for why, written in ran.items():
        decision = settled(route, written, given).decision
        assert (decision.tier, decision.why) == ("quote", why)
        assert decision.tried == (None if written.unasked else "generate")


def test_a_route_of_quotes_stays() -> None:
    route = choose_tier(ask(NARROW, None, None, (), Settings()), tiers(), {})
    assert settled(route, Written(), tiers()) is route
