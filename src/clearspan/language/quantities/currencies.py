"""The one table of currencies: signs, codes, words, and the letters that amounts of money are shortened by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TABLE = """
USD | $ US$   | dollar            | dollar dollars us_dollar us_dollars
GBP | £ UK£   | pound            | pound_sterling pounds_sterling quid
EUR | €       | euro             | euro euros
JPY | ¥ JP¥   | yen, yen | yen
CNY | CN¥     | yuan, yuan | yuan renminbi
INR | ₹ Rs    | rupee            | rupee rupees
CHF |         | Swiss franc      | swiss_franc swiss_francs
AUD | A$ AU$  | Australian dollar | australian_dollar australian_dollars
CAD | C$ CA$  | Canadian dollar  | canadian_dollar canadian_dollars
NZD | NZ$     | New Zealand dollar | new_zealand_dollar new_zealand_dollars
TWD | NT$     | New Taiwan dollar | taiwan_dollar taiwan_dollars new_taiwan_dollars
HKD | HK$     | Hong Kong dollar | hong_kong_dollar hong_kong_dollars
SGD | S$      | Singapore dollar | singapore_dollar singapore_dollars
BRL | R$      | real, reais |
SEK |         | Swedish krona, Swedish kronor | swedish_kronor
NOK |         | Norwegian krone, Norwegian kroner | norwegian_kroner
DKK |         | Danish krone, Danish kroner | danish_kroner
PLN | zł      | zloty            | zloty zlotys
CZK |         | Czech koruna, Czech koruny |
HUF |         | forint           | forint forints
ILS | ₪       | shekel           | shekel shekels
KRW | ₩       | won, won |
MXN | MX$     | Mexican peso     | mexican_pesos
RUB | ₽       | rouble           | rouble roubles ruble rubles
THB | ฿       | baht, baht | baht
TRY | ₺       | lira, lira |
UAH | ₴       | hryvnia          | hryvnia hryvnias
ZAR |         | rand, rand | rand
"""
_SCALES = {
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "bn": 10**9,
    "b": 10**9,
    "tn": 10**12,
    "trn": 10**12,
    "tr": 10**12,
}


@dataclass(frozen=True, slots=True)
class Currency:
    """A row of the table: the code of ISO 4217, its signs, its name as it is said after 1 and after others, its words.

    Words are in lower case, with underscores for spaces.
    """

    code: str
    signs: tuple[str, ...]
    one: str
    many: str
    words: tuple[str, ...]

    @property
    def dimension(self) -> str:
        """The dimension of its amounts, e.g. `money:GBP`."""
        return f"money:{self.code}"

    def doubt(self, written: str) -> str:
        """What else the sign of an amount, as it is written, may mean; empty where nothing."""
        plain = self.code == "JPY" and "¥" in written and "JP" not in written
        return "¥ is read as yen; it is the sign of the yuan as well" if plain else ""


def before_number(text: str, position: int) -> tuple[Currency, int] | None:
    """The currency whose sign or code stands at a position, and where the number after it may begin."""
    match = _BEFORE.match(text, position)
    return (_BY_SPELLING[match[1]], match.end()) if match else None


def after_number(text: str, position: int) -> tuple[Currency, int] | None:
    """The currency whose sign, code or word follows a number that ends at a position, and where it ends."""
    match = _AFTER.match(text, position)
    if match is None:
        return None
    written = match[1]
    found = _BY_SPELLING.get(written) or _BY_SPELLING["_".join(written.lower().split())]
    return found, match.end()


def of_country(text: str, position: int, currency: Currency) -> tuple[Currency, int] | None:
    """The currency that the name of a country after an amount makes of it ('$5 Canadian'), and where it ends."""
    for other, country in _COUNTRIES.get(currency.one, ()):
        if text.startswith(f" {country}", position) and not text[position + len(country) + 1 :][:1].isalnum():
            return other, position + len(country) + 1
    return None


def pence_at(text: str, position: int) -> int | None:
    """Where 'p' or 'pence' ends right after a number; None if none stands there."""
    match = _PENCE.match(text, position)
    return match.end() if match else None


def letter_scale(text: str, position: int) -> tuple[int, int] | None:
    """What a letter after an amount multiplies it by ('£1.2m', '$5bn'), and where it ends."""
    match = _LETTER.match(text, position)
    return (_SCALES[match[1].lower()], match.end()) if match else None


def _rows() -> Iterator[Currency]:
    for line in _TABLE.strip().splitlines():
        code, signs, names, words = (cell.strip() for cell in line.split("|"))
        one, _, many = names.partition(", ")
        yield Currency(code, tuple(signs.split()), one, many or f"{one}s", tuple(words.split()))


CURRENCIES = tuple(_rows())
MONEY: frozenset[str] = frozenset(currency.dimension for currency in CURRENCIES)
"""The dimensions of all amounts of money."""

_BY_SPELLING = {
    spelling: currency
    for currency in CURRENCIES
    for spelling in (currency.code, *currency.signs, *currency.words)
}
_COUNTRIES = {
    plain.one: tuple(
        (currency, currency.one.removesuffix(f" {plain.one}"))
        for currency in CURRENCIES
        if currency.one.endswith(f" {plain.one}")
    )
    for plain in CURRENCIES
}
_WRITTEN = sorted(_BY_SPELLING, key=len, reverse=True)
_SHORT = "|".join(
    re.escape(spelling) for spelling in _WRITTEN if not spelling[0].islower() or spelling == "zł"
)
_LONG = "|".join(spelling.replace("_", r"\s") for spelling in _WRITTEN if spelling.islower())
# A code may stand before a sign that it makes plain: CAD $5.
_BEFORE = re.compile(rf"({_SHORT})[ \u00a0\u202f]?\$?(?=[\d.])")
_AFTER = re.compile(rf"[ \u00a0\u202f]?((?:{_SHORT})(?!\w)|(?i:{_LONG})(?!\w))")
_PENCE = re.compile(r"p(?!\w)|\s(?:pence|penny)(?!\w)")
_LETTER = re.compile(
    r"(?:[ \u00a0\u202f]?(?=bn|mn|tr?n|m\b)|(?=(?:[kb]|tr)\b))(trn?|[kmbt]n?)(?!\w)", re.IGNORECASE
)

SIGNS = "".join(sorted({sign for currency in CURRENCIES for sign in currency.signs if len(sign) == 1}))
"""Signs of a single character."""

FIRST_WORDS = frozenset(re.split(r"\W", spelling)[0] for spelling in _WRITTEN if spelling[0].isupper())
"""Codes, and letters before a sign, that an amount may begin with: 'USD', 'NZ' of 'NZ$'."""
