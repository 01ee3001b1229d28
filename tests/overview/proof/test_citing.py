"""Citations by proof: what does not carry its sentence is no longer cited, and nothing unread ever is."""

from dataclasses import dataclass, field

import pytest

from clearspan.overview.proof.citing import prove_quotes, prove_sentence
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Citation, Claim, ClaimPart, Dropped

WORDS_ALONE = Instruments()
SPAN = "The main span of the bridge at Tarrow is 1,280 metres long."
PAINT = "The bridge at Tarrow is painted orange so that ships can see it in fog."


def citation(number: int, quote: str, title: str = "The bridge at Tarrow") -> Citation:
    return Citation(
        number=number,
        document_id=f"d-{number}",
        passage_id=f"d-{number}:0",
        start=0,
        end=len(quote),
        quote=quote,
        title=title,
    )


def quoted(text: str, *citations: Citation) -> Claim:
    return Claim(text=text, origin="quoted", support="supported", score=0.9, citations=citations)


def opened(*citations: Citation) -> dict[str, str]:
    return {one.passage_id: f"Before. {one.quote} After." for one in citations}


def test_a_second_source_that_says_the_same_stays_cited() -> None:
    first, second = citation(1, SPAN), citation(2, "At Tarrow the main span of the bridge is 1.28 km long.")
    proof = prove_quotes([quoted(SPAN, first, second)], opened(first, second), 0.5, WORDS_ALONE)
    assert [one.number for one in proof.claims[0].citations] == [1, 2]
    assert all(part.decision == "supported" for part in proof.claims[0].parts)


def test_a_citation_that_says_otherwise_is_removed_and_recorded() -> None:
    first, second = (
        citation(1, SPAN),
        citation(2, "The main span of the bridge at Tarrow is 900 metres long."),
    )
    proof = prove_quotes([quoted(SPAN, first, second)], opened(first, second), 0.5, WORDS_ALONE)
    assert [one.number for one in proof.claims[0].citations] == [1]
    assert "900 metres" in proof.dropped[0].why


def test_a_passage_that_was_not_opened_cannot_be_cited() -> None:
    first, second = citation(1, SPAN), citation(2, SPAN)
    proof = prove_quotes([quoted(SPAN, first, second)], opened(second), 0.5, WORDS_ALONE)
    assert [one.number for one in proof.claims[0].citations] == [2]
    nothing = prove_quotes([quoted(SPAN, first)], {}, 0.5, WORDS_ALONE)
    assert nothing.claims == ()
    assert "opened" in nothing.dropped[0].why


def test_words_that_are_not_in_the_passage_are_not_a_quote_of_it() -> None:
    first = citation(1, SPAN)
    proof = prove_quotes([quoted(SPAN, first)], {first.passage_id: "Something else."}, 0.5, WORDS_ALONE)
    assert proof.claims == ()


def test_a_joined_sentence_cites_each_quote_that_carries_a_part_and_no_other() -> None:
    first, second = citation(1, SPAN), citation(2, PAINT)
    third = citation(3, "The mill at Wexcombe grinds barley on Fridays.")
    quotes = [quoted(one.quote, one) for one in (first, second, third)]
    text = "The main span of the bridge at Tarrow is 1,280 metres long, and the bridge is painted orange."
    proof = prove_sentence(text, quotes, 0.5, WORDS_ALONE)
    assert [one.number for one in proof.claims[0].citations] == [1, 2]
    numbers = {part.text: part.citation for part in proof.claims[0].parts}
    assert numbers["1,280 metres"] == 1


def test_a_sentence_that_no_quote_carries_is_dropped_with_its_reason() -> None:
    quotes = [quoted(SPAN, citation(1, SPAN))]
    proof = prove_sentence(
        "The main span of the bridge at Tarrow is 1,300 metres long.", quotes, 0.5, WORDS_ALONE
    )
    assert proof.claims == ()
    assert "by the quotes" in proof.dropped[0].why
    repeated = prove_sentence(SPAN, quotes, 0.5, WORDS_ALONE)
    assert repeated.dropped[0].why == "repeats a quote word for word"


def test_what_was_calculated_passes_as_it_is_and_the_rest_is_still_proved() -> None:
    sum_, first = (
        Claim(text="2 + 2 = 4", origin="calculated", support="supported", score=1.0),
        citation(1, SPAN),
    )
    proof = prove_quotes([sum_, quoted(SPAN, first)], opened(first), 0.5, WORDS_ALONE)
    assert proof.claims[0] is sum_
    assert [claim.text for claim in proof.claims] == ["2 + 2 = 4", SPAN]


