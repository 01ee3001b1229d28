"""A span of a document that a sentence cites; of a table cell by cell."""

from pydantic import Field

from clearspan.record import Record


class CitedTable(Record):
    """Rows of a table that a citation quotes, cell by cell, with what names the columns.

    Rows and columns of `marked` count from 0 within `rows`; a row of -1 is the header.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: tuple[tuple[int, int], ...] = Field(
        default=(), description="row and column of each cell that answers, or is calculated with"
    )

    def as_text(self) -> str:
        """Its rows one a line, each cell behind the name of its column; what is empty is left out."""
        return "\n".join(self._line(row) for row in self.rows)

    def _line(self, row: tuple[str, ...]) -> str:
        pairs = zip((*self.header, *[""] * len(row)), row, strict=False)
        return "; ".join(f"{name}: {cell}" if name else cell for name, cell in pairs if cell)


class Citation(Record):
    """A span of a document that supports a claim.

    `start` and `end` are character offsets into the document's stored text, and `quote` is exactly
    `text[start:end]`; `number` is the superscript that the reader sees and equals the source's number.
    """

    number: int
    document_id: str
    passage_id: str
    start: int
    end: int
    quote: str
    title: str
    url: str | None = None
    publisher: str | None = None
    date: str | None = None
    page: int | None = None
    table: CitedTable | None = Field(
        default=None, description="the quote cell by cell, where it is of a table; None in old receipts"
    )
