"""Attention sinks: positions that a model gives a norm far beyond all others, usually the first.

They hold no meaning that a person would read or dial (Xiao et al. 2024, "Efficient streaming language models with
attention sinks"; Sun et al. 2024, "Massive activations in large language models"), and changing one changes every
later position. The yardstick is the median norm at a site over the text of `sinks.txt`, which never changes.
"""

import threading
from importlib.resources import files

import torch

from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.hooks import hooked, norms
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel

TEXT = (files("clearspan.models.inside") / "sinks.txt").read_text("utf-8")
"""Written for this purpose: plain prose, an explanation, code, figures and speech."""


class SinkRule:
    """Median norms of one model, measured in one forward pass when the first of them is asked for.

    Safe to share between threads.
    """

    def __init__(self, loaded: LoadedModel, anatomy: Anatomy, context_length: int) -> None:
        self._loaded = loaded
        self._anatomy = anatomy
        self._context_length = context_length
        self._lock = threading.Lock()
        self._medians: dict[Site, float] | None = None

    def median_norm(self, site: Site) -> float:
        """Median norm of the activations at a site over the fixed text.

        Raises:
            BadInput: the model has no such site.
        """
        self._anatomy.check(site)
        with self._lock:
            if self._medians is None:
                self._medians = self._measure()
        return self._medians[site]

    def _measure(self) -> dict[Site, float]:
        tokens = self._loaded.tokenizer(TEXT)["input_ids"][: self._context_length]
        sites = [shape.site for shape in self._anatomy.sites()]
        inputs = torch.tensor([tokens], device=self._anatomy.model.device)
        with torch.inference_mode(), hooked(self._anatomy, read=sites, stop=True) as seen:
            self._anatomy.model(input_ids=inputs, use_cache=False)
        return {site: float(norms(hidden).median()) for site, hidden in seen.items()}
