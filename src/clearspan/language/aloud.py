"""Text as a voice should say it: units, money, ranges and signs in words, and nothing that can only be seen.

Numbers keep their digits: voices read them well, and a listener can check them against the screen.
"""

import re
import unicodedata

_MONTHS = "January February March April May June July August September October November December".split()
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_SCALES = {"k": "thousand", "m": "million", "bn": "billion", "tn": "trillion"}
_CURRENCIES = {"£": ("pound", "pounds"), "$": ("dollar", "dollars"), "€": ("euro", "euros")}
_UNITS: dict[str, str] = {
    short: long
    for long, shorts in {
        "millimetre": "mm", "centimetre": "cm", "metre": "m", "kilometre": "km", "foot": "ft", "yard": "yd",
        "mile": "mi", "nautical mile": "nmi", "milligram": "mg", "gram": "g", "kilogram": "kg", "tonne": "t",
        "ounce": "oz", "pound": "lb lbs", "second": "s sec secs", "minute": "min mins", "hour": "h hr hrs",
        "millilitre": "ml mL", "litre": "l L", "square metre": "m² m2", "square kilometre": "km² km2",
        "hectare": "ha", "cubic metre": "m³ m3", "kilometre per hour": "km/h kph kmh", "mile per hour": "mph",
        "metre per second": "m/s", "knot": "kn", "degree Celsius": "°C", "degree Fahrenheit": "°F",
        "joule": "J", "kilojoule": "kJ", "kilocalorie": "kcal", "watt": "W", "kilowatt": "kW",
        "megawatt": "MW", "watt-hour": "Wh", "kilowatt-hour": "kWh", "hertz": "Hz", "kilohertz": "kHz",
        "decibel": "dB", "kilobyte": "kB KB", "megabyte": "MB", "gigabyte": "GB",
    }.items()
    for short in shorts.split()
}  # fmt: skip
# One letter right after a number may be a decade (1990s) or a name (5G): it is a unit only after a space.
_LOOSE = "|".join(unit for unit in _UNITS if len(unit) == 1)
_TIGHT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True) if len(unit) > 1)

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
    (r"(?<=\d)\s?–\s?(?=[\d£$€])", " to "),
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
_MONEY = re.compile(
    rf"([£$€])\s?({_NUMBER})(?:\s?(k|m|bn|tn)\b|\s(thousand|million|billion|trillion)\b)?", re.IGNORECASE
)
_UNIT = re.compile(
    rf"(?P<number>{_NUMBER})(?:[\s\u00a0\u202f-]?(?P<tight>{_TIGHT})|[\s\u00a0\u202f](?P<loose>{_LOOSE}))(?![\w²³/'’])"
)
_COLUMN_UNIT = re.compile(r"\s\(([^()\s]{1,5})\):")


def aloud(text: str) -> str:
    """A text as it should be said; one line, without signs that a voice would spell out or skip."""
    said = _SPACES_IN_NUMBERS.sub("", unicodedata.normalize("NFC", text))
    said = _BARE_SCHEME.sub(lambda match: _host(match.group()), said)
    said = _ISO_DATE.sub(_date, said)
    said = _MONEY.sub(_money, said)
    said = _COLUMN_UNIT.sub(_column, said)
    said = _UNIT.sub(_measure, said)
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
    return " ".join(part for part in (number and str(int(number)), _MONTHS[int(month) - 1], year) if part)


def _money(match: re.Match[str]) -> str:
    sign, number, letter, word = match.groups()
    one, many = _CURRENCIES[sign]
    scale = _SCALES[letter.lower()] if letter else (word or "").lower()
    whole, point, rest = number.partition(".")
    if not scale and point and len(rest) == 2:
        return f"{whole} {one if whole == '1' else many} {rest}" if rest != "00" else f"{whole}.00 {many}"
    return " ".join(part for part in (number, scale, one if number == "1" and not scale else many) if part)


def _measure(match: re.Match[str]) -> str:
    return f"{match['number']} {_spelled(match['tight'] or match['loose'], one=match['number'] == '1')}"


def _column(match: re.Match[str]) -> str:
    unit = match[1]
    many = _CURRENCIES[unit][1] if unit in _CURRENCIES else _spelled(unit) if unit in _UNITS else ""
    return f", in {many}:" if many else match.group()


def _spelled(unit: str, *, one: bool = False) -> str:
    long = _UNITS[unit]
    if one or long.endswith("hertz"):
        return long
    if long == "foot":
        return "feet"
    # The noun takes the s: kilometres per hour, degrees Celsius, square metres.
    return re.sub(r"(?<=^degree)|(?<=metre)(?= per)|(?<=^mile)(?= per)|(?<=[a-z])$", "s", long, count=1)
