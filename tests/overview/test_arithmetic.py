"""The calculator's arithmetic is exact, bounded, and never more than arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.overview.arithmetic import as_expression, evaluate, is_exact, written

integers = st.integers(min_value=-(10**9), max_value=10**9)


@given(integers, integers, integers.filter(bool))
def test_arithmetic_is_exact(a: int, b: int, c: int) -> None:
    assert evaluate(f"({a} + {b}) * {c}") == (a + b) * c
    assert evaluate(f"({a} - {b}) / {c}") == Fraction(a - b, c)


@given(
    st.decimals(min_value=-(10**6), max_value=10**6, places=3),
    st.decimals(min_value=0, max_value=10**6, places=3),
)
def test_decimals_do_not_round(a: object, b: object) -> None:
    assert evaluate(f"{a} + {b}") == Fraction(str(a)) + Fraction(str(b))


@given(st.integers(min_value=-(10**30) + 1, max_value=10**30 - 1))
def test_written_integers_read_back(value: int) -> None:
    text = written(Fraction(value))
    assert int(text.replace(",", "").replace("−", "-")) == value
    assert is_exact(Fraction(value)) or abs(value) >= 10**30


def test_a_rounded_result_is_known_to_be_rounded() -> None:
    assert not is_exact(evaluate("7 / 3"))
    assert is_exact(evaluate("7 / 4"))
    assert written(evaluate("7 / 3")) == "2.333333333"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 times 12", 144),
        ("2 to the power of 10", 1024),
        ("square root of 81", 9),
        ("1,000 + 1", 1001),
        ("7 − 2 × 3", 1),
        ("17 mod 5", 2),
        ("3 squared plus 4 squared", 25),
        ("6 x 7", 42),
    ],
)
def test_operators_in_words_and_signs(text: str, expected: int) -> None:
    expression = as_expression(text)
    assert expression is not None
    assert evaluate(expression) == expected


@pytest.mark.parametrize(
    "text",
    ["the bridge", "42", "__import__('os')", "lambda: 1", "[1]*9", "1 if 2 else 3", "573^sqrt"],
)
def test_anything_but_arithmetic_is_not_an_expression(text: str) -> None:
    assert as_expression(text) is None


@pytest.mark.parametrize(
    "expression",
    [
        "1/0",
        "9**9**9",
        "2 +",
        "(1",
        "sqrt(-1)",
        "((((1",
        "10**400",
        "(-8)**(1/3)",
        "573**sqrt",
        "sqrt",
        "sqrt()",
    ],
)
def test_what_has_no_result_is_an_error_with_a_reason(expression: str) -> None:
    with pytest.raises(BadInput) as caught:
        evaluate(expression)
    assert caught.value.do


def test_a_negative_number_has_no_fractional_power() -> None:
    expression = as_expression("(-8)^(1/3)")
    assert expression is not None
    with pytest.raises(BadInput) as caught:
        evaluate(expression)
    assert "negative number" in (caught.value.why or "")


pieces = st.sampled_from([*"0123456789+-*/%^(). ", "sqrt", "sqrt(", "**", "1.5"])


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@given(st.lists(pieces, max_size=14).map("".join) | st.text("0123456789+-*/%^().sqrt ", max_size=20))
def test_any_text_has_an_exact_value_or_a_reason(text: str) -> None:
    expression = as_expression(text)
    for each in {text, expression} - {None}:
        try:
            assert isinstance(evaluate(str(each)), Fraction)
        except BadInput:
            continue
