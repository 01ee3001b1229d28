"""A tree of HTML laid out as plain text: paragraphs, headings, lists and tables."""

from collections.abc import Iterator, Set
from itertools import repeat

from clearspan.library.readers.markup import Element
from clearspan.library.readers.reading import Manuscript, one_line
from clearspan.library.readers.tables import TableCell, TableRow, table_lines

# Tags of HTML, and of the XML that trafilatura makes of it.
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6", "head"}
_LISTS = {"ul", "ol", "list", "menu", "dir"}
_ITEMS = {"li", "item"}
_ROWS = ("tr", "row")
_CELLS = {"td", "th", "cell"}
_BREAKS = {"br", "lb"}
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form frameset header hgroup hr html legend li main menu nav noframes ol optgroup option p pre search"
    " section summary table tbody td tfoot th thead tr ul list item row cell quote doc comments".split()
) | frozenset(_HEADINGS)
_DEFINED = frozenset(("dl", "dt", "dd"))
_LONGEST_TERM = 300
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
)
_ROMAN_UNITS = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")


def lay_out(root: Element, manuscript: Manuscript) -> None:
    """Headings on lines of their own, list items and table rows a line each, everything else by paragraphs."""
    flow = _Flow(manuscript)
    flow.visit(root)
    flow.end_paragraph()


