"""Each part of a sentence decided: what a hard check finds decides, and the model's probability decides the rest."""

from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.language.quantities import Quantity, quantities
from clearspan.language.roles import order
from clearspan.language.words import STOPWORDS, stems, words
from clearspan.overview.proof.claim_parts import Part
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.exchange import exchange
from clearspan.overview.proof.links import links
from clearspan.overview.proof.model import trained
from clearspan.overview.proof.numbers import carried, measures
from clearspan.overview.proof.rarity import rarity
from clearspan.overview.proof.vetoes import direction, hedges, negation
from clearspan.receipts import Check, ClaimPart, Decision

CONTRADICTING = frozenset({"negation", "direction", "order", "exchange", "measures", "links"})
"""Checks whose fault is that the evidence says otherwise, not merely that it does not say it."""

_SAME_STATEMENT = 0.5
_LIKELY_CONTRADICTED = 0.7


def decide(
    part: Part,
    claim: str,
    evidence: Sequence[Evidence],
    probability: float,
    nearest: Evidence,
    threshold: float,
) -> ClaimPart:
    """One part as the receipt has it.

    Args:
        part: what is decided.
        claim: the sentence that it is of.
        evidence: what the sentence is held against.
        probability: of the part's clause, by the trained model.
        nearest: the sentence of the evidence that the clause is nearest to.
        threshold: from which a clause counts as supported.
    """
    texts = [each.titled for each in evidence]
    if fault := _fault(part, claim, texts, nearest):
        probability = min(probability, trained().broken.get(fault.check, 0.1))
        decision, why = fault.decision, fault.why
    elif part.kind in {"number", "date", "name", "scope"}:
        # Found where it belongs: it is as sure as a thing of its kind that the check found nothing wrong with.
        probability = max(probability, trained().kept.get(part.kind, 0.9))
        decision, why = "supported", f"'{part.text}' stands in the cited text"
    else:
        decision = "supported" if probability >= threshold else "unsupported"
        why = "its words and their meaning are in the cited text"
        if decision == "unsupported":
            why = _missing(part.clause, texts)
    return ClaimPart(
        kind=part.kind,
        text=part.text,
        start=part.start,
        end=part.end,
        decision=decision,
        probability=round(probability, 3),
        decided_by=why,
        evidence=nearest.text,
        citation=nearest.source,
    )


def sentence_wide(
    parts: Sequence[ClaimPart],
    faults: Sequence[Check],
    probability: float,
    threshold: float,
    contradicted: float,
) -> Decision:
    """The decision on the whole sentence: it is supported only if nothing in it is not."""
    if any(check.name in CONTRADICTING for check in faults) or any(
        p.decision == "contradicted" for p in parts
    ):
        return "contradicted"
    literal = any(
        p.decision == "unsupported" and p.kind in {"number", "date", "name", "scope"} for p in parts
    )
    if not faults and not literal and probability >= threshold:
        return "supported"
    return (
        "contradicted" if contradicted >= _LIKELY_CONTRADICTED and probability < threshold else "unsupported"
    )


@dataclass(frozen=True, slots=True)
class _Fault:
    """What the hard check of a name finds wrong with a part, and what that makes of it."""

    check: str
    why: str
    decision: Decision


def _fault(part: Part, claim: str, texts: Sequence[str], nearest: Evidence) -> _Fault | None:
    """What a hard check finds wrong with the part, if anything."""
    if part.kind in {"number", "date"}:
        return _figure_fault(part, claim, texts, nearest)
    if part.kind == "name":
        return _name_fault(part, texts)
    checks = {
        "negation": (negation, direction, order, links),
        "comparison": (direction, order, negation, links),
        "relation": (order, direction, negation, links),
        "statement": (negation, direction),
        "scope": (hedges,),
    }
    for check in checks[part.kind]:
        found = check(part.clause, texts)
        if found.score < 1.0:
            return _Fault(
                found.name, found.detail, "contradicted" if found.name in CONTRADICTING else "unsupported"
            )
    return None


def _figure_fault(part: Part, claim: str, texts: Sequence[str], nearest: Evidence) -> _Fault | None:
    stated = next((one for one in quantities(claim) if one.start < part.end and part.start < one.end), None)
    if stated is None:
        return None
    measured = measures(part.clause, texts)
    if measured.score < 1.0:
        return _Fault(measured.name, measured.detail, "contradicted")
    if carried(stated, claim, texts, rarity):
        return None
    rivals = [
        other
        for other in quantities(nearest.titled)
        if other.dimension == stated.dimension and not other.consistent(stated)
    ]
    rest = stems(part.clause) - stems(part.text)
    told = len(rest & stems(nearest.titled)) >= _SAME_STATEMENT * max(1, len(rest))
    if rivals and told:
        return _Fault("numbers", _instead(stated, rivals), "contradicted")
    return _Fault("numbers", f"'{part.text}' is not in the cited text with these words", "unsupported")


def _instead(stated: Quantity, rivals: Sequence[Quantity]) -> str:
    shown = " or ".join(dict.fromkeys(rival.text for rival in rivals[:3]))
    return f"the cited text says {shown}, not {stated.text}"


def _name_fault(part: Part, texts: Sequence[str]) -> _Fault | None:
    said = {word for text in texts for word in words(text)}
    missing = [word for word in words(part.text) if word not in said and word not in STOPWORDS]
    # The first word of a sentence may be no name at all.
    if missing and not (part.start == 0 and stems(part.text) <= {s for text in texts for s in stems(text)}):
        return _Fault("names", f"'{part.text}' is not in the cited text", "unsupported")
    swapped = exchange(part.clause, texts)
    if swapped.score < 1.0 and part.text in swapped.detail:
        return _Fault(swapped.name, swapped.detail, "contradicted")
    return None


def _missing(clause: str, texts: Sequence[str]) -> str:
    own = stems(clause)
    said = {stem for text in texts for stem in stems(text)}
    weights = rarity(own - said)
    new = sorted(weights, key=lambda stem: -weights[stem])
    if new:
        return f"not in the cited text: {', '.join(new[:4])}"
    return "the cited text has the words, but not together as here"
