"""Labels without a language model: from the words at and before the peaks of a feature's examples, what they are about,
and what the feature promotes.

In order of what says most:

‘Gate’ in ‘Golden Gate’         one word at the peaks, mostly behind the same words
‘bridge’ (river, ferry)         one word at the peaks; in brackets what its surroundings are about
ending ‘…ing’, start ‘un…’      one piece of words that differ
words after ‘San’               words that differ, behind one that does not
names (river, ferry)            one kind of word
river, ferry, quay              surroundings alone
about ferries, harbours         what surroundings that share no word are about, for an embedder (`topics`)
leads to ‘bridge’, ‘river’      what the feature makes likelier, where examples have nothing in common
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clearspan.features.evidence.table import Example, FeatureEvidence
from clearspan.features.labels.topics import Topics

MAKER = "words"

_WORD = re.compile(r"\w+(?:['’-]\w+)*|\n+|[^\w\s]+")
_MOSTLY = 0.6
_LONGEST_PHRASE = 3
_LISTED = 3
_LONGEST = 100
"""Characters of a label; those that people give may be longer."""
_STRONG = 1.5
"""Log-odds, in standard errors, from which a word counts as one that the surroundings are about."""

_COMMON = 0.03
"""Share of all examples; words that more of the others hold say nothing about what a text is about."""


@dataclass(frozen=True, slots=True)
class _Peak:
    """An example as words.

    Attributes:
        words: those before and at the peak.
        around: every word of letters in the example, small.
        piece: text of the peak's token.
        starts: whether the token begins its word.
    """

    words: tuple[str, ...]
    around: frozenset[str]
    piece: str
    starts: bool


class Background:
    """How many examples of a whole dictionary hold each word.

    Args:
        features: all of its features, or a fair part.
    """

    def __init__(self, features: Iterable[FeatureEvidence]) -> None:
        self._counts: Counter[str] = Counter()
        self._examples = 0
        for feature in features:
            for example in feature.examples:
                self._counts.update(letters(written(example)))
                self._examples += 1

    def distinguishing(self, texts: Sequence[frozenset[str]]) -> list[str]:
        """Words that at least two, and half, of some texts hold and few others do, most telling first.

        By log-odds with the background as prior, in standard errors (Monroe et al. 2008, "Fightin' words", eq. 22).
        """
        counts = Counter(word for text in texts for word in text)
        shared = [word for word, count in counts.items() if count >= max(2, len(texts) / 2)]
        telling = [word for word in shared if self._counts[word] - counts[word] < _COMMON * self._examples]
        scored = {word: self._log_odds(counts[word], len(texts), word) for word in telling}
        return sorted(
            (word for word in telling if scored[word] > _STRONG), key=lambda word: (-scored[word], word)
        )

    def _log_odds(self, count: int, texts: int, word: str) -> float:
        prior = (self._counts[word] + 0.5) / (self._examples + 1)
        inside = (count + prior) / (texts - count + 1 - prior)
        outside = prior / (1 - prior)
        error = math.sqrt(1 / (count + prior) + 1 / (self._counts[word] + 0.5))
        return (math.log(inside) - math.log(outside)) / error


def describe(
    feature: FeatureEvidence, learned_from: Sequence[Example], background: Background, topics: Topics
) -> str:
    """A label for a feature; empty where nothing can be said.

    Args:
        learned_from: examples that it may be learned from; the others are for its score.
    """
    peaks = [_peak(example) for example in learned_from]
    if len(peaks) >= 2:
        about = background.distinguishing([peak.around for peak in peaks])
        found = _same_word(peaks, about) or _same_piece(peaks) or _same_before(peaks) or _kind(peaks, about)
        if found or about:
            return _one_line(found or ", ".join(about[:_LISTED]))
        if nearest := topics.of([written(example) for example in learned_from]):
            return f"about {', '.join(nearest)}"
    promoted = [one.token.strip() for one in feature.promoted if one.token.strip().isalpha()]
    return f"leads to {_quoted(promoted[:_LISTED])}" if promoted and peaks else ""


def written(example: Example) -> str:
    """The text of an example."""
    return "".join(example.tokens)


def letters(text: str) -> frozenset[str]:
    """The words of a text that are of letters alone and of more than two, small."""
    return frozenset(word.lower() for word in _WORD.findall(text) if len(word) > 2 and word.isalpha())


def _peak(example: Example) -> _Peak:
    text = written(example)
    piece = example.tokens[example.peak]
    begin = sum(len(token) for token in example.tokens[: example.peak])
    # The space in front of a word is a part of its token.
    place = begin + len(piece) - len(piece.lstrip(" "))
    words: list[str] = []
    starts = True
    for match in _WORD.finditer(text):
        if match.start() > place:
            break
        words.append(match[0])
        starts = match.start() == place
    return _Peak(tuple(words), letters(text), piece.strip(" "), starts)


def _same_word(peaks: Sequence[_Peak], about: Sequence[str]) -> str:
    word = _shared([peak.words[-1] for peak in peaks if peak.words], len(peaks))
    if not word:
        return ""
    having = [peak.words for peak in peaks if peak.words and _same(peak.words[-1], word)]
    phrase = [word]
    while len(phrase) < _LONGEST_PHRASE:
        before = [words[-1 - len(phrase)] for words in having if len(words) > len(phrase)]
        one = _shared(before, len(having))
        if not one or not one[0].isalnum():
            break
        phrase.insert(0, one)
        having = [words for words in having if len(words) >= len(phrase) and _same(words[-len(phrase)], one)]
    if len(phrase) > 2 and phrase[0].islower() and not phrase[1].islower():
        # A name does not begin with its article.
        del phrase[0]
    if len(phrase) > 1:
        return f"{_quoted([word])} in {_quoted([' '.join(phrase)])}"
    others = [each for each in about if not _same(each, word)]
    return _quoted([word]) + (f" ({', '.join(others[: _LISTED - 1])})" if others else "")


def _same_piece(peaks: Sequence[_Peak]) -> str:
    piece = _shared([peak.piece for peak in peaks], len(peaks))
    if not piece or not piece.isalpha():
        return ""
    starts = sum(peak.starts for peak in peaks if _same(peak.piece, piece))
    return f"start ‘{piece}…’" if 2 * starts > len(peaks) else f"ending ‘…{piece}’"


def _same_before(peaks: Sequence[_Peak]) -> str:
    before = _shared([peak.words[-2] for peak in peaks if len(peak.words) > 1], len(peaks))
    return f"words after {_quoted([before])}" if before else ""


def _kind(peaks: Sequence[_Peak], about: Sequence[str]) -> str:
    words = [peak.words[-1] for peak in peaks if peak.words]
    kinds = {
        "numbers": sum(word[0].isdigit() for word in words),
        "punctuation": sum(not word[0].isalnum() for word in words),
        "names": sum(word[0].isupper() for word in words),
    }
    kind = max(kinds, key=lambda name: kinds[name])
    if kinds[kind] < _MOSTLY * len(peaks):
        return ""
    return f"{kind} ({', '.join(about[:_LISTED])})" if about else kind


def _shared(words: Sequence[str], of: int) -> str:
    """The word, as it is mostly written, that makes up most of `of` places; empty if none does."""
    counts = Counter(word.lower() for word in words)
    if not counts:
        return ""
    small, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
    if count < max(2, _MOSTLY * of):
        return ""
    forms = Counter(word for word in words if word.lower() == small)
    return min(forms, key=lambda form: (-forms[form], form))


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"‘{'⏎' if word.isspace() else word}’" for word in words)


def _one_line(text: str) -> str:
    """As labels are written: words of a program's text can hold line breaks, and be longer than any label."""
    line = re.sub(r"\s*\n\s*", "⏎", text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
