"""Numbers in words read back, whatever their size, and words that are none are left."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.language.quantities.number_words import BEGINNINGS, SCALES, ordinal, scale_at, worded
from clearspan.language.quantities.numerals import Number

SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def said(value: int) -> str:
    """A number below a quadrillion in British words."""
    for scale, word in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if value >= scale:
            rest = value % scale
            joint = " and " if 0 < rest < 100 else " "
            return f"{said(value // scale)} {word}" + (joint + said(rest) if rest else "")
    if value >= 100:
        return f"{SMALL[value // 100]} hundred" + (f" and {said(value % 100)}" if value % 100 else "")
    if value >= 20:
        return TENS[value // 10] + (f"-{SMALL[value % 10]}" if value % 10 else "")
    return SMALL[value]


@given(st.integers(min_value=0, max_value=10**15 - 1) | st.integers(min_value=0, max_value=2000))
def test_whole_numbers_read_back(value: int) -> None:
    text = said(value)
    number = worded(f"{text} ships", 0)
    assert number is not None
    assert (number.value, number.end, number.kind) == (value, len(text), "words")


def read(text: str, position: int) -> Number:
    number = worded(text, position)
    assert number is not None
    return number


@pytest.mark.parametrize("value", range(101))
def test_the_first_hundred(value: int) -> None:
    for text in (said(value), said(value).replace("-", " "), said(value).upper()):
        number = worded(text, 0)
        assert number is not None
        assert number.value == value


@pytest.mark.parametrize(
    ("text", "value", "read"),
    [
        ("a dozen eggs", "12", "a dozen"),
        ("two dozen eggs", "24", "two dozen"),
        ("a hundred miles", "100", "a hundred"),
        ("a hundred and one", "101", "a hundred and one"),
        ("a hundred and two thousand", "102000", "a hundred and two thousand"),
        ("a thousand and one nights", "1001", "a thousand and one"),
        ("a hundred thousand", "100000", "a hundred thousand"),
        ("two hundred fifty", "250", "two hundred fifty"),
        ("two-hundred-and-fifty", "250", "two-hundred-and-fifty"),
        ("two hundred and three hundred", "200", "two hundred"),
        ("two thousand and three thousand", "2000", "two thousand"),
        ("two hundred and, later, fifty", "200", "two hundred"),
        ("five million three hundred thousand and six", "5300006",
         "five million three hundred thousand and six"),
        ("one thousand one million", "1000", "one thousand"),
        ("one two", "1", "one"),
        ("twenty twenty", "20", "twenty"),
        ("twenty zero", "20", "twenty"),
        ("twenty eleven", "20", "twenty"),
        ("nineteen five", "19", "nineteen"),
        ("three point one four", "3.14", "three point one four"),
        ("zero point five kg", "0.5", "zero point five"),
        ("three point of order", "3", "three"),
        ("three point ten", "3", "three"),
        ("three point nine ten", "3.9", "three point nine"),
        ("one and a half miles", "3/2", "one and a half"),
        ("one-and-a-half", "3/2", "one-and-a-half"),
        ("two and three quarters", "11/4", "two and three quarters"),
        ("five and two thirds", "17/3", "five and two thirds"),
        ("one and five-eighths inches", "13/8", "one and five-eighths"),
        ("two and a quarter", "9/4", "two and a quarter"),
        ("two and one third", "7/3", "two and one third"),
        ("two and three half", "2", "two"),
        ("two and five quarters", "2", "two"),
        ("two and a mile", "2", "two"),
        ("two and", "2", "two"),
    ],
)  # fmt: skip
def test_words(text: str, value: str, read: str) -> None:
    number = worded(text, 0)
    assert number is not None
    assert (number.value, text[: number.end], number.kind) == (Fraction(value), read, "words")


@pytest.mark.parametrize(
    ("text", "value", "read", "kind"),
    [
        ("half a litre", "1/2", "half a", "half"),
        ("half an hour", "1/2", "half an", "half"),
        ("two thirds of it", "2/3", "two thirds", "share"),
        ("two-thirds", "2/3", "two-thirds", "share"),
        ("three quarters", "3/4", "three quarters", "share"),
        ("seven eighths", "7/8", "seven eighths", "share"),
        ("nine tenths", "9/10", "nine tenths", "share"),
        ("three twentieths", "3/20", "three twentieths", "share"),
        ("eleven twelfths", "11/12", "eleven twelfths", "share"),
        ("five sixteenths", "5/16", "five sixteenths", "share"),
        ("one third are", "1/3", "one third", "share"),
        ("one half are", "1/2", "one half", "share"),
        ("a third of the town", "1/3", "a third", "share"),
        ("a third.", "1/3", "a third", "share"),
        ("a tenth", "1/10", "a tenth", "share"),
        ("a fifth, and", "1/5", "a fifth", "share"),
        ("a quarter of an hour", "1/4", "a quarter", "share"),
        ("quarter of an hour", "1/4", "quarter", "share"),
        ("a half of it", "1/2", "a half", "share"),
    ],
)
def test_shares(text: str, value: str, read: str, kind: str) -> None:
    number = worded(text, 0)
    assert number is not None
    assert (number.value, text[: number.end], number.kind) == (Fraction(value), read, kind)


@pytest.mark.parametrize(
    "text",
    ["a mile", "an hour", "half", "half of it", "half past nine", "a", "and", "a third bridge", "a quarter.",
     "a half.", "quarter", "quarter past", "hundred", "million", "two halves", "three thirds", "a second of",
     "fourth", "ships", "", "a one", "a and"],
)  # fmt: skip
def test_no_number(text: str) -> None:
    number = worded(text, 0)
    assert number is None or (number.value, number.kind) in ((2, "words"), (3, "words"))
    assert (number is not None) == text.startswith(("two", "three"))


@pytest.mark.parametrize(
    ("text", "value", "read"),
    [
        ("fourth", 4, "fourth"),
        ("fifth avenue", 5, "fifth"),
        ("eighth", 8, "eighth"),
        ("ninth", 9, "ninth"),
        ("twelfth", 12, "twelfth"),
        ("nineteenth century", 19, "nineteenth"),
        ("twentieth", 20, "twentieth"),
        ("ninetieth", 90, "ninetieth"),
        ("twenty-first", 21, "twenty-first"),
        ("thirty second", 32, "thirty second"),
        ("Forty-Third street", 43, "Forty-Third"),
        ("fifty-fifth", 55, "fifty-fifth"),
    ],
)
def test_ordinals(text: str, value: int, read: str) -> None:
    number = ordinal(text, 0)
    assert number is not None
    assert (number.value, text[: number.end]) == (value, read)


@pytest.mark.parametrize(
    "text",
    [
        "first",
        "second",
        "third",
        "zeroth",
        "twenty",
        "ten first",
        "twenty tenth",
        "one first",
        "ships",
        "a fifth",
    ],
)
def test_no_ordinal(text: str) -> None:
    assert ordinal(text, 0) is None


@pytest.mark.parametrize(
    ("text", "product", "read"),
    [
        (" million", 10**6, " million"),
        (" hundred thousand people", 10**5, " hundred thousand"),
        ("-thousand", 1000, "-thousand"),
        (" dozen eggs", 12, " dozen"),
        (" Trillion billion", 10**12, " Trillion"),
        (" hundred million", 10**8, " hundred million"),
    ],
)
def test_scales(text: str, product: int, read: str) -> None:
    assert scale_at(text, 0) == (product, len(read))


@pytest.mark.parametrize("text", [" miles", "million", "", " ", "  million"])
def test_no_scale(text: str) -> None:
    assert scale_at(text, 0) is None


def test_scales_grow_by_a_thousand() -> None:
    assert SCALES == {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def test_a_scale_among_its_words_is_known() -> None:
    assert read("two million", 0).scaled
    assert not read("two hundred", 0).scaled


@given(
    st.lists(st.sampled_from(sorted(BEGINNINGS | SCALES.keys() | {"and", "point", "thirds", "of", "dozen"})))
)
def test_any_words_are_read_or_left(words: list[str]) -> None:
    text = " ".join(words)
    for read in (worded, ordinal):
        number = read(text, 0)
        assert number is None or 0 < number.end <= len(text)
        assert number is None or not text[number.end : number.end + 1].isalpha()
