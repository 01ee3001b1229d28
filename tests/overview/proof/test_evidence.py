"""Windows of long evidence: what speaks of the claim is in, in order, with what stands beside it."""

from clearspan.overview.proof.evidence import Evidence, read_reference, window

FILLER = "The parish council met on a Tuesday and talked about hedges, drains and the price of paint for a good while. "


def test_the_sentence_that_matters_is_found_in_a_long_reference_with_its_neighbours() -> None:
    told = "Before it there was a ferry. The bridge at Tarrow was built by Mary Hollis in 1937. It cost a fortune. "
    evidence = read_reference(FILLER * 40 + told + FILLER * 40)
    chosen = window("Mary Hollis built the bridge at Tarrow.", evidence)
    texts = [each.text for each in chosen]
    place = texts.index("The bridge at Tarrow was built by Mary Hollis in 1937.")
    assert texts[place - 1] == "Before it there was a ferry."
    assert texts[place + 1] == "It cost a fortune."
    assert [each.place for each in chosen] == sorted(each.place for each in chosen)
    assert sum(len(text.split()) for text in texts) < 260


def test_short_evidence_is_kept_whole() -> None:
    evidence = [Evidence("One thing."), Evidence("Another thing.")]
    assert window("Something else.", evidence) == evidence


def test_a_reference_without_sentences_is_one() -> None:
    assert [each.text for each in read_reference("TARROW MILL 1861")] == ["TARROW MILL 1861"]
