"""An answer from a table in words: what was done, how it was worked out, and the result as a person writes it."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from clearspan.language.quantities.number_words import SCALES
from clearspan.overview.answering.tables.denotations import Denotation
from clearspan.overview.answering.tables.derivations import Derivation, Operation
from clearspan.overview.answering.tables.grids import Grid
from clearspan.overview.answering.tables.rowsets import Rowset
from clearspan.overview.answering.tables.table import Cell
from clearspan.overview.arithmetic import is_exact, written
from clearspan.receipts import Calculation

_MOST_TERMS = 8
_DECIMALS = 2
_SIGNS = "$€£¥"


def described(grid: Grid, rowsets: Sequence[Rowset], derivation: Derivation, used: int) -> str:
    """What was done, as a phrase: 'the greatest of 12 values of Population'.

    Args:
        used: how many cells it rests on.
    """
    return _PHRASES[derivation.operation](_Parts(grid, rowsets, derivation, used))


def calculation(
    grid: Grid, derivation: Derivation, denotation: Denotation, operation: str
) -> Calculation | None:
    """How a number was worked out, from the cells as they are written; None where cells are the answer."""
    if denotation.number is None:
        return None
    result = shown_number(grid, denotation)
    value = denotation.number
    rounded = _rounded(value)
    notes = [operation]
    if denotation.scaled and grid.table.scale > 1:
        notes.append(f"the table gives its numbers in {_scale_word(grid.table.scale)}s")
    if rounded != value:
        notes.append(f"rounded to {_DECIMALS} decimals")
    return Calculation(
        expression=_expression(grid, derivation, denotation), result=result, method="; ".join(notes)
    )


def shown_number(grid: Grid, denotation: Denotation) -> str:
    """The number that was worked out, with its sign of money, its percent sign, or its scale."""
    value = _rounded(denotation.number or Fraction(0))
    text = written(value) if is_exact(value) else written(value, 12)
    if denotation.kind == "percent":
        return f"{text}%"
    if denotation.kind == "date":
        return f"{text} {'year' if value == 1 else 'years'}"
    if denotation.kind == "duration":
        return _clock(denotation.number or Fraction(0))
    if denotation.kind == "money":
        cells = (grid.columns[column].cells[row] for column, row in denotation.used)
        sign = next((each for cell in cells for each in cell.text if each in _SIGNS), "")
        text = f"−{sign}{text[1:]}" if text.startswith("−") else f"{sign}{text}"
    scaled = denotation.scaled and grid.table.scale > 1
    return f"{text} {_scale_word(grid.table.scale)}" if scaled else text


class _Parts:
    """The nouns of a phrase."""

    def __init__(self, grid: Grid, rowsets: Sequence[Rowset], derivation: Derivation, used: int) -> None:
        self.used = used
        self.out = _name(grid, derivation.out)
        self.key = _name(grid, derivation.key)
        self.rows = _rows(grid, rowsets[derivation.rows])
        self.other = _rows(grid, rowsets[derivation.other]) if derivation.other >= 0 else ""
        self.count = len(rowsets[derivation.rows].rows)


_PHRASES: Mapping[Operation, Callable[[_Parts], str]] = {
    "look up": lambda it: f"{it.out} of {it.rows}",
    "greatest": lambda it: f"the greatest of {it.count} values of {it.key}",
    "least": lambda it: f"the least of {it.count} values of {it.key}",
    "first": lambda it: f"the first of {it.count} rows",
    "last": lambda it: f"the last of {it.count} rows",
    "next": lambda it: f"the row after {it.rows}",
    "previous": lambda it: f"the row before {it.rows}",
    "count": lambda it: f"the number of rows: {it.rows}",
    "count different": lambda it: f"the number of different values of {it.out} in {it.count} rows",
    "sum": lambda it: f"the sum of {it.used} values of {it.out}",
    "average": lambda it: f"the average of {it.used} values of {it.out}",
    "range": lambda it: f"the greatest less the least of {it.used} values of {it.out}",
    "difference": lambda it: f"the difference of {it.out} between {it.rows} and {it.other}",
    "change": lambda it: f"the change of {it.out} between {it.rows} and {it.other}",
    "percentage change": lambda it: f"the change of {it.out} between {it.rows} and {it.other}, in percent",
    "ratio": lambda it: f"{it.out} of {it.rows} over that of {it.other}",
    "percentage": lambda it: f"{it.out} of {it.rows} as a percentage of that of {it.other}",
    "greater of two": lambda it: f"of {it.rows} and {it.other} the one with the greater {it.key}",
    "lesser of two": lambda it: f"of {it.rows} and {it.other} the one with the lesser {it.key}",
    "most common": lambda it: f"the most common {it.out} of {it.count} rows",
    "same value": lambda it: f"the other rows with the same {it.key} as {it.rows}",
    "difference of counts": lambda it: (
        f"the difference between the numbers of rows: {it.rows}, and {it.other}"
    ),
    "between columns": lambda it: f"the difference between {it.out} and {it.key} of {it.rows}",
    "yes or no": lambda it: f"{it.key} of {it.rows} compared with that of {it.other}",
}


def _name(grid: Grid, column: int) -> str:
    if column < 0:
        return ""
    return grid.columns[column].name.full or "the first column"


def _rows(grid: Grid, rowset: Rowset) -> str:
    """Rows by what chose them: one row by its label, several by the cell that they share."""
    if rowset.kind == "all":
        return f"all {len(rowset.rows)} rows"
    if len(rowset.rows) == 1:
        column = 0 if grid.turned else grid.label
        return grid.columns[column].cells[rowset.rows[0]].full or "one row"
    shared = [_shared(grid, column, rowset) for column in sorted(rowset.columns)]
    named = " and ".join(each for each in shared if each)
    which = "without" if rowset.kind == "except" else "with"
    return f"{len(rowset.rows)} rows {which} {named}" if named else f"{len(rowset.rows)} rows"


def _shared(grid: Grid, column: int, rowset: Rowset) -> str:
    if rowset.kind in ("bound", "except"):
        return f"that {_name(grid, column)}"
    texts = list(dict.fromkeys(grid.cell(column, row).text for row in rowset.rows))
    return texts[0] if len(texts) == 1 else " or ".join(texts[:3]) + (" …" if len(texts) > 3 else "")


def _expression(grid: Grid, derivation: Derivation, denotation: Denotation) -> str:
    cells = [grid.columns[column].cells[row] for column, row in denotation.used]
    said = [_figure(cell) for cell in cells]
    operation = derivation.operation
    if operation in ("count", "count different", "difference of counts"):
        return operation + " of " + _listed([cell.text or "…" for cell in cells], ", ")
    if operation == "sum":
        return _listed(said, " + ")
    if operation == "average":
        return f"({_listed(said, ' + ')}) ÷ {len(said)}"
    if operation == "range":
        amounts = sorted(cells, key=lambda cell: cell.value.amount or 0)
        return f"{_figure(amounts[-1])} − {_figure(amounts[0])}"
    return _of_two(grid, denotation, operation, said)


def _of_two(grid: Grid, denotation: Denotation, operation: Operation, said: Sequence[str]) -> str:
    one, other = said[0], said[1]
    first, second = (grid.columns[c].cells[r].value.amount or Fraction(0) for c, r in denotation.used[:2])
    if operation == "ratio":
        return f"{one} ÷ {other}"
    if operation == "percentage":
        return f"{one} ÷ {other} × 100"
    number = denotation.number or Fraction(0)
    old, new = (one, other)
    # Of a change the later value comes first, of a plain difference the greater one.
    falls = second - first != number if operation == "change" else first > second
    if operation == "percentage change":
        falls = first == 0 or (second - first) / first * 100 != number
    if falls:
        old, new = new, old
    return f"({new} − {old}) ÷ {old} × 100" if operation == "percentage change" else f"{new} − {old}"


def _listed(texts: Sequence[str], sign: str) -> str:
    if len(texts) <= _MOST_TERMS:
        return sign.join(texts)
    return sign.join((*texts[: _MOST_TERMS - 2], "…", texts[-1]))


def _figure(cell: Cell) -> str:
    """A cell as a term of a calculation: negative numbers and words in brackets left as they are."""
    value = cell.value
    if value.kind == "date" and value.year is not None:
        return str(value.year)
    if value.exact is None:
        return cell.text
    return f"({cell.text})" if value.exact < 0 and not cell.text.startswith("(") else cell.text


def _rounded(value: Fraction) -> Fraction:
    places = _DECIMALS
    while value and abs(value) < Fraction(1, 10**places) and places < 8:
        places += 2
    return Fraction(round(value * 10**places), 10**places)


def _scale_word(scale: int) -> str:
    return next(word for word, value in SCALES.items() if value == scale)


def _clock(value: Fraction) -> str:
    seconds = float(value)
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    tail = f"{left:06.3f}".rstrip("0").rstrip(".") if left % 1 else f"{int(left):02d}"
    return f"{int(hours)}:{int(minutes):02d}:{tail}" if hours else f"{int(minutes)}:{tail}"
