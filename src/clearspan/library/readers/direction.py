"""Text whose letters a mark turns around: what is stored is what somebody reads who opens the source."""

import re
import unicodedata

TURNED = "\u202d\u202e"
"""The marks that force letters to the right or to the left; a piece of hidden text that begins with one was turned."""

_END = "\u202c"
_RUN = re.compile(f"([{TURNED}])([^\n\u2029\u202c\u2069]*)[\u202c\u2069]?")
_TO_THE_RIGHT = frozenset(("L", "EN", "AN"))
_TO_THE_LEFT = frozenset(("R", "AL"))
_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")


def straighten(text: str, turned: list[str]) -> str:
    """A text in the order in which it is read, where an override shows it in another than that of its letters.

    Where both directions meet in one run, its order stays: it is told, and that is all.

    Args:
        turned: gets each run whose order is not what is read, after its mark.

    Source:
        Unicode Standard Annex 9, revision 50, 2024: explicit directional overrides.
    """
    return _RUN.sub(lambda run: _read(run.group(1), run.group(2), turned), text)


def overridden(text: str, *, leftwards: bool) -> str:
    """A text as if it stood between an override and its end."""
    return f"{TURNED[leftwards]}{text}{_END}"


def _read(mark: str, run: str, turned: list[str]) -> str:
    kinds = {unicodedata.bidirectional(sign) for sign in run}
    along, against = (_TO_THE_RIGHT, _TO_THE_LEFT) if mark == TURNED[0] else (_TO_THE_LEFT, _TO_THE_RIGHT)
    if kinds.isdisjoint(against):
        return run
    turned.append(mark + " ".join(run.split()))
    if not kinds.isdisjoint(along):
        return run
    signs: list[str] = []
    for sign in unicodedata.normalize("NFC", run):
        if unicodedata.combining(sign) and signs:
            signs[-1] += sign
        else:
            signs.append(sign)
    return "".join(reversed(signs)).translate(_MIRRORED)
