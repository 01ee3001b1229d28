"""What is measured of a claim and its evidence: words, figures, hard checks, meaning, and the language model's word.

Every predictor has a direction: more of it never speaks against what its sign says. The model that weighs them is held
to these signs, so that a quirk of one data set cannot turn one round.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from clearspan.language.clauses import telling_clauses
from clearspan.language.quantities import quantities
from clearspan.language.roles import order
from clearspan.language.words import STOPWORDS, stems, stems_in_order, words
from clearspan.overview.proof.alignment import alignment
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.exchange import exchange
from clearspan.overview.proof.numbers import NAME, borne_out_by, measures, numbers
from clearspan.overview.proof.rarity import rarity, weight
from clearspan.overview.proof.vetoes import direction, hedges, negation
from clearspan.receipts import Check

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import EmbeddedText
    from clearspan.models.serving.engine import LanguageModel

WORDS: Mapping[str, int] = {
    "words": 1,
    "words_one_sentence": 1,
    "words_two_sentences": 1,
    "words_least_clause": 1,
    "word_pairs": 1,
    "words_in_order": 1,
    "contained": 1,
    "names_missing": -1,
    "figures_missing": -1,
}
"""Predictor → the sign of its weight, from words alone."""

CHECKS: Mapping[str, int] = {
    "broken_numbers": -1,
    "broken_measures": -1,
    "broken_negation": -1,
    "broken_direction": -1,
    "broken_hedges": -1,
    "broken_order": -1,
    "broken_exchange": -1,
}
"""Where a hard check finds a fault: the share of the claim's words that the nearest sentence has, else 0.

The more of its words a sentence has, the more certain it is that the fault is one: two texts on one subject that share
few words may both be right.
"""

MEANING: Mapping[str, int] = {
    "meaning_one_sentence": 1,
    "meaning_two_sentences": 1,
    "meaning_least_clause": 1,
    "aligned": 1,
    "aligned_best": 1,
    "aligned_least": 1,
    "unaligned": -1,
}
"""From the embedder's vectors of sentences, clauses and tokens."""

WITHOUT_MODEL: Mapping[str, int] = {**WORDS, **CHECKS, **MEANING}


def hard_checks(claim: str, evidence: Sequence[str]) -> tuple[Check, ...]:
    """The checks that look for one exchanged thing: numbers, measures, negation, direction, hedges, order, names."""
    return (
        numbers(claim, evidence, rarity),
        measures(claim, evidence),
        negation(claim, evidence),
        direction(claim, evidence),
        hedges(claim, evidence),
        order(claim, evidence),
        exchange(claim, evidence),
    )


def of_words(claim: str, evidence: Sequence[Evidence], checks: Sequence[Check]) -> dict[str, float]:
    """The predictors of words and hard checks.

    Args:
        claim: one sentence.
        evidence: at least one sentence.
        checks: `hard_checks` of the two.
    """
    said = [stems(each.titled) for each in evidence]
    everything = frozenset[str]().union(*said)
    own = stems(claim)
    text = " ".join(each.titled for each in evidence)
    ordered, found = stems_in_order(claim), stems_in_order(text)
    pairs = _pairs(ordered)
    clauses = [stems(clause) for clause in telling_clauses(claim)]
    nearest = max(_covered(own, each) for each in said)
    neighbours = [one | other for one, other in pairwise(said)] or said
    following = len(pairs & _pairs(found)) / len(pairs) if pairs else _covered(own, everything)
    in_order = max(_common_run(ordered, stems_in_order(each.text)) for each in evidence)
    return {
        "words": _covered(own, everything),
        "words_one_sentence": nearest,
        "words_two_sentences": max(_covered(own, each) for each in neighbours),
        "words_least_clause": min(max(_covered(clause, each) for each in said) for clause in clauses),
        "word_pairs": following,
        "words_in_order": in_order,
        "contained": float(in_order > 0.999 and following > 0.999),
        "names_missing": _names_missing(claim, text),
        "figures_missing": _figures_missing(claim, text),
        **{f"broken_{check.name}": nearest if check.score < 1.0 else 0.0 for check in checks},
    }


def texts_to_read(claim: str, evidence: Sequence[Evidence]) -> list[str]:
    """What `of_meaning` wants read, in its order: the claim, its clauses, the sentences, pairs of neighbours."""
    clauses = telling_clauses(claim)
    inner = clauses if len(clauses) > 1 else ()
    sentences = [each.text for each in evidence]
    joined = [f"{one.text} {other.text}" for one, other in pairwise(evidence)]
    return [claim, *inner, *sentences, *joined]


def of_meaning(
    claim: str, evidence: Sequence[Evidence], readings: Sequence["EmbeddedText"]
) -> dict[str, float]:
    """The predictors of meaning, from the readings of `texts_to_read`."""
    count = len(telling_clauses(claim))
    inner = count if count > 1 else 0
    said, rest = readings[0], readings[1 + inner :]
    clauses = readings[1 : 1 + inner] or [said]
    vectors = np.stack([each.vector for each in rest])
    alike = vectors @ said.vector
    least = min(float((vectors[: len(evidence)] @ clause.vector).max()) for clause in clauses)
    return {
        "meaning_one_sentence": float(alike[: len(evidence)].max()),
        "meaning_two_sentences": float(alike.max()),
        "meaning_least_clause": least,
        **alignment(claim, said, rest[: len(evidence)]),
    }


def of_likelihood(
    claim: str, evidence: Sequence[Evidence], model: "LanguageModel", wait: float
) -> dict[str, float]:
    """How much likelier the language model finds the claim after reading the evidence.

    `likelier` is the share of its surprise that the evidence takes away: 1 − log p(claim | evidence) / log p(claim).
    Of four ways to compare the two, it carries over best to data that was not trained on.

    Raises:
        ClearspanError: as `LanguageModel.likelihood`.
    """
    passage = " ".join(
        each.titled if each.place == 0 or index == 0 else each.text for index, each in enumerate(evidence)
    )
    read = " ".join(passage.split()[:_MOST_WORDS_FOR_MODEL])
    after = model.likelihood(f"Passage: {read}\nClaim:", f" {claim}", wait=wait)
    alone = model.likelihood("Claim:", f" {claim}", wait=wait)
    return {"likelier": 1.0 - after.log_probability / min(alone.log_probability, -1e-3)}


_MOST_WORDS_FOR_MODEL = 140


def _covered(wanted: frozenset[str], said: frozenset[str]) -> float:
    total = weight(wanted)
    return weight(wanted & said) / total if total else 0.0


def _pairs(sequence: Sequence[str]) -> set[tuple[str, str]]:
    return set(pairwise(sequence))


def _common_run(own: Sequence[str], other: Sequence[str]) -> float:
    """Longest common subsequence, as a share of the first."""
    if not own or not other:
        return 0.0
    row = [0] * (len(other) + 1)
    for word in own:
        before = 0
        for place, each in enumerate(other, 1):
            before, row[place] = row[place], before + 1 if word == each else max(row[place], row[place - 1])
    return row[-1] / len(own)


def _names_missing(claim: str, text: str) -> float:
    said = set(words(text))
    names = [match.group() for match in NAME.finditer(claim) if match.start() > 0]
    missing = [n for n in names if any(w not in said for w in words(n) if w not in STOPWORDS)]
    return len(missing) / len(names) if names else 0.0


def _figures_missing(claim: str, text: str) -> float:
    stated = quantities(claim)
    missing = [one for one in stated if not borne_out_by(one, claim, text)]
    return len(missing) / len(stated) if stated else 0.0
