"""Durations written as a clock shows them: '1:45 hours', 'it took 2:05:30', 'three minutes' as '3:00 minutes'."""

import re
from fractions import Fraction

from clearspan.language.quantities.conversion import to_base
from clearspan.language.quantities.quantity import Quantity
from clearspan.language.quantities.units import unit_at

_PARTS = re.compile(r"(?P<whole>\d{1,3}):(?P<sixtieths>[0-5]\d)(?::(?P<seconds>[0-5]\d))?(?![\w:]|[.,]\d)")
_BETWEEN = re.compile(r"[\s-]?")
_SAYS_SO = re.compile(
    r"\b(?:took|takes?|taken|taking|lasts|lasted|lasting|(?:will|to|can|could|may|would)\slast|durations?|runtime|"
    r"(?:running|elapsed|total|journey|travel|finishing|winning|record)\stime|a\stime)"
    r"(?:\s(?:of|is|was|for|about|around|only|just|nearly|almost|over|under|up\sto|at\sleast|roughly|exactly)|:)*\s$",
    re.IGNORECASE,
)
_CONTEXT = 48


def duration_at(text: str, position: int) -> Quantity | None:
    """The duration in hours or minutes and their sixtieths that begins at a position; None if none does.

    It is one where hours or minutes follow, or where the words before it speak of how long something takes; without a
    unit the first figures are hours, and the doubt is told.
    """
    match = _PARTS.match(text, position)
    if match is None:
        return None
    gap = _BETWEEN.match(text, match.end())
    found = unit_at(text, gap.end()) if gap else None
    unit, end, doubt = "hour", match.end(), ""
    if found is not None and found.unit.name in ("hour", "minute"):
        unit, end = found.unit.name, found.end
    elif found is not None or not _SAYS_SO.search(text, max(0, position - _CONTEXT), position):
        return None
    elif not match["seconds"]:
        doubt = f"{match[0]} is read as hours and minutes; it may be minutes and seconds"
    value = (
        int(match["whole"])
        + Fraction(int(match["sixtieths"]), 60)
        + Fraction(int(match["seconds"] or 0), 3600)
    )
    return Quantity(
        to_base(value, unit), "[time]", value, unit, position, end, text[position:end], doubt=doubt
    )
