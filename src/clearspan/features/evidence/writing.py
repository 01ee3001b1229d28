"""How evidence is stored: one row a feature, in columns of types as narrow as their use allows.

vocabulary                      in the first row, what tokens say, the commonest first; empty in the others
density, maximum, mean          float32
histogram                       counts, see `HISTOGRAM_BINS`
examples                        `tokens` are places in the vocabulary; `activations` are in 255ths of the maximum, and
                                an active token has at least one
promoted, suppressed            places in the vocabulary; `…_weights` in float16
neighbours                      numbers of features; `neighbours_cosines` in float16
x, y, cluster                   the map

The schema's metadata tells how many `tokens` were read, and how the `map` was drawn. The same evidence gives the same
bytes.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from clearspan.features.evidence.table import FILE, STEPS, FeatureEvidence
from clearspan.files import write_file

_LARGEST_HALF = float(np.finfo(np.float16).max)


def write_evidence(folder: Path, features: Sequence[FeatureEvidence], *, tokens: int, method: str) -> Path:
    """Write `evidence.parquet` into a dictionary's folder, whole or not at all.

    Args:
        features: all of the dictionary's, in order.
        tokens: how many were read to gather it.
        method: how the map was drawn.

    Raises:
        StorageError: the disk did not take it.
    """
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    table = _table(features).replace_schema_metadata({"tokens": str(tokens), "map": method})
    sink = arrow.BufferOutputStream()
    parquet.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=19,
        use_dictionary=False,
        write_statistics=False,
        row_group_size=max(1, table.num_rows),
        data_page_size=1 << 26,
    )
    write_file(folder / FILE, memoryview(sink.getvalue()))
    return folder / FILE


def _table(features: Sequence[FeatureEvidence]) -> Any:
    pa: Any = import_module("pyarrow")
    counts = Counter(text for feature in features for text in _texts(feature))
    words = sorted(counts, key=lambda text: (-counts[text], text))
    place = {text: number for number, text in enumerate(words)}
    token, feature = _narrowest(len(words)), _narrowest(len(features))
    example = pa.struct(
        {
            "tokens": pa.list_(token),
            "activations": pa.list_(pa.uint8()),
            "peak": pa.uint16(),
            "source": pa.string(),
            "band": pa.string(),
            "written_by": pa.string(),
        }
    )
    columns: dict[str, tuple[list[Any], Any]] = {
        "vocabulary": ([words, *([[]] * (len(features) - 1))], pa.list_(pa.string())),
        "density": ([one.density for one in features], pa.float32()),
        "maximum": ([one.maximum for one in features], pa.float32()),
        "mean": ([one.mean for one in features], pa.float32()),
        "histogram": ([one.histogram for one in features], pa.list_(pa.uint32())),
        "examples": ([_examples(one, place) for one in features], pa.list_(example)),
        "promoted": ([[place[w.token] for w in one.promoted] for one in features], pa.list_(token)),
        "promoted_weights": (
            [_halves(w.weight for w in one.promoted) for one in features],
            pa.list_(pa.float16()),
        ),
        "suppressed": ([[place[w.token] for w in one.suppressed] for one in features], pa.list_(token)),
        "suppressed_weights": (
            [_halves(w.weight for w in one.suppressed) for one in features],
            pa.list_(pa.float16()),
        ),
        "neighbours": ([[near.index for near in one.neighbours] for one in features], pa.list_(feature)),
        "neighbours_cosines": (
            [_halves(near.cosine for near in one.neighbours) for one in features],
            pa.list_(pa.float16()),
        ),
        "x": ([one.x for one in features], pa.float32()),
        "y": ([one.y for one in features], pa.float32()),
        "cluster": ([one.cluster for one in features], pa.int32()),
    }
    return pa.table({name: pa.array(values, kind) for name, (values, kind) in columns.items()})


def _texts(feature: FeatureEvidence) -> Iterable[str]:
    for example in feature.examples:
        yield from example.tokens
    for weight in (*feature.promoted, *feature.suppressed):
        yield weight.token


def _examples(feature: FeatureEvidence, place: dict[str, int]) -> list[dict[str, object]]:
    unit = feature.maximum / STEPS
    return [
        {
            "tokens": [place[token] for token in example.tokens],
            "activations": [
                min(STEPS, max(1, round(value / unit))) if value > 0 else 0 for value in example.activations
            ],
            "peak": example.peak,
            "source": example.source,
            "band": example.band,
            "written_by": example.written_by,
        }
        for example in feature.examples
    ]


def _halves(values: Iterable[float]) -> list[np.float16]:
    return [np.float16(min(max(value, -_LARGEST_HALF), _LARGEST_HALF)) for value in values]


def _narrowest(count: int) -> Any:
    pa: Any = import_module("pyarrow")
    return pa.uint16() if count <= 1 << 16 else pa.uint32()
