"""The second of two facts is found because the first is known."""

from collections.abc import Iterator

import pytest

from clearspan.overview.answering.reader.hops import Alone, best_pair, wants_several
from clearspan.overview.answering.reader.kinds import KINDS
from clearspan.overview.answering.reader.reader import EvidenceReader

QUESTION = "Where does the river that the Tarrow Bridge crosses rise?"
PASSAGES = [
    ("Tarrow Bridge", "The Tarrow Bridge crosses the Anvel. It was painted blue by a baker."),
    ("Anvel", "The Anvel is a river that rises in the Quellby Hills. It is 40 kilometres long."),
    ("Merrow", "The Merrow is a river that rises near Port Sallow. It is 52 kilometres long."),
]


@pytest.fixture(scope="module")
def reader() -> Iterator[EvidenceReader]:
    reader = EvidenceReader.load()
    yield reader
    reader.close()


def read_alone(reader: EvidenceReader) -> dict[tuple[int, int], Alone]:
    return {
        (place, one.end): Alone(PASSAGES[place][1][one.start : one.end], one.probability)
        for place, passage in enumerate(reader.read(QUESTION, PASSAGES).passages)
        for one in passage.sentences
    }


def test_both_facts_are_found(reader: EvidenceReader) -> None:
    alone = read_alone(reader)
    pair = best_pair(reader, QUESTION, PASSAGES, alone)
    assert pair is not None
    assert {alone[pair.first].text, alone[pair.second].text} == {
        "The Tarrow Bridge crosses the Anvel.",
        "The Anvel is a river that rises in the Quellby Hills.",
    }


def test_what_is_known_decides_between_two_rivers(reader: EvidenceReader) -> None:
    of = {
        known: reader.read(QUESTION, PASSAGES[1:], f"The Tarrow Bridge crosses the {known}.").passages
        for known in ("Anvel", "Merrow")
    }
    anvel, merrow = (
        [passage.sentences[0].probability for passage in of[known]] for known in ("Anvel", "Merrow")
    )
    assert anvel[0] > anvel[1]
    assert merrow[1] > merrow[0]


def test_only_sentences_that_may_be_quoted_are_paired(reader: EvidenceReader) -> None:
    alone = {spot: one for spot, one in read_alone(reader).items() if spot[0] != 1}
    pair = best_pair(reader, QUESTION, PASSAGES, alone)
    assert pair is not None
    assert 1 not in (pair.first[0], pair.second[0])
    assert best_pair(reader, QUESTION, PASSAGES, {}) is None


def test_a_question_for_one_fact_wants_no_pair() -> None:
    kinds = dict.fromkeys(KINDS, 0.0)
    assert not wants_several(kinds | {"fact": 0.9})
    assert wants_several(kinds | {"multi_hop": 0.3, "compare": 0.3})
