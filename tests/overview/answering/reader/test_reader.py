"""The reader that ships, on plainly fictional pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clearspan.errors import BadInput
from clearspan.overview.answering.reader.kinds import KINDS
from clearspan.overview.answering.reader.reader import CARD, GRAPH, SHIPPED, VOCABULARY, EvidenceReader

QUESTION = "How tall is the Quellby lighthouse?"
TEXT = (
    "The Quellby lighthouse was built by bakers. The Quellby lighthouse is 24 metres tall. Its lamp is blue."
)
OTHER = "The Sallow tower has a bell. It rings at noon."


@pytest.fixture(scope="module")
def reader() -> Iterator[EvidenceReader]:
    reader = EvidenceReader.load()
    yield reader
    reader.close()


def test_the_sentence_that_answers_is_read_most_surely(reader: EvidenceReader) -> None:
    read = reader.read(QUESTION, [("Quellby", TEXT), ("Sallow", OTHER)])
    every = [
        (one.probability, place, one) for place, each in enumerate(read.passages) for one in each.sentences
    ]
    _, place, best = max(every, key=lambda each: each[0])
    assert (place, TEXT[best.start : best.end]) == (0, "The Quellby lighthouse is 24 metres tall.")
    assert best.short is not None
    assert TEXT[best.short.start : best.short.end].startswith("24 metres")
    assert read.passages[0].answers > read.passages[1].answers
    assert set(read.kinds) == set(KINDS)


def test_a_page_that_stands_there_twice_is_as_sure_as_once(reader: EvidenceReader) -> None:
    once = reader.read(QUESTION, [("Quellby", TEXT), ("Sallow", OTHER)]).passages[0]
    twice = reader.read(QUESTION, [("Quellby", TEXT), ("Sallow", OTHER), ("Quellby", TEXT)])
    first, again = twice.passages[0].sentences[1], twice.passages[2].sentences[1]
    assert first.probability == pytest.approx(once.sentences[1].probability)
    assert first.copies == again.copies != twice.passages[0].sentences[0].copies


def test_nothing_to_read_is_read(reader: EvidenceReader) -> None:
    assert reader.read(QUESTION, []).passages == ()
    empty, _ = reader.read(QUESTION, [("Quellby", ""), ("Quellby", TEXT)]).passages
    assert empty.sentences == ()


def test_what_is_read_does_not_depend_on_what_is_read_beside_it(reader: EvidenceReader) -> None:
    alone = reader.read(QUESTION, [("Quellby", TEXT)]).passages[0]
    beside = reader.read(QUESTION, [("Quellby", TEXT), ("Sallow", OTHER)]).passages[0]
    assert [one.logit for one in alone.sentences] == [one.logit for one in beside.sentences]


@pytest.mark.parametrize("damaged", [GRAPH, VOCABULARY, CARD])
def test_a_damaged_file_is_told(tmp_path: Path, damaged: str) -> None:
    for name in (GRAPH, VOCABULARY, CARD):
        content = (SHIPPED / name).read_bytes()
        (tmp_path / name).write_bytes(content[:100] if name == damaged else content)
    with pytest.raises(BadInput, match="reader"):
        EvidenceReader.load(tmp_path)
