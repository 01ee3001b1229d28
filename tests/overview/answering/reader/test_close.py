"""The close reader that ships, folded into the real weights, on plainly fictional pages."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clearspan.errors import BadInput, FetchError
from clearspan.models.weights import wheels
from clearspan.overview.answering.reader.close import ADAPTERS, CLOSE_CARD, CloseReader
from clearspan.overview.answering.reader.reader import SHIPPED, EvidenceReader
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace
from tests.overview.answering.reader.test_reader import OTHER, QUESTION, TEXT

TOWERS = [
    (f"Tower {number}", f"Tower {number} was painted in {1900 + number}. {OTHER}") for number in range(9)
]


@pytest.fixture(scope="module")
def read(weights: Path) -> Iterator[EvidenceReader]:
    close = CloseReader.load(SHIPPED, Settings(weights=weights))
    reader = EvidenceReader.load(close=close)
    yield reader
    reader.close()


def test_the_sentence_that_answers_is_read_most_surely(read: EvidenceReader) -> None:
    found = read.read(QUESTION, [*TOWERS, ("Quellby", TEXT)])
    every = [(one, place) for place, each in enumerate(found.passages) for one in each.sentences]
    best, place = max(every, key=lambda each: each[0].probability)
    assert (place, TEXT[best.start : best.end]) == (9, "The Quellby lighthouse is 24 metres tall.")
    assert best.decides
    assert best.probability > 0.6
    assert best.short is not None
    assert "24" in TEXT[best.short.start : best.short.end]


def test_only_the_likeliest_windows_are_read_again_and_decide(read: EvidenceReader) -> None:
    found = read.read(QUESTION, [*TOWERS, ("Quellby", TEXT)])
    again = [any(one.decides for one in each.sentences) for each in found.passages]
    assert sum(again) == 6
    assert again[9]
    shown = read.shown(QUESTION, [*TOWERS, ("Quellby", TEXT)])
    assert shown.again.sum() == sum(one.decides for each in found.passages for one in each.sentences)


def test_what_may_not_be_quoted_is_not_read_again(read: EvidenceReader) -> None:
    found = read.read(QUESTION, [("Quellby", TEXT), *TOWERS], [False, *([True] * len(TOWERS))])
    again = [any(one.decides for one in each.sentences) for each in found.passages]
    assert not again[0]
    assert sum(again) == 6


def test_what_stands_there_twice_is_read_again_once_and_as_likely_in_both_places(
    read: EvidenceReader,
) -> None:
    found = read.read(QUESTION, [("Quellby", TEXT), *TOWERS, ("Quellby", TEXT)])
    one, two = found.passages[0].sentences[1], found.passages[-1].sentences[1]
    assert one.decides
    assert two.decides
    assert one.probability == two.probability
    again = [any(one.decides for one in each.sentences) for each in found.passages]
    assert sum(again) == 7, "the two count as one of six"


def test_what_cannot_be_answered_is_less_sure(read: EvidenceReader) -> None:
    other = read.read("How tall is the Estmark obelisk?", [*TOWERS, ("Quellby", TEXT)])
    own = read.read(QUESTION, [*TOWERS, ("Quellby", TEXT)])
    best = [
        max(one.probability for each in found.passages for one in each.sentences) for found in (other, own)
    ]
    assert best[0] < best[1]


def test_nothing_to_read_is_read(read: EvidenceReader) -> None:
    assert read.read(QUESTION, []).passages == ()
    empty, _ = read.read(QUESTION, [("Quellby", ""), ("Quellby", TEXT)]).passages
    assert empty.sentences == ()


def test_the_graph_is_made_once(weights: Path, monkeypatch: pytest.MonkeyPatch, read: EvidenceReader) -> None:
    monkeypatch.setattr(
        "clearspan.overview.answering.reader.mpnet.graph_with", lambda *_: pytest.fail("it was made again")
    )
    CloseReader.load(SHIPPED, Settings(weights=weights))


@pytest.mark.parametrize("damaged", [ADAPTERS, CLOSE_CARD])
def test_a_damaged_file_is_told(tmp_path: Path, damaged: str) -> None:
    for name in (ADAPTERS, CLOSE_CARD, "tokenizer.json"):
        shutil.copy(SHIPPED / name, tmp_path)
    (tmp_path / damaged).unlink()
    with pytest.raises(BadInput, match="cannot be loaded"):
        CloseReader.load(tmp_path, Settings(home=tmp_path / "home"))


def test_without_its_weights_the_small_reader_reads_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offline(*_: object) -> Path:
        raise FetchError("The network is down.")

    monkeypatch.setattr(wheels, "_download", offline)
    with Workspace.open(Settings(home=tmp_path, reading="close", embedder="")) as workspace:
        read = workspace.reader.read(QUESTION, [("Quellby", TEXT)])
        assert all(one.decides for one in read.passages[0].sentences)
        assert workspace.readiness()["close reader"] == "off: The network is down."
        assert workspace.readiness()["reader"] == "ready"
