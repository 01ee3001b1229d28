"""The calculator: recognises questions that need no source, and shows how each result came about.

Four kinds: arithmetic, percentages, units and dates. What looks like a calculation and cannot be done
(5 metres in kilograms, one divided by zero) is an error with its reason, never a guess.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from clearspan.errors import BadInput
from clearspan.language.quantities import quantities
from clearspan.language.units import UNITS, convert, dimension, known_unit, spelled
from clearspan.overview.arithmetic import as_expression, evaluate, is_exact, written
from clearspan.receipts import Calculation

_LEAD = re.compile(
    r"^\s*(?:please\s+)?(?:(?:can|could)\s+you\s+)?(?:tell\s+me\s+)?(?:what(?:'s|’s|\s+is|\s+are|\s+was)?|how\s+much\s+is|how\s+many\s+is|"
    r"calculate|compute|work\s+out|evaluate|convert|express|solve)\s+(?:the\s+(?:result|value|sum)\s+of\s+)?",
    re.IGNORECASE,
)
_N = r"([\d][\d,.\u202f\u00a0]*)"
_UNIT = "|".join(re.escape(s).replace("_", r"[\s-]") for s in sorted(UNITS, key=len, reverse=True))
_AMOUNT = rf"(?:{_N}|(a|an|one))\s?({_UNIT})"


def recognise(question: str, today: date | None = None) -> Calculation | None:
    """The calculation that a question asks for, done; None if it asks for none.

    Args:
        question: as typed.
        today: what 'today' means; the current date in UTC when None.

    Raises:
        BadInput: it asks for a calculation that cannot be done; says why.
    """
    text = " ".join(question.split()).rstrip("?!. ")
    day = today or datetime.now(UTC).date()
    kinds: tuple[Callable[[], Calculation | None], ...] = (
        lambda: _percentage(text),
        lambda: _conversion(text),
        lambda: _dates(text, day),
        lambda: _arithmetic(text),
    )
    for kind in kinds:
        calculation = kind()
        if calculation is not None:
            return calculation
    return None


def in_unit(value: float, unit: str, target: str, wording: str) -> Calculation:
    """A quantity that a source states, in another unit.

    Args:
        wording: the quantity as the source writes it, kept in the expression.
    """
    result = convert(Decimal(repr(value)), unit, target)
    rounded = Fraction(Decimal(f"{result:.4g}"))
    return Calculation(
        expression=f"{wording} → {spelled(target, result)}",
        result=f"{written(rounded)} {spelled(target, result)}",
        method="unit conversion, four significant digits",
    )


def target_unit(question: str) -> str | None:
    """The unit that a question asks its answer in ('… in kilometres', 'how many feet …'), if it names one."""
    match = re.search(rf"\bin\s+({_UNIT})\s*\??$|\bhow\s+many\s+({_UNIT})\b", question.strip(), re.IGNORECASE)
    return known_unit(re.sub("-", " ", match.group(1) or match.group(2))) if match else None


def _arithmetic(text: str) -> Calculation | None:
    expression = as_expression(_LEAD.sub("", text))
    if expression is None:
        return None
    return _exact(expression, evaluate(expression), "arithmetic")


_PERCENT: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), expression, suffix)
    for pattern, expression, suffix in (
        (rf"^{_N}\s?(?:%|percent|per\s+cent)\s+of\s+{_N}$", "{0} / 100 * {1}", ""),
        (rf"^{_N}\s?(?:%|percent|per\s+cent)\s+off\s+{_N}$", "{1} * (1 - {0} / 100)", ""),
        (
            rf"^(?:increase|raise)\s+{_N}\s+by\s+{_N}\s?(?:%|percent|per\s+cent)$|^{_N}\s+(?:increased|plus)\s+(?:by\s+)?{_N}\s?(?:%|percent|per\s+cent)$",
            "{0} * (1 + {1} / 100)",
            "",
        ),
        (
            rf"^(?:decrease|reduce|lower)\s+{_N}\s+by\s+{_N}\s?(?:%|percent|per\s+cent)$|^{_N}\s+(?:decreased|reduced|minus)\s+(?:by\s+)?{_N}\s?(?:%|percent|per\s+cent)$",
            "{0} * (1 - {1} / 100)",
            "",
        ),
        (
            rf"^(?:what\s+)?(?:percentage|percent|per\s+cent)\s+of\s+{_N}\s+is\s+{_N}$",
            "{1} / {0} * 100",
            "%",
        ),
        (
            rf"^{_N}\s+(?:is\s+)?(?:as\s+)?(?:a\s+|what\s+)?(?:percentage|percent|per\s+cent)\s+of\s+{_N}$",
            "{0} / {1} * 100",
            "%",
        ),
        (
            rf"^if\s+.{{0,60}}?\b(?:rises?|rose|falls?|fell|grows?|grew|drops?|dropped|goes|went|increases?d?|decreases?d?|changes?d?)\s+from\s+\D?{_N}\s+to\s+\D?{_N},?\s+.*\b(?:percentage|percent|per\s+cent)\b.*$",
            "({1} - {0}) / {0} * 100",
            "%",
        ),
        (
            rf"^(?:the\s+)?(?:percentage|percent)\s+(?:change|increase|decrease|difference)\s+(?:from|between)\s+{_N}\s+(?:to|and)\s+{_N}$",
            "({1} - {0}) / {0} * 100",
            "%",
        ),
    )
)


def _percentage(text: str) -> Calculation | None:
    bare = _LEAD.sub("", text)
    for pattern, template, suffix in _PERCENT:
        match = pattern.match(bare)
        if match:
            numbers = [_plain(group) for group in match.groups() if group]
            expression = template.format(*numbers)
            return _exact(expression, evaluate(expression), "percentage", suffix)
    return None


def _exact(expression: str, value: Fraction, method: str, suffix: str = "") -> Calculation:
    note = "" if is_exact(value) else ", rounded to ten significant digits"
    shown = expression.replace("**", "^").replace("*", "×").replace("/", "÷").replace("-", "−")
    return Calculation(expression=shown, result=written(value) + suffix, method=method + note)


_CONVERSIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^how\s+many\s+(?P<target>{_UNIT})\s+(?:are|is|make|equal|fit\s+in)?\s*(?:there\s+)?(?:in\s+)?(?P<amount>{_AMOUNT}(?:\s+(?:and\s+)?{_AMOUNT})*)$",
        rf"^(?:what\s+is\s+|convert\s+|express\s+|how\s+(?:much|long|far|heavy|big)\s+(?:is|are)\s+)?(?P<amount>{_AMOUNT}(?:\s+(?:and\s+)?{_AMOUNT})*)\s+(?:in|to|into|as)\s+(?P<target>{_UNIT})$",
    )
)


def _conversion(text: str) -> Calculation | None:
    match = next((m for m in (pattern.match(text) for pattern in _CONVERSIONS) if m), None)
    if match is None:
        return None
    target = known_unit(match["target"].replace("-", " "))
    if target is None:
        return None
    total = Decimal(0)
    for number, _, spelling in re.findall(_AMOUNT, match["amount"], re.IGNORECASE):
        unit = known_unit(spelling.replace("-", " "))
        if unit is None:
            return None
        total += convert(Decimal(_plain(number or "1")), unit, target)
    shown = Fraction(Decimal(f"{total:.10g}"))
    return Calculation(
        expression=f"{match['amount']} → {spelled(target, Decimal(2))}",
        result=f"{written(shown)} {spelled(target, total)}",
        method="unit conversion"
        if dimension(target) != "[time]"
        else "unit conversion (mean year and month)",
    )


_BETWEEN = re.compile(
    r"^how\s+many\s+(days|weeks|months|years)\s+(?:are\s+(?:there\s+)?|is\s+it\s+|passed\s+|elapsed\s+|lie\s+)?(?:between|from)\s+(.+?)\s+(?:and|to|until|till)\s+(.+)$",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"^how\s+many\s+(days|weeks|months|years)\s+(?:is\s+it\s+|are\s+(?:there\s+)?|have\s+passed\s+)?(since|until|till)\s+(.+)$",
    re.IGNORECASE,
)
_OFFSET = re.compile(
    r"^(?:what\s+(?:date|day)\s+(?:is|was|will\s+be)\s+|what\s+is\s+the\s+date\s+)?(\d+)\s+(days?|weeks?|months?|years?)\s+(after|before|from)\s+(.+)$",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"^(?:what|which)\s+(?:day\s+of\s+the\s+week|weekday)\s+(?:is|was|will\s+be|did)\s+(.+?)(?:\s+fall\s+on)?$",
    re.IGNORECASE,
)


def _dates(text: str, today: date) -> Calculation | None:
    if match := _BETWEEN.match(text):
        return _difference(match[1], _day(match[2], today), _day(match[3], today))
    if match := _SINCE.match(text):
        other = _day(match[3], today)
        first, second = (other, today) if match[2].lower() == "since" else (today, other)
        return _difference(match[1], first, second)
    if match := _OFFSET.match(text):
        start = _day(match[4], today)
        return None if start is None else _shifted(int(match[1]), match[2], match[3].lower(), start)
    if match := _WEEKDAY.match(text):
        day = _day(match[1], today)
        if day is None:
            return None
        return Calculation(
            expression=f"weekday of {_long(day)}", result=day.strftime("%A"), method="Gregorian calendar"
        )
    return None


def _difference(unit: str, first: date | None, second: date | None) -> Calculation | None:
    if first is None or second is None:
        return None
    days = abs((second - first).days)
    unit = unit.lower()
    whole = {
        "days": days,
        "weeks": days // 7,
        "months": _whole_months(first, second),
        "years": _whole_months(first, second) // 12,
    }
    rest = "" if unit == "days" else f" (whole {unit}; {days:,} days)"
    name = unit[:-1] if whole[unit] == 1 else unit
    return Calculation(
        expression=f"{_long(first)} → {_long(second)}, in {unit}",
        result=f"{whole[unit]:,} {name}{rest}",
        method="Gregorian calendar; the first day is not counted",
    )


def _shifted(count: int, unit: str, direction: str, start: date) -> Calculation:
    from dateutil.relativedelta import relativedelta

    sign = -1 if direction == "before" else 1
    kind = unit.lower().rstrip("s")
    step = {
        "day": timedelta(days=count),
        "week": timedelta(weeks=count),
        "month": relativedelta(months=count),
        "year": relativedelta(years=count),
    }
    try:
        day = start + step[kind] if sign > 0 else start - step[kind]
    except (OverflowError, ValueError) as error:
        raise BadInput(
            f"{count:,} {unit} {direction} {_long(start)} is outside the calendar.",
            why="Dates from the year 1 to the year 9999 can be calculated.",
            do="Use a smaller number.",
        ) from error
    return Calculation(
        expression=f"{_long(start)} {'+' if sign > 0 else '−'} {count:,} {kind}{'' if count == 1 else 's'}",
        result=f"{_long(day)}, a {day.strftime('%A')}",
        method="Gregorian calendar",
    )


def _day(text: str, today: date) -> date | None:
    """The one day that a text names; None if it names no day, so that nothing is guessed."""
    named = text.strip().lower().removeprefix("the ")
    relative = {
        "today": today,
        "now": today,
        "tomorrow": today + timedelta(1),
        "yesterday": today - timedelta(1),
    }
    if named in relative:
        return relative[named]
    found = quantities(named)
    if len(found) == 1 and found[0].precision == "day" and len(found[0].text) >= len(named) - 5:
        return date.fromordinal(int(found[0].value))
    return None


def _whole_months(first: date, second: date) -> int:
    start, end = min(first, second), max(first, second)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _long(day: date) -> str:
    return f"{day.day} {day.strftime('%B')} {day.year}"


def _plain(number: str) -> str:
    return re.sub(r"[,\u202f\u00a0]", "", number).rstrip(".")
