"""Which sentences of the sources answer the question: every sentence gets the reader's probability with its parts."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from clearspan.language.sentences import Sentence, read_sentences
from clearspan.language.words import stems
from clearspan.overview.answering.querytype import query_type
from clearspan.overview.answering.reader.kinds import AskedFor, wideness
from clearspan.overview.answering.reader.reader import EvidenceReader, ReadPassage, ReadSentence, ShortAnswer
from clearspan.overview.answering.reader.windows import place_of
from clearspan.overview.question import Question
from clearspan.overview.trust.judge import JudgedHit
from clearspan.receipts import Check

_BELIEVED_CANDIDATES = 48
"""Sentences that are handed on; the others are far behind."""

_DOUBTED_CANDIDATES = 8
"""Sentences of sources that are not believed among them, over and above: they displace none that may be quoted."""

TOGETHER = "the best two together"
"""The check of what is shown together, which decides whether anything is."""

_LONGEST_QUOTE_CHARS = 1200
_COUNTS = re.compile(r"\bhow\s+many\b|\b(?:what|which)\s+year\b", re.IGNORECASE)
_NUMBERLESS = 0.03
"""Odds of a sentence without any quantity where a count or a year is asked for: of the sentences that people marked as
evidence for 617 such questions 11 had none, of other sentences more than half have none."""

_DENIED = re.compile(
    r"\b(?:falsely|wrongly|mistakenly|incorrectly|erroneously)\s+(?:claim(?:s|ed)?\s+that|believ|assum|stat|sa(?:y|id)|thought|think|report|assert|suppos|attribut)"
    r"|\b(?:myth|misconception|urban\s+legend|hoax)\b[^.;]{0,40}\bthat\b|\bcontrary\s+to\s+(?:popular|common|what)\b"
    r"|\b(?:not|n['’]t)\s+true\s+that\b|\bif\b[^.;]+\bwould(?:\s+not|n['’]t)?\s+have\b|\bwould(?:\s+not|n['’]t)?\s+have\b[^.;]+\bif\b",
    re.IGNORECASE,
)
_SAID_OF_WHAT_IS_NOT = 0.1
"""Odds of a sentence that reports what is not so, where a fact is asked for. A decision more than a measurement: people
marked two such sentences among 8,600, and thirty stand among 56,000 beside them."""

_PRONOUN = re.compile(r"(?:It|Its|He|She|They|His|Her|Their|This|These|Those|Both)\b")


@dataclass(frozen=True)
class Candidate:
    """A sentence of a source that may answer.

    Attributes:
        sentence: of the passage of `judged`, whose offsets it counts in.
        probability: that the sentence answers the question.
        checks: the parts of that probability.
        short: the few words of it that answer; their place counts in characters of `sentence.text`. None where
            nobody read it.
        yes: probability that its passage says yes, given that the answer is yes or no. None likewise.
        logits: of the sentence and of its window, before calibration. None likewise, and where a larger network read
            other sentences and not this one.
        copies: number of the first sentence that says the same word for word, of all that were read.
        repeats: whether a believed one before it says the same word for word.
    """

    judged: JudgedHit
    sentence: Sentence
    probability: float
    checks: tuple[Check, ...]
    short: ShortAnswer | None = None
    yes: float | None = None
    logits: tuple[float, float] | None = None
    copies: int = 0
    repeats: bool = False

    @property
    def text(self) -> str:
        """The sentence as it stands in its document."""
        return self.sentence.text

    @property
    def start(self) -> int:
        """Where it begins in the document's stored text, in characters."""
        return self.judged.hit.passage.start + self.sentence.start

    @property
    def end(self) -> int:
        """Where it ends in the document's stored text, in characters."""
        return self.judged.hit.passage.start + self.sentence.end

    @cached_property
    def titled(self) -> frozenset[str]:
        """Stems of the sentence and of its document's title, which often tells what 'it' is."""
        return self.sentence.stems | stems(self.judged.source.title)

    @property
    def believed(self) -> bool:
        """Whether its source is believed and the sentence itself is not taken from satire."""
        taken = any(start < self.end and self.start < end for start, end in self.judged.copied)
        return self.judged.source.believed and not taken


@dataclass(frozen=True, slots=True)
class Candidates:
    """What may answer.

    Attributes:
        kinds: probability of each kind of question, as the reader understands it.
        best_first: sentences, most probable first.
        answered: probability that one of the best two believed ones answers.
    """

    kinds: dict[AskedFor, float]
    best_first: tuple[Candidate, ...]
    answered: float


