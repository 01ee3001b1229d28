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


def test_sentences_of_a_reference_are_numbered_and_bounded() -> None:
    found = read_reference("The mill\nis red. It burned.", 3, "A title")
    assert found == [
        Evidence("The mill is red.", "A title", 3, 0),
        Evidence("It burned.", "A title", 3, 1),
    ]
    assert read_reference("It burned.") == [Evidence("It burned.", "", 0, 0)]
    assert [each.text for each in read_reference("TARROW\n MILL")] == ["TARROW MILL"]
    assert read_reference(" ") == []
    assert len(read_reference("word " * 400)[0].text) == 1_200
    assert len(read_reference("It burned. " * 1_000)) == 900


def test_a_title_stands_before_its_sentence() -> None:
    assert Evidence("It burned.", "The mill").titled == "The mill: It burned."
    assert Evidence("It burned.").titled == "It burned."


def texts(claim: str, evidence: list[Evidence], most_words: int) -> list[str]:
    return [each.text for each in window(claim, evidence, most_words)]


def test_sentences_are_taken_by_the_words_that_they_add_until_there_are_enough() -> None:
    evidence = [
        Evidence("Idle words at first.", source=1),
        Evidence("A whale sang.", source=2),
        Evidence("Idle words between.", source=3),
        Evidence("A whale sang again.", source=4),
        Evidence("Idle words again.", source=5),
        Evidence("The mill burned.", source=6),
    ]
    claim = "The whale sang while the mill burned."
    # Each alone in its source, so that no neighbour comes with it: the whale, then what adds the mill.
    assert texts(claim, evidence, 4) == ["A whale sang.", "The mill burned."]
    assert texts(claim, evidence, 7) == ["A whale sang.", "A whale sang again.", "The mill burned."]
    assert window(claim, evidence, 20) == evidence


def test_of_equals_the_shorter_is_taken() -> None:
    evidence = [Evidence("A whale sang on and on and on.", source=1), Evidence("A whale sang.", source=2)]
    assert texts("The whale sang.", evidence, 3) == ["A whale sang."]


def test_the_best_three_bring_their_neighbours_of_the_same_source() -> None:
    evidence = [
        Evidence("Before it.", source=1),
        Evidence("A whale sang.", source=1),
        Evidence("After it.", source=1),
        Evidence("Elsewhere now.", source=2),
        Evidence("Elsewhere then.", source=2),
    ]
    assert texts("The whale sang.", evidence, 7) == ["Before it.", "A whale sang.", "After it."]
    ends = [
        Evidence("A whale sang.", source=1),
        Evidence("Idle.", source=2),
        Evidence("A mill burned.", source=2),
    ]
    assert texts("The whale sang and the mill burned.", ends, 6) == ["A whale sang.", "A mill burned."]
    first = [
        Evidence("Before it.", source=1),
        Evidence("A whale sang.", source=1),
        Evidence("Idle words.", source=2),
    ]
    assert texts("The whale sang.", first, 5) == ["Before it.", "A whale sang."]


def test_later_ones_come_alone() -> None:
    rare = ["whale", "mill", "barn", "shark"]
    evidence = [
        each
        for number, word in enumerate(rare)
        for each in (Evidence(f"Idle {number}.", source=number), Evidence(f"A {word}.", source=number))
    ]
    found = texts(
        "The whale, mill, barn and shark.", [*evidence, Evidence("Idle words. " * 20, source=9)], 14
    )
    assert {"A whale.", "A mill.", "A barn.", "A shark."} <= set(found)
    assert sum(text.startswith("Idle") for text in found) == 3
