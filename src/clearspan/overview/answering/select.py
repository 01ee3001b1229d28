"""Which sentences of the sources answer the question: every sentence gets a probability with its parts."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from clearspan.language.sentences import sentences
from clearspan.language.words import stems
from clearspan.library.documents import Passage
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
class Weights:
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


WITH_MEANING = Weights(
    bias=-5.03, words=2.1, meaning=6.0, value=2.0, names_in_reach=-3.85, names_in_sentence=-1.87
)
WORDS_ALONE = Weights(
    bias=-1.9, words=3.0, meaning=0.0, value=2.0, names_in_reach=-2.9, names_in_sentence=-1.4
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a source that may answer.

    Attributes:
        start, end: character offsets into the document's stored text.
        probability: that the sentence answers the question.
        checks: the parts of that probability.
    """

    judged: JudgedHit
    start: int
    end: int
    text: str
    probability: float
    checks: tuple[Check, ...]

    @property
    def believed(self) -> bool:
        """Whether its source is believed and the sentence itself is not taken from satire."""
        taken = any(start < self.end and self.start < end for start, end in self.judged.copied)
        return self.judged.source.believed and not taken


@dataclass(frozen=True, slots=True)
class _Sentence:
    judged: JudgedHit
    start: int
    end: int
    text: str
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
    found = [sentence for hit in judged for sentence in _sentences(question, hit, hit.hit.passage, rarity)]
    found.sort(key=lambda s: s.first_guess, reverse=True)
    found = _worth_reading(_without_repeats(found))
    meanings = _meanings(question, found, embedder)
    weights = WITH_MEANING if embedder else WORDS_ALONE
    scored = [
        _candidate(sentence, meaning, weights) for sentence, meaning in zip(found, meanings, strict=True)
    ]
    return sorted(scored, key=lambda candidate: candidate.probability, reverse=True)


def _worth_reading(found: Sequence[_Sentence]) -> list[_Sentence]:
    believed = [sentence for sentence in found if sentence.judged.source.believed]
    doubted = [sentence for sentence in found if not sentence.judged.source.believed]
    return [*believed[:_MEANING_CANDIDATES], *doubted[:_DOUBTED_CANDIDATES]]


def _sentences(
    question: Question, judged: JudgedHit, passage: Passage, rarity: dict[str, float]
) -> list[_Sentence]:
    document = judged.hit.document
    around = _passage_stems(passage.text) | stems(
        f"{document.title} {document.publisher or ''} {passage.heading}"
    )
    told = [word for word in question.telling if word not in question.names]
    statements = _statements(passage.text)
    # A passage that opens by saying what the named thing is speaks of it from there on: 'The population was 1,066.'
    opened = any(defines(question, passage.text[own:end]) for _, own, end in statements[:1])
    subject = question.names if opened else frozenset[str]()
    found: list[_Sentence] = []
    for start, own, end in statements:
        text = passage.text[start:end]
        near = stems(text)
        if not near or not _quotable(text):
            continue
        value = fit(question, passage.text[own:end])
        found.append(
            _Sentence(
                judged=judged,
                start=passage.start + start,
                end=passage.start + end,
                text=text,
                first_guess=coverage(question.telling, rarity, near, around) + 0.3 * value,
                words=coverage(told, rarity, near),
                value=value,
                out_of_reach=1.0 - coverage(question.names, rarity, near | around),
                out_of_sentence=1.0 - coverage(question.names, rarity, near | subject),
            )
        )
    return found


def _statements(text: str) -> list[tuple[int, int, int]]:
    """The sentences of a passage as (start, own, end), where the sentence itself is `text[own:end]`.

    One that begins with a pronoun starts with the sentence before it: alone, a reader would not know what 'it' is.
    """
    statements: list[tuple[int, int, int]] = []
    before: int | None = None
    for start, end in sentences(text):
        if (
            _PRONOUN.match(text, start)
            and before is not None
            and "\n" not in text[before:start].rstrip("\n ")
        ):
            statements.append((before, start, end))
        else:
            statements.append((start, start, end))
            before = start
    return statements


def _quotable(text: str) -> bool:
    return 8 <= len(text) <= _LONGEST_QUOTE_CHARS and not text.endswith(("?", ":"))


def _without_repeats(found: Sequence[_Sentence]) -> list[_Sentence]:
    seen: set[tuple[str, int, int]] = set()
    kept: list[_Sentence] = []
    for sentence in found:
        key = (sentence.judged.source.document_id, sentence.start, sentence.end)
        if key not in seen:
            seen.add(key)
            kept.append(sentence)
    return kept


def _meanings(question: Question, found: Sequence[_Sentence], embedder: "Embedder | None") -> Sequence[float]:
    if embedder is None or not found:
        return [0.0] * len(found)
    titled = [f"{sentence.judged.source.title}: {sentence.text}" for sentence in found]
    vectors = embedder.recall([question.text, *(sentence.text for sentence in found), *titled])
    alone, framed = np.split(np.asarray(vectors[1:] @ vectors[0]), 2)
    # A sentence may leave out its subject, which the title then tells; one that names it is understood without.
    return [float(score) for score in np.maximum(alone, framed)]


def _candidate(sentence: _Sentence, meaning: float, weights: Weights) -> Candidate:
    logit = (
        weights.bias
        + weights.words * sentence.words
        + weights.meaning * meaning
        + weights.value * (sentence.value - 0.5)
        + weights.names_in_reach * sentence.out_of_reach
        + weights.names_in_sentence * sentence.out_of_sentence
    )
    checks = (
        Check(name="words of the question", score=round(sentence.words, 3), detail="weighted by rarity"),
        Check(name="meaning", score=round(max(meaning, 0.0), 3), detail="cosine of sentence embeddings"),
        Check(name="kind of value asked for", score=sentence.value),
        Check(name="names of the question", score=round(1.0 - sentence.out_of_reach, 3)),
    )
    return Candidate(
        judged=sentence.judged,
        start=sentence.start,
        end=sentence.end,
        text=sentence.text,
        probability=1.0 / (1.0 + math.exp(-logit)),
        checks=checks,
    )


@lru_cache(maxsize=2048)
def _passage_stems(text: str) -> frozenset[str]:
    return stems(text)
