"""Text as it is meant to be read by a machine: disguises taken off, so that patterns meet plain words."""

import base64
import binascii
import html
import re
import unicodedata
from urllib.parse import unquote

_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
_TAGS = re.compile(r"[\U000e0020-\U000e007e]")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_](?:[ .\-_*·|])){4,}[^\W\d_](?![^\W_])")
_BASE64 = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/=])")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}|[\w.-]){6,}")
_ROT13_CUE = re.compile(r"\b(?:vtaber|qvfertneq|vafgehpgvbaf?)\b", re.IGNORECASE)
_LEET = str.maketrans("013457@$", "oieastas")
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁɡһԛԝАВЕКМНОРСТХІЅοαερτνικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdghqwABEKMHOPCTXISoaeptvikABEZHIKMNOPTYX",
)
_ROT13 = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm",
)


def readings(text: str) -> list[str]:
    """A text without invisible signs and look-alike letters, then what is hidden in it: spaced, encoded, respelt.

    The first is the whole text; the others are there only where something was hidden.
    """
    # Tag characters spell ASCII that no screen shows.
    plain = _TAGS.sub(lambda match: chr(ord(match.group()) - 0xE0000), text)
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", plain)).translate(_LOOK_ALIKES)
    if "&" in plain:
        plain = html.unescape(plain)
    found = [plain]
    if _SPACED.search(plain):
        found.append(_SPACED.sub(lambda match: re.sub(r"[\W_]", "", match.group()), plain))
        found.append(
            re.sub(r"(?<=\S)[ .\-_*·|](?=\S(?:[ .\-_*·|\n]|$))", "", re.sub(r"[ ]{2,}", "\n", plain))
        )
    found += [decoded for match in _BASE64.finditer(plain) if (decoded := _decoded(match.group()))]
    if "%" in plain:
        found += [unquote(match.group()) for match in _PERCENT.finditer(plain) if "%20" in match.group()]
    if _ROT13_CUE.search(plain):
        found.append(plain.translate(_ROT13))
    if re.search(r"[a-z][013457@$][a-z]", plain, re.IGNORECASE):
        found.append(plain.translate(_LEET))
    return found


def _decoded(encoded: str) -> str:
    """The text of a piece of Base64; empty when it is none or holds something else."""
    try:
        text = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return text if text.isprintable() and " " in text else ""
