"""What is at a site before anything is dialled: the yardstick that dials are held against.

Measured once a model over the fixed text of `sinks`, attention sinks left out. A file keeps it for a server that has
the model in another program (vLLM).
"""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save  # pyright: ignore[reportUnknownVariableType]

from clearspan.errors import BadInput
from clearspan.files import write_file
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.hooks import SINK_RATIO, hooked, norms
from clearspan.models.inside.sinks import TEXT
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel

AXES = 16
"""Principal axes that are kept of a site; beyond them every direction is taken to vary as much as the next one."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteGauge:
    """What is at one site.

    Attributes:
        norm: median norm of the residual stream there: of the stream that the site is, or that it is added to.
        mean: shape `(width,)`, float32, of the activations.
        axes: shape `(k, width)`, orthonormal: their principal axes about the mean.
        variances: shape `(k,)`, along these.
        rest: variance along any other direction, at most.
    """

    norm: float
    mean: torch.Tensor
    axes: torch.Tensor
    variances: torch.Tensor
    rest: float

    @classmethod
    def of(cls, hidden: torch.Tensor, norm: float) -> "SiteGauge":
        """Of activations of shape `(n, width)`, sinks left out."""
        exact = hidden.float().cpu()
        mean = exact.mean(0)
        values, axes = _principal(exact - mean)
        variances = values.square() / max(len(exact), 1)
        rest = float(variances[AXES]) if len(variances) > AXES else 0.0
        return cls(norm, mean, axes[:AXES].contiguous(), variances[:AXES].contiguous(), rest)

    def variance(self, direction: torch.Tensor) -> float:
        """Of the projection on a direction of shape `(width,)`, at most; in units of its length, squared."""
        along = (self.axes @ direction).square()
        left = max(0.0, float(direction.square().sum() - along.sum()))
        return float(along @ self.variances) + self.rest * left


class ActivationGauge(Protocol):
    """Where the statistics of a model's sites come from."""

    def at(self, site: Site) -> SiteGauge:
        """Those of a site.

        Raises:
            BadInput: the model has no such site.
        """
        ...


class ModelGauge:
    """Measures a loaded model, each site in a forward pass when it is first asked for; safe to share between threads.

    Args:
        anatomy: of `loaded.model`.
    """

    def __init__(self, loaded: LoadedModel, anatomy: Anatomy, context_length: int) -> None:
        self._loaded = loaded
        self._anatomy = anatomy
        self._context_length = context_length
        self._lock = threading.Lock()
        self._known: dict[Site, SiteGauge] = {}

    def at(self, site: Site) -> SiteGauge:
        """See `ActivationGauge.at`."""
        self._anatomy.check(site)
        with self._lock:
            if site not in self._known:
                self._known[site] = self._measure(site)
            return self._known[site]

    def _measure(self, site: Site) -> SiteGauge:
        stream = site if site.part == "embedding" else Site("residual", site.layer)
        tokens = self._loaded.tokenizer(TEXT)["input_ids"][: self._context_length]
        inputs = torch.tensor([tokens], device=self._anatomy.model.device)
        with torch.inference_mode(), hooked(self._anatomy, read={site, stream}, stop=True) as seen:
            self._anatomy.model(input_ids=inputs, use_cache=False)
        lengths = norms(seen[stream].reshape(-1, self._anatomy.width))
        median = float(lengths.median())
        kept = seen[site].reshape(-1, self._anatomy.width)[lengths <= SINK_RATIO * median]
        return SiteGauge.of(kept, median)


class FileGauge:
    """The statistics that a file keeps, as `write_gauge` wrote them.

    Attributes:
        model: reference of the model that was measured.
        fingerprint: of its weights.
    """

    def __init__(self, model: str, sites: Mapping[Site, SiteGauge], fingerprint: str) -> None:
        self.model = model
        self.fingerprint = fingerprint
        self._sites = sites

    @classmethod
    def read(cls, path: Path) -> "FileGauge":
        """Open a file.

        Raises:
            BadInput: it cannot be read.
        """
        try:
            with cast("Any", safe_open(path, "pt")) as file:
                header = json.loads(file.metadata()["clearspan"])
                sites = {
                    Site.parse(str(name)): SiteGauge(
                        norm=float(figures["norm"]),
                        mean=file.get_tensor(f"{name}.mean"),
                        axes=file.get_tensor(f"{name}.axes"),
                        variances=file.get_tensor(f"{name}.variances"),
                        rest=float(figures["rest"]),
                    )
                    for name, figures in header["sites"].items()
                }
                return cls(str(header["model"]), sites, str(header["fingerprint"]))
        except (SafetensorError, OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise BadInput(
                f"{path} cannot be read as the gauge of a model.",
                why=f"{type(error).__name__}: {error}",
                do="Write it again: 'clearspan models gauge MODEL FILE'.",
            ) from error

    def at(self, site: Site) -> SiteGauge:
        """See `ActivationGauge.at`."""
        if site not in self._sites:
            raise BadInput(
                f"The gauge knows no site '{site}'.",
                why="It is of another model.",
                do="Write one of this model: 'clearspan models gauge MODEL FILE'.",
            )
        return self._sites[site]


def write_gauge(path: Path, model: str, sites: Mapping[Site, SiteGauge], fingerprint: str) -> None:
    """Keep the statistics of a model's sites, whole or not at all.

    Raises:
        StorageError: the disk did not take it.
    """
    tensors: dict[str, torch.Tensor] = {}
    figures: dict[str, dict[str, float]] = {}
    for site, one in sites.items():
        figures[str(site)] = {"norm": one.norm, "rest": one.rest}
        tensors |= {f"{site}.mean": one.mean, f"{site}.axes": one.axes, f"{site}.variances": one.variances}
    header = {"model": model, "sites": figures, "fingerprint": fingerprint}
    write_file(path, save(tensors, {"clearspan": json.dumps(header)}))


def _principal(centred: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Singular values, and right singular vectors as rows."""
    _, values, axes = cast("Any", torch).linalg.svd(centred, full_matrices=False)
    return values, axes
