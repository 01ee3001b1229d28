"""Each shape, from statements that are scored by hand: claims in order, exact, each with the part that it plays."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clearspan.overview.answering.shapes.assemble import assemble
from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, squeezed

Make = Callable[..., Given]

BRIDGE = {
    "Golden Gate Bridge": "The Golden Gate Bridge is a suspension bridge. Its main span is 1,280 m long.\n\n"
    "It opened in 1937. Fog often hides it from the town.",
    "Bay Bridge": "The Bay Bridge crosses the bay. Its main span is 704 m long, and it opened in 1936.",
}
PERMIT = {
    "Permits": "Parking permits\n\nYou can get a permit if:\n\n"
    "- you live in the zone\n- you own a car\n- you have paid\n\n"
    "To apply:\n\n1. Fill in the form.\n\n2. Pay the fee:\n   - by card\n   - by cheque\n\n"
    "3. Wait a week. The permit comes by post.\n",
    "Council": "Ways to pay for a permit are:\n- in cash\n- by card, too\n- by transfer\n",
}


def shaped(given: Given) -> ShapedAnswer:
    answer = assemble(given)
    assert answer is not None
    for claim in answer.claims:
        spots = (*([claim.spot] if claim.spot else []), *claim.also)
        for spot in spots:
            text = next(one.window for one in given.scored if one.source == spot.source)
            assert text[spot.start : spot.end] == spot.text
    return answer


def told(answer: ShapedAnswer) -> list[tuple[str, str, str]]:
    return [(claim.role, claim.mark, claim.shown) for claim in answer.claims]


def short(answer: ShapedAnswer) -> list[str | None]:
    return [claim.shown[slice(*claim.emphasis)] if claim.emphasis else None for claim in answer.claims]


def test_without_evidence_there_is_no_answer(given: Make) -> None:
    assert assemble(given("Who built it?", BRIDGE, {})) is None


def test_a_fact_sets_off_its_short_answer_inside_the_quote(given: Make) -> None:
    answer = shaped(
        given("Who hides the bridge?", BRIDGE, {"Fog": 0.9}, kinds={"fact": 1.0}, answers={"Fog": "Fog"})
    )
    assert answer.layout == "fact"
    assert told(answer) == [("answer", "", "Fog often hides it from the town.")]
    assert short(answer) == ["Fog"]


def test_a_sentence_that_stands_right_before_joins_the_quote_and_the_short_answer_moves(given: Make) -> None:
    answer = shaped(
        given("How long is the main span of the Golden Gate Bridge?", BRIDGE, {"Its main span is 1,280": 0.9})
    )
    assert answer.layout == "number"
    assert told(answer) == [
        ("answer", "", "The Golden Gate Bridge is a suspension bridge. Its main span is 1,280 m long.")
    ]
    assert short(answer) == ["1,280 m"]


def test_what_a_pronoun_stands_for_is_a_claim_of_its_own_where_it_stands_further_off(given: Make) -> None:
    answer = shaped(given("When did the Golden Gate Bridge open?", BRIDGE, {"It opened": 0.9}))
    assert told(answer) == [
        ("context", "", "The Golden Gate Bridge is a suspension bridge."),
        ("answer", "", "It opened in 1937."),
    ]
    assert short(answer) == [None, "1937"]


def test_a_number_without_a_figure_is_a_fact(given: Make) -> None:
    answer = shaped(given("How long is the bridge?", BRIDGE, {"Fog": 0.9}))
    assert answer.layout == "fact"


def test_a_list_is_shown_whole_with_its_stem_once(given: Make) -> None:
    answer = shaped(given("What are the conditions for a permit?", PERMIT, {"you own": 0.9}))
    assert answer.layout == "list"
    assert told(answer) == [
        ("stem", "", "You can get a permit if:"),
        ("item", "", "you live in the zone"),
        ("item", "", "you own a car"),
        ("item", "", "you have paid"),
    ]
    assert not answer.more


def test_lists_of_two_sources_are_joined_and_what_both_say_is_shown_once(given: Make) -> None:
    points = {"in cash": 0.9, "by card, too": 0.9, "by transfer": 0.9, "by card": 0.9, "by cheque": 0.9}
    pages = {"Council": PERMIT["Council"], "Permits": "You may pay for a permit:\n- by card\n- by cheque\n"}
    answer = shaped(given("What are the ways to pay for a permit?", pages, points))
    items = [claim for claim in answer.claims if claim.role == "item"]
    assert [claim.shown for claim in items] == ["in cash", "by card, too", "by transfer", "by cheque"]
    assert [spot.source for spot in items[1].also] == ["d-Permits"]


@pytest.mark.parametrize("stem", ["Signs may include:", "Signs are, for example:"])
def test_a_list_that_its_source_leaves_open_says_so(given: Make, stem: str) -> None:
    answer = shaped(
        given("What are the signs of it?", {"Signs": f"{stem}\n- a rash\n- a fever"}, {"a rash": 0.9})
    )
    assert answer.more


FACTS = """What to know

