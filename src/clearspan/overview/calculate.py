"""The calculator: recognises questions that need no source, and shows how each result came about.

Four kinds: arithmetic, percentages, units and dates. What looks like a calculation and cannot be done
(5 metres in kilograms, one divided by zero) is an error with its reason, never a guess; what may be meant in two ways
says in which of them it was taken.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from clearspan.errors import BadInput
from clearspan.language.quantities import Quantity, quantities
from clearspan.language.quantities.conversion import convert, to_base
from clearspan.language.quantities.currencies import CURRENCIES
from clearspan.language.quantities.reading import measured
from clearspan.language.quantities.unit_table import IMPERIAL, US, named
from clearspan.language.quantities.units import WrittenUnit, spelled, system_of, unit_at
from clearspan.overview.arithmetic import as_expression, evaluate, is_exact, numeral, written
from clearspan.overview.day_count import of_dates
from clearspan.receipts import Calculation

_LEAD = re.compile(
    r"^\s*(?:please\s+)?(?:(?:can|could)\s+you\s+)?(?:tell\s+me\s+)?(?:what(?:'s|’s|\s+is|\s+are|\s+was)?|how\s+much\s+is|how\s+many\s+is|"
    r"calculate|compute|work\s+out|evaluate|convert|express|solve)\s+(?:the\s+(?:result|value|sum)\s+of\s+)?",
    re.IGNORECASE,
)


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
        lambda: of_dates(text, day),
        lambda: _arithmetic(text),
    )
    for kind in kinds:
        calculation = kind()
        if calculation is not None:
            return calculation
    return None


def in_asked_unit(quantity: Quantity, target: str) -> Calculation:
    """A quantity that a source states, in another unit; its wording is kept in the expression."""
    return _converted(quantity, quantity.text, WrittenUnit(named(target), 0), 4)


def difference(one: Quantity, two: Quantity) -> Calculation | None:
    """How much greater the greater of two quantities is, in the unit of the first; None where they cannot be compared.

    Between two days it is in whole years, or in days within a year; where only years are known, in years.
    """
    if one.dimension != two.dimension or one.ends or two.ends:
        return None
    more, less = (one, two) if one.value >= two.value else (two, one)
    if one.dimension == "date":
        return _apart(more, less)
    shown = f"{more.text} − {less.text}"
    if not one.unit or one.unit == two.unit:
        value = more.exact - less.exact
        return Calculation(
            expression=shown, result=_amount(value, one), method="difference" + _doubts([one, two])
        )
    value = _rounded(abs(one.exact - convert(two.exact, two.unit, one.unit)), 4)
    method = f"difference in {spelled(one.unit, Fraction(2))}, four significant digits" + _doubts([one, two])
    return Calculation(expression=shown, result=_amount(value, one), method=method)


def _apart(later: Quantity, earlier: Quantity) -> Calculation | None:
    """The time between two dates that name a year."""
    if not (
        later.exact and earlier.exact and {later.precision, earlier.precision} <= {"day", "month", "year"}
    ):
        return None
    years = int(later.exact - earlier.exact)
    result, method = years, "difference of years"
    if later.precision == earlier.precision == "day":
        first, last = (date.fromordinal(int(each.value)) for each in (earlier, later))
        result = years - ((last.month, last.day) < (first.month, first.day))
        method = "whole years between two days"
        if result == 0:
            days = (last - first).days
            return _time(later, earlier, days, "day", "days between two days")
    return _time(later, earlier, result, "year", method)


def _time(later: Quantity, earlier: Quantity, count: int, unit: str, method: str) -> Calculation:
    result = f"{count} {unit}{'' if count == 1 else 's'}"
    return Calculation(expression=f"{later.text} − {earlier.text}", result=result, method=method)


def is_difference(quantity: Quantity, text: str) -> bool:
    """Whether a text has a temperature as a difference ('rose by 2 °C', '2 °C warmer'): its scale has no zero then."""
    between = _BY.search(text[: quantity.start]) or _THAN.match(text, quantity.end)
    return quantity.dimension == "[temperature]" and between is not None


_BY = re.compile(
    r"(?:\bby|\bby\s+(?:about|around|up\s+to|nearly|over|some)|±|\+/-|\bwithin)\s*$", re.IGNORECASE
)
_THAN = re.compile(
    r"\s+(?:of\s+)?(?:warm(?:er|ing)|cold(?:er)?|cool(?:er|ing)|hotter|higher|lower|above|below|more|less|rise|drop|fall|increase|"
    r"decrease|difference|change)\b",
    re.IGNORECASE,
)


def target_unit(question: str) -> str | None:
    """The unit that a question asks its answer in ('… in kilometres', 'how many feet …'), if it names one."""
    text = question.strip().rstrip("? ")
    for match in (_AS_ASKED.match(text), _HOW_MANY.search(text)):
        found = unit_at(text, match.end(), system_of(text)) if match else None
        if match and found and (match.re is _HOW_MANY or found.end == len(text)):
            return found.unit.name
    return None


def _arithmetic(text: str) -> Calculation | None:
    bare = _LEAD.sub("", text)
    expression = as_expression(bare)
    if expression is None:
        return None
    return _exact(expression, evaluate(expression), "arithmetic" + _doubts(quantities(bare)))


_N, _P = "\ue000", "\ue001"
"""What a number, or an amount of something, and a percentage are replaced by before a question is matched."""

_SHARE = r"(?:percentage|percent|per\s+cent)"
_CHANGES = r"(?:rises?|rose|falls?|fell|grows?|grew|drops?|dropped|goes|went|(?:in|de)creases?d?|changes?d?)"
_PERCENT: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), expression)
    for pattern, expression in (
        (rf"^{_P}\s+of\s+{_N}$", "{0} * {1}"),
        (rf"^{_P}\s+off\s+{_N}$", "{1} * (1 - {0})"),
        (rf"^(?:increase|raise)\s+{_N}\s+by\s+{_P}$", "{0} * (1 + {1})"),
        (rf"^{_N}\s+(?:increased\s+by|plus|\+)\s+{_P}$", "{0} * (1 + {1})"),
        (rf"^(?:decrease|reduce|lower)\s+{_N}\s+by\s+{_P}$", "{0} * (1 - {1})"),
        (rf"^{_N}\s+(?:(?:decreased|reduced)\s+by|minus|[-−])\s+{_P}$", "{0} * (1 - {1})"),
        (rf"^(?:what\s+)?{_SHARE}\s+of\s+{_N}\s+is\s+{_N}$", "{1} / {0} * 100"),
        (rf"^{_N}\s+(?:is\s+)?(?:as\s+)?(?:a\s+|what\s+)?{_SHARE}\s+of\s+{_N}$", "{0} / {1} * 100"),
        (
            rf"^if\s+.{{0,60}}?\b{_CHANGES}\s+from\s+{_N}\s+to\s+{_N},?\s.*\b{_SHARE}\b",
            "({1} - {0}) / {0} * 100",
        ),
        (
            rf"^(?:the\s+)?{_SHARE}\s+(?:change|increase|decrease|difference)\s+(?:from|between)\s+{_N}\s+(?:to|and)\s+{_N}$",
            "({1} - {0}) / {0} * 100",
        ),
    )
)


def _percentage(text: str) -> Calculation | None:
    masked, found = _masked(_LEAD.sub("", text))
    for pattern, template in _PERCENT:
        if not pattern.match(masked):
            continue
        numbers = [each for each in found if each.dimension != "percent"]
        if len({(each.dimension, each.unit) for each in numbers}) > 1:
            return None
        _refuse_meaningless(numbers, change="{0}) / {0}" in template)
        expression = template.format(*map(_operand, found))
        value = evaluate(expression)
        shown = f"{written(value)}%" if template.endswith("* 100") else _amount(value, numbers[0])
        return _exact(expression, value, "percentage" + _doubts(found), shown)
    return None


def _refuse_meaningless(numbers: Sequence[Quantity], *, change: bool) -> None:
    """A share has a meaning only of what begins at zero, and a change in per cent only from more than zero.

    Raises:
        BadInput: the numbers are on a scale whose zero is arbitrary, or the change is from a negative number.
    """
    if numbers[0].unit in ("degC", "degF"):
        raise BadInput(
            f"A percentage of {numbers[0].text} has no meaning.",
            why="The zero of this scale was chosen: 20 °C is not twice as warm as 10 °C.",
            do="Ask for the difference in degrees, or give the temperatures in kelvins.",
        )
    if change and numbers[0].exact < 0:
        raise BadInput(
            f"A change from {numbers[0].text} in per cent has no meaning.",
            why="From a negative number, a rise would come out negative and a fall positive.",
            do="Ask for the difference.",
        )


def _masked(text: str) -> tuple[str, list[Quantity]]:
    """A text with a sign in the place of each number and percentage, and those in order; ranges count as two."""
    masked, found, end = "", list[Quantity](), 0
    for quantity in (each for whole in quantities(text) for each in (whole.ends or (whole,))):
        if quantity.dimension == "percent":
            sign = _P
        elif quantity.dimension == "count" or quantity.unit or quantity.dimension.startswith("money:"):
            sign = _N
        elif quantity.precision == "year" and quantity.text.isdigit():
            # Alone, 2000 is a year; of a percentage, it is a number.
            sign, quantity = _N, replace(quantity, dimension="count")
        else:
            continue
        masked += text[end : quantity.start] + sign
        found.append(quantity)
        end = quantity.end
    return masked + text[end:], found


def _operand(quantity: Quantity) -> str:
    number = numeral(quantity.exact)
    return f"{number} / {_OF_WHOLE[quantity.unit]}" if quantity.unit in _OF_WHOLE else number


_OF_WHOLE = {"percent": 100, "permille": 1000}


def _amount(value: Fraction, like: Quantity) -> str:
    """A value as an amount of what another quantity is of."""
    if like.dimension.startswith("money:"):
        currency = next(each for each in CURRENCIES if each.dimension == like.dimension)
        sign = currency.signs[0] if currency.signs else f"{currency.code} "
        return f"{sign}{written(value)}"
    return f"{written(value)} {spelled(like.unit, value)}" if like.unit else written(value)


def _exact(expression: str, value: Fraction, method: str, result: str = "") -> Calculation:
    note = "" if is_exact(value) else ", rounded to ten significant digits"
    shown = expression.replace("**", "^").replace("*", "×").replace("/", "÷").replace("-", "−")
    return Calculation(expression=shown, result=result or written(value), method=method + note)


_HOW_MANY = re.compile(r"how\s+many\s+", re.IGNORECASE)
_IN_AMOUNT = re.compile(r"\s+(?:(?:are|is|make|equal|fit)\s+)?(?:there\s+)?(?:in(?:to)?\s+)?", re.IGNORECASE)
_AS_ASKED = re.compile(
    r"^(?:what\s+is\s+|convert\s+|express\s+|how\s+(?:much|long|far|heavy|big)\s+(?:is|are)\s+)?(.+)"
    r"\s(?:in|to|into|as)\s+",
    re.IGNORECASE,
)
_MEAN = frozenset({"month", "year", "century", "millennium"})


def _conversion(text: str) -> Calculation | None:
    if match := _HOW_MANY.match(text):
        target = unit_at(text, match.end(), system_of(text))
        joint = _IN_AMOUNT.match(text, target.end) if target else None
        start, end = (joint.end(), len(text)) if joint else (0, 0)
    elif match := _AS_ASKED.match(text):
        target = unit_at(text, match.end(), system_of(text))
        if target is None or target.end < len(text):
            return None
        start, end = match.span(1)
    else:
        return None
    quantity = measured(text, start, end)
    if quantity is None or target is None:
        return None
    return _converted(quantity, text[start:end], target, 10)


def _converted(quantity: Quantity, wording: str, target: WrittenUnit, digits: int) -> Calculation:
    """A quantity, or both ends of a range, in another unit; it names the system of units where that matters."""
    to = target.unit.name
    values = [convert(each.exact, each.unit, to) for each in (quantity.ends or (quantity,))]
    numbers = " to ".join(written(_rounded(value, digits)) for value in values)
    suffix, note = _system(quantity, target, values[0])
    mean = " (mean year and month)" if {quantity.unit, to} & _MEAN and quantity.unit != to else ""
    rounded = ", four significant digits" if digits == 4 else ""
    return Calculation(
        expression=f"{wording} → {spelled(to, Fraction(2))}",
        result=f"{numbers} {spelled(to, values[-1])}{suffix}",
        method=f"unit conversion{mean}{rounded}{note}{_doubts([quantity], target.unit.doubt)}",
    )


def _system(quantity: Quantity, target: WrittenUnit, value: Fraction) -> tuple[str, str]:
    """The system of units that a conversion took, for its result, and what another would give, for its method."""
    own = named(quantity.unit)
    system = target.unit.system or own.system
    if not system:
        return "", ""
    suffix = f" ({system})" if target.unit.system else f" ({system} {own.one})"
    if not (quantity.others or target.others):
        return suffix, ""
    unit = target.others[0] if target.others else target.unit
    rival = (quantity.others or (quantity.value,))[0] / to_base(Fraction(1), unit.name)
    other = IMPERIAL if system == US else US
    if math.isclose(rival, value, rel_tol=1e-9):
        return "", f"; the same in {system} and {other} measure"
    shown = written(_rounded(Fraction(rival), 7))
    return (
        suffix,
        f"; no system of units is named, so the {system} one is taken; in the {other} one it is {shown}",
    )


def _rounded(value: Fraction, digits: int) -> Fraction:
    return Fraction(f"{Decimal(value.numerator) / Decimal(value.denominator):.{digits}g}")


def _doubts(found: Sequence[Quantity], *more: str) -> str:
    told = dict.fromkeys((*(each.doubt for each in found), *more))
    return "".join(f"; {doubt}" for doubt in told if doubt)
