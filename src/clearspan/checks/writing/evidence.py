"""Marked evidence of questions as quotes, as an overview would give them to a writer."""

import hashlib
from collections.abc import Mapping, Sequence

from clearspan.language.sentences import sentences
from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.overview.answering.tables.claims import cited_table
from clearspan.overview.answering.tables.table import tables_of
from clearspan.receipts import Citation, CitedTable, Claim

_FEWEST_WORDS = 5


def drawn(questions: Sequence[LabelledQuestion], most: Mapping[str, int]) -> list[LabelledQuestion]:
    """Questions of each set with something to write from, at most one a page, in an order that mixes the sets.

    Args:
        most: of each set.
    """
    found: list[LabelledQuestion] = []
    for name, count in most.items():
        titles: set[str] = set()
        for one in sorted((each for each in questions if each.origin == name), key=_hashed):
            title = one.pages[0].title if one.pages else ""
            usable = one.answerable and len(one.question.split()) > 2 and title not in titles
            if len(titles) < count and usable and quotes_of(one):
                titles.add(title)
                found.append(one)
    return sorted(found, key=_hashed)


def quotes_of(question: LabelledQuestion, most: int = 3) -> list[Claim]:
    """The evidence as quotes; the first sentences of the documents where none is marked.

    Args:
        most: quotes at most.
    """
    evidence = question.evidence or tuple(
        one.text[start:end] for one in question.pages[:2] for start, end in sentences(one.text)[:2]
    )
    said = (text for text in evidence if len(text.split()) >= _FEWEST_WORDS)
    return [claim for text in said if (claim := _quoted(question, text))][:most]


def _quoted(question: LabelledQuestion, text: str) -> Claim | None:
    """A quote of the first page that says a text; None where none does."""
    number = next((n for n, page in enumerate(question.pages, 1) if text in page.text), 0)
    if not number:
        return None
    page = question.pages[number - 1]
    start = page.text.find(text)
    citation = Citation(
        number=number,
        document_id=str(number),
        passage_id=str(number),
        start=start,
        end=start + len(text),
        quote=text,
        title=page.title,
        table=_cells(page.text, start, start + len(text)) if text.lstrip().startswith("|") else None,
    )
    return Claim(
        text=" ".join(text.split()), origin="quoted", support="supported", score=1.0, citations=(citation,)
    )


def _cells(text: str, start: int, end: int) -> CitedTable | None:
    for table in tables_of(text, "1", ""):
        for place, row in enumerate(table.rows):
            if row.start <= start and end <= row.end:
                return cited_table(table, place, place, ())
    return None


def _hashed(question: LabelledQuestion) -> bytes:
    return hashlib.sha256(question.id.encode()).digest()
