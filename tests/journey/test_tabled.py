"""When a table answers: where the reader is led to one that is believed, and that speaks of what is asked."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from clearspan.journey.asked import ask
from clearspan.journey.judge import judge
from clearspan.journey.read import read
from clearspan.journey.search import search
from clearspan.journey.tabled import from_tables
from clearspan.library.library import Library
from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.overview.answering.select import Candidate
from clearspan.overview.answering.tables.claims import TableClaims
from clearspan.overview.trust.judge import Judge
from clearspan.settings import Settings

QUESTION = "When was the Antioch Bridge opened?"
TABLE = """# Bridges of the bay

| Bridge | Opened | Length (m) | County |
|---|---|---|---|
| Carquinez Bridge | 1927 | 1,022 | Solano |
| Antioch Bridge | 1978 | 2,868 | Solano |
| Dumbarton Bridge | 1982 | 2,620 | Alameda |
| Benicia Bridge | 1962 | 1,895 | Contra |
"""

Change = Callable[[Candidate], Candidate]
Told = Callable[..., TableClaims | None]


@pytest.fixture
def told(pages: Library, plain: Settings, small_reader: EvidenceReader) -> Told:
    """What a table says to a question, with every sentence less probable than it, and changed as wished."""

    def asked_of(
        question: str = QUESTION,
        text: str = TABLE,
        kind: AskedFor = "table",
        change: Change = lambda one: one,
    ) -> TableClaims | None:
        pages.add_bytes("bridges.md", text.encode())
        asked = ask(question, None, None, (), plain)
        found = search(asked, pages, None, 5)
        scored = read(asked, judge(asked, found, Judge(pages), 5), small_reader)
        scored = replace(scored, kinds={kind: 1.0})
        able: Sequence[Candidate] = [change(replace(one, probability=0.0)) for one in scored.candidates]
        assert able
        return from_tables(asked, found, scored, able, 0.1)

    return asked_of


def test_the_cell_that_answers_is_told(told: Told) -> None:
    said = told()
    assert said is not None
    assert said.answer.text == "1978"


@pytest.mark.parametrize("kind", ["why", "how", "definition", "yes_no"])
def test_what_a_table_cannot_say_is_not_asked_of_it(told: Told, kind: AskedFor) -> None:
    assert told(kind=kind) is None


def test_a_sentence_that_is_surer_comes_before_the_table(told: Told) -> None:
    assert told(change=lambda one: replace(one, probability=1.0)) is None


def test_a_page_without_rows_leads_to_no_table(told: Told) -> None:
    assert told(text="# Bridges\n\nThe Antioch Bridge was opened in 1978.\n") is None


def test_what_may_be_satire_or_copies_it_is_not_read(told: Told) -> None:
    def doubted(one: Candidate) -> Candidate:
        source = one.judged.source.model_copy(update={"may_be_satire": 0.6})
        return replace(one, judged=replace(one.judged, source=source))

    assert told(change=doubted) is None
    assert told(change=lambda one: replace(one, judged=replace(one.judged, copied=((0, 1),)))) is None


def test_a_table_that_has_no_word_for_what_is_asked_cannot_say_it(told: Told) -> None:
    assert told(question="Which bridge of the bay carries painted lanterns over submarine cables?") is None
