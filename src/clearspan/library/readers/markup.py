"""A tree of HTML laid out as plain text."""

import importlib
import re
from collections.abc import Iterator, MutableMapping, Set
from typing import Any, Protocol, cast

from clearspan.errors import BadInput
from clearspan.library.readers.reading import Manuscript, one_line

# Tags of HTML, and of the XML that trafilatura makes of it.
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "head"}
_LISTS = {"ul", "ol", "list"}
_ITEMS = {"li", "item"}
_ROWS = {"tr", "row"}
_CELLS = {"td", "th", "cell"}
_BREAKS = {"br", "lb"}
_INLINE = frozenset(
    "a abbr b bdi bdo big button cite code data del dfn em font hi i img graphic ins kbd label mark q ref s samp"
    " small span strike strong sub sup time tt u var wbr".split()
)
GONE = "clearspan-gone"
"""The tag of what is to be taken out of a tree. One by one, each would copy the text around it."""

_DEEPEST = 120
"""Elements within each other that a tree keeps; pages have some twenty."""

_NOTE_MARK = re.compile(r"\[?\w{1,3}\]?")
_RAISED = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")


class Element(Protocol):
    """What is used of an lxml element, which carries no types."""

    tag: object
    attrib: "MutableMapping[str, str]"
    text: str | None
    tail: str | None

    def get(self, key: str) -> str | None: ...
    def iter(self, *tags: str) -> "Iterator[Element]": ...
    def __iter__(self) -> "Iterator[Element]": ...
    def getparent(self) -> "Element | None": ...
    def text_content(self) -> str: ...
    def xpath(self, path: str) -> "list[Element]": ...


def parse(html: str) -> Element | None:
    """The tree of a page or a fragment; None if there is nothing in it.

    What is nested deeper than any page that somebody wrote is laid beside its parent, as browsers do.

    Raises:
        BadInput: it is nested so deeply that the parser gives up; the rest of it would be lost in silence.
    """
    lxml_html = importlib.import_module("lxml.html")
    # lxml refuses text that names its own encoding; here it is decoded already.
    plain = re.sub(r"\A\s*<\?xml[^>]*\?>", "", html)
    parser = lxml_html.HTMLParser(huge_tree=True)
    try:
        root = lxml_html.document_fromstring(plain, parser=parser)
    except (lxml_html.etree.LxmlError, ValueError):
        return None
    if any(one.type_name == "ERR_RESOURCE_LIMIT" for one in parser.error_log):
        raise BadInput(
            "Its elements are nested thousands deep.",
            why="No page that somebody wrote is; only its beginning could be read.",
            do="Save its text alone, and add that.",
        )
    _flatten(root)
    return cast(Element, root)


def _flatten(root: Any) -> None:
    """Take away the elements below a depth, and leave what is in them: trees are walked by recursion."""
    etree = importlib.import_module("lxml.etree")
    depth = 0
    deep: list[Element] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth > _DEEPEST:
            deep.append(element)
    for element in deep:
        element.tag = GONE
        element.text, element.tail = f" {element.text or ''}", f" {element.tail or ''}"
    etree.strip_tags(root, GONE)


def take_out(root: Element, *tags: str, notes: bool = False) -> None:
    """Take elements out of a tree by their tags, the root never; what follows them stays.

    Args:
        notes: whether comments and processing instructions go, too.
    """
    etree = importlib.import_module("lxml.etree")
    functions = (etree.Comment, etree.ProcessingInstruction) if notes else ()
    etree.strip_elements(root, *tags, *functions, with_tail=False)


def raise_exponents(root: Element) -> None:
    """Take marks of footnotes out of a tree, and write exponents in raised figures."""
    for raised in list(root.iter("sup")):
        content = one_line(raised.text_content())
        if raised.xpath(".//a") and _NOTE_MARK.fullmatch(content):
            raised.tag = GONE
        elif len(content) <= 4 and not list(raised):
            raised.text = content.translate(_RAISED)
    take_out(root, GONE)


def lay_out(root: Element, manuscript: Manuscript) -> None:
    """Headings on lines of their own, list items and table rows a line each, everything else by paragraphs."""
    flow = _Flow(manuscript)
    flow.visit(root)
    flow.end_paragraph()


class _Flow:
    """Walks a tree; inline text gathers until a block begins or ends."""

    def __init__(self, manuscript: Manuscript) -> None:
        self._manuscript = manuscript
        self._inline: list[str] = []

    def visit(self, element: Element) -> None:
        tag = element.tag
        if tag in _BREAKS:
            self._inline.append("\n")
        elif tag in _INLINE:
            self._inside(element)
        else:
            self.end_paragraph()
            self._block(element)
            self.end_paragraph()

    def end_paragraph(self) -> None:
        lines = (one_line(line) for line in "".join(self._inline).split("\n"))
        self._inline.clear()
        self._manuscript.paragraph("\n".join(line for line in lines if line))

    def _inside(self, element: Element) -> None:
        self._say(element.text)
        for child in element:
            self.visit(child)
            self._say(child.tail)

    def _say(self, text: str | None) -> None:
        # A line end in the source is a space on the page.
        self._inline.append((text or "").replace("\n", " "))

    def _block(self, element: Element) -> None:
        if element.tag in _HEADINGS:
            self._manuscript.heading(_text(element))
        elif element.tag in _LISTS and _is_plain_list(element):
            self._manuscript.lines(_item_lines(element))
        elif element.tag == "table" and _is_data(element):
            for caption in element.iter("caption"):
                self._manuscript.paragraph(_text(caption))
            self._manuscript.table([_cells(row) for row in element.iter(*_ROWS)])
        elif element.tag == "pre":
            self._manuscript.paragraph(element.text_content().strip("\n"))
        else:
            self._inside(element)


def _item_lines(element: Element) -> Iterator[str]:
    """One line an item, with its marker; items of inner lists follow the item that they belong to."""
    begins = element.get("start") or ""
    first = int(begins) if begins.isdecimal() else 1
    for number, item in enumerate((child for child in element if child.tag in _ITEMS), start=first):
        marker = f"{number}." if element.tag == "ol" or element.get("rend") == "ol" else "-"
        inner = [child for child in item if child.tag in _LISTS]
        own = _text(item, leaving=_LISTS)
        if own:
            yield f"{marker} {own}"
        for child in inner:
            yield from _item_lines(child)


def _is_plain_list(element: Element) -> bool:
    """Whether a list holds lines of text, and no tables or headings that want their own layout."""
    return not any(inner.tag in _HEADINGS or inner.tag == "table" for inner in element.iter())


def _is_data(table: Element) -> bool:
    """Whether a table holds data; one that holds tables, headings or a single column only lays out the page."""
    inner = [element for element in table.iter() if element is not table]
    if any(element.tag == "table" or element.tag in _HEADINGS for element in inner):
        return False
    return any(len(_cells(row)) > 1 for row in table.iter(*_ROWS))


def _cells(row: Element) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if cell.tag in _CELLS:
            span = cell.get("colspan") or "1"
            cells.append(_text(cell))
            cells.extend([""] * (min(int(span), 50) - 1 if span.isdecimal() else 0))
    return cells


def _text(element: Element, leaving: Set[str] = frozenset()) -> str:
    return one_line("".join(_pieces(element, leaving)))


def _pieces(element: Element, leaving: Set[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag not in leaving:
            space = "" if child.tag in _INLINE else " "
            yield space
            yield from _pieces(child, leaving)
            yield space
        yield child.tail or ""
