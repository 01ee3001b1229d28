"""Citations by proof: a sentence keeps the citations that carry it, and no others.

A passage that was not opened for this answer cannot be cited. A quote is its own proof; whoever else is cited for it
must say at least one thing that it says, and nothing against it. A sentence in other words is shown only if everything
in it is carried by a quote, and then cites those quotes alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clearspan.language.words import words
from clearspan.overview.proof.claim_parts import split
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.verify import Instruments, Verification, verify
from clearspan.receipts import Citation, Claim, ClaimPart, Dropped

_TELLING = frozenset({"number", "date", "relation", "negation", "comparison", "statement"})
_ARTICLES = frozenset({"a", "an", "the"})


@dataclass(frozen=True, slots=True)
class Proof:
    """Claims whose citations are proved, and what was taken out."""

    claims: tuple[Claim, ...]
    dropped: tuple[Dropped, ...]


def prove_quotes(
    claims: Sequence[Claim], opened: Mapping[str, str], threshold: float, instruments: Instruments
) -> Proof:
    """Quoted claims with the citations that prove them; a claim that is left without one is dropped.

    Args:
        claims: quoted or calculated; calculated ones pass as they are.
        opened: passage id → the text of each passage that was read for this answer.
        threshold: probability from which a citation's sentence counts as saying the same.
        instruments: of verification.
    """
    kept: list[Claim] = []
    dropped: list[Dropped] = []
    for claim in claims:
        if claim.origin == "calculated":
            kept.append(claim)
            continue
        proved: list[Citation] = []
        for citation in claim.citations:
            why = _refuted(claim, citation, opened, threshold, instruments)
            if why:
                dropped.append(Dropped(text=citation.quote, origin="quoted", why=f"no longer cited: {why}"))
            else:
                proved.append(citation)
        if proved:
            parts = claim.parts or _word_for_word(claim.text, proved[0])
            kept.append(claim.model_copy(update={"citations": tuple(proved), "parts": parts}))
        else:
            dropped.append(Dropped(text=claim.text, origin="quoted", why="no passage that was opened has it"))
    return Proof(tuple(kept), tuple(dropped))


def prove_sentence(text: str, quoted: Sequence[Claim], threshold: float, instruments: Instruments) -> Proof:
    """A sentence in the machine's own words as a claim that cites the quotes that carry it; else dropped, and why.

    Args:
        text: one sentence.
        quoted: claims that `prove_quotes` has passed; they stay in its place when it is dropped.
        threshold: probability from which it counts as supported.
        instruments: of verification.
    """
    if any(_repeats(text, claim.text) for claim in quoted):
        return _without(text, "repeats a quote word for word", None)
    cited = list(dict.fromkeys(citation for claim in quoted for citation in claim.citations[:1]))
    # A source may be quoted twice: its number tells the quotes apart no more than its title does, which tells a quote
    # that says 'it' what it speaks of.
    evidence = [Evidence(one.quote, one.title, place) for place, one in enumerate(cited)]
    found = verify(text, evidence, threshold, instruments)
    if found.support != "supported":
        return _without(text, f"{found.support} by the quotes it was written from", found)
    needed = [one for place, one in enumerate(cited) if place in found.proof]
    if not needed:
        return _without(text, "no quote carries a part of it", found)
    claim = Claim(
        text=text,
        origin="generated",
        support="supported",
        score=round(found.score, 3),
        checks=found.checks,
        parts=tuple(_numbered(part, cited) for part in found.parts),
        citations=tuple(needed),
    )
    return Proof((claim,), ())


def _repeats(text: str, quote: str) -> bool:
    """Whether a text stands in a quote, whatever its capitals, punctuation and articles are."""
    said, there = (
        "".join(f" {word}" for word in words(each) if word not in _ARTICLES) for each in (text, quote)
    )
    return f"{said} " in f"{there} "


def _numbered(part: ClaimPart, cited: Sequence[Citation]) -> ClaimPart:
    """A part whose evidence was counted by its place among the citations, with the number of its source."""
    if part.citation is None:
        return part
    return part.model_copy(update={"citation": cited[part.citation].number})


def _refuted(
    claim: Claim, citation: Citation, opened: Mapping[str, str], threshold: float, instruments: Instruments
) -> str:
    """Why a citation does not prove a quoted claim; empty when it does."""
    passage = opened.get(citation.passage_id)
    if passage is None or citation.quote not in passage:
        return "its passage was not opened for this answer"
    if " ".join(citation.quote.split()) == claim.text:
        return ""
    found = verify(
        claim.text, [Evidence(citation.quote, citation.title, citation.number)], threshold, instruments
    )
    if against := next((part for part in found.parts if part.decision == "contradicted"), None):
        return f"it says otherwise: {against.decided_by}"
    if any(part.kind in _TELLING and part.decision == "supported" for part in found.parts):
        return ""
    return "it says nothing that the sentence says"


def _word_for_word(text: str, citation: Citation) -> tuple[ClaimPart, ...]:
    return tuple(
        ClaimPart(
            kind=part.kind,
            text=part.text,
            start=part.start,
            end=part.end,
            decision="supported",
            probability=1.0,
            decided_by="stands word for word in the source",
            evidence=citation.quote,
            citation=citation.number,
        )
        for part in split(text)
    )


def _without(text: str, why: str, found: Verification | None) -> Proof:
    checks = found.checks if found else ()
    return Proof((), (Dropped(text=text, origin="generated", why=why, checks=checks),))
