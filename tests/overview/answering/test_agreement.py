"""Whether two sentences give one answer, and what each answers in its own words."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from clearspan.overview.answering import agreement
from clearspan.overview.answering.select import Candidate
from clearspan.overview.question import understand

MakeCandidate = Callable[..., Candidate]
LONG = "How long is the Port Merrow footbridge?"


@pytest.mark.parametrize(
    ("rule", "question", "one", "two", "agree"),
    [
        ("the same value", LONG, "The footbridge is 212 metres long.", "It is 0.212 km long.", True),
        (
            "another value",
            LONG,
            "The footbridge is 212 metres long.",
            "The footbridge is 208 metres long.",
            False,
        ),
        (
            "a value in a range",
            LONG,
            "The footbridge is 212 metres long.",
            "It is 200 to 220 metres long.",
            True,
        ),
        ("yes and yes", "Is the mill red?", "The mill is red.", "The old mill is red.", True),
        ("yes and no", "Is the mill red?", "The mill is red.", "The mill is not red.", False),
        ("an opposite", "Did the plan pass?", "The plan passed.", "The plan failed.", False),
        (
            "one word in the place of another",
            "Where was Ostrevik Air based?",
            "Ostrevik Air was an airline based in Quellby on the coast.",
            "Ostrevik Air was an airline based in Lindesk on the coast.",
            False,
        ),
        (
            "an altered copy that changes nothing",
            "Where was Ostrevik Air based?",
            "Ostrevik Air was an airline based in Quellby on the coast.",
            "Ostrevik Air was an airline that was based in Quellby on the coast.",
            True,
        ),
        (
            "a name in both",
            "Who built the mill?",
            "Mary Hollis built it.",
            "It was the work of Hollis, they say.",
            True,
        ),
        (
            "other names",
            "Who built the mill?",
            "Mary Hollis built it.",
            "It was the work of Joan Pardew, they say.",
            False,
        ),
        (
            "words in common",
            "Why was the mill painted?",
            "Ships see orange in fog.",
            "Fog hides it from ships at night.",
            True,
        ),
        (
            "no words in common",
            "Why was the mill painted?",
            "Ships see orange in fog.",
            "Paint was cheap that year.",
            False,
        ),
    ],
)
def test_two_sentences_agree(
    rule: str, question: str, one: str, two: str, agree: bool, candidate: MakeCandidate
) -> None:
    asked = understand(question)
    assert agreement.agree(asked, candidate(one, "A"), candidate(two, "B")) is agree, rule
    assert agreement.agree(asked, candidate(two, "B"), candidate(one, "A")) is agree, rule


def test_one_witness_that_says_the_same_twice_agrees_with_itself(candidate: MakeCandidate) -> None:
    def seen(text: str, witness: int) -> Candidate:
        made = candidate(text)
        source = made.judged.source.model_copy(update={"witness": witness})
        return replace(made, judged=replace(made.judged, source=source))

    asked = understand("Is the mill red?")
    assert agreement.agree(asked, seen("Nothing is red.", 1), seen("Nothing is red.", 1))


@pytest.mark.parametrize(
    ("question", "yes_or_no"),
    [
        ("Is the mill red?", True),
        ("  “Was it?", True),
        ("Does it?", True),
        ("Which is red?", False),
        ("Island?", False),
    ],
)
def test_yes_or_no(question: str, yes_or_no: bool) -> None:
    assert agreement.asks_yes_or_no(understand(question)) is yes_or_no


@pytest.mark.parametrize(
    ("rule", "one", "two", "expected"),
    [
        (
            "the words that stand instead",
            "The old red mill burned down.",
            "The old blue mill burned down.",
            "red",
        ),
        (
            "several words",
            "The mill of red brick burned down here.",
            "The mill of old grey stone burned down here.",
            "red brick",
        ),
        ("nothing", "The old red mill burned.", "The old red mill burned.", ""),
        ("words that were added", "The old red mill burned down.", "The very old red mill burned down.", ""),
        ("stop words", "The mill is red and old.", "The mill was red and old.", ""),
        ("no copy at all", "The mill is red.", "Whales sing songs at night.", None),
        (
            "too much to be one change",
            "At the old mill of Tarrow one two three four five six seven they met again last week.",
            "At the old mill of Tarrow a b c d e f g they met again last week.",
            None,
        ),
    ],
)
def test_what_was_changed(rule: str, one: str, two: str, expected: str | None) -> None:
    assert agreement.change(one, two) == expected, rule


@pytest.mark.parametrize(
    ("question", "text", "others", "expected"),
    [
        (LONG, "The footbridge is 212 metres long.", (), "212 metres"),
        (
            "Where was it based?",
            "It was an airline based in Quellby on the coast.",
            ("It was an airline based in Lindesk on the coast.",),
            "quellby",
        ),
        (
            "Who built the mill?",
            "It was Mary Hollis, with Joan Pardew, who built it.",
            (),
            "Mary Hollis Joan",
        ),
        ("Why was it painted?", "Ships  see orange\nin fog.", (), "Ships see orange in fog."),
    ],
)
def test_what_a_sentence_answers(
    question: str, text: str, others: tuple[str, ...], expected: str, candidate: MakeCandidate
) -> None:
    rest = [candidate(other, "Other") for other in others]
    assert agreement.value(understand(question), candidate(text), rest) == expected


def test_a_long_answer_is_cut(candidate: MakeCandidate) -> None:
    assert (
        len(agreement.value(understand("Why was it painted?"), candidate("Fog hides it. " * 40), [])) == 160
    )


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Port Merrow footbridge", "It is long.", "Port Merrow footbridge"),
        ("Guide", "The Port Merrow footbridge is a bridge of steel.", "The Port Merrow footbridge"),
        ("Guide", "It is a bridge of steel.", ""),
    ],
)
def test_what_a_sentence_speaks_of(title: str, text: str, expected: str, candidate: MakeCandidate) -> None:
    assert agreement.subject(understand(LONG), candidate(text, title)) == expected


def test_kinds_of_values_and_what_carries_them(candidate: MakeCandidate) -> None:
    asked = understand(LONG)
    long, heavy = (
        candidate("The footbridge is 212 metres long.", "Port Merrow"),
        candidate("It weighs 9 tonnes."),
    )
    assert agreement.dimensions(asked, long) == {"[length]"}
    assert agreement.dimensions(asked, heavy) == frozenset()
    assert agreement.carries(asked, long)
    assert not agreement.carries(asked, heavy)
    assert agreement.share_said(asked, long) > agreement.share_said(asked, heavy)
    assert agreement.speaks_of(asked, candidate("The Port Merrow footbridge.", "Guide"))
    assert not agreement.speaks_of(asked, candidate("A bridge.", "Guide"))