def numeral(number: int, kind: str) -> str:
    """The number of an item: `1`, `a`, `A`, `i`, `I` by the kind of list; figures beyond what a kind has."""
    if kind in ("a", "A") and 1 <= number <= 26 * 26:
        before, last = divmod(number - 1, 26)
        text = (chr(96 + before) if before else "") + chr(97 + last)
        return text.upper() if kind == "A" else text
    if kind in ("i", "I") and 1 <= number < 4000:
        text, rest = "", number
        for value, sign in _ROMAN:
            text += sign * (rest // value)
            rest %= value
        text += _ROMAN_UNITS[rest]
        return text.upper() if kind == "I" else text
    return str(number)


class _Flow:
    """Walks a tree; inline text gathers until a block begins or ends."""

    def __init__(self, manuscript: Manuscript) -> None:
        self._manuscript = manuscript
        self._inline: list[str] = []
        self._marker = ""

    def visit(self, element: Element) -> None:
        tag = element.tag
        if tag in _BREAKS:
            self._inline.append("\n")
        elif tag in _BLOCKS:
            self.end_paragraph()
            self._block(element)
            self.end_paragraph()
        else:
            self._inside(element)

    def end_paragraph(self) -> None:
        lines = (one_line(line) for line in "".join(self._inline).split("\n"))
        self._inline.clear()
        text = "\n".join(line for line in lines if line)
        if text and self._marker:
            text, self._marker = f"{self._marker} {text}", ""
        self._manuscript.paragraph(text)

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
            self._manuscript.heading(text_of(element))
        elif (lines := block_lines(element)) is not None:
            self._manuscript.lines(lines)
        elif element.tag in _LISTS:
            self._list(element)
        elif element.tag == "pre":
            self._manuscript.paragraph(element.text_content().strip("\n"))
        else:
            self._inside(element)

    def _list(self, element: Element) -> None:
        """A list whose items hold tables, headings or code: these by themselves, the marker before the first text."""
        markers = _markers(element)
        for child in element:
            self.end_paragraph()
            if child.tag in _ITEMS:
                self._marker = next(markers)
            self._inside(child)
        self.end_paragraph()
        self._marker = ""


def block_lines(element: Element) -> Iterator[str] | None:
    """A list, a list of definitions or a table as lines; None if it is none, or holds what wants its own place."""
    if element.tag in _LISTS and _is_plain(element):
        return _item_lines(element)
    if element.tag == "dl" and _is_plain(element):
        return _definitions(element)
    if element.tag == "table" and _is_data(element):
        return _table(element)
    return None


def _table(element: Element) -> Iterator[str]:
    for caption in element.iter("caption"):
        if text := text_of(caption):
            yield text
    yield from table_lines([_row(row) for row in element.iter(*_ROWS)])


def _row(row: Element) -> TableRow:
    above = row.getparent()
    heads = above is not None and above.tag == "thead"
    return TableRow([_cell(cell) for cell in row if cell.tag in _CELLS], heads)


def _cell(cell: Element) -> TableCell:
    names = cell.tag == "th" or cell.get("role") in ("head", "columnheader", "rowheader")
    return TableCell(text_of(cell, broken=True), _span(cell, "rowspan"), _span(cell, "colspan"), names)


def _span(cell: Element, name: str) -> int:
    said = cell.get(name) or ""
    if name == "rowspan" and said == "0":
        return 65_534
    return int(said) if said.isdecimal() and len(said) < 7 else 1


def _item_lines(element: Element) -> Iterator[str]:
    """One line an item, with its marker; items of inner lists follow the item that they belong to."""
    markers = _markers(element)
    for item in element:
        if item.tag in _LISTS:
            yield from _item_lines(item)
        if item.tag not in _ITEMS:
            continue
        marker = next(markers)
        own = text_of(item, leaving=_LISTS)
        if own:
            yield own if own[0] in "☐☑" else f"{marker} {own}"
        for child in item:
            if child.tag in _LISTS:
                yield from _item_lines(child)


def _markers(element: Element) -> Iterator[str]:
    """The marker of each item in order."""
    if element.tag != "ol" and element.get("rend") != "ol":
        yield from repeat("-")
    kind = element.get("type") or "1"
    items = [child for child in element if child.tag in _ITEMS]
    step = -1 if element.get("reversed") is not None else 1
    number = _number(element.get("start"), len(items) if step < 0 else 1)
    for item in items:
        number = _number(item.get("value"), number)
        yield f"{numeral(number, item.get('type') or kind)}."
        number += step
    yield from repeat("-")


def _number(said: str | None, usual: int) -> int:
    plain = (said or "").strip()
    return int(plain) if plain.removeprefix("-").isdecimal() and len(plain) < 10 else usual


def _definitions(element: Element) -> Iterator[str]:
    """One line for each definition, after its terms."""
    terms: list[str] = []
    defined = False
    for part in element.iter("dt", "dd"):
        text = text_of(part, leaving=_DEFINED)
        if part.tag == "dt":
            terms = [*([] if defined else terms), text]
            defined = False
        elif text:
            term = ", ".join(filter(None, terms)).removesuffix(":")
            yield f"{term}: {text}" if term else text
            defined = True
    if terms and not defined:
        yield ", ".join(filter(None, terms))


def _is_plain(element: Element) -> bool:
    """Whether a list holds lines of text, and no tables, headings or code that want their own layout."""
    if any(inner.tag in _HEADINGS or inner.tag in ("table", "pre") for inner in element.iter()):
        return False
    return element.tag != "dl" or all(len(text_of(term)) <= _LONGEST_TERM for term in element.iter("dt"))


def _is_data(table: Element) -> bool:
    """Whether a table holds data; one that holds tables, headings or a single column only lays out the page."""
    inner = [element for element in table.iter() if element is not table]
    if any(element.tag == "table" or element.tag in _HEADINGS for element in inner):
        return False
    return any(sum(cell.tag in _CELLS for cell in row) > 1 for row in table.iter(*_ROWS))


def text_of(element: Element, leaving: Set[str] = frozenset(), *, broken: bool = False) -> str:
    """What an element says on one line.

    Args:
        leaving: tags of what within it is left out.
        broken: whether its line breaks stay.
    """
    lines = "".join(_pieces(element, leaving)).split("\v")
    return "\n".join(filter(None, map(one_line, lines))) if broken else one_line(" ".join(lines))


def _pieces(element: Element, leaving: Set[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag in _BREAKS:
            yield "\v"
        elif child.tag not in leaving:
            space = " " if child.tag in _BLOCKS else ""
            yield space
            yield from _pieces(child, leaving)
            yield space
        yield child.tail or ""