- The fair is held on the green.
- It is paid for with a tax on hats.
- Tickets are sold at the mill.
- Dogs stay outside.
- The band plays until nine.
"""


def test_how_is_not_answered_with_all_that_a_list_knows(given: Make) -> None:
    """Each item is a fact of its own; only what answers is told."""
    points = {"It is paid": 0.7, "Tickets": 0.2}
    answer = shaped(given("How is the fair paid for?", {"The fair": FACTS}, points, {"how": 1.0}))
    told = " ".join(claim.shown for claim in answer.claims)
    assert "tax on hats" in told
    assert "Dogs" not in told
    ways = {
        "Getting to the fair": "- Take the ferry.\n- Walk along the dyke.\n- Ask the miller for a lift.\n"
    }
    whole = shaped(given("How do I get to the fair?", ways, {"Take the ferry": 0.7}, {"how": 1.0}))
    assert "lift" in " ".join(claim.shown for claim in whole.claims)


def test_sentences_that_answer_are_items_where_there_is_no_list(given: Make) -> None:
    answer = shaped(given("What are the bridges of the bay?", BRIDGE, {"The Golden": 0.8, "The Bay": 0.9}))
    assert told(answer) == [
        ("item", "", "The Bay Bridge crosses the bay."),
        ("item", "", "The Golden Gate Bridge is a suspension bridge."),
    ]


def test_steps_come_whole_in_order_with_the_numbers_of_their_source(given: Make) -> None:
    answer = shaped(given("How do I apply for a permit?", PERMIT, {"Pay": 0.9}))
    assert answer.layout == "steps"
    assert told(answer) == [
        ("stem", "", "To apply:"),
        ("step", "1", "Fill in the form."),
        ("step", "2", "Pay the fee:"),
        ("step", "", "by card"),
        ("step", "", "by cheque"),
        ("step", "3", "Wait a week. The permit comes by post."),
    ]
    assert [claim.depth for claim in answer.claims] == [0, 0, 0, 1, 1, 0]
    assert answer.missing == ()


def test_steps_that_the_source_numbers_and_that_are_not_there_are_named(given: Make) -> None:
    pages = {"Guide": "1. Open the lid of it.\n2. Is it empty?\n3. Close the lid again.\n"}
    answer = shaped(given("How do I check the tank?", pages, {"Open": 0.9}))
    assert answer.missing == ("Step 2 of this list cannot be quoted; see the source.",)


def test_steps_go_on_over_what_stands_between_them_and_those_that_lack_are_named(given: Make) -> None:
    pages = {
        "Jam": "1. Boil the fruit.\n2. Cool it for an hour.\n\nMeanwhile, get ready:\n\n- a cup\n- a jar\n\n"
        "4. Fill the jar.\n5. Seal it well.\n"
    }
    answer = shaped(given("How do I make jam?", pages, {"Boil": 0.9}))
    assert [(claim.mark, claim.shown) for claim in answer.claims] == [
        ("1", "Boil the fruit."),
        ("2", "Cool it for an hour."),
        ("4", "Fill the jar."),
        ("5", "Seal it well."),
    ]
    assert answer.missing == ("Step 3 of this list cannot be quoted; see the source.",)


def test_steps_told_in_prose_run_from_the_first_to_the_last(given: Make) -> None:
    pages = {
        "Dough": "Dough is easy. First, mix flour and water. Add salt. Then knead it well. Bread is old."
    }
    answer = shaped(given("How do you make dough?", pages, {"Then": 0.9}))
    assert answer.layout == "steps"
    assert [claim.shown for claim in answer.claims] == [
        "First, mix flour and water.",
        "Add salt.",
        "Then knead it well.",
    ]


def test_why_tells_the_cause_with_what_belongs_to_it_in_the_order_of_the_source(given: Make) -> None:
    pages = {
        "Rust": "Rust is an oxide. Iron rusts because water carries oxygen to it. "
        "Therefore ships are painted. Ships are big."
    }
    answer = shaped(given("Why does iron rust?", pages, {"Iron": 0.9}))
    assert answer.layout == "why"
    assert [claim.shown for claim in answer.claims] == [
        "Iron rusts because water carries oxygen to it.",
        "Therefore ships are painted.",
    ]


def test_yes_or_no_is_one_word_with_what_says_so(given: Make) -> None:
    answer = shaped(
        given(
            "Is the Bay Bridge longer?",
            BRIDGE,
            {"Its main span is 704": 0.9},
            {"yes_no": 1.0},
            yes={"Its main span is 704": 0.1},
        )
    )
    assert answer.layout == "yes_no"
    assert answer.verdict is not None
    assert (answer.verdict.answer, answer.verdict.probability) == ("no", 0.9)


def test_yes_or_no_states_the_other_conditions_of_the_list(given: Make) -> None:
    answer = shaped(
        given("Can I get a permit?", PERMIT, {"you own": 0.9}, {"yes_no": 1.0}, yes={"you own": 0.8})
    )
    assert told(answer) == [
        ("stem", "", "You can get a permit if:"),
        ("answer", "", "you own a car"),
        ("condition", "", "you live in the zone"),
        ("condition", "", "you have paid"),
    ]


def test_between_yes_and_no_no_word_is_said(given: Make) -> None:
    answer = shaped(
        given("Can I get a permit?", PERMIT, {"you own": 0.9}, {"yes_no": 1.0}, yes={"you own": 0.52})
    )
    assert answer.verdict is None
    assert answer.missing


@pytest.mark.parametrize(
    ("yes", "said"), [(0.9, "Yes"), (0.68, "Probably yes"), (0.3, "Probably no"), (0.58, None)]
)
def test_a_word_that_is_not_certain_is_said_with_probably(given: Make, yes: float, said: str | None) -> None:
    answer = assemble(
        given("Can I get a permit?", PERMIT, {"you own": 0.9}, {"yes_no": 1.0}, yes={"you own": yes})
    )
    assert answer is not None
    assert (answer.verdict and answer.verdict.words) == said


def test_yes_or_no_that_nobody_read_is_told_by_its_quotes_alone(given: Make) -> None:
    answer = shaped(given("Can I get a permit?", PERMIT, {"you own": 0.9}))
    assert (answer.layout, answer.verdict) == ("fact", None)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Which is longer, the Golden Gate Bridge or the Bay Bridge?",
            "The Golden Gate Bridge: 576 metres longer than the Bay Bridge.",
        ),
        (
            "Is the Bay Bridge shorter than the Golden Gate Bridge?",
            "The Bay Bridge: 576 metres shorter than the Golden Gate Bridge.",
        ),
        (
            "What is the difference between the Golden Gate Bridge and the Bay Bridge?",
            "The Golden Gate Bridge: 576 metres more than the Bay Bridge.",
        ),
    ],
)
def test_a_comparison_has_a_row_for_each_side_and_calculates_the_difference(
    given: Make, question: str, says: str
) -> None:
    points = {"Its main span is 1,280": 0.6, "Its main span is 704": 0.6}
    answer = shaped(given(question, BRIDGE, points))
    assert answer.layout == "comparison"
    rows = [claim for claim in answer.claims if claim.role == "side"]
    assert {claim.mark.lower().removeprefix("the ") for claim in rows} == {"golden gate bridge", "bay bridge"}
    assert {claim.shown[slice(*claim.emphasis)] for claim in rows if claim.emphasis} == {"1,280 m", "704 m"}
    last = answer.claims[-1]
    assert (last.role, last.shown.lower()) == ("difference", says.lower())
    assert last.calculation is not None
    assert [answer.claims[at].role for at in last.taken_from] == ["side", "side"]


def test_what_leads_to_an_answer_is_told_before_it_and_what_is_calculated_keeps_its_rows(given: Make) -> None:
    points = {"Its main span is 1,280": 0.6, "Its main span is 704": 0.6}
    pages = {**BRIDGE, "Strait": "Both cross the strait."}
    asked = given("Which is longer, the Golden Gate Bridge or the Bay Bridge?", pages, points)
    lead = next(one for one in asked.scored if one.title == "Strait")
    answer = shaped(replace(asked, lead=lead))
    assert (answer.claims[0].role, answer.claims[0].shown) == ("context", "Both cross the strait.")
    last = answer.claims[-1]
    assert last.calculation is not None
    assert [answer.claims[at].role for at in last.taken_from] == ["side", "side"]


def test_what_leads_to_an_answer_is_told_once(given: Make) -> None:
    asked = given("When was it built?", {"Mill": "The mill was built in 1790."}, {"The mill": 0.9})
    answer = shaped(replace(asked, lead=asked.chosen[0]))
    assert [claim.shown for claim in answer.claims] == ["The mill was built in 1790."]


def test_what_leads_is_not_told_again_where_the_answer_is_quoted_with_it(given: Make) -> None:
    pages = {"Mill": "The mill stands on a hill. It was built in 1790."}
    asked = given("When was it built?", pages, {"It was": 0.9})
    lead = next(one for one in asked.scored if one.text.startswith("The mill"))
    answer = shaped(replace(asked, lead=lead))
    assert [claim.shown for claim in answer.claims] == ["The mill stands on a hill. It was built in 1790."]


WEIGHTS = {
    "Whales and sharks by weight": "Animal: Blue whale; Weight (tonnes): 150\nAnimal: Fin whale; Weight (tonnes): 70\n"
    "Animal: Whale shark; Weight (tonnes): 18\n\nAn orca weighs three times as much as a great white shark.\n"
}


def test_a_row_of_another_thing_stands_for_no_side(given: Make) -> None:
    """The title has both words of the whale shark, and the fin whale is on its page."""
    asked = "What is the difference between a blue whale and a whale shark?"
    sure = {"Animal: Blue": 0.9, "Animal: Fin": 0.8}
    answer = shaped(given(asked, WEIGHTS, sure))
    assert answer.missing == ("Nothing that was found says it of a whale shark.",)
    answer = shaped(given(asked, WEIGHTS, {**sure, "Animal: Whale shark": 0.6, "An orca": 0.8}))
    said = [claim.shown for claim in answer.claims if claim.role == "side"]
    assert [one.split(";")[0] for one in said] == ["Animal: Blue whale", "Animal: Whale shark"]


def test_one_sentence_that_says_it_of_both_sides_stands_once(given: Make) -> None:
    pages = {"Whales": "A blue whale, unlike a whale shark, feeds its young on milk. Both swim."}
    asked = "What is the difference between a blue whale and a whale shark?"
    answer = shaped(given(asked, pages, {"A blue whale": 0.9}))
    assert [(claim.role, claim.mark) for claim in answer.claims] == [
        ("side", "A blue whale and a whale shark")
    ]


def test_a_side_of_which_nothing_is_found_is_named(given: Make) -> None:
    answer = shaped(
        given("Which is longer, the Bay Bridge or the Tower Bridge?", BRIDGE, {"Its main span is 704": 0.9})
    )
    assert answer.layout == "comparison"
    assert answer.missing == ("Nothing that was found says it of the Tower Bridge.",)
    assert answer.claims[-1].role == "side"


def test_about_says_first_what_it_is(given: Make) -> None:
    pages = {"Orca": "Orcas live in all seas. Orcas are the largest dolphins. They hunt in groups."}
    answer = shaped(
        given(
            "What are orcas?",
            pages,
            {"Orcas live": 0.9, "Orcas are": 0.7, "They hunt": 0.6},
            {"definition": 1.0},
        )
    )
    assert answer.layout == "about"
    assert [claim.shown for claim in answer.claims] == [
        "Orcas are the largest dolphins.",
        "Orcas live in all seas.",
        "They hunt in groups.",
    ]


def test_a_timeline_is_in_the_order_of_its_dates(given: Make) -> None:
    pages = {
        "Tower": "The tower burned down in 1803. It was begun in 1620. The tower was rebuilt in 1850. It is tall."
    }
    answer = shaped(
        given(
            "What is the history of the tower?",
            pages,
            {"The tower burned": 0.9, "It was": 0.8, "The tower was": 0.7},
        )
    )
    assert answer.layout == "timeline"
    assert [claim.mark for claim in answer.claims] == ["1620", "1803", "1850"]


def test_of_two_parts_the_one_that_nothing_answers_is_named(given: Make) -> None:
    answer = shaped(
        given("When did the Golden Gate Bridge open and how much did it cost?", BRIDGE, {"It opened": 0.9})
    )
    assert answer.missing == ("What was found does not say how much.",)


def test_of_two_parts_each_gets_its_quote(given: Make) -> None:
    points = {"Its main span is 1,280": 0.9, "It opened": 0.3}
    answer = shaped(given("How long is the Golden Gate Bridge and when did it open?", BRIDGE, points))
    assert "It opened in 1937." in [claim.shown for claim in answer.claims]
    assert answer.missing == ()


def test_a_span_is_counted_as_the_text_is_shown() -> None:
    text = "The  main\n span is  4 km long."
    start, end = squeezed(text, (text.index("4"), text.index(" long")))
    assert " ".join(text.split())[start:end] == "4 km"
