"""Faults told apart with the library at hand.

A sentence is held against what it cites, then against everything that search found, then against the library: the
first that carries it, or that speaks of the same thing and says otherwise, tells the fault apart. With the right answer
at hand (`gold`) a sentence that follows its source to the letter can still be told to be wrong, and why.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from clearspan.errors import NotFound
from clearspan.faults import Diagnosis, Fault
from clearspan.language.quantities import quantities
from clearspan.language.sentences import Sentence
from clearspan.language.words import words
from clearspan.library.library import Library
from clearspan.overview.diagnosis.plain import MOST_EVIDENCE, of_conflict, refused
from clearspan.overview.diagnosis.source_sentences import (
    SAME_MATTER,
    SourceSentence,
    matter,
    near,
    nearest,
    source_sentences,
)
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.verify import Instruments, verify
from clearspan.overview.question import understand
from clearspan.receipts import Claim, Decision, Receipt, Source

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

_LOOKED_THROUGH = 40
"""Passages of the library that are read for what search missed."""


class Diagnostician:
    """Tells faults of one receipt apart, with its library at hand.

    Args:
        library: the library that was asked.
        embedder: for meaning; None leaves it to words.
        threshold: probability from which a sentence counts as carried by another.
    """

    def __init__(self, library: Library, embedder: "Embedder | None", threshold: float) -> None:
        self._library = library
        self._instruments = Instruments(embedder=embedder)
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
        cited = [told for told in retrieved if told.source is not None and told.source.number is not None]
        found += [
            self._unsupported(Sentence(text), None, cited, retrieved)
            for text in refused(receipt.overview, receipt.dropped)
        ]
        if gold and receipt.overview.abstention is not None:
            found.extend(self._silence(receipt, receipt.overview.abstention.message, retrieved, gold))
        return tuple(found)

    def _claim(
        self, receipt: Receipt, claim: Claim, index: int, retrieved: Sequence[SourceSentence], gold: str
    ) -> Diagnosis | None:
        ids = {citation.document_id for citation in claim.citations}
        cited = [told for told in retrieved if told.evidence.document_id in ids]
        if gold and states(claim.text, gold):
            return None
        sentence = Sentence(claim.text)
        carrying = self._carrying(sentence, cited)
        if not carrying:
            return self._unsupported(sentence, index, cited, retrieved)
        if not any(told.believed for told in carrying):
            return _made("wrong_source", sentence.text, index, _doubt(carrying[0]), carrying)
        disagreeing = of_conflict(receipt.overview, index)
        if disagreeing is not None:
            return disagreeing
        return self._against_gold(receipt, sentence.text, index, carrying, retrieved, gold) if gold else None

    def _unsupported(
        self,
        sentence: Sentence,
        index: int | None,
        cited: Sequence[SourceSentence],
        retrieved: Sequence[SourceSentence],
    ) -> Diagnosis:
        """The fault of a sentence that what it cites does not carry."""
        text = sentence.text
        elsewhere = [told for told in retrieved if told not in cited]
        closest = nearest(sentence, cited)
        if saying := self._supporting(sentence, elsewhere):
            why = f"What it cites does not say it; {saying[0].name} does: the reference is wrong."
            return _made("misread_source", text, index, why, [*closest[:1], *saying[:1]])
        if closest and matter(sentence, closest[0].sentence) >= SAME_MATTER:
            why = f"{closest[0].name} speaks of this and says something else."
            return _made("misread_source", text, index, why, closest[:1])
        other = nearest(sentence, elsewhere)
        if other and self._decision(sentence, other[:1]) == "contradicted":
            why = f"{other[0].name} speaks of this and says something else."
            return _made("misread_source", text, index, why, other[:1])
        known = {told.evidence.document_id for told in retrieved}
        missed = [told for told in self._in_library(text) if told.evidence.document_id not in known]
        if saying := self._supporting(sentence, missed):
            why = f"No source that was found says it; the library has it in {saying[0].name}, which search missed."
            return _made("not_retrieved", text, index, why, saying)
        why = "No source that was found says it, and none speaks of it."
        return _made("hallucination", text, index, why, closest[:1])

    def _against_gold(
        self,
        receipt: Receipt,
        sentence: str,
        index: int,
        carrying: Sequence[SourceSentence],
        retrieved: Sequence[SourceSentence],
        gold: str,
    ) -> Diagnosis:
        """The fault of a sentence that its source carries and that is wrong all the same."""
        right = [told for told in _answering(receipt.question, retrieved, gold) if told not in carrying]
        missed = [] if right else self._missed(receipt, gold)
        own = max((told.evidence.date for told in carrying if told.evidence.date), default="")
        believable = [told for told in right if told.believed] or missed
        newer = [told for told in believable if own and (told.evidence.date or "")[:4] > own[:4]]
        if newer:
            why = f"{carrying[0].name} said so; {newer[0].name} is newer and says {gold}."
            return _made("stale", sentence, index, why, [*carrying[:1], *newer])
        if right and right[0].believed:
            why = f"{carrying[0].name} says it, {right[0].name} says {gold}; both are believed."
            return _made("conflict", sentence, index, why, [*carrying[:1], *right])
        if missed:
            why = f"The library says {gold} in {missed[0].name}, which search missed."
            return _made("not_retrieved", sentence, index, why, [*carrying[:1], *missed])
        why = f"{carrying[0].name} says it, and it is wrong: the answer is {gold}."
        return _made("wrong_source", sentence, index, why, carrying)

    def _silence(
        self, receipt: Receipt, message: str, retrieved: Sequence[SourceSentence], gold: str
    ) -> Iterable[Diagnosis]:
        held = [told for told in _answering(receipt.question, retrieved, gold) if told.believed]
        if held:
            why = f"{held[0].name} was found and says {gold}; it was not taken for the answer."
            yield _made("misread_source", message, None, why, held)
        elif missed := self._missed(receipt, gold):
            why = f"The library says {gold} in {missed[0].name}, which search missed."
            yield _made("not_retrieved", message, None, why, missed)

    def _missed(self, receipt: Receipt, gold: str) -> list[SourceSentence]:
        known = {source.document_id for source in receipt.sources}
        there = self._in_library(f"{receipt.question} {gold}")
        return _answering(
            receipt.question, [told for told in there if told.evidence.document_id not in known], gold
        )

    def _in_library(self, text: str) -> list[SourceSentence]:
        """Sentences of the library near a text, whether or not they were found when the question was asked."""
        hits = self._library.search(text, limit=_LOOKED_THROUGH).hits
        return [
            told
            for hit in hits
            for told in source_sentences(hit.passage.text, hit.passage.start, hit.document)
        ]

    def _retrieved(self, sources: Sequence[Source]) -> list[SourceSentence]:
        """The sentences of every document that was found; none of those that have left the library since."""
        found: list[SourceSentence] = []
        for source in sources:
            try:
                text = self._library.document(source.document_id).text
            except NotFound:
                continue
            found.extend(source_sentences(text, 0, source))
        return found

    def _carrying(self, sentence: Sentence, told: Sequence[SourceSentence]) -> list[SourceSentence]:
        """The sentences that carry another one: word for word, each alone, or the few nearest together."""
        plain = " ".join(words(sentence.text))
        said = [" ".join(words(one.sentence.text)) for one in told]
        verbatim = [one for one, text in zip(told, said, strict=True) if plain in text]
        if not verbatim and plain in " ".join(said):
            verbatim = [one for one, text in zip(told, said, strict=True) if text and text in plain]
        if verbatim:
            return verbatim
        alone = self._supporting(sentence, told)
        if alone:
            return alone
        close = near(sentence, told)
        return close if self._decision(sentence, close) == "supported" else []

    def _supporting(self, sentence: Sentence, told: Sequence[SourceSentence]) -> list[SourceSentence]:
        """Those of the nearest sentences that each carry another one by themselves."""
        return [one for one in near(sentence, told) if self._decision(sentence, [one]) == "supported"]

    def _decision(self, sentence: Sentence, told: Sequence[SourceSentence]) -> Decision:
        evidence = [
            Evidence(one.sentence.text, one.evidence.title, place=place) for place, one in enumerate(told)
        ]
        return verify(sentence.text, evidence, self._threshold, self._instruments).support


def states(text: str, gold: str) -> bool:
    """Whether a text states an answer: its quantities if it has any, else its words in their order."""
    wanted = quantities(gold)
    if wanted and not [word for word in words(gold) if not any(sign.isdigit() for sign in word)][2:]:
        found = [end for other in quantities(text) for end in (other, *other.ends)]
        return all(any(one.same(other) for other in found) for one in wanted)
    run = " ".join(words(gold))
    return bool(run) and re.search(rf"(?<!\w){re.escape(run)}(?!\w)", " ".join(words(text))) is not None


def _answering(question: str, told: Sequence[SourceSentence], gold: str) -> list[SourceSentence]:
    """Sentences that state the right answer and speak of what is asked, nearest first."""
    asked = understand(question)
    about = frozenset(asked.names or asked.telling)
    found = [
        one
        for one in told
        if states(one.sentence.text, gold)
        and len(about & (one.sentence.stems | Sentence(one.evidence.title).stems)) >= SAME_MATTER * len(about)
    ]
    return nearest(asked.sentence, found)


def _made(
    fault: Fault, sentence: str, index: int | None, why: str, told: Sequence[SourceSentence]
) -> Diagnosis:
    evidence = tuple(one.evidence for one in told[:MOST_EVIDENCE])
    return Diagnosis(fault=fault, sentence=sentence, claim=index, why=why, evidence=evidence)


def _doubt(told: SourceSentence) -> str:
    reason = told.source.reasons[0] if told.source is not None and told.source.reasons else "not believed"
    return f"{told.name} says it, and is not to be believed: {reason}."
