"""What a question says, token by token: what its words and numbers may be compared with, and what bounds it sets."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from clearspan.language.quantities import quantities
from clearspan.language.words import STOPWORDS, index_terms, words
from clearspan.overview.answering.tables.values import keys_of
from clearspan.overview.proof.rarity import rarity

Comparison = Literal["more", "least", "less", "most", "between"]

MOST_TOKENS = 60
"""Tokens of a question that are read; a set of them is kept in the bits of an integer."""

_TOKEN = re.compile(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?[^\W_]*|[^\W_]+(?:['’][^\W\d_]+)*")
_WH = frozenset("what which who whose whom when where how name list give".split())
_FOCUS = 5
_WORDS_BEFORE: tuple[tuple[Comparison, str], ...] = (
    ("least", r"at least|no less than|no fewer than|not less than|minimum of|since|starting (?:in|from)"),
    ("most", r"at most|no more than|not more than|up to|maximum of|until|through"),
    (
        "more",
        r"(?:more|greater|higher|larger|longer|bigger|older|later|better|faster) than"
        r"|over|above|exceed\w*|after|past|beyond",
    ),
    (
        "less",
        r"(?:less|fewer|lower|smaller|shorter|younger|earlier|worse|slower) than"
        r"|under|below|before|prior to|preceding",
    ),
)
_BOUNDS: tuple[tuple[Comparison, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:{pattern})(?:\s+\w+){{0,2}}\s*[$€£]?\s*$", re.IGNORECASE))
    for kind, pattern in _WORDS_BEFORE
)
_AFTER_BOUND: tuple[tuple[Comparison, re.Pattern[str]], ...] = (
    (
        "least",
        re.compile(
            r"\s*(?:\w+\s+)?(?:or|and) (?:more|above|over|higher|greater|later|older|up|better)\b", re.I
        ),
    ),
    (
        "most",
        re.compile(r"\s*(?:\w+\s+)?(?:or|and) (?:less|fewer|below|under|lower|earlier|younger)\b", re.I),
    ),
)
_FROM = re.compile(r"\b(?:between|from|in|of)\b[^.?]{0,20}$", re.IGNORECASE)
_JOINT = re.compile(r"\s*(?:and|to|through|until|-|–)\s*(?:the\s+|in\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound that a question sets on a value: more than 5, before 1990, between 10 and 20."""

    comparison: Comparison
    low: Fraction
    high: Fraction
    dated: bool
    bits: int

    def admits(self, value: Fraction) -> bool:
        """Whether a value keeps to it."""
        if self.comparison == "more":
            return value > self.high
        if self.comparison == "least":
            return value >= self.low
        if self.comparison == "less":
            return value < self.low
        if self.comparison == "most":
            return value <= self.high
        return self.low <= value <= self.high


@dataclass(frozen=True)
class QuestionWording:
    """A question as it is compared with tables; sets of its tokens are bits of integers, the first token's the lowest.

    Attributes:
        terms: the stems of each token.
        places: stem or value → the tokens where it stands.
        telling: tokens that are no stop words.
        focus: tokens right after the question word, which mostly name what is asked for.
        weights: how telling each token is; 0 for stop words.
        bounds: on values.
        numbers: tokens of numbers and dates.
    """

    text: str
    terms: tuple[str, ...]
    places: Mapping[str, int]
    telling: int
    focus: int
    weights: tuple[float, ...]
    bounds: tuple[Bound, ...]
    numbers: int

    @cached_property
    def total(self) -> float:
        """Weight of all tokens."""
        return sum(self.weights) or 1.0

    def weight(self, bits: int) -> float:
        """Weight of a set of tokens, as a share of the whole."""
        total, place = 0.0, 0
        while bits:
            if bits & 1:
                total += self.weights[place]
            bits >>= 1
            place += 1
        return total / self.total

    def found(self, keys: Iterable[str]) -> int:
        """The tokens that stand for any of the stems or values."""
        bits = 0
        for key in keys:
            bits |= self.places.get(key, 0)
        return bits

    @cached_property
    def grams(self) -> frozenset[str]:
        """Runs of one to three words, numbers by their form; `^` is the beginning."""
        plain = ["^", *(_form(word) for word in words(self.text)[:MOST_TOKENS])]
        return frozenset(
            " ".join(plain[i : i + length]) for length in range(1, 4) for i in range(len(plain) - length + 1)
        )


