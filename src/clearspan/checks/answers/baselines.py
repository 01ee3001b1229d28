"""What answers are held against: the first sentence by words and by meaning, and the first passage of the search."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from clearspan.checks.answers.libraries import Place
from clearspan.language.sentences import read_sentences
from clearspan.language.words import index_terms
from clearspan.library.documents import Hit
from clearspan.library.library import Library
from clearspan.models.serving.embedder import Embedder

BM25, MINILM, PASSAGE = "BM25's first sentence", "MiniLM's first sentence", "the first passage"
BASELINES = (BM25, MINILM, PASSAGE)

_PASSAGES = 12
"""Passages that search puts first, whose sentences are ranked."""

_K1, _B = 1.2, 0.75


def firsts(question: str, library: Library, embedder: Embedder | None) -> dict[str, Place | None]:
    """What each baseline puts first; None where it has nothing, as one by meaning without an embedder."""
    hits = library.search(question, limit=_PASSAGES).hits
    found = [
        (_place(hit, one.start, one.end), one.text)
        for hit in hits
        for one in read_sentences(hit.passage.text)
    ]
    places, texts = [place for place, _ in found], [text for _, text in found]
    first = hits[0].passage if hits else None
    return {
        BM25: places[int(np.argmax(bm25(question, texts)))] if texts else None,
        MINILM: places[int(np.argmax(_cosines(question, texts, embedder)))] if texts and embedder else None,
        PASSAGE: (first.document_id, first.start, first.end) if first else None,
    }


def bm25(question: str, texts: Sequence[str]) -> list[float]:
    """A score for each text, higher for better.

    Source: S. Robertson and H. Zaragoza, The probabilistic relevance framework: BM25 and beyond, 2009; with the
    constants and the inverse document frequency of Lucene.
    """
    counts = [Counter(index_terms(text)) for text in texts]
    lengths = [sum(count.values()) for count in counts]
    usual = sum(lengths) / max(1, len(lengths)) or 1.0
    scores = [0.0] * len(texts)
    for term in set(index_terms(question)):
        holding = sum(term in count for count in counts)
        rarity = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
        for place, count in enumerate(counts):
            slowed = _K1 * (1 - _B + _B * lengths[place] / usual)
            scores[place] += rarity * count[term] * (_K1 + 1) / (count[term] + slowed)
    return scores


def _cosines(question: str, texts: Sequence[str], embedder: Embedder) -> list[float]:
    vectors = embedder.embed([question, *texts])
    return [float(score) for score in vectors[1:] @ vectors[0]]


def _place(hit: Hit, start: int, end: int) -> Place:
    return hit.passage.document_id, hit.passage.start + start, hit.passage.start + end
