"""Plain text."""

from dataclasses import replace

from clearspan.language.sentences import headings
from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.direction import straighten
from clearspan.library.readers.front_matter import take_off
from clearspan.library.readers.reading import MOST_HIDDEN, Reading, normalise


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """The text as it is; lines that read as headings divide it."""
    turned: list[str] = []
    said = take_off(normalise(straighten(decode(data, name, charset), turned)), name)
    text = said.text.strip("\n")
    spans = tuple(headings(text))
    first = text[slice(*spans[0])] if spans and not text[: spans[0][0]].strip() else ""
    hidden = "\n".join(turned)[:MOST_HIDDEN]
    return replace(said, text=text, title=said.title or first, headings=spans, hidden=hidden)


FORMAT = Format(("text/plain",), (".txt", ".text", ".log"), read)
