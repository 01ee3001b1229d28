"""Which sentences of the sources answer the question: every sentence gets a probability with its parts."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from clearspan.language.sentences import Sentence, read_sentences
from clearspan.language.words import stems
from clearspan.library.library import Library
from clearspan.overview.question import Question, coverage, defines, fit
from clearspan.overview.trust.judge import JudgedHit
from clearspan.receipts import Check

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

_MEANING_CANDIDATES = 24
"""Sentences whose embeddings are computed; the others are far behind by words already."""

_DOUBTED_CANDIDATES = 8
"""Sentences of sources that are not believed among them, over and above: they displace none that may be quoted."""

_LONGEST_QUOTE_CHARS = 420
_PRONOUN = re.compile(r"(?:It|Its|He|She|They|His|Her|Their|This|These|Those|Both)\b")


@dataclass(frozen=True, slots=True)
class QuoteWeights:
    """A logistic model over the parts of a sentence's score.

    Fitted on the dev questions of the sample suite (six folds by question); then `bias` was shifted so that 0.5 is
    the threshold that did best there. `value` was set by hand, because a sentence without the kind of value that
    is asked for is no answer however well it reads. The weights without meaning are rounded from a fit in which
    names were in reach in title and heading alone.
    """

    bias: float
    words: float
    meaning: float
    value: float
    names_in_reach: float
    names_in_sentence: float


WITH_MEANING = QuoteWeights(
    bias=-5.03, words=2.1, meaning=6.0, value=2.0, names_in_reach=-3.85, names_in_sentence=-1.87
)
WORDS_ALONE = QuoteWeights(
    bias=-1.9, words=3.0, meaning=0.0, value=2.0, names_in_reach=-2.9, names_in_sentence=-1.4
)


@dataclass(frozen=True)
class Candidate:
    """A sentence of a source that may answer.

    Attributes:
        sentence: of the passage of `judged`, whose offsets it counts in.
        probability: that the sentence answers the question.
        checks: the parts of that probability.
    """

    judged: JudgedHit
    sentence: Sentence
    probability: float
    checks: tuple[Check, ...]

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
class _Measured:
    """A sentence of a passage with the parts of its score that are counted in words."""

    judged: JudgedHit
    sentence: Sentence
    first_guess: float
    words: float
    value: float
    out_of_reach: float
    out_of_sentence: float


def candidates(
    question: Question, judged: Sequence[JudgedHit], library: Library, embedder: "Embedder | None"
) -> list[Candidate]:
    """All sentences of the judged passages that may answer, most probable first.

    Sentences of sources that are not believed are among them: that only they answer is a finding of its own.
    """
    rarity = library.rarity(question.telling)
    found = [one for hit in judged for one in _measured(question, hit, rarity)]
    found.sort(key=lambda one: one.first_guess, reverse=True)
    found = _worth_reading(_without_repeats(found))
    meanings = _meanings(question, found, embedder)
    weights = WITH_MEANING if embedder else WORDS_ALONE
    scored = [_candidate(one, meaning, weights) for one, meaning in zip(found, meanings, strict=True)]
    return sorted(scored, key=lambda candidate: candidate.probability, reverse=True)


def _worth_reading(found: Sequence[_Measured]) -> list[_Measured]:
    believed = [one for one in found if one.judged.source.believed]
    doubted = [one for one in found if not one.judged.source.believed]
    return [*believed[:_MEANING_CANDIDATES], *doubted[:_DOUBTED_CANDIDATES]]


def _measured(question: Question, judged: JudgedHit, rarity: dict[str, float]) -> list[_Measured]:
    document, passage = judged.hit.document, judged.hit.passage
    around = passage_stems(passage.text) | stems(
        f"{document.title} {document.publisher or ''} {passage.heading}"
    )
    told = [word for word in question.telling if word not in question.names]
    statements = _statements(passage.text)
    # A passage that opens by saying what the named thing is speaks of it from there on: 'The population was 1,066.'
    opened = any(defines(question, own) for _, own in statements[:1])
    subject = question.names if opened else frozenset[str]()
    found: list[_Measured] = []
    for sentence, own in statements:
        near = sentence.stems
        if not near or not _quotable(sentence.text):
            continue
        value = fit(question, own)
        found.append(
            _Measured(
                judged=judged,
                sentence=sentence,
                first_guess=coverage(question.telling, rarity, near, around) + 0.3 * value,
                words=coverage(told, rarity, near),
                value=value,
                out_of_reach=1.0 - coverage(question.names, rarity, near | around),
                out_of_sentence=1.0 - coverage(question.names, rarity, near | subject),
            )
        )
    return found


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
    return 8 <= len(text) <= _LONGEST_QUOTE_CHARS and not text.endswith(("?", ":"))


def _without_repeats(found: Sequence[_Measured]) -> list[_Measured]:
    first: dict[tuple[str, int, int], _Measured] = {}
    for one in found:
        start = one.judged.hit.passage.start + one.sentence.start
        first.setdefault((one.judged.source.document_id, start, len(one.sentence.text)), one)
    return list(first.values())


def _meanings(question: Question, found: Sequence[_Measured], embedder: "Embedder | None") -> Sequence[float]:
    if embedder is None or not found:
        return [0.0] * len(found)
    texts = [one.sentence.text for one in found]
    titled = [f"{one.judged.source.title}: {one.sentence.text}" for one in found]
    vectors = embedder.recall([question.text, *texts, *titled])
    alone, framed = np.split(np.asarray(vectors[1:] @ vectors[0]), 2)
    # A sentence may leave out its subject, which the title then tells; one that names it is understood without.
    return [float(score) for score in np.maximum(alone, framed)]


def _candidate(one: _Measured, meaning: float, weights: QuoteWeights) -> Candidate:
    logit = (
        weights.bias
        + weights.words * one.words
        + weights.meaning * meaning
        + weights.value * (one.value - 0.5)
        + weights.names_in_reach * one.out_of_reach
        + weights.names_in_sentence * one.out_of_sentence
    )
    checks = (
        Check(name="words of the question", score=round(one.words, 3), detail="weighted by rarity"),
        Check(name="meaning", score=round(max(meaning, 0.0), 3), detail="cosine of sentence embeddings"),
        Check(name="kind of value asked for", score=one.value),
        Check(name="names of the question", score=round(1.0 - one.out_of_reach, 3)),
    )
    return Candidate(
        judged=one.judged,
        sentence=one.sentence,
        probability=1.0 / (1.0 + math.exp(-logit)),
        checks=checks,
    )


@lru_cache(maxsize=2048)
def passage_stems(text: str) -> frozenset[str]:
    """Stems of a whole passage, headings included."""
    return stems(text)
