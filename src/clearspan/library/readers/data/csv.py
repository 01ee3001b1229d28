"""Tables of comma- or tab-separated values: a row a line, each value after the name of its column."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from clearspan.errors import BadInput
from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.reading import Manuscript, Reading, normalise
from clearspan.library.readers.tables import TableRow, plain_rows, table_lines

_SAMPLE = 20_000
_DELIMITERS = ",;\t|"
_TOGETHER = 500
"""Rows that are laid out at a time: all of them as cells would fill the memory."""


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Rows as `Column: value; Column: value`; the delimiter is the one that parts the first lines most evenly."""
    text = normalise(decode(data, name, charset))
    delimiter = "\t" if name.lower().endswith(".tsv") else _delimiter(text[:_SAMPLE])
    manuscript = Manuscript()
    manuscript.lines(_lines(_rows(text, delimiter, name)))
    return Reading(text=manuscript.text)


FORMAT = Format(("text/csv", "text/tab-separated-values"), (".csv", ".tsv"), read)


def _rows(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    csv.field_size_limit(len(text) + 1)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise BadInput(
            f"{name} cannot be read as a table.",
            why=f"{error}.",
            do="Save it anew as CSV in UTF-8, and add that.",
        ) from error


def _lines(rows: Iterator[list[str]]) -> Iterator[str]:
    first = list(islice(rows, _TOGETHER))
    yield from table_lines(plain_rows(first))
    head = first[:1] if _is_headed(first) else []
    while more := list(islice(rows, _TOGETHER)):
        yield from table_lines([*plain_rows(head, headed=True), *_body(more, bool(head))])


def _body(rows: Sequence[Sequence[str]], headed: bool) -> list[TableRow]:
    # Without names the first of the rows must not be taken for them.
    return plain_rows(rows) if headed else [*plain_rows([[]], headed=True), *plain_rows(rows)]


def _is_headed(rows: Sequence[Sequence[str]]) -> bool:
    told = next(table_lines(plain_rows(rows[:30])), "")
    return bool(rows) and any(f"{name}: " in told for name in rows[0] if name)


def _delimiter(sample: str) -> str:
    lines = [line for line in sample.split("\n")[:30] if line.strip()]

    def evenness(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        return (sum(count == counts[0] > 0 for count in counts), counts[0]) if counts else (0, 0)

    return max(_DELIMITERS, key=evenness)
