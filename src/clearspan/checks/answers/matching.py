"""Whether a text states an answer: in its words, or as its value."""

import re
import string
from collections import Counter

from clearspan.language.quantities import Quantity, quantities
from clearspan.language.words import stems

LONG_WORDS = 6
"""Words from which an answer is a sentence of its own, which a text may put in other words."""

_SHARE_OF_STEMS = 0.7
"""Of the telling words of such an answer that a text must hold to state it."""

_DASHES = re.compile(r"[-–—‒−/]")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’«»…•·")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


def normalised(text: str) -> str:
    """Lower case without punctuation and articles; dashes and slashes part words.

    Source: P. Rajpurkar et al., SQuAD: 100,000+ questions for machine comprehension of text, EMNLP 2016.
    """
    plain = _DASHES.sub(" ", text.lower()).translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", plain).split())


def states(text: str, answer: str) -> bool:
    """Whether a text holds an answer: its words in their order, its value, or most telling words of a long one."""
    words = normalised(answer)
    if not words:
        return False
    if f" {words} " in f" {normalised(text)} ":
        return True
    value = _value(answer)
    if value is not None:
        return any(_agree(value, other) for other in quantities(text))
    telling = stems(answer)
    enough = _SHARE_OF_STEMS * len(telling)
    return len(words.split()) >= LONG_WORDS and len(telling & stems(text)) >= enough > 0


def is_slight(answer: str) -> bool:
    """Whether an answer is so short that it stands in a text by chance: a count below a hundred, a letter or two."""
    return len(normalised(answer)) <= 2


def token_f1(text: str, answer: str) -> float:
    """The harmonic mean of the shares of words that a text and an answer have in common, in [0, 1].

    Source: as `normalised`.
    """
    ours, theirs = normalised(text).split(), normalised(answer).split()
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def _value(answer: str) -> Quantity | None:
    """What an answer measures, if it is one quantity with a word beside it at most."""
    found = quantities(answer)
    if len(found) != 1:
        return None
    beside = normalised(f"{answer[: found[0].start]} {answer[found[0].end :]}")
    return found[0] if len(beside.split()) <= 1 else None


def _agree(answer: Quantity, other: Quantity) -> bool:
    """Whether a value of a text is that of an answer: as quantities compare, or as bare numbers when rounded alike.

    Sets give '24933 thousand' where the table says 24,933 under 'in thousands', and -3 where a text says that it fell
    by 3: numbers alone are compared too, without their sign, where not both have a unit.
    """
    if answer.same(other):
        return True
    bare = {"count", "percent", "percentage points"}
    if {answer.dimension, other.dimension} & {"date", "clock", "ordinal", "designation"} or answer.ends:
        return False
    if not {answer.dimension, other.dimension} & bare and not (
        answer.dimension == other.dimension and answer.dimension.startswith("money:")
    ):
        return False
    decimals = len(answer.text.partition(".")[2].rstrip("% ").split(" ")[0])
    allowed = 0.505 * 10.0**-decimals if decimals else 0.0
    ours = {abs(answer.value), abs(_leading(answer))}
    theirs = {abs(other.value), abs(_leading(other))}
    return any(abs(a - b) <= allowed + 1e-9 * abs(a) for a in ours for b in theirs)


def _leading(quantity: Quantity) -> float:
    """The figures of a quantity without the 'thousand' or 'million' behind them."""
    figures = re.search(r"\d[\d,]*(?:\.\d+)?", quantity.text)
    return float(figures[0].replace(",", "")) if figures else quantity.value
