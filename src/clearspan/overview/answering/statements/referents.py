"""What a sentence refers to before itself: its pronoun brings the sentence that names what it stands for."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from clearspan.overview.answering.statements.outline import Piece

_LINK = (
    r"(?:(?:However|But|And|So|Also|Then|Thus|Hence|Therefore|Moreover|Furthermore|Besides|Instead|Nevertheless|Still|Yet|"
    r"Later|Today|Now|Here|In addition|As a result|For example|For instance|In fact|In turn|By then|At first|Normally|"
    r"Usually|Often|Sometimes|Though|Although|Because|Since|When|While|If|Once|After|Before|Unless|Until|As)\b,?\s+)?"
)
_PERSONAL = re.compile(
    rf"^\W*{_LINK}(?:it|its|he|she|they|his|her|their|him|them|both|itself|himself|herself|themselves)\b(?!\s*\()",
    re.IGNORECASE,
)
# 'It is important to …' and 'It was in 1937 that …' stand for nothing before them.
_EXPLETIVE = re.compile(
    rf"^\W*{_LINK}it\s+(?:is|was|may\s+be|can\s+be|has\s+been|seems|appears|takes)\s+(?:\w+\s+){{1,3}}(?:to|that|for|when|if|whether)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    rf"^\W*{_LINK}(?:this|these|those|such|that(?!\s+(?:said|is)\b)|the\s+(?:latter|former|same|other|others|two|resulting)|neither|either|"
    r"(?:one|some|many|most|all|each|any|none|two|three|several|both)\s+of\s+(?:them|these|those|this)|"
    r"another|others|doing\s+(?:so|this)|in\s+(?:this|that|these|such)|at\s+(?:this|that)|for\s+(?:this|these)|during\s+(?:this|that)|"
    r"as\s+such|because\s+of\s+(?:this|that))\b",
    re.IGNORECASE,
)
_REPLY = re.compile(r"^\W*(?:yes|no|not\s+(?:always|necessarily|usually))\b[,.: –-]", re.IGNORECASE)
_MOST = 3
"""Sentences that are shown before one, at most."""

_FURTHEST = 8
"""Sentences that are looked back over for what a pronoun stands for."""


def refers_back(text: str) -> bool:
    """Whether a sentence opens with a word that stands for something said before it."""
    return bool(_personal(text) or _POINTING.match(text) or _REPLY.match(text))


def referents(text: str, pieces: Sequence[Piece], index: int) -> tuple[Piece, ...]:
    """The sentences that must be shown with the one at `index` so that it can be understood, in reading order.

    'He' and 'it' are what the last sentence that names something speaks of; 'this' and 'such' mean the sentence before,
    which may need another one itself. Nothing is looked for beyond a heading.
    """
    found: list[int] = []
    at = index
    while len(found) < _MOST and (named := _before(text, pieces, at)) is not None:
        found.append(named)
        at = named
    return tuple(pieces[i] for i in sorted(found))


def _before(text: str, pieces: Sequence[Piece], index: int) -> int | None:
    """The place of the sentence that the one at `index` refers to directly."""
    own = text[pieces[index].start : pieces[index].end]
    if not refers_back(own):
        return None
    earlier = list(islice(_earlier(pieces, index), _FURTHEST))
    if not earlier:
        return None
    if _POINTING.match(own) or _REPLY.match(own):
        return earlier[0]
    for place in earlier:
        if not _personal(text[pieces[place].start : pieces[place].end]):
            return place
    return None


def _earlier(pieces: Sequence[Piece], index: int) -> Iterator[int]:
    """Sentences of prose above a piece and under its heading, nearest first; over a list only its stem."""
    for place in range(index - 1, -1, -1):
        piece = pieces[place]
        if piece.kind == "heading":
            break
        if piece.kind == "prose":
            yield place


def _personal(text: str) -> bool:
    return bool(_PERSONAL.match(text)) and not _EXPLETIVE.match(text)
