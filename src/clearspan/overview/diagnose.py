"""Which fault a sentence has. A wrong reference and a hallucination are different faults, and never counted together.

A sentence is held against what it cites, then against everything that search found, then against the library: the
first that carries it, or that speaks of the same thing and says otherwise, tells the fault apart. With the right answer
at hand (`gold`) a sentence that follows its source to the letter can still be told to be wrong, and why.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearspan.errors import NotFound
from clearspan.language.quantities import quantities
from clearspan.language.sentences import sentences
from clearspan.language.words import stems, words
from clearspan.library.library import Library
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.verify import Witnesses, verify
from clearspan.overview.question import understand
from clearspan.receipts import (
    Citation,
    Claim,
    Diagnosis,
    Dropped,
    Fault,
    FaultEvidence,
    Overview,
    Receipt,
    Source,
)

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

_SAME_MATTER = 0.5
"""Share of a sentence's telling words from which another one speaks of the same thing."""

_LOOKED_THROUGH = 40
_MOST_EVIDENCE = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a document, with the source it was found as; None where search did not find the document."""

    evidence: FaultEvidence
    source: Source | None

    @property
    def believed(self) -> bool:
        """Whether search found it and its source is believed."""
        return self.source is not None and self.source.believed


Judged = Callable[[str, Sequence[Told]], str]
"""Decides `supported`, `contradicted` or `unsupported` for a sentence against sentences of sources."""


class Diagnostician:
    """Tells faults of one receipt apart, with its library at hand.

    Args:
        library: the library that was asked.
        embedder: for meaning; None leaves it to words.
        threshold: probability from which a sentence counts as carried by another.
    """

    def __init__(self, library: Library, embedder: "Embedder | None", threshold: float) -> None:
        self._library = library
        self._witnesses = Witnesses(embedder=embedder)
        self._threshold = threshold

    def diagnose(self, receipt: Receipt, gold: str = "") -> tuple[Diagnosis, ...]:
        """The faults of a receipt's sentences, in reading order, then of those that were not shown.

        Args:
            gold: the right answer, in a few words; with it, sentences that say otherwise are diagnosed too, and so is
                silence where the library could have spoken.
        """
        retrieved = self._retrieved(receipt.sources)
        found: list[Diagnosis] = []
        for index, claim in enumerate(receipt.overview.claims):
            if claim.origin == "calculated":
                continue
            diagnosis = self._claim(receipt, claim, index, retrieved, gold)
            if diagnosis is not None:
                found.append(diagnosis)
        for sentence in _refused(receipt.overview, receipt.dropped):
            cited = [told for told in retrieved if told.source is not None and told.source.number is not None]
            found.append(self._unsupported(sentence, None, cited, retrieved))
        if gold and receipt.overview.abstention is not None:
            found.extend(self._silence(receipt, retrieved, gold))
        return tuple(found)

    def _claim(
        self, receipt: Receipt, claim: Claim, index: int, retrieved: Sequence[Told], gold: str
    ) -> Diagnosis | None:
        ids = {citation.document_id for citation in claim.citations}
        cited = [told for told in retrieved if told.evidence.document_id in ids]
        if gold and states(claim.text, gold):
            return None
        carrying = self._carrying(claim.text, cited)
        if not carrying:
            return self._unsupported(claim.text, index, cited, retrieved)
        if not any(told.believed for told in carrying):
            return _made("wrong_source", claim.text, index, _doubt(carrying[0]), carrying)
        disagreeing = of_conflict(receipt.overview, index)
        if disagreeing is not None:
            return disagreeing
        return self._against_gold(receipt, claim.text, index, carrying, retrieved, gold) if gold else None

    def _unsupported(
        self, sentence: str, index: int | None, cited: Sequence[Told], retrieved: Sequence[Told]
    ) -> Diagnosis:
        """The fault of a sentence that what it cites does not carry."""
        elsewhere = [told for told in retrieved if told not in cited]
        near = _nearest(sentence, cited)
        saying = [
            told for told in _near(sentence, elsewhere) if self._decision(sentence, [told]) == "supported"
        ]
        if saying:
            why = f"What it cites does not say it; {_name(saying[0])} does: the reference is wrong."
            return _made("misread_source", sentence, index, why, [*near[:1], *saying[:1]])
        if near and _matter(sentence, near[0].evidence.quote) >= _SAME_MATTER:
            why = f"{_name(near[0])} speaks of this and says something else."
            return _made("misread_source", sentence, index, why, near[:1])
        other = _nearest(sentence, elsewhere)
        if other and self._decision(sentence, other[:1]) == "contradicted":
            why = f"{_name(other[0])} speaks of this and says something else."
            return _made("misread_source", sentence, index, why, other[:1])
        missed = [told for told in self._in_library(sentence, "") if told.source is None]
        saying = [told for told in _near(sentence, missed) if self._decision(sentence, [told]) == "supported"]
        if saying:
            why = f"No source that was found says it; the library has it in {_name(saying[0])}, which search missed."
            return _made("not_retrieved", sentence, index, why, saying)
        why = "No source that was found says it, and none speaks of it."
        return _made("hallucination", sentence, index, why, near[:1])

    def _against_gold(
        self,
        receipt: Receipt,
        sentence: str,
        index: int,
        carrying: Sequence[Told],
        retrieved: Sequence[Told],
        gold: str,
    ) -> Diagnosis:
        """The fault of a sentence that its source carries and that is wrong all the same."""
        right = [told for told in self._answering(receipt.question, retrieved, gold) if told not in carrying]
        missed = [] if right else self._missed(receipt, gold)
        own = max((told.evidence.date for told in carrying if told.evidence.date), default="")
        believable = [told for told in right if told.believed] or missed
        newer = [told for told in believable if own and (told.evidence.date or "")[:4] > own[:4]]
        if newer:
            why = f"{_name(carrying[0])} said so; {_name(newer[0])} is newer and says {gold}."
            return _made("stale", sentence, index, why, [*carrying[:1], *newer])
        if right and right[0].believed:
            why = f"{_name(carrying[0])} says it, {_name(right[0])} says {gold}; both are believed."
            return _made("conflict", sentence, index, why, [*carrying[:1], *right])
        if missed:
            why = f"The library says {gold} in {_name(missed[0])}, which search missed."
            return _made("not_retrieved", sentence, index, why, [*carrying[:1], *missed])
        why = f"{_name(carrying[0])} says it, and it is wrong: the answer is {gold}."
        return _made("wrong_source", sentence, index, why, carrying)

    def _silence(self, receipt: Receipt, retrieved: Sequence[Told], gold: str) -> Iterable[Diagnosis]:
        silence = receipt.overview.abstention.message if receipt.overview.abstention else ""
        held = [told for told in self._answering(receipt.question, retrieved, gold) if told.believed]
        if held:
            why = f"{_name(held[0])} was found and says {gold}; it was not taken for the answer."
            yield _made("misread_source", silence, None, why, held)
        elif missed := self._missed(receipt, gold):
            why = f"The library says {gold} in {_name(missed[0])}, which search missed."
            yield _made("not_retrieved", silence, None, why, missed)

    def _missed(self, receipt: Receipt, gold: str) -> list[Told]:
        known = {source.document_id for source in receipt.sources}
        there = [
            told
            for told in self._in_library(receipt.question, gold)
            if told.evidence.document_id not in known
        ]
        return self._answering(receipt.question, there, gold)

    def _answering(self, question: str, told: Sequence[Told], gold: str) -> list[Told]:
        """Sentences that state the right answer and speak of what is asked, nearest first."""
        asked = understand(question)
        about = frozenset(asked.names or asked.telling)
        found = [
            one
            for one in told
            if states(one.evidence.quote, gold)
            and len(about & stems(f"{one.evidence.title} {one.evidence.quote}")) >= _SAME_MATTER * len(about)
        ]
        return sorted(found, key=lambda one: _matter(question, one.evidence.quote), reverse=True)

    def _in_library(self, text: str, gold: str) -> list[Told]:
        """Sentences of the library near a text, whether or not they were found when the question was asked."""
        hits = self._library.search(f"{text} {gold}".strip(), limit=_LOOKED_THROUGH).hits
        return [
            told
            for hit in hits
            for told in _sentences_of(
                hit.passage.text,
                hit.passage.start,
                lambda quote, start, end, document=hit.document: Told(
                    FaultEvidence(
                        document_id=document.id,
                        title=document.title,
                        quote=quote,
                        start=start,
                        end=end,
                        publisher=document.publisher,
                        date=document.date,
                    ),
                    None,
                ),
            )
        ]

    def _retrieved(self, sources: Sequence[Source]) -> list[Told]:
        """The sentences of every document that was found; none of those that have left the library since."""
        found: list[Told] = []
        for source in sources:
            try:
                text = self._library.document(source.document_id).text
            except NotFound:
                continue
            found.extend(
                _sentences_of(
                    text,
                    0,
                    lambda quote, start, end, source=source: Told(
                        FaultEvidence(
                            document_id=source.document_id,
                            title=source.title,
                            quote=quote,
                            start=start,
                            end=end,
                            publisher=source.publisher,
                            date=source.date,
                        ),
                        source,
                    ),
                )
            )
        return found

    def _carrying(self, sentence: str, told: Sequence[Told]) -> list[Told]:
        """The sentences that carry another one: word for word, each alone, or the few nearest together."""
        plain = " ".join(words(sentence))
        said = [" ".join(words(one.evidence.quote)) for one in told]
        verbatim = [one for one, text in zip(told, said, strict=True) if plain in text]
        if not verbatim and plain in " ".join(said):
            verbatim = [one for one, text in zip(told, said, strict=True) if text and text in plain]
        if verbatim:
            return verbatim
        near = _near(sentence, told)
        alone = [one for one in near if self._decision(sentence, [one]) == "supported"]
        return alone or (near if self._decision(sentence, near) == "supported" else [])

    def _decision(self, sentence: str, told: Sequence[Told]) -> str:
        if not told:
            return "unsupported"
        evidence = [
            Evidence(one.evidence.quote, one.evidence.title, place=place) for place, one in enumerate(told)
        ]
        return verify(sentence, evidence, self._threshold, self._witnesses).support


def known(overview: Overview, dropped: Sequence[Dropped]) -> tuple[Diagnosis, ...]:
    """The faults that are plain when an answer is made, from what it quotes alone; nothing more is looked up."""
    found = [
        diagnosis
        for index in range(len(overview.claims))
        if (diagnosis := of_conflict(overview, index)) is not None
    ]
    quoted = [_of_citation(cited) for claim in overview.claims for cited in claim.citations]
    for sentence in _refused(overview, dropped):
        near = sorted(quoted, key=lambda one: _matter(sentence, one.quote), reverse=True)[:1]
        speaks = bool(near) and _matter(sentence, near[0].quote) >= _SAME_MATTER
        fault: Fault = "misread_source" if speaks else "hallucination"
        why = (
            f"{_titled(near[0])} speaks of this and does not say it, so the sentence was not shown."
            if speaks
            else "Nothing that is quoted says it, so the sentence was not shown."
        )
        found.append(Diagnosis(fault=fault, sentence=sentence, why=why, evidence=tuple(near)))
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
    sentence = overview.claims[index].text
    if conflict.cause == "age":
        others = [side for side in others if (side.date or "") > (own.date or "")]
        if not others:
            return None
    evidence = [
        _of_citation(overview.claims[place].citations[0]) for side in others for place in side.claims[:1]
    ]
    fault: Fault = "stale" if conflict.cause == "age" else "conflict"
    tail = (
        "is newer and says otherwise"
        if conflict.cause == "age"
        else "says otherwise, and is believed as well"
    )
    why = f"{_titled(evidence[0])} {tail}."
    shown = tuple(evidence[:_MOST_EVIDENCE])
    return Diagnosis(fault=fault, sentence=sentence, claim=index, why=why, evidence=shown)


def states(text: str, gold: str) -> bool:
    """Whether a text states an answer: its quantities if it has any, else its words in their order."""
    wanted = quantities(gold)
    if wanted and not [word for word in words(gold) if not any(sign.isdigit() for sign in word)][2:]:
        return all(any(one.same(other) for other in quantities(text)) for one in wanted)
    run = " ".join(words(gold))
    return bool(run) and re.search(rf"(?<!\w){re.escape(run)}(?!\w)", " ".join(words(text))) is not None


def _sentences_of(text: str, offset: int, made: Callable[[str, int, int], Told]) -> list[Told]:
    return [
        made(" ".join(text[start:end].split()), offset + start, offset + end)
        for start, end in sentences(text)
    ]


def _refused(overview: Overview, dropped: Sequence[Dropped]) -> list[str]:
    """Generated sentences that were not shown because something is wrong with them, not because they repeat a quote."""
    quoted = [" ".join(words(claim.text)) for claim in overview.claims]
    return [
        one.text
        for one in dropped
        if one.origin == "generated" and not any(" ".join(words(one.text)) in quote for quote in quoted)
    ]


def _of_citation(cited: Citation) -> FaultEvidence:
    return FaultEvidence(
        document_id=cited.document_id,
        title=cited.title,
        quote=cited.quote,
        start=cited.start,
        end=cited.end,
        publisher=cited.publisher,
        date=cited.date,
    )


def _made(fault: Fault, sentence: str, index: int | None, why: str, told: Sequence[Told]) -> Diagnosis:
    evidence = tuple(one.evidence for one in told[:_MOST_EVIDENCE])
    return Diagnosis(fault=fault, sentence=sentence, claim=index, why=why, evidence=evidence)


def _matter(sentence: str, other: str) -> float:
    own = stems(sentence)
    return len(own & stems(other)) / max(1, len(own))


def _near(sentence: str, told: Sequence[Told]) -> list[Told]:
    """The few sentences that speak of the same thing, nearest first."""
    return [one for one in _nearest(sentence, told) if _matter(sentence, one.evidence.quote) >= _SAME_MATTER][
        :5
    ]


def _nearest(sentence: str, told: Sequence[Told]) -> list[Told]:
    return sorted(told, key=lambda one: _matter(sentence, one.evidence.quote), reverse=True)


def _doubt(told: Told) -> str:
    reason = told.source.reasons[0] if told.source is not None and told.source.reasons else "not believed"
    return f"{_name(told)} says it, and is not to be believed: {reason}."


def _name(told: Told) -> str:
    return _titled(told.evidence)


def _titled(evidence: FaultEvidence) -> str:
    dated = f" ({evidence.date})" if evidence.date else ""
    return f"“{evidence.title}”{dated}"
