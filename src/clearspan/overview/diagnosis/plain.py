"""The faults that are plain when an answer is made, from what it quotes alone; nothing more is looked up."""

from collections.abc import Sequence

from clearspan.faults import Diagnosis, Fault, FaultEvidence
from clearspan.language.sentences import Sentence
from clearspan.language.words import words
from clearspan.overview.diagnosis.source_sentences import SAME_MATTER, matter, titled
from clearspan.receipts import Citation, Dropped, Overview

MOST_EVIDENCE = 3
"""Texts that a diagnosis shows."""


def plain_faults(overview: Overview, dropped: Sequence[Dropped]) -> tuple[Diagnosis, ...]:
    """The faults of an overview and of what was not shown in it."""
    found = [
        diagnosis
        for index in range(len(overview.claims))
        if (diagnosis := of_conflict(overview, index)) is not None
    ]
    quoted = [_of_citation(cited) for claim in overview.claims for cited in claim.citations]
    for text in refused(overview, dropped):
        sentence = Sentence(text)
        near = max(quoted, key=lambda one: matter(sentence, Sentence(one.quote)), default=None)
        speaks = near is not None and matter(sentence, Sentence(near.quote)) >= SAME_MATTER
        fault: Fault = "misread_source" if speaks else "hallucination"
        why = (
            f"{titled(near)} speaks of this and does not say it, so the sentence was not shown."
            if near is not None and speaks
            else "Nothing that is quoted says it, so the sentence was not shown."
        )
        evidence = () if near is None else (near,)
        found.append(Diagnosis(fault=fault, sentence=text, why=why, evidence=evidence))
    return tuple(found)


def of_conflict(overview: Overview, index: int) -> Diagnosis | None:
    """What a conflict makes of one of its claims: stale where a newer side stands against it, else in conflict."""
    conflict = overview.conflict
    if conflict is None or conflict.cause == "readings":
        return None
    own = next((side for side in conflict.sides if index in side.claims), None)
    others = [side for side in conflict.sides if index not in side.claims and side.claims]
    if own is None or not others:
        return None
    fault, tail = "conflict", "says otherwise, and is believed as well"
    if conflict.cause == "age":
        fault, tail = "stale", "is newer and says otherwise"
        others = [side for side in others if (side.date or "") > (own.date or "")]
        if not others:
            return None
    evidence = [_of_citation(overview.claims[side.claims[0]].citations[0]) for side in others]
    return Diagnosis(
        fault=fault,
        sentence=overview.claims[index].text,
        claim=index,
        why=f"{titled(evidence[0])} {tail}.",
        evidence=tuple(evidence[:MOST_EVIDENCE]),
    )


def refused(overview: Overview, dropped: Sequence[Dropped]) -> list[str]:
    """Generated sentences that were not shown because something is wrong with them, not because they repeat a quote."""
    quoted = [" ".join(words(claim.text)) for claim in overview.claims]
    return [
        one.text
        for one in dropped
        if one.origin == "generated" and not any(" ".join(words(one.text)) in quote for quote in quoted)
    ]


def _of_citation(cited: Citation) -> FaultEvidence:
    return FaultEvidence.model_validate(cited.model_dump(include=set(FaultEvidence.model_fields)))
