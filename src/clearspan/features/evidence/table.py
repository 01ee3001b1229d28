"""The evidence of a dictionary: `evidence.parquet`, one row a feature, read a row at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput, NotFound

FILE = "evidence.parquet"
HISTOGRAM_BINS = 24
"""Equal parts of the range from 0 to the feature's maximum."""

STEPS = 255
"""Activations of examples are stored as so many parts of the feature's maximum."""

Band = Literal["top", "middle"]


class Origin(NamedTuple):
    """Where the text of an example comes from.

    Attributes:
        source: title of the document, as far as the corpus gives one.
        written_by: the model that wrote it; empty where a person did, or nobody said.
    """

    source: str
    written_by: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A few tokens around a place where the feature was active.

    Attributes:
        tokens: as text, spaces included; they join to the text as it was.
        activations: of the feature at each token, 0 where it was not active.
        peak: which of the tokens the example was chosen for.
        source, written_by: see `Origin`.
        band: whether it is of the highest activations or from the middle of the range.
    """

    tokens: tuple[str, ...]
    activations: tuple[float, ...]
    peak: int
    source: str
    band: Band
    written_by: str = ""


@dataclass(frozen=True, slots=True)
class TokenWeight:
    """A token that a feature's decoder row makes more or less likely.

    Attributes:
        weight: change of the token's logit for one unit of activation, as the unembedding alone sees it.
    """

    token: str
    weight: float


@dataclass(frozen=True, slots=True)
class FeatureNeighbour:
    """Another feature of the same dictionary.

    Attributes:
        cosine: of the two decoder rows.
    """

    index: int
    cosine: float


@dataclass(frozen=True, slots=True)
class FeatureEvidence:
    """What was seen of one feature.

    Attributes:
        index: number of the feature.
        density: share of the tokens read at which it was active.
        maximum: highest activation; 0 for one that never was active.
        mean: activation where it was active.
        histogram: counts of active tokens in `HISTOGRAM_BINS` equal parts from 0 to the maximum.
        examples: best first, those of the top before those of the middle; each of a document of its own.
        promoted: tokens that its decoder row makes more likely, strongest first.
        suppressed: tokens that it makes less likely, strongest first.
        neighbours: nearest first.
        x: place on the map of all features, between -1 and 1.
        y: the same.
        cluster: number of its group on the map.
    """

    index: int
    density: float
    maximum: float
    mean: float
    histogram: tuple[int, ...]
    examples: tuple[Example, ...]
    promoted: tuple[TokenWeight, ...]
    suppressed: tuple[TokenWeight, ...]
    neighbours: tuple[FeatureNeighbour, ...]
    x: float
    y: float
    cluster: int


class DictionaryEvidence:
    """The evidence of one dictionary, opened from its file.

    Args:
        path: of the Parquet file.
        size: features of the dictionary.

    Raises:
        NotFound: there is no such file.
        BadInput: it is not the evidence of a dictionary of this size.
    """

    def __init__(self, path: Path, size: int) -> None:
        self._table = _read(path, size)

    def __len__(self) -> int:
        return self._table.num_rows

    @cached_property
    def tokens(self) -> int:
        """How many tokens were read to gather it."""
        return int(self._fact("tokens") or 0)

    @cached_property
    def method(self) -> str:
        """How the map was drawn: `t-SNE`, or `PCA` where scikit-learn was not installed."""
        return self._fact("map")

    @cached_property
    def densities(self) -> NDArray[np.float32]:
        """Shape `(features,)`."""
        return self._column("density")

    @cached_property
    def maxima(self) -> NDArray[np.float32]:
        """Shape `(features,)`."""
        return self._column("maximum")

    @cached_property
    def places(self) -> NDArray[np.float32]:
        """Shape `(features, 2)`: places on the map."""
        return np.stack([self._column("x"), self._column("y")], axis=1)

    @cached_property
    def clusters(self) -> NDArray[np.int32]:
        """Shape `(features,)`."""
        return cast("NDArray[np.int32]", self._table["cluster"].to_numpy().astype(np.int32))

    def row(self, index: int) -> FeatureEvidence:
        """All that is known of one feature.

        Raises:
            NotFound: there is no such feature.
        """
        return self.rows([index])[0]

    def rows(self, indices: Sequence[int]) -> list[FeatureEvidence]:
        """As `row`, for several."""
        wrong = [index for index in indices if not 0 <= index < len(self)]
        if wrong:
            raise NotFound(f"There is no feature {wrong[0]}.", do=f"Name one from 0 to {len(self) - 1}.")
        some = self._table.drop_columns("vocabulary").take(list(indices))
        found = cast("list[dict[str, Any]]", some.to_pylist())
        return [_evidence(index, row, self._vocabulary) for index, row in zip(indices, found, strict=True)]

    @cached_property
    def _vocabulary(self) -> list[str]:
        return cast("list[str]", self._table["vocabulary"][0].as_py())

    @cached_property
    def example_texts(self) -> tuple[NDArray[np.int64], list[str]]:
        """The features that examples are of, shape `(examples,)`, and the text of each in small letters."""
        features, examples = self._flattened("examples")
        arrow: Any = import_module("pyarrow")
        compute: Any = import_module("pyarrow.compute")
        tokens = examples.field("tokens")
        said = arrow.array(self._vocabulary).take(tokens.flatten())
        ends = np.cumsum(tokens.value_lengths().to_numpy(zero_copy_only=False))
        texts = arrow.ListArray.from_arrays(np.concatenate([[0], ends]).astype(np.int32), said)
        joined = compute.utf8_lower(compute.binary_join(texts, ""))
        return features, cast("list[str]", joined.to_pylist())

    @cached_property
    def promoted_tokens(self) -> tuple[NDArray[np.int64], list[str]]:
        """As `example_texts`, the promoted tokens, without spaces around them."""
        features, promoted = self._flattened("promoted")
        trimmed = [text.lower().strip() for text in self._vocabulary]
        return features, [trimmed[token] for token in promoted.to_pylist()]

    def _flattened(self, name: str) -> tuple[NDArray[np.int64], Any]:
        """The row that each element of a column of lists is of, and the elements."""
        column = self._table[name].combine_chunks()
        lengths = cast("NDArray[np.int64]", column.value_lengths().to_numpy(zero_copy_only=False))
        return np.repeat(np.arange(len(self)), lengths), column.flatten()

    def _fact(self, name: str) -> str:
        facts = cast("dict[bytes, bytes]", self._table.schema.metadata or {})
        return facts.get(name.encode(), b"").decode()

    def _column(self, name: str) -> NDArray[np.float32]:
        return cast("NDArray[np.float32]", self._table[name].to_numpy().astype(np.float32))


def _read(path: Path, size: int) -> Any:
    """The table of pyarrow, whose types are not stated."""
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    if not path.is_file():
        raise NotFound(
            f"There is no evidence at {path.name}.",
            why="Nothing was read with this dictionary yet.",
            do="Run 'clearspan features evidence' on its folder.",
        )
    try:
        table = parquet.read_table(path)
    except (arrow.ArrowException, OSError) as error:
        raise BadInput(
            f"{path} cannot be read as evidence.", why=str(error).splitlines()[0], do="Gather it again."
        ) from error
    if table.num_rows != size or "vocabulary" not in table.column_names:
        raise BadInput(
            f"{path} is not the evidence of this dictionary.",
            why=f"It has {table.num_rows:,} rows, and the dictionary {size:,} features.",
            do="Run 'clearspan features evidence' on the dictionary's folder.",
        )
    return table


def _evidence(index: int, row: dict[str, Any], vocabulary: list[str]) -> FeatureEvidence:
    unit = row["maximum"] / STEPS

    def said(tokens: list[int]) -> tuple[str, ...]:
        return tuple(vocabulary[token] for token in tokens)

    def weights(name: str) -> tuple[TokenWeight, ...]:
        found = zip(said(row[name]), row[f"{name}_weights"], strict=True)
        return tuple(TokenWeight(token, float(weight)) for token, weight in found)

    nearest = zip(row["neighbours"], row["neighbours_cosines"], strict=True)
    return FeatureEvidence(
        index,
        row["density"],
        row["maximum"],
        row["mean"],
        tuple(row["histogram"]),
        tuple(
            Example(
                said(example["tokens"]),
                tuple(value * unit for value in example["activations"]),
                example["peak"],
                example["source"],
                example["band"],
                example.get("written_by") or "",
            )
            for example in row["examples"]
        ),
        weights("promoted"),
        weights("suppressed"),
        tuple(FeatureNeighbour(near, float(cosine)) for near, cosine in nearest),
        row["x"],
        row["y"],
        row["cluster"],
    )
