"""Does the evidence say what a sentence says? A score in [0, 1] with its parts, and hard checks that veto.

Numbers, names and negation veto: a sentence with a number that its evidence does not carry is unsupported,
however similar it sounds. What remains is weighed: words by rarity, and meaning by embeddings.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clearspan.library.words import STOPWORDS, words
from clearspan.overview.quantities import Quantity, quantities
from clearspan.overview.question import stems
from clearspan.receipts import Check, Support

if TYPE_CHECKING:
    from clearspan.models.embedder import Embedder

Rarity = Callable[[Iterable[str]], dict[str, float]]

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|rarely|\w+n['’]t)\b",
    re.IGNORECASE,
)
_DIRECTIONS: tuple[tuple[str, str], ...] = (
    (
        r"\b(?:more|larger|longer|taller|higher|heavier|greater|older|faster|above|over|exceeds?|increased?|rose|grew|most|largest|longest|tallest|heaviest)\b",
        r"\b(?:less|fewer|smaller|shorter|lower|lighter|younger|slower|below|under|decreased?|fell|shrank|least|smallest|shortest|lightest)\b",
    ),
    (
        r"\b(?:before|earlier|until|open(?:s|ed)?|began|begins|starts?|first)\b",
        r"\b(?:after|later|since|clos(?:e|es|ed)|ended|ends|stops?|last)\b",
    ),
    (r"\b(?:safe|allowed|recommended|free|true)\b", r"\b(?:unsafe|dangerous|forbidden|banned|false)\b"),
)
_NAME = re.compile(r"\b[A-Z][\w’'-]*[a-z][\w’'-]*\b|\b[A-Z]{2,}\b")


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
        _numbers(claim, evidence, rarity),
        _names(claim, evidence),
        _negation(claim, evidence),
        _direction(claim, evidence),
    )
    overlap = _overlap(claim, evidence, rarity)
    meaning = _meaning(claim, evidence, embedder)
    weighed = overlap.score if meaning is None else 0.6 * overlap.score + 0.4 * meaning.score
    checks = (*vetoes, overlap, *(() if meaning is None else (meaning,)))
    broken = [check for check in vetoes if check.score < 1.0]
    score = weighed * (0.3 if broken else 1.0)
    if any(check.name in {"negation", "direction"} for check in broken):
        return Verification("contradicted", score, checks)
    return Verification("supported" if not broken and score >= threshold else "unsupported", score, checks)


def _numbers(claim: str, evidence: Sequence[str], rarity: Rarity) -> Check:
    stated = quantities(claim)
    if not stated:
        return Check(name="numbers", score=1.0, detail="none to check")
    missing = [quantity.text for quantity in stated if not _carried(quantity, claim, evidence, rarity)]
    share = 1.0 - len(missing) / len(stated)
    detail = (
        f"not in the cited text with these words: {', '.join(missing)}"
        if missing
        else "all in the cited text"
    )
    return Check(name="numbers", score=round(share, 3), detail=detail)


def _carried(quantity: Quantity, claim: str, evidence: Sequence[str], rarity: Rarity) -> bool:
    """Whether one evidence sentence has the number, and has it of what the claim says it is of."""
    clause = _clause(claim, quantity)
    named = frozenset(word for name in _NAME.findall(clause) for word in stems(name))
    told = stems(clause) - stems(quantity.text)
    weights = rarity(told) if told else {}
    total = sum(weights.values())
    for sentence in evidence:
        if not any(quantity.same(other) for other in quantities(sentence)) or not named <= stems(sentence):
            continue
        shared = sum(weight for word, weight in weights.items() if word in stems(sentence))
        if total == 0 or shared / total >= 0.5:
            return True
    return False


def _clause(claim: str, quantity: Quantity) -> str:
    start = max(
        (m.end() for m in re.finditer(r"[,;:]\s|\b(?:and|while|but|whereas)\b", claim[: quantity.start])),
        default=0,
    )
    following = re.search(r"[,;:]\s|\b(?:and|while|but|whereas)\b", claim[quantity.end :])
    end = quantity.end + following.start() if following else len(claim)
    clause = claim[start:end]
    return clause if len(stems(clause)) >= 2 else claim


def _names(claim: str, evidence: Sequence[str]) -> Check:
    said = {word for text in evidence for word in words(text)}
    names = [match.group() for match in _NAME.finditer(claim) if match.start() > 0 or match.group().isupper()]
    unknown = sorted({n for n in names if not all(w in said for w in words(n) if w not in STOPWORDS)})
    detail = f"not in the cited text: {', '.join(unknown)}" if unknown else "all in the cited text"
    return Check(name="names", score=0.0 if unknown else 1.0, detail=detail if names else "none to check")


def _negation(claim: str, evidence: Sequence[str]) -> Check:
    nearest = _nearest(claim, evidence)
    agree = bool(_NEGATION.search(claim)) == bool(_NEGATION.search(nearest))
    detail = "agrees with the cited text" if agree else "one says it, the other denies it"
    return Check(name="negation", score=1.0 if agree else 0.0, detail=detail)


def _direction(claim: str, evidence: Sequence[str]) -> Check:
    nearest = _nearest(claim, evidence)
    for up, down in _DIRECTIONS:
        said = (bool(re.search(up, claim, re.I)), bool(re.search(down, claim, re.I)))
        found = (bool(re.search(up, nearest, re.I)), bool(re.search(down, nearest, re.I)))
        if said in {(True, False), (False, True)} and found == (said[1], said[0]):
            return Check(name="direction", score=0.0, detail="the cited text says the opposite direction")
    return Check(name="direction", score=1.0, detail="no opposite comparison")


def _nearest(claim: str, evidence: Sequence[str]) -> str:
    own = stems(claim)
    return max(evidence, key=lambda text: len(own & stems(text)))


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