def test_a_quote_is_told_part_by_part_as_standing_word_for_word() -> None:
    first = citation(3, SPAN)
    (claim,) = prove_quotes([quoted(SPAN, first)], opened(first), 0.5, WORDS_ALONE).claims
    length = next(part for part in claim.parts if part.kind == "number")
    assert length == ClaimPart(
        kind="number",
        text="1,280 metres",
        start=SPAN.index("1,280"),
        end=SPAN.index(" long"),
        decision="supported",
        probability=1.0,
        decided_by="stands word for word in the source",
        evidence=SPAN,
        citation=3,
    )
    assert {part.kind for part in claim.parts} == {"relation", "name", "number"}


def test_parts_that_were_told_already_stay() -> None:
    first = citation(1, SPAN)
    told = ClaimPart(
        kind="statement",
        text=SPAN,
        start=0,
        end=len(SPAN),
        decision="supported",
        probability=0.8,
        decided_by="before",
    )
    claim = quoted(SPAN, first).model_copy(update={"parts": (told,)})
    assert prove_quotes([claim], opened(first), 0.5, WORDS_ALONE).claims[0].parts == (told,)


@pytest.mark.parametrize(
    ("rule", "quote", "passage", "why"),
    [
        ("not opened", SPAN, None, "its passage was not opened for this answer"),
        ("not in the passage", SPAN, "Something else.", "its passage was not opened for this answer"),
        (
            "it says otherwise",
            "The main span of the bridge at Tarrow is 900 metres long.",
            "The main span of the bridge at Tarrow is 900 metres long.",
            "it says otherwise: the cited text says 900 metres, not 1,280 metres",
        ),
        ("it says nothing of it", PAINT, PAINT, "it says nothing that the sentence says"),
        (
            "a name alone says nothing",
            "Tarrow has a fine old market.",
            "Tarrow has a fine old market.",
            "it says nothing that the sentence says",
        ),
    ],
)
def test_why_a_citation_is_dropped(rule: str, quote: str, passage: str | None, why: str) -> None:
    first = citation(1, quote)
    texts = {first.passage_id: passage} if passage is not None else {}
    proof = prove_quotes([quoted(SPAN, first)], texts, 0.9, WORDS_ALONE)
    assert proof.claims == (), rule
    assert proof.dropped == (
        Dropped(text=quote, origin="quoted", why=f"no longer cited: {why}"),
        Dropped(text=SPAN, origin="quoted", why="no passage that was opened has it"),
    )


def test_a_quote_over_two_lines_is_its_own_proof_without_a_second_look() -> None:
    broken = SPAN.replace(" of ", "\nof ", 1)
    first = citation(1, broken)
    asked = Asked()
    proof = prove_quotes([quoted(SPAN, first)], opened(first), 0.5, Instruments(checker=asked))
    assert len(proof.claims) == 1
    assert asked.documents == []


@dataclass
class Asked:
    """A checker that is always sure, and keeps what it was asked."""

    reference: str = "always"
    documents: list[str] = field(default_factory=list[str])

    def probability(self, claim: str, document: str) -> float:
        self.documents.append(document)
        return 0.98765


def test_instruments_are_used_of_a_quote_in_other_words_under_its_title() -> None:
    first = citation(1, "Its main span is 1.28 km long.")
    asked = Asked()
    prove_quotes([quoted(SPAN, first)], opened(first), 0.5, Instruments(checker=asked))
    assert asked.documents == ["The bridge at Tarrow: Its main span is 1.28 km long."]


def test_the_title_tells_what_it_is_and_the_number_of_the_citation_stays() -> None:
    first = citation(7, "Its main span is 1,280 metres long.")
    text = "The main span of the bridge at Tarrow is 1,280 metres long."
    proof = prove_sentence(text, [quoted(first.quote, first)], 0.5, WORDS_ALONE)
    (claim,) = proof.claims
    assert proof.dropped == ()
    assert (claim.text, claim.origin, claim.support) == (text, "generated", "supported")
    assert [one.number for one in claim.citations] == [7]
    assert {part.citation for part in claim.parts} == {7}
    assert {check.name for check in claim.checks} >= {"numbers", "names", "words"}


