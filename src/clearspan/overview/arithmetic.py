"""Exact arithmetic on what a person typed: parsed by simpleeval (no `eval`), computed in fractions."""

import ast
import math
import operator
import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any, cast

from simpleeval import InvalidExpression, SimpleEval  # pyright: ignore[reportMissingTypeStubs]

from clearspan.errors import BadInput
from clearspan.language.quantities.number_words import BEGINNINGS, worded
from clearspan.language.quantities.numerals import SIGNS as FRACTION_SIGNS
from clearspan.language.quantities.numerals import figures

_LARGEST_DIGITS = 300
_WORDS: tuple[tuple[str, str], ...] = (
    (r"\bto\s+the\s+power\s+(?:of\s+)?", "**"),
    (r"\bsquared\b", "**2"),
    (r"\bcubed\b", "**3"),
    (r"\b(?:the\s+)?square\s+root\s+of\s+([\d.]+)", r"sqrt(\1)"),
    (r"\bmultiplied\s+by\b|\btimes\b|[×·]|(?<=[\d)])\s*x\s*(?=[\d(])", "*"),
    (r"\bdivided\s+by\b|\bover\b|÷", "/"),
    (r"\bplus\b", "+"),
    (r"\bminus\b|[−–]", "-"),
    (r"\bmodulo\b|\bmod\b", "%"),
    (r"\^", "**"),
    (r"(?<=[\d)])\s*²", "**2"),
    (r"(?<=[\d)])\s*³", "**3"),
)
_NUMBER = re.compile(rf"(?<![\w.])(?:\.?\d|[{FRACTION_SIGNS}]|[A-Za-z]+)")
_NO_NUMBERS = frozenset({"code", "half", "slash"})
_PERCENTAGE = re.compile(r"%\s*(?![\s\d(.s])|%\s*$")
# What people call by these is no quotient: dates, phone numbers, seasons, a chain of shops.
_NAMES = re.compile(r"9/11|24/7|7[/-]11|20/20|50/50|\d{3}-\d{4}|(?:1[5-9]|20)\d\d[-–/]\d{2}(?:\d\d)?")
_ALLOWED = re.compile(r"(?:[\d.\s+\-*/%()]|sqrt(?=\s*\())+")


def as_expression(text: str) -> str | None:
    """The arithmetic expression in a text of numbers and operators (also in words); None if it is anything else."""
    text = text.strip().rstrip("=? .")
    if _NAMES.fullmatch(text):
        return None
    expression = _numbered(text).lower()
    for pattern, replacement in _WORDS:
        expression = re.sub(pattern, replacement, expression)
    expression = " ".join(expression.split())
    if not _ALLOWED.fullmatch(expression) or not re.search(r"\d", expression):
        return None
    if not re.search(r"[+\-*/%]|sqrt", expression.lstrip("+- ")):
        return None
    # A percentage is no remainder, and of what it is one is not said: '10% + 5'.
    return None if _PERCENTAGE.search(expression) else expression


def numeral(value: Fraction) -> str:
    """A number as an expression has it: with its decimals where they end, else as a quotient in brackets."""
    below = value.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    if below > 1:
        return f"({value.numerator} / {value.denominator})"
    with localcontext() as context:
        context.prec = _LARGEST_DIGITS
        decimal = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{decimal:f}"


def _numbered(text: str) -> str:
    """A text with every number in it, in figures or in words, as Python writes it; its operators stay."""
    written, end = "", 0
    for match in _NUMBER.finditer(text):
        start = match.start()
        if start < end:
            continue
        if match[0].isalpha():
            number = worded(text, start) if match[0].lower() in BEGINNINGS else None
        else:
            number = figures(text, start)
        # Powers of ten are operations here, and so is a slash.
        if number is None or number.kind in _NO_NUMBERS or re.search(r"[\^*]", text[start : number.end]):
            continue
        written += text[end:start] + numeral(number.value)
        end = number.end
    return written + text[end:]


def evaluate(expression: str) -> Fraction:
    """The value of an arithmetic expression.

    Raises:
        BadInput: it is not well formed, divides by zero, or its result would be too large to write down.
    """
    try:
        value = Fraction(cast(Any, _Exact()).eval(expression))
    except ZeroDivisionError as error:
        raise BadInput(
            "This divides by zero, so it has no result.", do="Check the part after the division sign."
        ) from error
    except (
        InvalidExpression,
        SyntaxError,
        ValueError,
        TypeError,
        ArithmeticError,
        RecursionError,
        MemoryError,
    ) as error:
        raise BadInput(
            f"'{expression[:80]}' cannot be calculated.",
            why=f"{error}."[:200] if type(error) in (ValueError, OverflowError) else "It is not well formed.",
            do="Write numbers with + − × ÷ ^, brackets and percentages.",
        ) from error
    return value


def written(value: Fraction | Decimal, digits: int = 10) -> str:
    """A value as a person writes it: grouped thousands, at most `digits` significant digits, ≈ never hidden.

    Integers are written in full up to 30 digits.
    """
    fraction = Fraction(value)
    if fraction.denominator == 1 and len(str(abs(fraction.numerator))) <= 30:
        return f"{fraction.numerator:,}".replace("-", "−")
    with localcontext() as context:
        context.prec = digits
        decimal = (Decimal(fraction.numerator) / Decimal(fraction.denominator)).normalize()
    exponent = decimal.adjusted()
    text = f"{decimal:,f}" if -7 < exponent < 21 else f"{decimal:e}"
    return text.replace("-", "−")


def is_exact(value: Fraction, digits: int = 10) -> bool:
    """Whether `written` shows the value itself and not a rounding of it."""
    return Fraction(Decimal(written(value, digits).replace(",", "").replace("−", "-"))) == value


class _Exact(SimpleEval):
    """simpleeval over fractions; powers are bounded before they are computed."""

    def __init__(self) -> None:
        operators: dict[type[ast.AST], Callable[..., Any]] = {
            ast.Add: operator.add,
            ast.Sub: operator.sub,
            ast.Mult: operator.mul,
            ast.Div: _quotient,
            ast.Mod: operator.mod,
            ast.Pow: _power,
            ast.USub: operator.neg,
            ast.UAdd: operator.pos,
        }
        super().__init__(operators=operators, functions={"sqrt": _square_root}, names={})  # pyright: ignore[reportUnknownMemberType]
        nodes = cast(Any, self).nodes
        nodes[ast.Constant] = _constant
        nodes[ast.Name] = _bare_name


def _quotient(dividend: Fraction, divisor: Fraction) -> Fraction:
    return dividend / divisor


def _constant(node: ast.Constant) -> Fraction:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise BadInput(f"'{node.value}' is not a number.", do="Write numbers and operators only.")
    return Fraction(repr(node.value))


def _bare_name(node: ast.Name) -> Fraction:
    raise ValueError(f"'{node.id}' stands without its brackets")


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        if base < 0:
            raise ValueError("a negative number has no real power with a fractional exponent")
        return Fraction(float(base) ** float(exponent))
    size = max(len(str(abs(base.numerator))), len(str(base.denominator))) * abs(exponent.numerator)
    if size > _LARGEST_DIGITS:
        raise OverflowError(f"the result would have more than {_LARGEST_DIGITS} digits")
    return base**exponent.numerator


def _square_root(value: Fraction) -> Fraction:
    if value < 0:
        raise ValueError("a negative number has no real square root")
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    if top * top == value.numerator and bottom * bottom == value.denominator:
        return Fraction(top, bottom)
    with localcontext() as context:
        context.prec = 30
        return Fraction((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())
