"""Colours as documents write them, and whether text of one can be read on another."""

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


def colour(text: str) -> Colour | None:
    """The colour that CSS or a word processor names; None where it is none, transparent, or not known here."""
    plain = text.strip().lower()
    if plain in _NAMED:
        return _NAMED[plain]
    if found := re.fullmatch(r"#?([0-9a-f]{6})(?:ff)?", plain):
        return _hex(found.group(1))
    if found := re.fullmatch(r"#([0-9a-f])([0-9a-f])([0-9a-f])", plain):
        return _hex("".join(sign * 2 for sign in found.groups()))
    if found := re.fullmatch(r"rgba?\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)\s*(?:[,/]\s*([\d.]+%?)\s*)?\)", plain):
        red, green, blue, alpha = found.groups()
        if alpha is None or float(alpha.rstrip("%") or 1) > 0:
            return (min(int(red), 255), min(int(green), 255), min(int(blue), 255))
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
