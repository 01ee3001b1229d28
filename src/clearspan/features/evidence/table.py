"""The evidence of a dictionary: `evidence.parquet`, one row a feature, read a row at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput, NotFound

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "evidence.parquet"
HISTOGRAM_BINS = 24
"""Equal parts of the range from 0 to the feature's maximum."""

Band = Literal["top", "middle"]


@dataclass(frozen=True, slots=True)
class Example:
    """A few tokens around a place where the feature was active.

    Attributes:
        tokens: as text, spaces included; they join to the text as it was.
        activations: of the feature at each token, 0 where it was not active.
        peak: which of the tokens the example was chosen for.
        source: title of the document, as far as the corpus gives one.
        band: whether it is of the highest activations or from the middle of the range.
    """

    tokens: tuple[str, ...]
    activations: tuple[float, ...]
    peak: int
    source: str
    band: Band


@dataclass(frozen=True, slots=True)
class TokenWeight:
    """A token that a feature's decoder row makes more or less likely.

    Attributes:
        weight: change of the token's logit for one unit of activation, as the unembedding alone sees it.
    """

    token: str
    weight: float


@dataclass(frozen=True, slots=True)
class Neighbour:
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
    neighbours: tuple[Neighbour, ...]
    x: float
    y: float
    cluster: int


class Evidence:
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
        return int((self._table.schema.metadata or {}).get(b"tokens", b"0"))

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
        found = cast("list[dict[str, Any]]", self._table.take(list(indices)).to_pylist())
        return [_evidence(row) for row in found]

    @cached_property
    def example_texts(self) -> tuple[NDArray[np.int64], list[str]]:
        """The features that examples are of, shape `(examples,)`, and the text of each in small letters."""
        features, examples = self._flattened("examples")
        compute: Any = import_module("pyarrow.compute")
        joined = compute.utf8_lower(compute.binary_join(examples.field("tokens"), ""))
        return features, cast("list[str]", joined.to_pylist())

    @cached_property
    def promoted_tokens(self) -> tuple[NDArray[np.int64], list[str]]:
        """As `example_texts`, the promoted tokens, without spaces around them."""
        features, promoted = self._flattened("promoted")
        compute: Any = import_module("pyarrow.compute")
        trimmed = compute.utf8_trim_whitespace(compute.utf8_lower(promoted.field("token")))
        return features, cast("list[str]", trimmed.to_pylist())

    def _flattened(self, name: str) -> tuple[NDArray[np.int64], Any]:
        """The row that each element of a column of lists is of, and the elements."""
        column = cast("Any", self._table[name].combine_chunks())
        lengths = cast("NDArray[np.int64]", column.value_lengths().to_numpy(zero_copy_only=False))
        return np.repeat(np.arange(len(self)), lengths), column.flatten()

    def _column(self, name: str) -> NDArray[np.float32]:
        return cast("NDArray[np.float32]", self._table[name].to_numpy().astype(np.float32))


def _read(path: Path, size: int) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.is_file():
        raise NotFound(
            f"There is no evidence at {path.name}.",
            why="Nothing was read with this dictionary yet.",
            do="Run 'clearspan features evidence' on its folder.",
        )
    try:
        table = pq.read_table(path)  # pyright: ignore[reportUnknownMemberType]
    except (pa.ArrowException, OSError) as error:
        raise BadInput(
            f"{path} cannot be read as evidence.", why=str(error).splitlines()[0], do="Gather it again."
        ) from error
    if table.num_rows != size or "density" not in table.column_names:
        raise BadInput(
            f"{path} is not the evidence of this dictionary.",
            why=f"It has {table.num_rows:,} rows, and the dictionary {size:,} features.",
            do="Run 'clearspan features evidence' on the dictionary's folder.",
        )
    return table


def _evidence(row: dict[str, Any]) -> FeatureEvidence:
    return FeatureEvidence(
        row["index"],
        row["density"],
        row["maximum"],
        row["mean"],
        tuple(row["histogram"]),
        tuple(
            Example(tuple(e["tokens"]), tuple(e["activations"]), e["peak"], e["source"], e["band"])
            for e in row["examples"]
        ),
        tuple(TokenWeight(one["token"], one["weight"]) for one in row["promoted"]),
        tuple(TokenWeight(one["token"], one["weight"]) for one in row["suppressed"]),
        tuple(Neighbour(one["index"], one["cosine"]) for one in row["neighbours"]),
        row["x"],
        row["y"],
        row["cluster"],
    )