def test_instruments_are_used_of_a_sentence_and_its_score_is_rounded() -> None:
    first = citation(1, "Its main span is 1,280 metres long.")
    asked = Asked()
    proof = prove_sentence(SPAN, [quoted(first.quote, first)], 0.5, Instruments(checker=asked))
    assert proof.claims[0].score == 0.988
    assert asked.documents == ["The bridge at Tarrow: Its main span is 1,280 metres long."]


def test_only_the_first_citation_of_a_quote_is_what_it_was_written_from() -> None:
    first, second = citation(1, PAINT), citation(2, SPAN)
    proof = prove_sentence(SPAN[:-1] + ", one reads.", [quoted(PAINT, first, second)], 0.5, WORDS_ALONE)
    assert proof.claims == ()


@pytest.mark.parametrize("text", [SPAN, f" {SPAN[:-1]} ", SPAN.upper(), "the bridge at Tarrow"])
def test_what_repeats_a_quote_is_dropped(text: str) -> None:
    proof = prove_sentence(text, [quoted(SPAN, citation(1, SPAN))], 0.5, WORDS_ALONE)
    assert proof.claims == ()
    assert proof.dropped == (Dropped(text=text, origin="generated", why="repeats a quote word for word"),)


def test_a_dropped_sentence_keeps_what_was_checked() -> None:
    text = "The main span of the bridge at Tarrow is 1,300 metres long."
    (dropped,) = prove_sentence(text, [quoted(SPAN, citation(1, SPAN))], 0.5, WORDS_ALONE).dropped
    assert (dropped.text, dropped.origin) == (text, "generated")
    assert dropped.why == "contradicted by the quotes it was written from"
    assert {check.name for check in dropped.checks if check.score < 1.0} == {"numbers", "words"}


def test_a_sentence_that_no_quote_carries_a_part_of_is_dropped_however_sure_a_checker_is() -> None:
    text, other = "fast sharks swim south, and loud whales sing songs.", "old mills of brick burn down."
    proof = prove_sentence(text, [quoted(other, citation(1, other, ""))], 0.9, Instruments(checker=Asked()))
    assert proof.claims == ()
    (dropped,) = proof.dropped
    assert (dropped.text, dropped.why) == (text, "no quote carries a part of it")
    assert dropped.checks[-1].name == "checker"


def test_without_quotes_nothing_supports_a_sentence() -> None:
    (dropped,) = prove_sentence(SPAN, [], 0.5, WORDS_ALONE).dropped
    assert dropped.why == "unsupported by the quotes it was written from"


def test_two_quotes_of_one_document_are_both_evidence_and_each_is_cited_where_it_stands() -> None:
    first, other = citation(1, SPAN), citation(2, "The mill at Wexcombe grinds barley on Fridays.")
    second = first.model_copy(update={"quote": PAINT, "start": 400, "end": 400 + len(PAINT)})
    quotes = [quoted(one.quote, one) for one in (first, second, other)]
    text = "The main span of the bridge at Tarrow is 1,280 metres long, and the bridge is painted orange."
    claim = prove_sentence(text, quotes, 0.5, WORDS_ALONE).claims[0]
    assert claim.citations == (first, second)
    assert {part.evidence for part in claim.parts} == {SPAN, PAINT}
    assert {part.citation for part in claim.parts} == {1}


def test_a_quote_that_stands_twice_is_cited_once() -> None:
    first = citation(1, SPAN)
    quotes = [quoted(SPAN, first), quoted(f"{SPAN} {PAINT}", first)]
    text = "At Tarrow the bridge has a main span that is 1,280 metres long."
    assert prove_sentence(text, quotes, 0.5, WORDS_ALONE).claims[0].citations == (first,)


@pytest.mark.parametrize(
    ("text", "repeats"),
    [
        ("A main span of the bridge at Tarrow is 1,280 metres long.", True),
        ("main span of bridge, at Tarrow: is 1280 metres long!", True),
        ("the bridge at Tarrow", True),
        ("The main span of the bridge at Tarrow is long.", False),
        ("1,280 metres long is the main span of the bridge at Tarrow.", False),
        ("The main span of the bridge at Tarrow is 1,280 metres long, it is painted.", False),
    ],
)
def test_other_articles_capitals_and_signs_do_not_make_other_words(text: str, repeats: bool) -> None:
    proof = prove_sentence(text, [quoted(SPAN, citation(1, SPAN))], 0.5, WORDS_ALONE)
    assert (bool(proof.dropped) and proof.dropped[0].why == "repeats a quote word for word") is repeats
