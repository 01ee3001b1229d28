"""Web pages: the main text without its frame, and what the page says of itself."""

import copy
import importlib
import re
from typing import Any

from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.flow import block_lines, lay_out
from clearspan.library.readers.markup import GONE, Element, parse, take_out
from clearspan.library.readers.metadata import said_by
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, not_read, one_line
from clearspan.library.readers.unseen import take_out_unseen
from clearspan.library.readers.written import left_out, show, write_out

_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_FRAME = "//nav | //footer | //aside | //form | //*[@role='navigation'] | //*[@role='contentinfo']"
_SHORT = 400
"""Words up to which a page is short: the share that is its frame cannot be told from the share that is text."""
_KEPT_OF_SHORT = 0.8
_KEPT_OF_LONG = 0.2
_MOSTLY_LINKS = 0.5
"""Share of a list or a table in links from which it leads elsewhere, and is left to be judged as such."""


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """The main text by trafilatura, leaning to keep too much; all shown text where that loses too much.

    Scripts are never run and never kept.
    """
    named = _META_CHARSET.search(data[:4096])
    html = decode(data, name, charset or (named.group(1).decode("ascii") if named else None))
    root = parse(html)
    if root is None:
        return Reading(text="")
    said = said_by(root)
    unread = not_read(left_out(root))
    show(root)
    hidden = take_out_unseen(root)
    write_out(root)
    whole = _whole(root)
    main = _main(root)
    manuscript = main if main is not None and _keeps_enough(main, whole) else whole
    return Reading(
        text=manuscript.text,
        title=said.title or _first_heading(whole) or "",
        headings=manuscript.headings,
        claimed_url=said.url,
        claimed_publisher=said.site,
        author=said.author,
        date=said.date,
        hidden=hidden,
        frame=_footer(root),
        left_out=unread,
    )


FORMAT = Format(("text/html", "application/xhtml+xml"), (".html", ".htm", ".xhtml"), read)


def _main(root: Element) -> Manuscript | None:
    bare_extraction = importlib.import_module("trafilatura").bare_extraction
    page = copy.deepcopy(root)
    _set_down(page)
    found = bare_extraction(
        page,
        favor_recall=True,
        include_tables=True,
        include_comments=False,
        include_images=False,
        include_formatting=False,
        include_links=False,
        with_metadata=False,
        date_extraction_params={"extensive_search": False},
    )
    if found is None:
        return None
    manuscript = Manuscript()
    lay_out(found.body, manuscript)
    return manuscript


def _set_down(page: Element) -> None:
    """Write tables and numbered lists as lines: the extractor forgets their spans, their names and their numbers."""
    etree = importlib.import_module("lxml.etree")
    for block in list(page.iter("table", "ol", "dl")):
        if any(above.tag == GONE for above in block.iterancestors()) or _leads_elsewhere(block):
            continue
        lines = None if block.getparent() is None else block_lines(block)
        if lines is None:
            continue
        told = list(lines)
        plain: Any = block
        plain.clear(keep_tail=True)
        plain.tag = "p"
        plain.text = told[0] if told else ""
        for line in told[1:]:
            etree.SubElement(plain, "br").tail = line


def _leads_elsewhere(block: Element) -> bool:
    linked = sum(len(link.text_content()) for link in block.iter("a"))
    return linked > _MOSTLY_LINKS * len(block.text_content())


def _whole(root: Element) -> Manuscript:
    """All that the page shows but its navigation, forms and footer."""
    page = copy.deepcopy(root)
    for framed in page.xpath(_FRAME):
        framed.tag = GONE
    take_out(page, GONE)
    manuscript = Manuscript()
    for body in page.iter("body"):
        lay_out(body, manuscript)
    return manuscript


def _footer(root: Element) -> str:
    footers = root.xpath("//footer | //*[@role='contentinfo'] | //*[@id='footer'] | //*[@class='footer']")
    return "\n".join(one_line(footer.text_content()) for footer in footers)[:MOST_HIDDEN]


def _keeps_enough(main: Manuscript, whole: Manuscript) -> bool:
    words = len(whole.text.split())
    least = _KEPT_OF_SHORT if words <= _SHORT else _KEPT_OF_LONG
    # Without its headings a page would be cut into passages anywhere.
    headed = bool(main.headings) or not whole.headings
    return headed and len(main.text.split()) >= least * words


def _first_heading(manuscript: Manuscript) -> str | None:
    return manuscript.text[slice(*manuscript.headings[0])] if manuscript.headings else None
