"""Does the evidence say what a sentence says? A score in [0, 1] with its parts, and hard checks that veto.

Numbers and their measures, names, negation, opposites, hedges and the sides of a verb veto: a sentence with a number
that its evidence does not carry is unsupported, however similar it sounds. What remains is weighed: words by rarity,
and meaning by embeddings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clearspan.overview.figures import Rarity, measures, numbers
from clearspan.overview.question import stems
from clearspan.overview.roles import order
from clearspan.overview.vetoes import direction, hedges, names, negation
from clearspan.receipts import Check, Support

if TYPE_CHECKING:
    from clearspan.models.embedder import Embedder

_CONTRADICTS = frozenset({"negation", "direction", "order"})


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying one sentence found."""

    support: Support
    score: float
    checks: tuple[Check, ...]


def verify(
    claim: str, evidence: Sequence[str], rarity: Rarity, embedder: "Embedder | None", threshold: float
) -> Verification:
    """Hold a sentence against the sentences it is meant to follow from.

    Args:
        claim: one sentence.
        evidence: sentences of believed sources; each is one statement, nothing is joined across them for numbers.
        rarity: weight of words, rarer is heavier (`Library.rarity`).
        embedder: for the meaning check; None leaves it out and says so.
        threshold: score from which the sentence counts as supported.
    """
    if not evidence:
        nothing = Check(name="evidence", score=0.0, detail="no source was cited")
        return Verification("unsupported", 0.0, (nothing,))
    vetoes = (
        numbers(claim, evidence, rarity),
        measures(claim, evidence),
        names(claim, evidence),
        negation(claim, evidence),
        direction(claim, evidence),
        hedges(claim, evidence),
        order(claim, evidence),
    )
    overlap = _overlap(claim, evidence, rarity)
    meaning = _meaning(claim, evidence, embedder)
    weighed = overlap.score if meaning is None else 0.6 * overlap.score + 0.4 * meaning.score
    checks = (*vetoes, overlap, *(() if meaning is None else (meaning,)))
    broken = [check for check in vetoes if check.score < 1.0]
    score = weighed * (0.3 if broken else 1.0)
    if any(check.name in _CONTRADICTS for check in broken):
        return Verification("contradicted", score, checks)
    return Verification("supported" if not broken and score >= threshold else "unsupported", score, checks)


def _overlap(claim: str, evidence: Sequence[str], rarity: Rarity) -> Check:
    own = stems(claim)
    if not own:
        return Check(name="words", score=0.0, detail="no telling word")
    weights = rarity(own)
    said = {word for text in evidence for word in stems(text)}
    total = sum(weights.values())
    new = sorted((word for word in own if word not in said), key=lambda word: -weights[word])
    share = 1.0 - sum(weights[word] for word in new) / total
    detail = f"not in the cited text: {', '.join(new[:4])}" if new else "all in the cited text"
    return Check(name="words", score=round(share, 3), detail=detail)


def _meaning(claim: str, evidence: Sequence[str], embedder: "Embedder | None") -> Check | None:
    if embedder is None:
        return None
    vectors = embedder.embed([claim, " ".join(evidence), *evidence])
    best = float(np.max(vectors[1:] @ vectors[0]))
    return Check(name="meaning", score=round(max(best, 0.0), 3), detail="cosine with the cited text")
