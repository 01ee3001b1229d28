"""The text of a paragraph of a word processor: what is shown of it, with exponents, formulas and boxes written out."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby, takewhile
from typing import Any

from clearspan.library.readers.colours import alike, colour
from clearspan.library.readers.direction import overridden
from clearspan.library.readers.formulas import lowered, omml, raised
from clearspan.library.readers.office.archive import attribute, child, is_on, local

_TINY = 3
"""Half points of type that nobody reads."""

_SYMBOLS = {
    **{
        "F0FE": "☑",
        "F052": "☑",
        "F0A8": "☐",
        "F06F": "☐",
        "F0B7": "•",
        "F0B0": "°",
        "F0E0": "→",
        "F0B4": "×",
    },
    **{"F0B1": "±", "F0B3": "≥", "F06D": "μ", "F057": "Ω", "F061": "α", "F062": "β"},
}
"""Signs of the fonts Wingdings and Symbol by their codes."""
_SKIPPED = frozenset(
    "del moveFrom Fallback pPr rPr instrText delText delInstrText sdtPr ffData footnotePr annotationRef docPr".split()
)
_Piece = tuple[str, str]
"""How text stands (`superscript`, `subscript` or empty) and the text."""


@dataclass(frozen=True, slots=True)
class RunLook:
    """What a style, or a run itself, says of how its text looks."""

    hidden: bool = False
    struck: bool = False
    stands: str = ""


@dataclass(slots=True)
class Margin:
    """What stands beside the text of paragraphs, gathered while they are read.

    Attributes:
        hidden: text that nobody sees.
        notes: kind and id of each note that the text refers to, in order.
        boxes: frames of text that hang on it, as elements.
        unread: what is left out, by its name.
    """

    hidden: list[str] = field(default_factory=list[str])
    notes: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    boxes: list[Any] = field(default_factory=list[Any])
    unread: Counter[str] = field(default_factory=Counter[str])


def look_of(element: Any) -> RunLook:
    """How the properties of a run or of a style make its text look."""
    properties = child(element, "rPr")
    if properties is None:
        return RunLook()
    named = {local(one): one for one in properties}
    stands = attribute(named["vertAlign"], "val") if "vertAlign" in named else ""
    return RunLook(
        hidden=_hides(element, properties),
        struck=is_on(named.get("strike")) or is_on(named.get("dstrike")),
        stands=stands if stands in ("superscript", "subscript") else "",
    )


def paragraph_text(
    paragraph: Any, looks: Mapping[str, RunLook], margin: Margin, *, hidden: bool = False
) -> str:
    """What is shown of a paragraph; of a picture with a substitute for old programs, only the first.

    Args:
        looks: of the styles, by id.
        margin: gets what stands beside it.
        hidden: whether its style hides it all.
    """
    pieces = _pieces(paragraph, looks, margin, RunLook(hidden=hidden))
    written = {"superscript": raised, "subscript": lowered}
    return "".join(
        written[stands](text) if stands in written else text
        for stands, group in groupby(pieces, key=lambda piece: piece[0])
        for text in ("".join(part for _, part in group),)
    )


def _pieces(element: Any, looks: Mapping[str, RunLook], margin: Margin, look: RunLook) -> Iterator[_Piece]:
    for one in element:
        tag = local(one)
        if tag == "r":
            yield from _run(one, looks, margin, look)
        elif tag in ("oMath", "oMathPara"):
            yield "", f" {omml(one).strip()} " if tag == "oMathPara" else omml(one)
        elif tag == "txbxContent":
            margin.boxes.append(one)
        elif tag == "sdt":
            yield from _control(one, looks, margin, look)
        elif tag == "bdo":
            inner = "".join(text for _, text in _pieces(one, looks, margin, look))
            yield "", overridden(inner, leftwards=attribute(one, "val") == "rtl")
        elif tag not in _SKIPPED:
            yield from _pieces(one, looks, margin, look)


def _run(run: Any, looks: Mapping[str, RunLook], margin: Margin, look: RunLook) -> Iterator[_Piece]:
    own = look_of(run)
    style = child(run, "rPr", "rStyle")
    styled = RunLook() if style is None else looks.get(attribute(style, "val"), RunLook())
    said = "".join(_said(run, looks, margin))
    properties = child(run, "rPr")
    vanishes = child(properties, "vanish") if properties is not None else None
    shown_again = vanishes is not None and not is_on(vanishes)
    if look.hidden or own.hidden or (styled.hidden and not shown_again):
        margin.hidden.append(said)
    elif said and (own.struck or (styled.struck and child(properties, "strike") is None)):
        margin.unread["struck-out passage"] += 1
    elif said:
        yield own.stands or styled.stands, said


def _said(run: Any, looks: Mapping[str, RunLook], margin: Margin) -> Iterator[str]:
    for one in run:
        tag = local(one)
        if tag == "t":
            yield one.text or ""
        elif tag in ("tab", "ptab"):
            yield "\t"
        elif tag in ("br", "cr"):
            yield "\n"
        elif tag in ("noBreakHyphen", "sym"):
            yield "-" if tag == "noBreakHyphen" else _symbol(one, margin)
        elif tag in ("footnoteReference", "endnoteReference"):
            margin.notes.append((tag.removesuffix("Reference"), attribute(one, "id")))
        elif tag == "fldChar":
            yield _field(one)
        elif tag in ("drawing", "pict", "object", "AlternateContent"):
            yield from _drawn(one, looks, margin)
        elif tag == "ruby":
            yield "".join(text for _, text in _pieces(child(one, "rubyBase"), looks, margin, RunLook()))


def _drawn(element: Any, looks: Mapping[str, RunLook], margin: Margin) -> Iterator[str]:
    """Text in a drawing hangs beside the paragraph; a drawing without any is a picture that is not read."""
    before = len(margin.boxes)
    yield "".join(text for _, text in _pieces(element, looks, margin, RunLook()))
    if len(margin.boxes) > before:
        return
    kinds = {local(one) for one in element.iter() if isinstance(one.tag, str)}
    if "chart" in kinds:
        margin.unread["chart"] += 1
    elif kinds & {"blip", "imagedata"}:
        margin.unread["picture"] += 1
    elif local(element) == "object":
        margin.unread["embedded object"] += 1


def _symbol(element: Any, margin: Margin) -> str:
    found = _SYMBOLS.get(attribute(element, "char").upper(), "")
    margin.unread["symbol"] += not found
    return found


def _field(begins: Any) -> str:
    """What a form field of the older kind holds that is in no run: whether it is ticked, or which entry is chosen."""
    data = child(begins, "ffData")
    box, choice = (None, None) if data is None else (child(data, "checkBox"), child(data, "ddList"))
    if box is not None:
        checked = child(box, "checked")
        return "☑" if is_on(checked if checked is not None else child(box, "default")) else "☐"
    if choice is not None:
        entries = [attribute(one, "val") for one in choice if local(one) == "listEntry"]
        chosen = child(choice, "result")
        number = attribute(chosen, "val") if chosen is not None else "0"
        return entries[int(number)] if number.isdecimal() and int(number) < len(entries) else ""
    return ""


def _control(control: Any, looks: Mapping[str, RunLook], margin: Margin, look: RunLook) -> Iterator[_Piece]:
    """A content control: its content, a box by whether it is ticked, nothing for a prompt that nobody answered."""
    box = child(control, "sdtPr", "checkbox")
    if box is not None:
        yield "", "☑" if is_on(child(box, "checked")) else "☐"
    elif not is_prompt(control):
        content = child(control, "sdtContent")
        if content is not None:
            yield from _pieces(content, looks, margin, look)


def is_prompt(control: Any) -> bool:
    """Whether a content control shows what to put into it, and holds nothing."""
    return is_on(child(control, "sdtPr", "showingPlcHdr"))


def _hides(element: Any, properties: Any) -> bool:
    """Whether the properties of a run or a style make its text unseen: hidden, tiny, or white on white."""
    values = {local(one): attribute(one, "val") for one in properties}
    if values.get("vanish", "0") in ("", "1", "true", "on"):
        return True
    if values.get("sz", "").isdecimal() and int(values["sz"]) <= _TINY:
        return True
    ink = colour(values.get("color", ""))
    if ink is None or not alike(ink, (255, 255, 255)) or "highlight" in values:
        return False
    around = [*element, *(part for one in element.iterancestors() for part in takewhile(_is_properties, one))]
    fills = [attribute(shade, "fill") for part in around for shade in part if local(shade) == "shd"]
    return all((ground := colour(fill)) is None or alike(ink, ground) for fill in fills)


def _is_properties(element: Any) -> bool:
    # They stand before all else; what follows them may be the whole document.
    return local(element).endswith(("Pr", "PrEx"))
