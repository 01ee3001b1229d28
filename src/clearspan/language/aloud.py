"""Text as a voice should say it: units, money, ranges and signs in words, and nothing that can only be seen.

Numbers keep their digits: voices read them well, and a listener can check them against the screen.
"""

import re
import unicodedata

from clearspan.language.quantities.currencies import CURRENCIES, before_number, letter_scale
from clearspan.language.quantities.currencies import SIGNS as CURRENCY_SIGNS
from clearspan.language.quantities.dates import MONTH_NAMES
from clearspan.language.quantities.number_words import SCALES, scale_at
from clearspan.language.quantities.numerals import figures
from clearspan.language.quantities.units import known_unit, unit_at

_WORDS: tuple[tuple[str, str], ...] = (
    (r"\be\.g\.,?", "for example,"),
    (r"\bi\.e\.,?", "that is,"),
    (r"\betc\.", "and so on"),
    (r"\bvs\.?(?=\s)", "versus"),
    (r"\bapprox\.", "approximately"),
    (r"\s?%", " percent"),
    (r"(?<=\d)\s?°(?!\s?[CFcf]\b)", " degrees"),
    (r"½", " one half "),
    (r"¼", " one quarter "),
    (r"¾", " three quarters "),
    (r"²", " squared"),
    (r"³", " cubed"),
    (r"(?<=\d)\s?[×*]\s?(?=[\d(])", " times "),
    (r"(?<=\d)\s?÷\s?(?=[\d(])", " divided by "),
    (r"(?<=\d)\s/\s(?=[\d(])", " divided by "),
    (r"(?<=\d)\s?(?:\^|\*\*)\s?(?=\d)", " to the power of "),
    (r"(?<=\d)\s?\+\s?(?=[\d(])", " plus "),
    (r"(?<=\d)\s[−-]\s(?=[\d(])", " minus "),
    (rf"(?<=\d)\s?–\s?(?=[\d{re.escape(CURRENCY_SIGNS)}])", " to "),
    (r"\b(\d{4})/(\d{2})\b", r"\1 to \2"),
    (r"(?<![\w.,])[−-](?=\d)", "minus "),
    (r"±\s?", " plus or minus "),
    (r"[≈~]\s?(?=\d)", "about "),
    (r"\s*≥\s*", " at least "),
    (r"\s*≤\s*", " at most "),
    (r"\s=\s", " is "),
    (r"\s*&\s*", " and "),
    (r"→", " to "),
    (r"√", " the square root of "),
    (r"(?<=[A-Za-z])/(?=[A-Za-z])", " or "),
)
_UNHEARD_KINDS = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "So", "Sk", "Sm", "Sc"})
"""Unicode's controls, pictures, and the signs of mathematics and money that no rule has put into words."""

_SPACES_IN_NUMBERS = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}\b)")
_ADDRESS = re.compile(
    r"\b(?:https?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:/[^\s)]*)?(?=[\s).,;]|$)", re.IGNORECASE
)
_BARE_SCHEME = re.compile(r"\bhttps?://\S+", re.IGNORECASE)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})(?:-(\d{2}))?\b")
_AMOUNT = re.compile(rf"(?<![\w.,])\d|[{re.escape(CURRENCY_SIGNS)}](?=\s?\d)")
_SEPARATOR = re.compile(r"[\s-]?")
_COLUMN_UNIT = re.compile(r"\s\(([^()\s]{1,5})\):")


def aloud(text: str) -> str:
    """A text as it should be said; one line, without signs that a voice would spell out or skip."""
    said = _SPACES_IN_NUMBERS.sub("", unicodedata.normalize("NFC", text))
    said = _BARE_SCHEME.sub(lambda match: _host(match.group()), said)
    said = _ISO_DATE.sub(_date, said)
    said = _COLUMN_UNIT.sub(_column, said)
    said = _amounts(said)
    for pattern, words in _WORDS:
        said = re.sub(pattern, words, said)
    return _plain(said)


