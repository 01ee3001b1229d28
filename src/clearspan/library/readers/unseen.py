"""What somebody who opens a page does not see: taken out of its tree, and handed over to be marked."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from clearspan.library.readers.colours import Colour, alike, colour, opacity
from clearspan.library.readers.direction import overridden, straighten
from clearspan.library.readers.markup import GONE, Element, take_out
from clearspan.library.readers.reading import MOST_HIDDEN, one_line

NO_TEXT = frozenset(
    "script style template noscript iframe object embed applet svg canvas audio video map select textarea"
    " input dialog datalist".split()
)
"""Elements whose content is no text of the page."""

_SIMPLE = re.compile(r"(?:[a-z][\w-]*)?(?:[.#][\w-]+)*", re.IGNORECASE)
_LENGTH = re.compile(r"(-?[\d.]+)\s*(px|pt|em|rem|ex|%|vw|vh|in|cm|mm)?")
_FAR = 300.0
"""Pixels, or the like of them, from which something stands beside the page."""

_SMALLEST_TYPE = 2.0
_FAINTEST = 0.06
_POINTS: Mapping[str, float] = {
    "": 1,
    "px": 1,
    "pt": 1.33,
    "em": 16,
    "rem": 16,
    "ex": 8,
    "%": 4,
    "vw": 10,
    "vh": 8,
}


@dataclass(frozen=True, slots=True)
class _Look:
    """How the text of an element looks, as far as it follows from what surrounds it.

    Attributes:
        clarity: how opaque the ink is; `opacity` is that of the whole element.
        leftwards: whether lines run to the left; `forced`: whether all letters must.
    """

    ink: Colour = (0, 0, 0)
    clarity: float = 1.0
    ground: Colour | None = (255, 255, 255)
    shown: bool = True
    opacity: float = 1.0
    size: float = 16.0
    leftwards: bool = False
    forced: bool = False


def take_out_unseen(root: Element, *, comments: bool = False) -> str:
    """Take out of a tree what a browser would not show, and return the text that was meant not to be seen.

    Scripts, forms and the like go without a word; they hold no text of the page. Style sheets are read as far as rules
    of tags, classes and ids go; those of other files are not. Letters that are turned around are put as they are read.

    Args:
        comments: whether those are handed over too; programs that make pages leave many in them.
    """
    rules = _Rules(root)
    hidden: list[str] = []
    if comments:
        # Comments and processing instructions have a function for a tag.
        notes = (one_line(one.text or "") for one in root.iter() if not isinstance(one.tag, str))
        hidden.extend(filter(None, notes))
    take_out(root, *NO_TEXT, notes=True)
    _walk(root, _Look(), rules, hidden)
    take_out(root, GONE)
    return "\n".join(hidden)[:MOST_HIDDEN]


def _walk(element: Element, look: _Look, rules: "_Rules", hidden: list[str]) -> None:
    unread = not look.shown or _is_blank(look)
    if unread and (text := one_line(element.text or "")):
        hidden.append(text)
        element.text = ""
    element.text = _straight(element.text, look, hidden)
    for child in list(element):
        tail = one_line(child.tail or "") if unread else ""
        if tail:
            child.tail = ""
        child.tail = _straight(child.tail, look, hidden)
        style = _style(child, rules)
        seen = _looked(look, style)
        if not _is_gone(child, style, seen):
            _walk(child, seen, rules, hidden)
        else:
            text = one_line(child.text_content())
            child.tag = GONE
            if text:
                hidden.append(text)
        if tail:
            hidden.append(tail)


def _straight(text: str | None, look: _Look, turned: list[str]) -> str | None:
    if not text:
        return text
    # A line end in the source is a space on the page, and ends no run.
    plain = overridden(text.replace("\n", " "), leftwards=look.leftwards) if look.forced else text
    return straighten(plain, turned)


def _is_gone(element: Element, style: Mapping[str, str], look: _Look) -> bool:
    found = element.get("hidden")
    if (found is not None and found != "until-found") or style.get("display") == "none":
        return True
    if look.opacity <= _FAINTEST or look.size < _SMALLEST_TYPE or _is_aside(style) or _is_closed(style):
        return True
    # What is in it may have a colour of its own.
    return _is_blank(look) and not any(
        inner.get("style") or inner.get("class") for inner in element.iter() if inner is not element
    )


def _is_blank(look: _Look) -> bool:
    """Whether nothing is seen of the ink on its ground."""
    return look.clarity <= _FAINTEST or (look.ground is not None and alike(look.ink, look.ground))


def _looked(around: _Look, style: Mapping[str, str]) -> _Look:
    look = around
    filled = style.get("-webkit-text-fill-color") or style.get("color", "")
    if (ink := colour(filled)) is not None:
        look = replace(look, ink=ink)
    if (clarity := opacity(filled)) is not None:
        # Letters that are cut out of their ground are painted in its colours.
        cut_out = "text" in (style.get("background-clip"), style.get("-webkit-background-clip"))
        look = replace(look, clarity=1.0 if cut_out else clarity)
    ground = style.get("background-color") or style.get("background", "")
    if "url(" in ground or "gradient" in ground or "background-image" in style:
        look = replace(look, ground=None)
    elif (found := next((c for part in _parts(ground) if (c := colour(part)) is not None), None)) is not None:
        look = replace(look, ground=found)
    if visibility := style.get("visibility"):
        look = replace(look, shown=visibility not in ("hidden", "collapse"))
    if (share := _number(style.get("opacity", ""))) is not None:
        look = replace(look, opacity=look.opacity * share)
    look = replace(
        look,
        leftwards=style.get("direction", "rtl" if look.leftwards else "ltr") == "rtl",
        forced=look.forced or style.get("unicode-bidi") in ("bidi-override", "isolate-override"),
    )
    size = style.get("font-size", "")
    if (pixels := _pixels(size)) is not None:
        relative = size.endswith(("em", "%")) and not size.endswith("rem")
        look = replace(look, size=pixels / 16 * look.size if relative and "%" not in size else pixels)
    return look


def _parts(value: str) -> Iterator[str]:
    yield from re.findall(r"[a-z]+\([^)]*\)|[^\s]+", value)


def _is_aside(style: Mapping[str, str]) -> bool:
    """Whether it stands beside the page, where nobody scrolls to."""
    lengths = [_pixels(style.get(name, "")) or 0.0 for name in ("left", "top", "margin-left", "margin-top")]
    indent = _pixels(style.get("text-indent", "")) or 0.0
    moved = style.get("position") in ("absolute", "fixed", "relative")
    away = min(lengths[2:]) <= -_FAR or (
        moved and (min(lengths[:2]) <= -_FAR or max(lengths[:2]) >= 10 * _FAR)
    )
    return (
        away
        or indent <= -_FAR
        or bool(re.search(r"translate[xy3d]*\(\s*-\d{3,}", style.get("transform", "")))
    )


def _is_closed(style: Mapping[str, str]) -> bool:
    """Whether it is cut to nothing: no height or width, or a clip of none."""
    cut = style.get("overflow", "").startswith(("hidden", "clip"))
    extents = [_pixels(style.get(name, "")) for name in ("height", "width", "max-height", "max-width")]
    if cut and any(extent is not None and extent <= 1 for extent in extents):
        return True
    clip = f"{style.get('clip', '')} {style.get('clip-path', '')}".replace(" ", "")
    return bool(re.search(r"rect\(([01](?:px)?,?){4}\)|inset\((?:50|100)%", clip)) or "scale(0)" in style.get(
        "transform", ""
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule of a style sheet for the last of a chain of simple selectors, each within the one before."""

    chain: tuple[tuple[str, frozenset[str], str], ...]
    style: Mapping[str, str]


