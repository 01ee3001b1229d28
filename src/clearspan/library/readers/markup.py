"""A tree of HTML: parsed, kept from growing too deep, and taken apart."""

import importlib
import re
from collections.abc import Iterator, MutableMapping
from typing import Any, Protocol, cast

from clearspan.errors import BadInput

GONE = "clearspan-gone"
"""The tag of what is to be taken out of a tree. One by one, each would copy the text around it."""

_DEEPEST = 120
"""Elements within each other that a tree keeps; pages have some twenty."""


class Element(Protocol):
    """What is used of an lxml element, which carries no types."""

    tag: object
    attrib: "MutableMapping[str, str]"
    text: str | None
    tail: str | None

    def get(self, key: str) -> str | None: ...
    def iter(self, *tags: str) -> "Iterator[Element]": ...
    def __iter__(self) -> "Iterator[Element]": ...
    def __len__(self) -> int: ...
    def getparent(self) -> "Element | None": ...
    def iterancestors(self, *tags: str) -> "Iterator[Element]": ...
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


def put_text(element: Element, text: str) -> None:
    """Make of an element, whatever it holds, so much text in the line around it; what it looks like stays."""
    looks = dict(element.attrib)
    cast(Any, element).clear(keep_tail=True)
    element.attrib.update(looks)
    element.tag = "span"
    element.text = text
