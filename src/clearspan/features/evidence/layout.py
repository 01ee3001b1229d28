"""The map of a dictionary: decoder rows in two dimensions, and groups of them.

With the extra `map` installed, places are those of t-SNE (van der Maaten & Hinton 2008), which keeps neighbours
together; without it they are the first two principal components, which are quick and keep much less.
"""

import importlib.util
import logging
from dataclasses import dataclass
from typing import Literal, cast

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
    components = _principal(unit_rows(decoder))
    method: Method = "PCA"
    if len(components) < _FEWEST:
        places = _padded(components[:, :2])
    elif importlib.util.find_spec("sklearn") is None:
        _log.warning("The map shows principal components; for a better one: pip install 'clearspan[map]'.")
        places = _padded(components[:, :2])
    else:
        method, places = "t-SNE", _embedded(components)
    return Layout(_scaled(places), _grouped(components), method)


def _principal(rows: torch.Tensor) -> torch.Tensor:
    """Coordinates along the directions of largest variance, largest first; signs are fixed by the largest entry."""
    centred = (rows - rows.mean(0)).double()
    _, directions = torch.linalg.eigh(centred.T @ centred)
    directions = directions.flip(1)[:, :_COMPONENTS]
    largest = directions.gather(0, directions.abs().argmax(0, keepdim=True))
    return centred @ (directions * largest.sign())


def _embedded(components: torch.Tensor) -> NDArray[np.float64]:
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    # On several threads the sums come in another order each time, and the picture with them.
    with threadpool_limits(1):
        embedding = TSNE(
            metric="cosine",
            perplexity=min(_PERPLEXITY, len(components) / 4),
            init="pca",
            random_state=0,
            n_jobs=1,
        )
        found = embedding.fit_transform(components.numpy())  # pyright: ignore[reportUnknownMemberType]
    return cast("NDArray[np.float64]", found)


def _padded(components: torch.Tensor) -> NDArray[np.float64]:
    found = np.zeros((len(components), 2))
    found[:, : components.shape[1]] = components.numpy()
    return found


def _scaled(places: NDArray[np.float64]) -> NDArray[np.float32]:
    middle = (places.max(0) + places.min(0)) / 2
    size = np.abs(places - middle).max()
    return ((places - middle) / (size if size > 0 else 1)).astype(np.float32)


def _grouped(components: torch.Tensor) -> NDArray[np.int32]:
    """k-means by cosine (Dhillon & Modha 2001), begun from rows that are far from each other."""
    rows = torch.nn.functional.normalize(components, dim=1)
    wanted = min(_CLUSTERS, len(rows))
    centres = rows[[0]]
    for _ in range(wanted - 1):
        farthest = (rows @ centres.T).amax(1).argmin()
        centres = torch.cat([centres, rows[farthest][None]])
    groups = (rows @ centres.T).argmax(1)
    for _ in range(_ROUNDS):
        sums = torch.zeros_like(centres).index_add_(0, groups, rows)
        centres = torch.where(
            sums.norm(dim=1, keepdim=True) > 0, torch.nn.functional.normalize(sums, dim=1), centres
        )
        groups = (rows @ centres.T).argmax(1)
    order = torch.bincount(groups, minlength=wanted).argsort(descending=True, stable=True)
    return order.argsort()[groups].numpy().astype(np.int32)