def read_wording(question: str) -> QuestionWording:
    """Read a question."""
    text = question.strip()
    tokens = list(_TOKEN.finditer(text))[:MOST_TOKENS]
    plain = [next(iter(words(token[0])), "") for token in tokens]
    terms = tuple(" ".join(index_terms(word)) for word in plain)
    places: dict[str, int] = {}
    for place, (word, term) in enumerate(zip(plain, terms, strict=True)):
        for key in {word, term}:
            places[key] = places.get(key, 0) | 1 << place
    spans = [token.span() for token in tokens]
    numbers = _note_values(text, spans, places)
    telling = sum(1 << place for place, word in enumerate(plain) if word not in STOPWORDS)
    rare = rarity(terms)
    weights = tuple((rare[term] if telling >> place & 1 else 0.0) for place, term in enumerate(terms))
    return QuestionWording(
        text, terms, places, telling, _focus(plain) & telling, weights, tuple(_bounds(text, spans)), numbers
    )


def _note_values(text: str, spans: Sequence[tuple[int, int]], places: dict[str, int]) -> int:
    """Put the keys of all numbers and dates in, each with the tokens that it is written in; these tokens."""
    numbers = 0
    for whole in quantities(text):
        for each in whole.ends or (whole,):
            own = _bits(spans, each.start, each.end)
            numbers |= own
            for key in keys_of(each):
                places[key] = places.get(key, 0) | own
    return numbers


def _bits(spans: Sequence[tuple[int, int]], start: int, end: int) -> int:
    return sum(1 << place for place, (a, b) in enumerate(spans) if a < end and start < b)


def _focus(plain: Sequence[str]) -> int:
    for place, word in enumerate(plain):
        if word in _WH:
            return sum(1 << i for i in range(place + 1, min(place + 1 + _FOCUS, len(plain))))
    return sum(1 << i for i in range(min(_FOCUS, len(plain))))


def _bounds(text: str, spans: Sequence[tuple[int, int]]) -> Iterable[Bound]:
    found = [each for whole in quantities(text) for each in (whole.ends or (whole,))]
    for place, each in enumerate(found):
        before = text[max(0, each.start - 40) : each.start]
        dated = each.dimension == "date"
        low = Fraction(int(each.value)) if dated else each.exact
        high = low + int(each.span) if dated else low
        bits = _bits(spans, max(0, each.start - 12), each.end)
        following = found[place + 1] if place + 1 < len(found) else None
        if following is not None and (following.dimension == "date") == dated and _FROM.search(before):
            joint = text[each.end : following.start]
            if _JOINT.fullmatch(joint):
                top = Fraction(int(following.value + following.span)) if dated else following.exact
                if top >= low:
                    yield Bound("between", low, top, dated, bits | _bits(spans, each.end, following.end))
        kind = _comparison(text, before, each.end)
        if kind is not None:
            yield Bound(kind, low, high, dated, bits)


def _comparison(text: str, before: str, end: int) -> Comparison | None:
    """How the words around a value bound it: those after it ('5 or more') before those that lead to it."""
    for kind, pattern in _AFTER_BOUND:
        if pattern.match(text, end):
            return kind
    for kind, pattern in _BOUNDS:
        if pattern.search(before):
            return kind
    return None


def _form(word: str) -> str:
    if word.isdigit():
        return "0000" if len(word) == 4 else "0"
    return "0" if word[0].isdigit() else word