def day(iso: str) -> str:
    """A date of whatever precision is known, as it is said: 2019, May 2019, 14 May 2019."""
    return aloud(iso)


def name(text: str) -> str:
    """A name as it is said: short, and without signs that would break the sentence it stands in."""
    words = aloud(text).replace(":", ",").rstrip(".,;!? ").split()
    return " ".join(words[:12])


def _plain(text: str) -> str:
    """Without brackets, quotation marks, pictures and control characters; pauses where brackets stood."""
    said = re.sub(r"\[\d+\]", "", text)
    said = re.sub(r"\s*\(([^()]*)\)", r", \1,", said)
    said = re.sub(r"\s+[–—]\s+|—", ", ", said).replace("…", ".")
    said = "".join(_heard(sign) for sign in said)
    said = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(said.split()))
    said = re.sub(r"[,;:]+(?=[.!?])|,(?=[,:;])", "", said)
    return re.sub(r"\.{2,}", ".", said).strip(" ,;")


def _heard(sign: str) -> str:
    if sign.isspace() or sign in "_()[]{}" or unicodedata.category(sign) in _UNHEARD_KINDS:
        return " " if sign != "+" else sign
    return "" if sign in '“”„«»"*#\\' else sign


def _host(address: str) -> str:
    rest = address.rstrip(".,;)")
    found = _ADDRESS.match(rest)
    return (found[1] if found else "a web address") + address[len(rest) :]


def _date(match: re.Match[str]) -> str:
    year, month, number = match.groups()
    if not 1 <= int(month) <= 12 or (number and not 1 <= int(number) <= 31):
        return match.group()
    return " ".join(part for part in (number and str(int(number)), MONTH_NAMES[int(month) - 1], year) if part)


def _amounts(text: str) -> str:
    """A text with its amounts of money, and the short forms of its units, in words."""
    said, end = "", 0
    for match in _AMOUNT.finditer(text):
        start = match.start()
        found = (_measure if match[0].isdigit() else _money)(text, start) if start >= end else None
        if found is not None:
            said += text[end:start] + found[0]
            end = found[1]
    return said + text[end:]


def _money(text: str, start: int) -> tuple[str, int] | None:
    """The words for an amount of money whose sign stands at a place, and where it ends."""
    before = before_number(text, start)
    number = figures(text, before[1]) if before else None
    if before is None or number is None:
        return None
    currency, written = before[0], text[before[1] : number.end]
    if scale := letter_scale(text, number.end) or scale_at(text, number.end):
        word = next((word for word, value in SCALES.items() if value == scale[0]), "")
        return (f"{written} {word} {currency.many}", scale[1]) if word else None
    whole, point, rest = written.partition(".")
    if point and len(rest) == 2 and rest != "00":
        return f"{whole} {currency.one if whole == '1' else currency.many} {rest}", number.end
    return f"{written} {currency.one if written == '1' else currency.many}", number.end


def _measure(text: str, start: int) -> tuple[str, int] | None:
    """The words for a number with the short form of a unit, and where that ends; None for a unit in words."""
    number = figures(text, start)
    gap = _SEPARATOR.match(text, number.end) if number else None
    unit = unit_at(text, gap.end()) if gap else None
    if number is None or gap is None or unit is None or text[unit.end : unit.end + 1] in ("/", "'", "’"):
        return None
    written = text[gap.end() : unit.end]
    # One letter right after a number may be a decade (1990s) or a name (5G): it is a unit only after a space.
    tight = len(written) == 1 and written.isalpha() and not gap[0]
    if tight or re.sub(r"[\s-]", "_", written.lower()) in unit.unit.spellings:
        return None
    digits = text[start : number.end]
    return f"{digits} {unit.unit.one if digits == '1' else unit.unit.many}", unit.end


def _column(match: re.Match[str]) -> str:
    written = match[1]
    currency = next((each for each in CURRENCIES if written in each.signs), None)
    named = currency or known_unit(written)
    return f", in {named.many}:" if named else match.group()
