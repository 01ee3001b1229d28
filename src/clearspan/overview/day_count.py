"""Days between dates, dates some days away, and days of the week, by the Gregorian calendar."""

import re
from datetime import date, timedelta

from clearspan.errors import BadInput
from clearspan.language.quantities import quantities
from clearspan.language.quantities.reading import measured
from clearspan.language.quantities.unit_table import named
from clearspan.receipts import Calculation

_BETWEEN = re.compile(
    r"^how\s+many\s+(days|weeks|months|years)\s+(?:are\s+(?:there\s+)?|is\s+it\s+|passed\s+|elapsed\s+|lie\s+)?(?:between|from)\s+(.+?)\s+(?:and|to|until|till)\s+(.+)$",
    re.IGNORECASE,
)
_SINCE = re.compile(
    r"^how\s+many\s+(days|weeks|months|years)\s+(?:is\s+it\s+|are\s+(?:there\s+)?|have\s+passed\s+)?(since|until|till)\s+(.+)$",
    re.IGNORECASE,
)
_OFFSET = re.compile(
    r"^(?:what\s+(?:date|day)\s+(?:is|was|will\s+be)\s+|what\s+is\s+the\s+date\s+)?(.+?)\s+(after|before|from)\s+(.+)$",
    re.IGNORECASE,
)
_STEPS = frozenset({"day", "week", "fortnight", "month", "year"})
_WEEKDAY = re.compile(
    r"^(?:what|which)\s+(?:day\s+of\s+the\s+week|weekday)\s+(?:is|was|will\s+be|did)\s+(.+?)(?:\s+fall\s+on)?$",
    re.IGNORECASE,
)


def of_dates(text: str, today: date) -> Calculation | None:
    """A question about days, counted or shifted by the calendar; None if it is none.

    Args:
        text: the question without its question mark.
        today: what 'today' means.

    Raises:
        BadInput: the result lies outside the calendar, or a day since or until which is counted on the wrong side.
    """
    if match := _BETWEEN.match(text):
        return _difference(match[1], _day(match[2], today), _day(match[3], today))
    if match := _SINCE.match(text):
        other = _day(match[3], today)
        since = match[2].lower() == "since"
        if other and other != today and (other > today) == since:
            raise BadInput(
                f"{_long(other)} {'is still to come' if since else 'is past'}.",
                do=f"Ask how many {match[1].lower()} it is {'until' if since else 'since'} then.",
            )
        return _difference(match[1], *((other, today) if since else (today, other)))
    if match := _OFFSET.match(text):
        step, start = measured(text, *match.span(1)), _day(match[3], today)
        if (
            start is None
            or step is None
            or step.unit not in _STEPS
            or step.exact.denominator > 1
            or step.ends
        ):
            return None
        return _shifted(int(step.exact), step.unit, match[2].lower(), start)
    if match := _WEEKDAY.match(text):
        day = _day(match[1], today)
        if day is None:
            return None
        return Calculation(
            expression=f"weekday of {_long(day)}", result=day.strftime("%A"), method=_calendar(day)
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
        method=f"{_calendar(first, second)}; the first day is not counted",
    )


def _shifted(count: int, unit: str, direction: str, start: date) -> Calculation:
    sign = -1 if direction == "before" else 1
    words = named(unit).one if count == 1 else named(unit).many
    months = {"month": 1, "year": 12}.get(unit, 0) * sign * count
    days = {"day": 1, "week": 7, "fortnight": 14}.get(unit, 0) * sign * count
    try:
        day = _months_later(start, months) + timedelta(days)
    except (OverflowError, ValueError) as error:
        raise BadInput(
            f"{count:,} {words} {direction} {_long(start)} is outside the calendar.",
            why="Dates from the year 1 to the year 9999 can be calculated.",
            do="Use a smaller number.",
        ) from error
    return Calculation(
        expression=f"{_long(start)} {'+' if sign > 0 else '−'} {count:,} {words}",
        result=f"{_long(day)}, a {day.strftime('%A')}",
        method=_calendar(start, day),
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
    """How many months can be added to the earlier date before the later one is passed."""
    start, end = min(first, second), max(first, second)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (_months_later(start, months) > end)


def _months_later(start: date, months: int) -> date:
    """The same day of another month, or its last one: a month after 31 January is the end of February."""
    from dateutil.relativedelta import relativedelta

    return start + relativedelta(months=months)


def _calendar(*days: date) -> str:
    early = any(day < date(1582, 10, 15) for day in days)
    return "Gregorian calendar" + ", which nobody used before 1582: contemporary dates differ" * early


def _long(day: date) -> str:
    return f"{day.day} {day.strftime('%B')} {day.year}"
