"""Bytes to text when nobody says, or somebody wrongly says, what the encoding is."""

import codecs
import unicodedata

from clearspan.errors import BadInput

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_CHARSETS = frozenset(("idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"))
"""Codecs of Python's own that no document is in; some take the square of its length."""
_SAMPLE = 65_536
_NEARLY = 0.1


def decode(data: bytes, name: str, declared: str | None = None) -> str:
    """Text by its byte order mark, then as UTF-8, then as declared, then by its statistics.

    A file that is UTF-8 but for some lines keeps its good lines: each bad line alone is read as Windows-1252.

    Raises:
        BadInput: the bytes are no text, or no encoding fits them.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\x00" in data:
        return _two_bytes_each(data, name)
    for encoding in ("utf-8", declared):
        if encoding and _is_charset(encoding):
            try:
                return data.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
    if _mostly_utf8(data):
        return "\n".join(_line(line) for line in data.split(b"\n"))
    return _guessed(data, name)


def _two_bytes_each(data: bytes, name: str) -> str:
    """UTF-16 without a mark: zeros in one half of the places, as in every text with digits, spaces or Latin letters."""
    sample = data[: _SAMPLE // 2 * 2]
    halves = sample[0::2].count(0), sample[1::2].count(0)
    encoding = "utf-16-le" if halves[1] > halves[0] else "utf-16-be"
    if min(halves) * 8 > max(halves) or len(data) % 2:
        raise _binary(name)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _binary(name) from error
    # A binary file that has zeros in one half decodes, too, but to signs of no script or to controls.
    odd = sum(1 for sign in text[:_SAMPLE] if sign < " " and sign not in "\t\n\r\x0c")
    unknown = sum(1 for sign in text[:_SAMPLE] if unicodedata.category(sign) in ("Cn", "Co"))
    if odd or unknown * 50 > len(text[:_SAMPLE]):
        raise _binary(name)
    return text


def _is_charset(name: str) -> bool:
    try:
        return codecs.lookup(name).name.replace("_", "-") not in _NO_CHARSETS
    except (LookupError, ValueError):
        return False


def _mostly_utf8(data: bytes) -> bool:
    """Whether multi-byte characters of UTF-8 outnumber the bytes that break it."""
    text = data.decode("utf-8", errors="replace")
    broken = text.count("�")
    good = sum(1 for character in text if character > "\x7f") - broken
    return good > broken


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _guessed(data: bytes, name: str) -> str:
    from charset_normalizer import from_bytes

    controls = sum(1 for byte in data[:_SAMPLE] if byte < 32 and byte not in b"\t\n\r\x0c\x1b")
    if controls > len(data[:_SAMPLE]) / 50:
        raise _binary(name)
    matches = from_bytes(data[:_SAMPLE])
    best = matches.best()
    if best is None:
        raise _binary(name)
    # Statistics alone take French for Baltic; of encodings that fit nearly as well, the commonest is meant.
    western = any(
        "cp1252" in (one.encoding, *one.could_be_from_charset)
        and one.chaos <= best.chaos + _NEARLY
        and one.coherence >= best.coherence
        for one in matches
    )
    return data.decode("cp1252" if western else best.encoding, errors="replace")


def _binary(name: str) -> BadInput:
    return BadInput(
        f"{name} is not a text file.",
        why="It holds bytes that no text holds.",
        do="If it is a PDF, DOCX or HTML file, give it its own ending; otherwise leave it out.",
    )
