"""Web pages: the main text without its frame, and what the page says of itself."""

import copy
import importlib
import re
from typing import Any

from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.markup import GONE, Element, lay_out, parse, take_out
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, iso_date, one_line
from clearspan.library.readers.unseen import take_out_unseen

_META_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_FRAME = "//nav | //footer | //aside | //form | //*[@role='navigation'] | //*[@role='contentinfo']"
_SHORT = 400
"""Words up to which a page is short: the share that is its frame cannot be told from the share that is text."""
_KEPT_OF_SHORT = 0.8
_KEPT_OF_LONG = 0.2


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """The main text by trafilatura, leaning to keep too much; all shown text where that loses too much.

    Scripts are never run and never kept.
    """
    named = _META_CHARSET.search(data[:4096])
    html = decode(data, name, charset or (named.group(1).decode("ascii") if named else None))
    root = parse(html)
    if root is None:
        return Reading(text="")
    said = _metadata(root)
    hidden = take_out_unseen(root)
    whole = _whole(root)
    main = _main(root)
    manuscript = main if main is not None and _keeps_enough(main, whole) else whole
    return Reading(
        text=manuscript.text,
        title=_said(said.title) or _first_heading(whole) or "",
        headings=manuscript.headings,
        claimed_url=_said(said.url),
        claimed_publisher=_said(said.sitename),
        author=_said(said.author),
        date=iso_date(_said(said.date) or ""),
        hidden=hidden,
        frame=_footer(root),
    )


FORMAT = Format(("text/html", "application/xhtml+xml"), (".html", ".htm", ".xhtml"), read)


def _metadata(root: Element) -> Any:
    """What the page's own markup says; a date only from markup, never guessed from the text."""
    extract_metadata = importlib.import_module("trafilatura").extract_metadata
    dates = {"original_date": True, "extensive_search": False}
    return extract_metadata(copy.deepcopy(root), date_config=dates)


def _main(root: Element) -> Manuscript | None:
    bare_extraction = importlib.import_module("trafilatura").bare_extraction
    found = bare_extraction(
        copy.deepcopy(root),
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


def _said(value: object) -> str | None:
    return one_line(str(value)) or None if value else None
