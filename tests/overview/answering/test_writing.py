"""Of several candidates the one that is proved and says most; what is false or put together otherwise is not shown."""

from collections.abc import Sequence

import pytest

from clearspan.overview.answering.writing import Selected, choose, completeness
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Citation, Claim

QUESTION = "Why is the Tarrow bridge closed in winter?"


def quoted(text: str, start: int = 0, title: str = "Tarrow bridge") -> Claim:
    citation = Citation(
        number=1,
        document_id=title,
        passage_id=f"{title}:0",
        start=start,
        end=start + len(text),
        quote=text,
        title=title,
    )
    return Claim(text=text, origin="quoted", support="supported", score=0.9, citations=(citation,))


ICE = quoted(
    "The Tarrow bridge, which was built in 1861, is closed in winter because ice forms on its wooden deck."
)
SAND = quoted("Sand does not keep the wheels of carts from slipping on the Tarrow bridge.", 200)
SHORT = "The Tarrow bridge is closed in winter because ice forms on its wooden deck."
BOTH = (
    "The Tarrow bridge is closed in winter because ice forms on its wooden deck, and sand does not keep the wheels of "
    "carts from slipping."
)
FALSE = "The Tarrow bridge is closed in winter because sand forms on its wooden deck."


def alike(question: str, said: Sequence[str]) -> list[float]:
    """A reader to whom all texts answer equally."""
    assert question
    return [0.0] * len(said)


def chosen(*candidates: str, quotes: Sequence[Claim] = (ICE, SAND)) -> Selected:
    return choose(QUESTION, candidates, quotes, 0.5, Instruments(), alike)


def texts(selected: Selected) -> list[str]:
    return [claim.text for claim in selected.claims]


def test_the_completest_that_is_proved_is_shown_and_cites_each_quote() -> None:
    for candidates in ((SHORT, BOTH, FALSE), (FALSE, BOTH, SHORT)):
        selected = chosen(*candidates)
        assert texts(selected) == [BOTH]
        assert [one.start for one in selected.claims[0].citations] == [0, 200]
        assert selected.dropped == ()


def test_what_is_false_is_dropped_with_its_reason() -> None:
    selected = chosen(FALSE, ICE.text)
    assert selected.claims == ()
    assert {one.text for one in selected.dropped} == {FALSE, ICE.text}
    assert "repeats a quote word for word" in {one.why for one in selected.dropped}


def test_words_of_the_quotes_in_another_order_are_not_shown() -> None:
    funded = quoted("The council supports research on conditions such as hypotonia.")
    selected = chosen("Hypotonia is supported by the council.", quotes=[funded])
    assert selected.claims == ()
    assert selected.dropped[0].why == "says “hypotonia”, which no quote does there"


def test_words_of_the_question_alone_say_nothing() -> None:
    rich = quoted("Audits of deaths were described in rich settings and in poor ones.")
    asked = "Is the audit a difference between the rich and the poor?"
    said = "The audit is a difference between the rich and the poor."
    selected = choose(asked, [said], [rich], 0.5, Instruments(), alike)
    assert selected.claims == ()


def test_clauses_may_change_places() -> None:
    turned = "Because ice forms on its wooden deck, the Tarrow bridge is closed in winter."
    assert texts(chosen(turned)) == [turned]


def test_each_sentence_is_proved_and_one_that_leans_on_a_dropped_one_goes_with_it() -> None:
    other = "Ice forms on its wooden deck."
    selected = chosen(f"{FALSE} It is closed in winter. {BOTH}")
    assert texts(selected) == [BOTH]
    assert [one.why for one in selected.dropped][1] == "leans on a sentence that is not shown"
    assert other not in texts(selected)


def test_what_answers_more_surely_is_shown_before_what_says_more() -> None:
    def short_answers(_question: str, said: Sequence[str]) -> list[float]:
        return [4.0 if each == SHORT else 1.0 for each in said]

    assert texts(choose(QUESTION, (BOTH, SHORT), (ICE, SAND), 0.5, Instruments(), short_answers)) == [SHORT]


def test_what_answers_less_surely_than_the_quotes_is_not_shown() -> None:
    def quotes_answer(_question: str, said: Sequence[str]) -> list[float]:
        return [4.0 if each in {ICE.text, SAND.text} else -1.0 for each in said]

    selected = choose(QUESTION, (BOTH, SHORT), (ICE, SAND), 0.5, Instruments(), quotes_answer)
    assert selected.claims == ()
    assert {one.why for one in selected.dropped} == {"answers less surely than the quotes do"}


def test_what_is_told_of_one_is_not_told_of_another() -> None:
    """Each clause stands in a quote, in its order; only who it is told of is wrong."""
    jerry = quoted("Jerry Tarrow was a writer and producer of films for over forty years.", 0, "Jerry Tarrow")
    frank = quoted(
        "Frank Hill was an actor, most remembered for directing the film Seventh Bridge.", 0, "Frank Hill"
    )
    asked = "Who directed Seventh Bridge, Jerry Tarrow or Frank Hill?"
    told = "Jerry Tarrow was a writer and producer of films for over forty years"
    for rest, shown in (
        ("most remembered for directing the film Seventh Bridge", False),
        ("and Frank Hill was an actor", True),
    ):
        selected = choose(asked, [f"{told}, {rest}."], [jerry, frank], 0.0, Instruments(), alike)
        assert bool(selected.claims) is shown, rest


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (BOTH, SHORT),
        (SHORT, "The Tarrow bridge is closed in winter."),
        (SHORT, f"{SHORT[:-1]} and the mayor fears floods."),
        (SHORT, "Sand does not keep the wheels of carts from slipping."),
    ],
)
def test_completeness_is_coverage_without_padding(better: str, worse: str) -> None:
    quotes = (ICE, SAND)
    assert completeness(QUESTION, quotes, (0.9, 0.5), better) > completeness(
        QUESTION, quotes, (0.9, 0.5), worse
    )


def test_what_the_surest_quote_says_counts_most() -> None:
    first, second = "The Tarrow bridge is closed in winter because ice forms on it.", SAND.text
    for sure, better, worse in (((0.9, 0.1), first, second), ((0.1, 0.9), second, first)):
        found = [completeness("", (ICE, SAND), sure, text) for text in (better, worse)]
        assert found[0] > found[1]


def test_it_of_another_document_is_not_said_after_a_sentence() -> None:
    mill = quoted(
        "The Hill mill, which stood by the river, was burned down by a crowd of weavers.", 0, "Hill mill"
    )
    bridge = quoted(
        "It was built in 1861, the year of the flood, by the mason Ann Alder.", 0, "Tarrow bridge"
    )
    said = "The Hill mill was burned down by a crowd of weavers. It was built in 1861 by the mason Ann Alder."
    selected = choose("What was burned down and built?", [said], [mill, bridge], 0.0, Instruments(), alike)
    assert texts(selected) == ["The Hill mill was burned down by a crowd of weavers."]
    assert [one.why for one in selected.dropped] == ["leans on a sentence about something else"]
