"""From the candidates of a pass to the examples that are shown."""

from collections.abc import Mapping

import numpy as np

from clearspan.features.evidence.pools import Pool
from clearspan.features.evidence.table import Band, Example, Origin
from clearspan.features.evidence.tally import MIDDLE, TOP, Tally
from clearspan.models.inside.unembedding import TokenTexts


def examples(
    feature: int, tally: Tally, origins: Mapping[int, Origin], texts: TokenTexts
) -> tuple[Example, ...]:
    """Those of the highest activations, highest first, then those of the middle of the range, no document twice."""
    used: set[int] = set()
    shown = _taken(feature, tally.top, "top", TOP, used, origins, texts)
    return (*shown, *_taken(feature, tally.middle, "middle", MIDDLE, used, origins, texts))


def _taken(
    feature: int,
    pool: Pool,
    band: Band,
    count: int,
    used: set[int],
    origins: Mapping[int, Origin],
    texts: TokenTexts,
) -> list[Example]:
    found: list[Example] = []
    documents = pool.arrays["documents"][feature]
    for place in np.flatnonzero(documents >= 0):
        document = int(documents[place])
        if document in used or len(found) == count:
            continue
        used.add(document)
        tokens = [int(token) for token in pool.arrays["tokens"][feature, place] if token >= 0]
        activations = pool.arrays["activations"][feature, place, : len(tokens)]
        found.append(
            Example(
                tuple(texts.of_all(tokens)),
                tuple(map(float, activations)),
                int(pool.arrays["peaks"][feature, place]),
                origins[document].source,
                band,
                origins[document].written_by,
            )
        )
    # Of the middle they were drawn by lot; a person reads them from strong to weak.
    return sorted(found, key=lambda example: -example.activations[example.peak])
