"""What a page tells by the looks of its text, written as plain text: exponents, formulas, checkboxes, corrections."""

import importlib
import re
from typing import Any, cast

from clearspan.library.readers.formulas import latex, lowered, mathml, raised
from clearspan.library.readers.markup import GONE, Element, put_text, take_out
from clearspan.library.readers.reading import one_line

_NOTE_MARK = re.compile(r"\[?(?:\w{1,3}|note \d{1,3})\]?|[*†‡§¶↑↩︎^]{1,3}", re.IGNORECASE)
_FORMULA_FRAMES = frozenset(("mwe-math-element", "katex", "katex-display", "MathJax_Display"))
_ALT_LATEX = re.compile(r"\{\\(?:displaystyle|textstyle)(.*)\}", re.DOTALL)
_STRUCK = ("del", "s", "strike")
_PRONOUNCED = ("rp", "rt", "rtc")
_WORD = re.compile(r"[^\W\d_]{4,}")
_MOST_WORDS = 6
"""Words of a formula that a page does not show itself from which it is none, but text that somebody hid."""


def show(root: Element) -> None:
    """Write formulas and checkboxes as text, before what is not shown goes: browsers show them in other ways."""
    for script in list(root.iter("script")):
        if (script.get("type") or "").startswith("math/tex"):
            put_text(script, latex(script.text or ""))
    for formula in list(root.iter("math", "mml:math", "m:math")):
        text = _formula(formula)
        frame = _frame(formula)
        if frame is formula or len(_WORD.findall(text)) < _MOST_WORDS:
            put_text(frame, text)
    for picture in list(root.iter("img")):
        if found := _ALT_LATEX.fullmatch((picture.get("alt") or "").strip()):
            put_text(picture, latex(found.group(1)))
    _boxes(root)


def write_out(root: Element) -> None:
    """Write superscripts and subscripts as text, put notes where they belong, and take out what is struck out.

    Marks of footnotes go, since their number would be read as part of what it stands at.
    """
    _notes(root)
    for name, write in (("sub", lowered), ("sup", raised)):
        # The innermost first, so that an exponent of an exponent is written before what it stands in.
        for element in reversed(list(root.iter(name))):
            content = one_line(element.text_content())
            if name == "sup" and element.xpath(".//a") and _NOTE_MARK.fullmatch(content):
                element.tag = GONE
            elif content:
                put_text(element, write(content))
    take_out(root, GONE, *_STRUCK, *_PRONOUNCED)


def _frame(formula: Element) -> Element:
    """The element that shows a formula twice, as text for machines and as a picture or letters for people."""
    around = formula
    for above in formula.iterancestors("span", "div", "mjx-container"):
        if above.tag == "mjx-container" or _FORMULA_FRAMES & set((above.get("class") or "").split()):
            around = above
    return around


def _formula(formula: Element) -> str:
    if not len(formula):
        return formula.get("alttext") or one_line(formula.text_content())
    return mathml(formula).strip()


def _boxes(root: Element) -> None:
    for box in list(root.iter("input")):
        if box.get("type") in ("checkbox", "radio"):
            tail = box.tail
            put_text(box, "☑ " if box.get("checked") is not None else "☐ ")
            box.tail = (tail or "").lstrip()


def _notes(root: Element) -> None:
    """Put each footnote below the paragraph, list or table that it belongs to, where pages mark it as one."""
    marks = [one for one in root.iter("a") if (one.get("href") or "").startswith("#") and _is_note_mark(one)]
    if not marks:
        return
    last: dict[Element, Element] = {}
    targets = {
        identity: one
        for one in root.iter()
        if (identity := one.get("id")) and one.tag in ("li", "aside", "div", "p")
    }
    for mark in marks:
        note = targets.pop((mark.get("href") or "")[1:], None)
        block = _block_of(mark)
        if note is None or block is None or block.getparent() is None:
            continue
        for link in note.xpath(
            ".//a[@role='doc-backlink' or contains(@class,'backref') or starts-with(@href,'#fnref')]"
        ):
            put_text(link, "")
        text, number = one_line(note.text_content()), one_line(mark.text_content()).strip("[]()^")
        put_text(note, "")
        note.tag = GONE
        if text:
            said = f"Note {number}: {text}" if number.isdecimal() else f"Note: {text}"
            last[block] = _put_after(last.get(block, block), said)
        put_text(mark, "")
    take_out(root, GONE)


def _is_note_mark(link: Element) -> bool:
    if link.get("role") == "doc-noteref":
        return True
    around = [link, *link.iterancestors("sup")]
    return any(
        "footnote" in (one.get("class") or "") and "backref" not in (one.get("class") or "") for one in around
    )


def _block_of(mark: Element) -> Element | None:
    """The block that stands by itself around a mark: not the item or the cell, but their list or table."""
    block = None
    for above in mark.iterancestors(
        "p", "ul", "ol", "dl", "table", "div", "blockquote", "h1", "h2", "h3", "h4"
    ):
        if above.tag in ("div", "blockquote") and block is not None:
            break
        block = above
    return block


def _put_after(block: Element, text: str) -> Element:
    note: Any = importlib.import_module("lxml.etree").Element("p")
    note.text = text
    cast(Any, block).addnext(note)
    return cast(Element, note)


def left_out(root: Element) -> dict[str, int]:
    """How many pictures, recordings and pages of others a page shows that are not read, its frame apart."""
    etree = importlib.import_module("lxml.etree")
    outside = (
        "[not(ancestor::nav or ancestor::footer or ancestor::aside or ancestor::header or ancestor::picture)]"
    )
    kinds = {
        "picture": ("img[not(@width='1')]", "picture", "svg[not(ancestor::svg)]", "canvas"),
        "recording": ("audio", "video"),
        "embedded page": ("iframe", "object", "embed"),
    }
    return {
        name: int(sum(etree.XPath(f"count(//{tag}{outside})")(root) for tag in tags))
        for name, tags in kinds.items()
    }
