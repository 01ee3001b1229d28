"""Citations by proof: what does not carry its sentence is no longer cited, and nothing unread ever is."""

from clearspan.overview.proof.citing import prove_quotes, prove_sentence
from clearspan.overview.proof.verify import Witnesses
from clearspan.receipts import Citation, Claim

WORDS_ALONE = Witnesses()
SPAN = "The main span of the bridge at Tarrow is 1,280 metres long."
PAINT = "The bridge at Tarrow is painted orange so that ships can see it in fog."


def citation(number: int, quote: str) -> Citation:
    return Citation(
        number=number,
        document_id=f"d-{number}",
        passage_id=f"d-{number}:0",
        start=0,
        end=len(quote),
        quote=quote,
        title="The bridge at Tarrow",
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