class _Rules:
    """The rules of a page's style sheets, found by what the last step of their selectors names."""

    def __init__(self, root: Element) -> None:
        self._by_mark: dict[str, list[tuple[int, _Rule]]] = {}
        for number, rule in enumerate(_rules(root)):
            tag, classes, identity = rule.chain[-1]
            mark = f"#{identity}" if identity else f".{min(classes)}" if classes else tag
            self._by_mark.setdefault(mark, []).append((number, rule))

    def of(self, element: Element) -> "Iterator[_Rule]":
        """Those that may hold for an element, in the order of the page."""
        if not self._by_mark:
            return
        classes = {f".{one}" for one in (element.get("class") or "").split()}
        marks = {str(element.tag), f"#{element.get('id')}", *classes}
        found = [rule for mark in marks for rule in self._by_mark.get(mark, ())]
        for _, rule in sorted(found, key=lambda one: one[0]):
            yield rule


def _rules(root: Element) -> Iterator[_Rule]:
    for sheet in root.iter("style"):
        for selectors, body in _blocks(_uncommented(sheet.text or "")):
            style = _declarations(body)
            for selector in selectors.split(","):
                steps = selector.replace(">", " ").split()
                if style and steps and all(_SIMPLE.fullmatch(step) for step in steps):
                    yield _Rule(tuple(map(_simple, steps)), style)


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Selectors and declarations of a style sheet, those for print left out; each character is looked at once."""
    around: list[str] = []
    begin, opened = 0, False
    for brace in re.finditer(r"[{}]", sheet):
        text = sheet[begin : brace.start()]
        if brace.group() == "{":
            around.append(text.strip())
        elif around:
            prelude = around.pop()
            if opened and not any(one.startswith("@media") and "print" in one for one in around):
                yield prelude, text
        begin, opened = brace.end(), brace.group() == "{"


def _uncommented(sheet: str) -> str:
    """A style sheet without its comments; one that has no end is left, as what follows it is no rule."""
    parts = sheet.split("/*")
    return parts[0] + "".join(part.partition("*/")[2] for part in parts[1:])


def _simple(step: str) -> tuple[str, frozenset[str], str]:
    tag = re.match(r"[a-z][\w-]*", step, re.IGNORECASE)
    identity = re.search(r"#([\w-]+)", step)
    classes = frozenset(re.findall(r"\.([\w-]+)", step))
    return (tag.group().lower() if tag else "", classes, identity.group(1) if identity else "")


def _style(element: Element, rules: _Rules) -> dict[str, str]:
    """The declarations that hold for an element, its own last; older attributes before all."""
    style: dict[str, str] = {}
    if element.tag == "bdo":
        style["unicode-bidi"] = "isolate-override"
    for name, attribute in (("color", "color"), ("background-color", "bgcolor"), ("direction", "dir")):
        if value := element.get(attribute):
            style[name] = value.lower()
    for rule in rules.of(element):
        if _fits(element, rule.chain):
            style |= rule.style
    return style | _declarations(element.get("style") or "")


def _fits(element: Element, chain: tuple[tuple[str, frozenset[str], str], ...]) -> bool:
    if not _is(element, chain[-1]):
        return False
    rest = list(chain[:-1])
    above = element.getparent()
    while rest and above is not None:
        if _is(above, rest[-1]):
            rest.pop()
        above = above.getparent()
    return not rest


def _is(element: Element, simple: tuple[str, frozenset[str], str]) -> bool:
    tag, classes, identity = simple
    if (tag and element.tag != tag) or (identity and element.get("id") != identity):
        return False
    return classes <= set((element.get("class") or "").split())


def _declarations(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in text.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip().lower()
    return found


def _pixels(value: str) -> float | None:
    found = _LENGTH.fullmatch(value.strip())
    if found is None:
        return None
    number = _number(found.group(1))
    return None if number is None else number * _POINTS.get(found.group(2) or "", 40.0)


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