def candidates(question: Question, judged: Sequence[JudgedHit], reader: EvidenceReader) -> Candidates:
    """All sentences of the judged passages that may answer, most probable first.

    Sentences of sources that are not believed are among them: that only they answer is a finding of its own.
    """
    places = [place_of(hit.hit.document.title, hit.hit.passage.heading) for hit in judged]
    texts = [hit.hit.passage.text for hit in judged]
    believed = [hit.source.believed for hit in judged]
    reading = reader.read(question.text, list(zip(places, texts, strict=True)), believed)
    found = [
        one
        for hit, passage in zip(judged, reading.passages, strict=True)
        for one in _candidates(hit, passage, question)
    ]
    found.sort(key=lambda one: one.probability, reverse=True)
    kept = _told_once(_worth_reading(_without_repeats(found)))
    seen = [(one.probability, *one.logits) for one in kept if _may_decide(one) and one.logits]
    answered = reading.answer.probability(np.array(seen, np.float64).reshape(-1, 3), wideness(reading.kinds))
    together = Check(
        name=TOGETHER,
        score=round(answered, 3),
        detail="that one of them answers: what decides",
    )
    return Candidates(
        reading.kinds, tuple(replace(one, checks=(*one.checks, together)) for one in kept), answered
    )


def _may_decide(one: Candidate) -> bool:
    """Whether a sentence counts for whether anything is shown: it was read, is believed, and was not said before."""
    return one.believed and one.logits is not None and not one.repeats


def _candidates(judged: JudgedHit, passage: ReadPassage, question: Question) -> list[Candidate]:
    statements = _statements(judged.hit.passage.text)
    found: list[Candidate] = []
    for (shown, own), read in zip(statements, passage.sentences, strict=True):
        if own.stems and _quotable(shown.text):
            factor = odds(question, own)
            probability = factor * read.probability / (1.0 - read.probability + factor * read.probability)
            checks = (
                Check(name="answers, as the reader sees it", score=round(probability, 3)),
                Check(
                    name="the sentence alone",
                    score=_unit(read.logit),
                    detail="before it is held against the others",
                ),
                Check(
                    name="its passage", score=_unit(passage.answers), detail="that it holds an answer at all"
                ),
            )
            short = _within(read, shown)
            logits = (read.logit, read.window) if read.decides else None
            found.append(
                Candidate(judged, shown, probability, checks, short, passage.yes, logits, read.copies)
            )
    return found


def odds(question: Question, sentence: Sentence) -> float:
    """How much less likely a sentence answers than the reader says, which knows little of numbers and of denial."""
    factor = _NUMBERLESS if _COUNTS.search(question.text) and not sentence.quantities else 1.0
    if _DENIED.search(sentence.text) and query_type(question.text) != "yes or no":
        factor *= _SAID_OF_WHAT_IS_NOT
    return factor


def _within(read: ReadSentence, shown: Sentence) -> ShortAnswer | None:
    """The short answer, counted from where the quote begins."""
    if read.short is None:
        return None
    return replace(read.short, start=read.short.start - shown.start, end=read.short.end - shown.start)


def _worth_reading(found: Sequence[Candidate]) -> list[Candidate]:
    believed = [one for one in found if one.judged.source.believed][:_BELIEVED_CANDIDATES]
    doubted = [one for one in found if not one.judged.source.believed][:_DOUBTED_CANDIDATES]
    return sorted([*believed, *doubted], key=lambda one: one.probability, reverse=True)


@lru_cache(maxsize=2048)
def _statements(text: str) -> tuple[tuple[Sentence, Sentence], ...]:
    """What may be quoted of a passage: each sentence as it would be quoted, and the sentence itself.

    One that begins with a pronoun is quoted with the sentence before it: alone, a reader would not know what 'it' is.
    """
    statements: list[tuple[Sentence, Sentence]] = []
    before: int | None = None
    for own in read_sentences(text):
        start, end = own.start, own.end
        if _PRONOUN.match(own.text) and before is not None and "\n" not in text[before:start].rstrip("\n "):
            statements.append((Sentence(text[before:end], before), own))
        else:
            statements.append((own, own))
            before = start
    return tuple(statements)


def _quotable(text: str) -> bool:
    return 8 <= len(text) <= _LONGEST_QUOTE_CHARS and not text.endswith("?")


def _told_once(found: Sequence[Candidate]) -> list[Candidate]:
    """The same, where a believed one has been told before marked so: a page that stands there twice answers once."""
    speaks: dict[int, Candidate] = {}
    for one in found:
        # Of several the one speaks that the largest network read.
        if one.believed and (one.copies not in speaks or (one.logits and not speaks[one.copies].logits)):
            speaks[one.copies] = one
    return [replace(one, repeats=one.believed and speaks[one.copies] is not one) for one in found]


def _without_repeats(found: Sequence[Candidate]) -> list[Candidate]:
    first: dict[tuple[str, int, int], Candidate] = {}
    for one in found:
        first.setdefault((one.judged.source.document_id, one.start, len(one.text)), one)
    return list(first.values())


def _unit(logit: float) -> float:
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit)))), 3)


@lru_cache(maxsize=2048)
def passage_stems(text: str) -> frozenset[str]:
    """Stems of a whole passage, headings included."""
    return stems(text)
