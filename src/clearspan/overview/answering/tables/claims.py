"""An answer from a table as claims: rows that are quoted, or what was worked out with every row that it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING

from clearspan.errors import NotFound
from clearspan.library.documents import Document, Passage
from clearspan.library.library import Library
from clearspan.overview.answering.tables.answer import Place, TableAnswer, answer_from_tables
from clearspan.overview.answering.tables.table import DocumentTable, Row, tables_of
from clearspan.receipts import Check, Citation, CitedTable, Claim

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

_MOST_DOCUMENTS = 4
_MOST_TABLES = 8
_MOST_QUOTED = 8
"""Rows that are quoted one by one; more of them are a list that a claim gives as a whole."""


@dataclass(frozen=True, slots=True)
class TableClaims:
    """What tables say to a question.

    Attributes:
        answer: the most probable one.
        claims: that say it, with proved citations: exact spans of the stored text.
        opened: passage id → text of each passage that they cite, as `proof.citing` wants to know.
    """

    answer: TableAnswer
    claims: tuple[Claim, ...]
    opened: Mapping[str, str]


def table_claims(
    question: str,
    passages: Sequence[Passage],
    library: Library,
    embedder: "Embedder | None",
    numbers: Mapping[str, int],
    threshold: float = 0.5,
) -> TableClaims | None:
    """The claims that the tables of some documents make about a question; None where none is probable enough.

    Tables are read whole from their documents, however the passages cut them.

    Args:
        passages: of believed sources, best first; their documents' tables are read.
        numbers: document id → its number among the sources of the answer.
        threshold: probability below which there is silence.
    """
    documents = _documents(library, dict.fromkeys(one.document_id for one in passages))
    tables = _nearest(
        [table for one in documents for table in tables_of(one.text, one.id, one.title)], passages
    )
    answers = answer_from_tables(question, tables, embedder)
    if not answers or answers[0].probability < threshold:
        return None
    best = answers[0]
    document = next(one for one in documents if one.id == best.table.document_id)
    cited = _Cited(document, library.passages_of(document.id), numbers.get(document.id, 0))
    claims = claims_of(best, cited)
    opened = {one.id: one.text for one in cited.passages}
    used = {citation.passage_id for claim in claims for citation in claim.citations}
    return TableClaims(best, claims, {key: opened[key] for key in sorted(used)}) if claims else None


def _documents(library: Library, ids: Iterable[str]) -> list[Document]:
    """The first of some documents; one that was removed since the search has no table any more."""
    found: list[Document] = []
    for one in islice(ids, _MOST_DOCUMENTS):
        with suppress(NotFound):
            found.append(library.document(one))
    return found


@dataclass(frozen=True, slots=True)
class _Cited:
    """The document that an answer is from."""

    document: Document
    passages: Sequence[Passage]
    number: int

    def passage(self, row: Row) -> Passage | None:
        """The passage that holds a row whole."""
        return next((one for one in self.passages if one.start <= row.start and row.end <= one.end), None)

    def citation(self, answer: TableAnswer, first: int, last: int, passage: Passage) -> Citation:
        """Of the rows from one to another, all within one passage."""
        table = answer.table
        start, end = table.rows[first].start, table.rows[last].end
        cells = cited_table(table, first, last, answer.shown or answer.used)
        return self.document.cited(passage, start, end, self.document.text[start:end], self.number, cells)


def claims_of(answer: TableAnswer, cited: "_Cited") -> tuple[Claim, ...]:
    """Quotes of the rows where the answer stands in cells that the question names, else one calculated claim."""
    rows = sorted({row for row, _ in answer.used if row is not None})
    checks = (
        Check(name="table", score=round(answer.probability, 3), detail=answer.how),
        Check(name="exact quote", score=1.0, detail="stands word for word in the source"),
    )
    if answer.looked_up and rows and len(rows) <= _MOST_QUOTED:
        found = [(row, cited.passage(answer.table.rows[row])) for row in rows]
        quotes = [cited.citation(answer, row, row, passage) for row, passage in found if passage]
        return tuple(
            Claim(
                text=" ".join(one.quote.split()),
                origin="quoted",
                support="supported",
                score=round(answer.probability, 3),
                checks=checks,
                citations=(one,),
                emphasis=_emphasis(answer, one),
            )
            for one in quotes
        )
    citations = _stretches(answer, rows, cited)
    if not citations:
        return ()
    claim = Claim(
        text=said(answer),
        origin="calculated",
        support="supported",
        score=round(answer.probability, 3),
        checks=checks[:1],
        citations=citations,
        calculation=answer.calculation,
    )
    return (claim,)


def _emphasis(answer: TableAnswer, cited: Citation) -> tuple[int, int] | None:
    """Where the first cell that answers stands in the quote; None where white space was taken out of it."""
    if " ".join(cited.quote.split()) != cited.quote:
        return None
    inside = (cell for cell in answer.cells if cited.start <= cell.start and cell.end <= cited.end)
    first = next(inside, None)
    return (first.start - cited.start, first.end - cited.start) if first else None


def said(answer: TableAnswer) -> str:
    """The answer as a calculated sentence: what it is, and what was done."""
    return f"{answer.text} ({answer.how})"


def cited_table(table: DocumentTable, first: int, last: int, marked: Sequence[Place]) -> CitedTable:
    """Rows of a table from one to another as a citation shows them."""
    places = [(-1 if row is None else row - first, column) for row, column in marked]
    inside = sorted({(row, column) for row, column in places if row == -1 or 0 <= row <= last - first})
    return CitedTable(
        header=tuple(cell.full for cell in table.header),
        rows=tuple(tuple(cell.text for cell in row.cells) for row in table.rows[first : last + 1]),
        marked=tuple(inside),
    )


def _stretches(answer: TableAnswer, rows: Sequence[int], cited: _Cited) -> tuple[Citation, ...]:
    """Citations of all rows that an answer rests on: neighbours in one passage are one."""
    placed = [(row, cited.passage(answer.table.rows[row])) for row in rows]
    known = [(row, passage) for row, passage in placed if passage is not None]
    # Rows that follow one another differ from their place in the list by the same number.
    runs = groupby(enumerate(known), key=lambda each: (each[1][0] - each[0], each[1][1].id))
    found: list[Citation] = []
    for _, run in runs:
        own = [each for _, each in run]
        found.append(cited.citation(answer, own[0][0], own[-1][0], own[0][1]))
    return tuple(found)


def _nearest(tables: Sequence[DocumentTable], passages: Sequence[Passage]) -> list[DocumentTable]:
    """Tables that the passages stand in or next to come first; of a long document not all are read."""

    def rank(table: DocumentTable) -> int:
        return next(
            (
                place
                for place, one in enumerate(passages)
                if one.document_id == table.document_id and one.start < table.end and table.start < one.end
            ),
            len(passages),
        )

    return sorted(tables, key=rank)[:_MOST_TABLES]
