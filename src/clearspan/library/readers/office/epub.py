"""EPUB: the chapters of a book in the order in which they are read."""

import posixpath
from typing import Any
from urllib.parse import unquote

from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.flow import lay_out
from clearspan.library.readers.markup import parse
from clearspan.library.readers.office.archive import ZippedDocument, children, local
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, iso_date, not_read, one_line
from clearspan.library.readers.unseen import take_out_unseen
from clearspan.library.readers.written import left_out, show, write_out


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Its pages as those of the web are read, with the title, the author and the date that the book declares."""
    del charset
    package = ZippedDocument(data, name, "an EPUB")
    container = package.tree("META-INF/container.xml")
    named = [] if container is None else [one for one in container.iter() if local(one) == "rootfile"]
    path = named[0].get("full-path") or "" if named else ""
    book = package.tree(path)
    if book is None:
        raise package.damaged()
    manuscript, hidden = Manuscript(), list[str]()
    unread: dict[str, int] = {}
    for chapter in _chapters(book, posixpath.dirname(path)):
        _set(package.part(chapter), name, manuscript, hidden, unread)
    said = {local(one): one_line(str(one.text or "")) for one in children(book, "metadata")}
    return Reading(
        text=manuscript.text,
        title=said.get("title", ""),
        headings=manuscript.headings,
        author=said.get("creator") or None,
        publisher=said.get("publisher") or None,
        date=iso_date(said.get("date", "")),
        hidden="\n".join(filter(None, hidden))[:MOST_HIDDEN],
        left_out=not_read(unread),
    )


FORMAT = Format(("application/epub+zip",), (".epub",), read)


def _chapters(book: Any, folder: str) -> list[str]:
    """Paths of the pages in reading order, the list of contents apart."""
    items = {one.get("id"): one for one in children(book, "manifest")}
    found = [items.get(one.get("idref")) for one in children(book, "spine")]
    pages = [one for one in found if one is not None and "nav" not in (one.get("properties") or "").split()]
    return [posixpath.normpath(posixpath.join(folder, unquote(one.get("href") or ""))) for one in pages]


def _set(
    page: bytes | None, name: str, manuscript: Manuscript, hidden: list[str], unread: dict[str, int]
) -> None:
    root = None if page is None else parse(decode(page, name, "utf-8"))
    if root is None:
        return
    for kind, count in left_out(root).items():
        unread[kind] = unread.get(kind, 0) + count
    show(root)
    hidden.append(take_out_unseen(root))
    write_out(root)
    for body in root.iter("body"):
        lay_out(body, manuscript)
