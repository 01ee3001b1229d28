"""From a dictionary and text to its evidence, stored."""

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.evidence import checkpoint
from clearspan.features.evidence.checkpoint import GatheringProgress
from clearspan.features.evidence.examples import examples
from clearspan.features.evidence.gather import EvidencePass
from clearspan.features.evidence.layout import Layout, lay_out
from clearspan.features.evidence.mixing import Text
from clearspan.features.evidence.neighbours import nearest
from clearspan.features.evidence.table import HISTOGRAM_BINS, FeatureEvidence, FeatureNeighbour, TokenWeight
from clearspan.features.evidence.tokens import TokenWeights, token_weights
from clearspan.features.evidence.writing import write_evidence
from clearspan.models.inside.unembedding import TokenTexts, Unembedding
from clearspan.models.serving.engine import LanguageModel

_LISTED = 8
"""Tokens and neighbours that are listed of each feature."""


def build_evidence(
    dictionary: Dictionary,
    model: LanguageModel,
    texts: Iterable[Text],
    folder: Path,
    tokens: int,
    seen: Callable[[int], None] = lambda _: None,
) -> Path:
    """Read text, and write `evidence.parquet` beside the dictionary.

    Args:
        folder: of the dictionary; an interrupted pass leaves its checkpoint there.
        tokens: how many to read.
        seen: told how many tokens were read so far.

    Raises:
        ClearspanError: as `EvidencePass` and `write_evidence`.
    """
    gathered = EvidencePass(dictionary, model, folder, tokens).run(texts, seen)
    # From here on there is nothing to read; kept, so that a crash in what follows costs little.
    gathered.forget_origins()
    gathered.save(folder)
    layout = lay_out(dictionary.decoder)
    features = assemble(dictionary, gathered, model.unembedding(), layout)
    path = write_evidence(folder, features, tokens=gathered.tally.tokens, method=layout.method)
    (folder / checkpoint.FILE).unlink(missing_ok=True)
    return path


def assemble(
    dictionary: Dictionary, gathered: GatheringProgress, unembedding: Unembedding, layout: Layout
) -> list[FeatureEvidence]:
    """The evidence of every feature, from what a pass counted and from the dictionary's own numbers."""
    tally = gathered.tally
    histograms = tally.histograms.cut(tally.maxima, HISTOGRAM_BINS)
    means = tally.sums / np.maximum(tally.counts, 1)
    weights = token_weights(dictionary.decoder, unembedding, _LISTED)
    near, cosines = nearest(dictionary.decoder, _LISTED)
    return [
        FeatureEvidence(
            index,
            float(tally.counts[index] / tally.tokens),
            float(tally.maxima[index]),
            float(means[index]),
            tuple(map(int, histograms[index])),
            examples(index, tally, gathered.origins, unembedding.texts),
            *_listed(index, weights, unembedding.texts),
            tuple(
                FeatureNeighbour(int(a), float(b)) for a, b in zip(near[index], cosines[index], strict=True)
            ),
            float(layout.places[index, 0]),
            float(layout.places[index, 1]),
            int(layout.clusters[index]),
        )
        for index in range(dictionary.size)
    ]


def _listed(
    index: int, weights: TokenWeights, texts: TokenTexts
) -> tuple[tuple[TokenWeight, ...], tuple[TokenWeight, ...]]:
    up = zip(weights.promoted[index], weights.promoted_weights[index], strict=True)
    down = zip(weights.suppressed[index], weights.suppressed_weights[index], strict=True)
    return (
        tuple(TokenWeight(texts.of(int(token)), float(weight)) for token, weight in up),
        tuple(TokenWeight(texts.of(int(token)), float(weight)) for token, weight in down),
    )
