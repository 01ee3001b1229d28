"""Soft alignment: each word of a claim against the nearest word of the evidence, both read in their context.

Word vectors of a sentence encoder put 'automobile' beside 'car' and keep 'bank of the river' from 'bank account'.
What stays without a counterpart is what the claim adds. After BERTScore (Zhang et al., 2020), recall side, weighted by
rarity; the least of a sentence and the share without a counterpart are ours.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clearspan.language.words import STOPWORDS, stem
from clearspan.overview.proof.rarity import weight

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import EmbeddedText

_WORD = re.compile(r"[\w'’]+")
_COUNTERPART = 0.5
"""Cosine from which two tokens are counted as saying the same."""


def alignment(claim: str, said: "EmbeddedText", evidence: Sequence["EmbeddedText"]) -> dict[str, float]:
    """How well the telling words of a claim are found in the evidence, each figure in [-1, 1].

    Returns:
        `aligned` (mean over all evidence), `aligned_best` (mean over its best single sentence), `aligned_least`
        (the worst word), `unaligned` (share without a counterpart).
    """
    weights = _weights(claim, said.spans)
    telling = weights > 0
    if not telling.any() or not any(len(each.tokens) for each in evidence):
        return {"aligned": 0.0, "aligned_best": 0.0, "aligned_least": 0.0, "unaligned": 1.0}
    tokens, heavy = said.tokens[telling], weights[telling] / weights[telling].sum()
    nearest = np.stack([(tokens @ each.tokens.T).max(axis=1) for each in evidence if len(each.tokens)])
    best: NDArray[np.float32] = nearest.max(axis=0)
    return {
        "aligned": float(best @ heavy),
        "aligned_best": float((nearest @ heavy).max()),
        "aligned_least": float(best.min()),
        "unaligned": float(heavy[best < _COUNTERPART].sum()),
    }


def _weights(text: str, spans: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
    """Rarity of the word that each token is of; 0 for stop words and signs."""
    words = [(match.start(), match.end(), match.group().lower()) for match in _WORD.finditer(text)]
    found = np.zeros(len(spans))
    for index, (start, _) in enumerate(spans):
        word = next((word for first, end, word in words if first <= start < end), "")
        if word and word not in STOPWORDS:
            found[index] = weight([stem(word)])
    return found
