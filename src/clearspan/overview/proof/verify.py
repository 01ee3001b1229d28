"""Does the evidence say what a sentence says? Thing by thing, each decided, with a calibrated probability.

Hard checks decide where they find an exchanged number, measure, name, 'not', direction, scope or side of a verb: a
sentence with a number that its evidence does not carry is unsupported, however similar it sounds. What they leave is
weighed by the trained model of `verifier/`: words, meaning, alignment, and the language model's word if it is asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearspan.errors import ClearspanError
from clearspan.language.clauses import coverage
from clearspan.overview.proof import predictors
from clearspan.overview.proof.claim_parts import Part, split
from clearspan.overview.proof.deciding import decide, sentence_wide
from clearspan.overview.proof.evidence import Evidence, window
from clearspan.overview.proof.links import links
from clearspan.overview.proof.model import trained
from clearspan.overview.proof.vetoes import names
from clearspan.receipts import Check, ClaimPart, Decision

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import EmbeddedText, Embedder
    from clearspan.models.serving.engine import LanguageModel
    from clearspan.overview.proof.checker import Checker


@dataclass(frozen=True, slots=True)
class Instruments:
    """What a sentence is measured with besides words; each that is None is left out, and the checks say what took part.

    Attributes:
        embedder: vectors of sentences and tokens.
        model: whose likelihoods are weighed.
        checker: a cross-encoder that was trained to check claims, instead of the model that ships.
        wait: longest time in seconds to wait for the language model's turn.
    """

    embedder: "Embedder | None" = None
    model: "LanguageModel | None" = None
    checker: "Checker | None" = None
    wait: float = 2.0


@dataclass(frozen=True, slots=True)
class Verification:
    """What verifying one sentence found; `score` is the probability that the evidence says it."""

    support: Decision
    score: float
    checks: tuple[Check, ...]
    parts: tuple[ClaimPart, ...] = ()

    @property
    def proof(self) -> frozenset[int]:
        """Sources of the evidence that carry a supported part."""
        return frozenset(
            part.citation for part in self.parts if part.decision == "supported" and part.citation is not None
        )


def verify(
    claim: str, evidence: Sequence[Evidence], threshold: float, instruments: Instruments | None = None
) -> Verification:
    """Hold a sentence against the sentences it is meant to follow from.

    Args:
        claim: one sentence.
        evidence: sentences of believed sources, of any number; those nearest to the claim are chosen. `source` of
            each comes back as the citation of the parts that it decides.
        threshold: probability from which the sentence counts as supported.
        instruments: what is measured with besides words.
    """
    if not evidence:
        return Verification(
            "unsupported", 0.0, (Check(name="evidence", score=0.0, detail="no source was cited"),)
        )
    instruments = instruments or Instruments()
    chosen = window(claim, evidence)
    texts = [each.titled for each in chosen]
    weighed = predictors.hard_checks(claim, texts)
    hard = (*weighed, names(claim, texts), links(claim, texts))
    readings = _read(claim, chosen, instruments.embedder)
    measured = predictors.of_words(claim, chosen, weighed)
    if readings:
        measured |= predictors.of_meaning(claim, chosen, readings)
    likelihood = _likelihood(claim, chosen, instruments)
    probability = trained().supported(measured | likelihood)
    if instruments.checker is not None:
        probability = instruments.checker.probability(claim, " ".join(texts))
    checks = (*hard, *_soft(measured, likelihood, instruments, probability))
    parts = _parts(claim, chosen, threshold, readings, probability)
    faults = [check for check in hard if check.score < 1.0]
    if faults:
        probability = min(probability, *(trained().broken.get(check.name, 0.1) for check in faults))
    decision = sentence_wide(parts, faults, probability, threshold, trained().contradicted(measured))
    return Verification(decision, round(probability, 4), checks, parts)


def _read(claim: str, evidence: Sequence[Evidence], embedder: "Embedder | None") -> list["EmbeddedText"]:
    return [] if embedder is None else embedder.read(predictors.texts_to_read(claim, evidence))


def _likelihood(claim: str, evidence: Sequence[Evidence], instruments: Instruments) -> dict[str, float]:
    if instruments.model is None or instruments.embedder is None:
        return {}
    try:
        return predictors.of_likelihood(claim, evidence, instruments.model, instruments.wait)
    except ClearspanError:
        # The model is busy or the text too long for it: the weights without it are as calibrated.
        return {}


def _soft(
    measured: Mapping[str, float],
    likelihood: Mapping[str, float],
    instruments: Instruments,
    probability: float,
) -> list[Check]:
    found = [
        Check(name="words", score=round(measured["words"], 3), detail="share in the cited text, by rarity")
    ]
    if "aligned" in measured:
        best = max(measured["meaning_two_sentences"], 0.0)
        found.append(Check(name="meaning", score=round(best, 3), detail="cosine with the cited text"))
        unaligned = min(max(measured["unaligned"], 0.0), 1.0)
        detail = "share of its words that have a counterpart in the cited text"
        found.append(Check(name="alignment", score=round(1.0 - unaligned, 3), detail=detail))
    if likelihood:
        share = min(max(likelihood["likelier"], 0.0), 1.0)
        detail = "share of its surprise that the cited text takes away for the language model"
        found.append(Check(name="likelihood", score=round(share, 3), detail=detail))
    if instruments.checker is not None:
        found.append(Check(name="checker", score=round(probability, 3), detail=instruments.checker.reference))
    return found


def _parts(
    claim: str,
    evidence: Sequence[Evidence],
    threshold: float,
    readings: Sequence["EmbeddedText"],
    probability: float,
) -> tuple[ClaimPart, ...]:
    parts = split(claim)
    clauses = list(dict.fromkeys(part.clause for part in parts))
    whole = (
        {clauses[0]: probability} if len(clauses) == 1 else _of_clauses(clauses, evidence, readings, claim)
    )
    return tuple(
        decide(part, claim, evidence, whole[part.clause], _nearest(part, evidence), threshold)
        for part in parts
    )


def _of_clauses(
    clauses: Sequence[str], evidence: Sequence[Evidence], readings: Sequence["EmbeddedText"], claim: str
) -> dict[str, float]:
    """The probability of each clause by itself, from what was read for the whole sentence."""
    texts = predictors.texts_to_read(claim, evidence)
    read = dict(zip(texts, readings, strict=True)) if readings else {}
    found: dict[str, float] = {}
    for clause in clauses:
        checks = predictors.hard_checks(clause, [each.titled for each in evidence])
        measured = predictors.of_words(clause, evidence, checks)
        wanted = predictors.texts_to_read(clause, evidence)
        if read and all(text in read for text in wanted):
            measured |= predictors.of_meaning(clause, evidence, [read[text] for text in wanted])
        found[clause] = trained().supported(measured)
    return found


def _nearest(part: Part, evidence: Sequence[Evidence]) -> Evidence:
    """The sentence that has most of the part's clause, and of those the one that has the part."""
    return max(
        evidence, key=lambda each: (coverage(part.clause, each.titled), coverage(part.text, each.titled))
    )
