"""Whether what a derivation comes to is the answer that people gave."""

import re
from collections.abc import Sequence

from clearspan.language.words import words
from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.overview.answering.tables.denotations import Denotation
from clearspan.overview.answering.tables.grids import Grid
from clearspan.overview.answering.tables.table import Cell
from clearspan.overview.answering.tables.values import cell_value, without_footnote

_SCALE_WORD = re.compile(r"\s*\b(?:percent|thousand|million|billion)\b\.?$", re.IGNORECASE)
_DECIMALS = re.compile(r"\.(\d+)")


def agrees(question: LabelledQuestion, grid: Grid, denotation: Denotation) -> bool:
    """Whether a denotation is right.

    Where the answer is a sentence and people marked rows, every cell that is shown must stand in a marked row and in
    that sentence. Else the values must be those of the answer, in any order; numbers as far as the answer writes them
    out, the scale that a table tells left aside.
    """
    if question.marked == "gold":
        return _in_marked_rows(question, grid, denotation)
    return same_values(question.answers, denotation)


def same_values(answers: Sequence[str], denotation: Denotation) -> bool:
    """Whether the values of a denotation are these answers, one for one."""
    if denotation.number is not None:
        return len(answers) == 1 and _same_number(answers[0], float(denotation.number))
    left = list(answers)
    for value in denotation.values:
        match = next((answer for answer in left if same_text(answer, value)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def same_text(answer: str, value: str) -> bool:
    """Whether two texts are the same but for case, signs, footnotes, and how a number or a date is written."""
    if _plain(answer) == _plain(value):
        return True
    one, other = cell_value(answer.strip()), cell_value(without_footnote(value.strip()))
    if one.exact is None or other.exact is None or (one.kind == "date") != (other.kind == "date"):
        return False
    if one.kind == "date":
        return one.exact == other.exact and one.precision == other.precision
    # '3–1' is no 3: beside the number hardly anything may stand.
    alone = sum(map(str.isdigit, value)) == len(re.sub(r"\D", "", str(float(other.exact)).removesuffix(".0")))
    return one.exact == other.exact and alone


def _same_number(answer: str, number: float) -> bool:
    stated = cell_value(_SCALE_WORD.sub("", answer.strip()))
    if stated.exact is None:
        return False
    expected = float(stated.exact)
    if stated.kind == "date":
        expected = float(stated.year or 0)
    decimals = _DECIMALS.search(answer)
    # A percentage without decimals was rounded, too; any other number without them is meant exactly.
    rounded = 0.5 * 10.0 ** -len(decimals[1]) if decimals else 0.5 if "percent" in answer else 0.0
    return abs(expected - number) <= rounded * (1 + 1e-6) + 1e-6 * max(1.0, abs(expected))


def _in_marked_rows(question: LabelledQuestion, grid: Grid, denotation: Denotation) -> bool:
    if not denotation.shown:
        return same_values(question.answers, denotation)
    answer = f" {' '.join(words(question.answers[0]))} " if question.answers else ""
    marked = {line.strip() for line in question.evidence}
    lines = {row.start: row for row in grid.table.rows}
    page = next((page for page in question.pages if any(line in page.text for line in marked)), None)
    if page is None:
        return False
    spans = [(row.start, row.end) for row in lines.values() if page.text[row.start : row.end] in marked]
    cells = [grid.columns[column].cells[row] for column, row in denotation.shown]
    return all(_said(cell, answer) and any(a <= cell.start <= b for a, b in spans) for cell in cells)


def _said(cell: Cell, sentence: str) -> bool:
    own = " ".join(words(without_footnote(cell.text)))
    return bool(own) and f" {own} " in sentence


def _plain(text: str) -> str:
    return " ".join(words(without_footnote(text)))
