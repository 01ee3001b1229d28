"""The best few candidates of each feature, of different documents, kept while text streams by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WINDOW = 24
"""Tokens of context that are kept around a candidate, itself included."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The surroundings of `n` candidates.

    Attributes:
        tokens: shape `(n, WINDOW)`; -1 behind the end of a short text.
        activations: of the candidate's feature at each of them.
        peaks: shape `(n,)`: which of them is the candidate.
    """

    tokens: NDArray[np.int32]
    activations: NDArray[np.float32]
    peaks: NDArray[np.int32]


class Pool:
    """For every feature, the candidates with the lowest keys, at most one of a document.

    What it holds depends on the candidates that were offered and not on how they were divided among offers: of equal
    keys the one of the earlier document stays, and within a document the earlier one.

    Attributes:
        arrays: `keys`, `documents` and `values` of shape `(features, places)`, rows ordered by key, free places at
            infinity and -1; and the windows.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.arrays = dict(arrays)

    @classmethod
    def empty(cls, size: int, places: int) -> "Pool":
        """With `places` free places for each of `size` features."""
        return cls(
            {
                "keys": np.full((size, places), np.inf),
                "documents": np.full((size, places), -1, np.int64),
                "values": np.zeros((size, places), np.float32),
                "tokens": np.full((size, places, WINDOW), -1, np.int32),
                "activations": np.zeros((size, places, WINDOW), np.float32),
                "peaks": np.zeros((size, places), np.int32),
            }
        )

    def offer(
        self,
        features: NDArray[np.int64],
        keys: NDArray[np.float64],
        documents: NDArray[np.int64],
        values: NDArray[np.float32],
        windows: Callable[[NDArray[np.int64]], Windows],
    ) -> None:
        """Take what is better than what is there.

        Args:
            features: whose each candidate is; in the order of the text.
            windows: gives the surroundings of candidates by their numbers; asked for those that are taken alone.
        """
        passing = np.flatnonzero(keys < self.arrays["keys"][features, -1])
        if not passing.size:
            return
        touched, owner = np.unique(features[passing], return_inverse=True)
        old_keys, old_documents = self.arrays["keys"][touched], self.arrays["documents"][touched]
        places = old_keys.shape[1]
        rows = np.concatenate([np.repeat(np.arange(len(touched)), places), owner])
        kept = _best(
            rows,
            np.concatenate([old_keys.reshape(-1), keys[passing]]),
            np.concatenate([old_documents.reshape(-1), documents[passing]]),
        )
        rows_kept = rows[kept]
        starts = np.searchsorted(rows_kept, np.arange(len(touched)))
        ranks = np.arange(len(kept)) - starts[rows_kept]
        kept, ranks = kept[ranks < places], ranks[ranks < places]
        is_new = kept >= old_keys.size
        chosen = passing[kept[is_new] - old_keys.size]
        found = windows(chosen)
        fresh: dict[str, NDArray[Any]] = {
            "keys": keys[chosen],
            "documents": documents[chosen],
            "values": values[chosen],
            "tokens": found.tokens,
            "activations": found.activations,
            "peaks": found.peaks,
        }
        where = (touched[rows[kept]], ranks)
        source = (where[0][~is_new], kept[~is_new] % places)
        empty = Pool.empty(len(touched), places).arrays
        for name, array in self.arrays.items():
            stays = array[source]
            array[touched] = empty[name]
            array[where[0][~is_new], where[1][~is_new]] = stays
            array[where[0][is_new], where[1][is_new]] = fresh[name]

    def drop(self, lowest: NDArray[np.float32]) -> None:
        """Free the places of candidates whose values are below their feature's lowest."""
        keys, values = self.arrays["keys"], self.arrays["values"]
        low = np.isfinite(keys) & (values < lowest[:, None])
        touched = np.flatnonzero(low.any(1))
        if not touched.size:
            return
        keys[low] = np.inf
        self.arrays["documents"][low] = -1
        order = np.argsort(keys[touched], axis=1, kind="stable")
        for array in self.arrays.values():
            part = array[touched]
            array[touched] = part[np.arange(len(touched))[:, None], order]


def _best(
    rows: NDArray[np.int64], keys: NDArray[np.float64], documents: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Numbers of the entries that are best of their row and document, by row and then key; free places left out."""
    taken = np.flatnonzero(np.isfinite(keys))
    # lexsort is stable: of equal keys the entry that was there before comes first.
    order = taken[np.lexsort((keys[taken], documents[taken], rows[taken]))]
    first = np.ones(len(order), np.bool_)
    first[1:] = (rows[order][1:] != rows[order][:-1]) | (documents[order][1:] != documents[order][:-1])
    order = order[first]
    return order[np.lexsort((documents[order], keys[order], rows[order]))]
