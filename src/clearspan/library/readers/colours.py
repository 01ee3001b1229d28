"""Colours as documents write them, and whether text of one can be read on another."""

import colorsys
import re

Colour = tuple[int, int, int]
"""Red, green and blue, each 0 to 255."""

_NAMED: dict[str, Colour] = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "yellow": (255, 255, 0),
    "orange": (255, 165, 0),
}
_READABLE = 1.15
"""Contrast below which nobody reads it; people ask for 4.5, and complain below 2."""


_FUNCTION = re.compile(r"([a-z]+)\(([^()]*)\)")
_AS_AROUND = frozenset(("", "inherit", "currentcolor", "unset", "revert", "revert-layer"))


def colour(text: str) -> Colour | None:
    """The colour that CSS or a word processor names; None where it is none, transparent, or not known here."""
    plain = text.strip().lower()
    if opacity(plain) == 0:
        return None
    if plain in _NAMED:
        return _NAMED[plain]
    if found := re.fullmatch(r"#?([0-9a-f]{6})|#([0-9a-f]{6})[0-9a-f]{2}", plain):
        return _hex(found.group(1) or found.group(2))
    if found := re.fullmatch(r"#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?", plain):
        return _hex("".join(sign * 2 for sign in found.groups()))
    if found := _FUNCTION.fullmatch(plain):
        return _mixed(found.group(1), _parts(found.group(2))[:3])
    return None


def opacity(text: str) -> float | None:
    """How opaque CSS makes what it paints in a colour, 0 to 1; None where that is as it is around it."""
    plain = text.strip().lower()
    if plain in _AS_AROUND:
        return None
    if plain == "transparent":
        return 0.0
    if found := re.fullmatch(r"#(?:[0-9a-f]{3}([0-9a-f])|[0-9a-f]{6}([0-9a-f]{2}))", plain):
        return int(found.group(1) * 2 if found.group(1) else found.group(2), 16) / 255
    found = _FUNCTION.fullmatch(plain)
    parts = _parts(found.group(2)) if found else []
    alpha = _share(parts[3]) if len(parts) == 4 else None
    return 1.0 if alpha is None else min(max(alpha, 0.0), 1.0)


def _parts(arguments: str) -> list[str]:
    return re.split(r"\s*[,/]\s*|\s+", arguments.strip())


def _mixed(function: str, parts: list[str]) -> Colour | None:
    if len(parts) != 3:
        return None
    if function in ("rgb", "rgba"):
        numbers = [_share(part, 255) for part in parts]
    elif function in ("hsl", "hsla"):
        turn = _share(parts[0].removesuffix("deg"))
        strength, light = (_share(part if part.endswith("%") else f"{part}%") for part in parts[1:])
        if turn is None or strength is None or light is None:
            return None
        numbers = [255 * part for part in colorsys.hls_to_rgb(turn / 360 % 1, light, strength)]
    else:
        return None
    red, green, blue = (None if number is None else min(max(round(number), 0), 255) for number in numbers)
    return None if red is None or green is None or blue is None else (red, green, blue)


def _share(text: str, whole: float = 1.0) -> float | None:
    """A number, or a percentage of a whole."""
    try:
        return float(text[:-1]) / 100 * whole if text.endswith("%") else float(text)
    except ValueError:
        return None


def alike(one: Colour, other: Colour) -> bool:
    """Whether text of one colour cannot be read on the other.

    Source:
        Contrast ratio of the Web Content Accessibility Guidelines 2.2, W3C, 2023.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05) < _READABLE


def _luminance(of: Colour) -> float:
    parts = [part / 255 for part in of]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _hex(digits: str) -> Colour:
    return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16))
