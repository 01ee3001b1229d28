"""Sentences of documents: where they stand, who says them, which are near another."""

from datetime import UTC, datetime

from clearspan.language.sentences import Sentence
from clearspan.library.documents import Document
from clearspan.overview.diagnosis.source_sentences import matter, near, nearest, source_sentences
from clearspan.receipts import Source

TEXT = "The lift in Quellby\nis 12 metres high. It rains. The lift in Quellby is blue, they say."
DOCUMENT = Document("d-1", "/1", "Lifts", TEXT, "text/plain", "", datetime.now(UTC), date="2001")
SOURCE = Source(number=1, document_id="d-1", passage_id="d-1:0", start=0, end=len(TEXT), title="Lifts")


def test_a_quote_is_plain_and_its_offsets_are_the_documents() -> None:
    first, *_ = source_sentences(TEXT, 40, DOCUMENT)
    assert first.evidence.quote == first.sentence.text == "The lift in Quellby is 12 metres high."
    assert (
        TEXT[first.evidence.start - 40 : first.evidence.end - 40] == "The lift in Quellby\nis 12 metres high."
    )
    assert first.name == "“Lifts” (2001)"


def test_what_search_did_not_find_is_not_believed() -> None:
    assert not source_sentences(TEXT, 0, DOCUMENT)[0].believed
    assert source_sentences(TEXT, 0, SOURCE)[0].believed
    doubted = SOURCE.model_copy(update={"believed": False})
    assert not source_sentences(TEXT, 0, doubted)[0].believed


def test_the_nearest_speak_of_the_same_thing() -> None:
    told = source_sentences(TEXT, 0, SOURCE)
    sentence = Sentence("The lift in Quellby is 14 metres high.")
    assert [one.evidence.start for one in nearest(sentence, told)] == [0, 49, 39]
    assert [one.sentence.text for one in near(sentence, told)] == [told[0].sentence.text]
    assert matter(Sentence("Of the and."), sentence) == 0.0
