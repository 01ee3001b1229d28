"""Attention sinks: positions that a model gives a norm far beyond all others, usually the first.

They hold no meaning that a person would read or dial (Xiao et al. 2024, "Efficient streaming language models with
attention sinks"; Sun et al. 2024, "Massive activations in large language models"), and changing one changes every
later position. The yardstick is the median norm at a site over the text below, which never changes.
"""

import threading

import torch

from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.hooks import hooked, norms
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel

TEXT = """\
The ferry leaves the north quay at seven, and by the time it has crossed the bay most of the passengers have read
their letters, eaten something warm and argued about the weather. Nobody is sure who painted the hull green. In the
harbour office they keep a ledger of every crossing since 1908: dates, the height of the tide, the number of
bicycles, and once, in careful handwriting, "a small brown bear, well behaved".

How does a tide table work? The moon pulls on the water nearest to it more strongly than on the Earth as a whole,
and on the far side more weakly, so that there are two bulges and a coast passes both of them in a day. The sun adds
a smaller pull of its own. When both agree, at new and at full moon, the range is largest; a week later it is least.

    def high_waters(first: float, period: float = 12.42) -> list[float]:
        return [first + period * n for n in range(4)]

Prices have changed less than one would think. A return ticket cost 40 pence in 1975 and costs £3.20 today, which,
set against wages, is nearly the same. The company carries 112,000 people a year, about 15% of them on the last two
weekends of August, and it makes a profit only when the bridge upstream is closed for repairs.

"If you want my opinion," said the mate, "it will rain before noon." It did. The children counted jellyfish, the
dog slept under the bench, and an old man in a yellow coat explained to anybody who would listen that the lighthouse
had been moved, stone by stone, forty metres to the east.
"""
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
