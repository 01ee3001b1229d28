"""Money by its signs, its codes and its words, and the letters that large amounts are shortened by."""

import pytest

from clearspan.language.quantities.currencies import (
    CURRENCIES,
    FIRST_WORDS,
    MONEY,
    SIGNS,
    Currency,
    after_number,
    before_number,
    letter_scale,
    pence_at,
)


@pytest.mark.parametrize("currency", CURRENCIES, ids=lambda currency: currency.code)
def test_every_spelling_is_its_currency(currency: Currency) -> None:
    for sign in (currency.code, *currency.signs):
        assert before_number(f"{sign}5", 0) == (currency, len(sign))
        assert before_number(f"{sign} 5", 0) == (currency, len(sign) + 1)
        assert after_number(f"5 {sign}", 1) == (currency, len(sign) + 2)
        assert after_number(f"5{sign}.", 1) == (currency, len(sign) + 1)
    for word in currency.words:
        for written in (word, word.title(), word.upper()):
            spaced = written.replace("_", " ")
            assert after_number(f"5 {spaced}.", 1) == (currency, len(word) + 2)
    assert currency.dimension == f"money:{currency.code}"
    assert currency.dimension in MONEY
    assert currency.one
    assert currency.many


def test_codes_are_of_three_letters_and_no_spelling_is_of_two_currencies() -> None:
    assert all(len(currency.code) == 3 and currency.code.isupper() for currency in CURRENCIES)
    spellings = [
        each for currency in CURRENCIES for each in (currency.code, *currency.signs, *currency.words)
    ]
    assert len(set(spellings)) == len(spellings)
    assert len(MONEY) == len(CURRENCIES) == 28


@pytest.mark.parametrize(
    ("code", "one", "many"),
    [
        ("USD", "dollar", "dollars"),
        ("GBP", "pound", "pounds"),
        ("EUR", "euro", "euros"),
        ("JPY", "yen", "yen"),
        ("SEK", "Swedish krona", "Swedish kronor"),
        ("CAD", "Canadian dollar", "Canadian dollars"),
        ("BRL", "real", "reais"),
    ],
)
def test_names(code: str, one: str, many: str) -> None:
    currency = next(each for each in CURRENCIES if each.code == code)
    assert (currency.one, currency.many) == (one, many)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$5", "USD"),
        ("US$5", "USD"),
        ("A$5", "AUD"),
        ("NZ$ 5", "NZD"),
        ("£.50", "GBP"),
        ("€\u00a05", "EUR"),
        ("€\u202f5", "EUR"),
        ("Rs 500", "INR"),
        ("usd 5", None),
        ("$ x", None),
        ("$", None),
        ("£  5", None),
        ("X$5", None),
    ],
)
def test_before_a_number(text: str, code: str | None) -> None:
    found = before_number(text, 0)
    assert (found[0].code if found else None) == code


@pytest.mark.parametrize("text", ["5 dollarsx", "5  euros", "5 $10", "5 eurozone", "5 won", "5 pounds", "5"])
def test_not_after_a_number(text: str) -> None:
    assert after_number(text, 1) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("k", (1000, 1)),
        ("K", (1000, 1)),
        ("m", (10**6, 1)),
        ("M.", (10**6, 1)),
        (" m", (10**6, 2)),
        ("mn", (10**6, 2)),
        ("b", (10**9, 1)),
        ("B,", (10**9, 1)),
        ("bn", (10**9, 2)),
        (" bn", (10**9, 3)),
        ("\u00a0bn", (10**9, 3)),
        ("tn", (10**12, 2)),
        (" tn ", (10**12, 3)),
        (" k", None),
        (" b", None),
        ("kg", None),
        ("kn", None),
        ("n", None),
        (" mile", None),
        ("bns", None),
        ("", None),
    ],
)
def test_letters_for_thousands_and_more(text: str, found: tuple[int, int] | None) -> None:
    assert letter_scale(text, 0) == found


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("p", 1),
        ("p.", 1),
        (" pence", 6),
        (" penny", 6),
        ("px", None),
        (" p", None),
        ("pence", None),
        (" pencex", None),
    ],
)
def test_pence(text: str, end: int | None) -> None:
    assert pence_at(text, 0) == end


def test_what_begins_an_amount() -> None:
    assert set("$£€¥₹₩₪₽₺฿₴") == set(SIGNS)
    assert {"USD", "US", "A", "NZ", "Rs", "R"} <= FIRST_WORDS
    assert all(word and word[0].isupper() for word in FIRST_WORDS)


def test_the_sign_of_two_currencies_says_so() -> None:
    written = {sign: each for each in CURRENCIES for sign in (*each.signs, each.code, *each.words)}
    doubts = {sign: each.doubt(f"{sign}5") for sign, each in written.items() if each.doubt(f"{sign}5")}
    assert doubts == {"¥": "¥ is read as yen; it is the sign of the yuan as well"}
