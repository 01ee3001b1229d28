"""What texts are about that share no word: the words that lie nearest to all of them for the sentence embedder.

Nearness is counted in standard deviations over other texts, which names topics that tell examples better than nearness
itself (0.667 and 0.659 of the pairs, over 184 features; `detection`)."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clearspan.features.labels.detection import Embed
from clearspan.language.words import STOPWORDS

_WORDS = 6000
_FEWEST = 8
"""Examples that hold a word which may be a topic: seldomer ones are names, and slips of the pen."""
_MANY = 0.02
"""Share of all examples; what more of them hold is no topic."""
_TEXTS = 2000
_AGREE = 0.03
"""Mean cosine of the texts with each other, what all texts have in common taken away, above which they are about one
thing. Below it labels tell examples little better than what the feature promotes does."""
_LISTED = 3
_ALIKE = 5
"""Words that begin with as many same letters are one topic."""


class Topics:
    """The topics that the examples of one dictionary may have.

    Args:
        texts: all examples, or a fair part.
        words: those of each that may be topics, in small letters.
        embed: gives unit vectors of texts.
    """

    def __init__(self, texts: Sequence[str], words: Sequence[frozenset[str]], embed: Embed) -> None:
        self._embed = embed
        counts = Counter(word for each in words for word in each)
        fit = [
            (count, word)
            for word, count in counts.items()
            if len(word) > 3 and word not in STOPWORDS and _FEWEST <= count <= _MANY * len(words)
        ]
        self._words = [word for _, word in sorted(fit, key=lambda one: (-one[0], one[1]))[:_WORDS]]
        if not self._words:
            return
        drawn: list[int] = np.random.default_rng(0).permutation(len(texts))[:_TEXTS].tolist()
        seen, vectors = embed([texts[one] for one in drawn]), embed(self._words)
        self._common = seen.mean(0)
        self._vectors = _unit(vectors - vectors.mean(0))
        usual = _unit(seen - self._common) @ self._vectors.T
        # Some words lie near to any text: a topic lies nearer than it usually does.
        self._mean, self._spread = usual.mean(0), usual.std(0)

    def of(self, texts: Sequence[str]) -> list[str]:
        """Up to three words, nearest first; none where the texts are not about one thing."""
        if len(texts) < 2 or not self._words:
            return []
        apart = _unit(self._embed(texts) - self._common)
        among = apart @ apart.T
        if (among.sum() - len(texts)) / (len(texts) * (len(texts) - 1)) < _AGREE:
            return []
        near = (self._vectors @ apart.mean(0) - self._mean) / np.maximum(self._spread, 1e-6)
        found: dict[str, str] = {}
        nearest: list[int] = np.argsort(-near, kind="stable")[: 4 * _LISTED].tolist()
        for word in (self._words[place] for place in nearest):
            found.setdefault(word[:_ALIKE], word)
        return list(found.values())[:_LISTED]


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
