"""The map of a dictionary: decoder rows in two dimensions, and groups of them.

With the extra `map` installed, places are those of t-SNE (van der Maaten & Hinton 2008), which keeps neighbours
together; without it they are the first two principal components, which are quick and keep much less.
"""

import importlib
import importlib.util
import logging
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from clearspan.features.evidence.neighbours import unit_rows

_COMPONENTS = 50
_PERPLEXITY = 30.0
_FEWEST = 100
"""Of fewer rows t-SNE makes no picture that principal components do not."""
_CLUSTERS = 24
_ROUNDS = 30

_log = logging.getLogger(__name__)

_Floats = NDArray[np.float64]
Method = Literal["t-SNE", "PCA"]


@dataclass(frozen=True, slots=True)
class Layout:
    """Places and groups of features.

    Attributes:
        places: shape `(features, 2)`, between -1 and 1.
        clusters: shape `(features,)`, numbered from 0, the largest first.
        method: how the places were found.
    """

    places: NDArray[np.float32]
    clusters: NDArray[np.int32]
    method: Method


def lay_out(decoder: torch.Tensor) -> Layout:
    """Of decoder rows of shape `(features, width)`; the same rows give the same map."""
    components = _principal(unit_rows(decoder).double().numpy())
    method: Method = "PCA"
    if len(components) < _FEWEST:
        places = _padded(components[:, :2])
    elif importlib.util.find_spec("sklearn") is None:
        _log.warning("The map shows principal components; for a better one: pip install 'clearspan[map]'.")
        places = _padded(components[:, :2])
    else:
        method, places = "t-SNE", _embedded(components)
    return Layout(_scaled(places), _grouped(components), method)


def _principal(rows: _Floats) -> _Floats:
    """Coordinates along the directions of largest variance, largest first; signs are fixed by the largest entry."""
    centred = rows - rows.mean(0)
    directions = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :_COMPONENTS]
    largest = np.take_along_axis(directions, np.abs(directions).argmax(0)[None], 0)
    return centred @ (directions * np.sign(largest))


def _embedded(components: _Floats) -> _Floats:
    manifold: Any = importlib.import_module("sklearn.manifold")
    threads: Any = importlib.import_module("threadpoolctl")

    # On several threads the sums come in another order each time, and the picture with them.
    with threads.threadpool_limits(1):
        embedding = manifold.TSNE(
            metric="cosine",
            perplexity=min(_PERPLEXITY, len(components) / 4),
            init="pca",
            random_state=0,
            n_jobs=1,
        )
        return np.asarray(embedding.fit_transform(components), np.float64)


def _padded(components: _Floats) -> _Floats:
    found = np.zeros((len(components), 2))
    found[:, : components.shape[1]] = components
    return found


def _scaled(places: _Floats) -> NDArray[np.float32]:
    middle = (places.max(0) + places.min(0)) / 2
    size = np.abs(places - middle).max()
    return ((places - middle) / (size if size > 0 else 1)).astype(np.float32)


def _grouped(components: _Floats) -> NDArray[np.int32]:
    """k-means by cosine (Dhillon & Modha 2001), begun from rows that are far from each other."""
    rows = _unit(components)
    wanted = min(_CLUSTERS, len(rows))
    centres = rows[[0]]
    for _ in range(wanted - 1):
        farthest = (rows @ centres.T).max(1).argmin()
        centres = np.concatenate([centres, rows[[farthest]]])
    groups = (rows @ centres.T).argmax(1)
    for _ in range(_ROUNDS):
        sums = np.zeros_like(centres)
        np.add.at(sums, groups, rows)
        filled = np.bincount(groups, minlength=wanted) > 0
        centres[filled] = _unit(sums[filled])
        groups = (rows @ centres.T).argmax(1)
    order = np.argsort(-np.bincount(groups, minlength=wanted), kind="stable")
    return np.argsort(order)[groups].astype(np.int32)


def _unit(rows: _Floats) -> _Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)
