"""One chunk of a harvest: from a stretch of text to the shuffled activations of one shard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from clearspan.errors import BadInput, Refused
from clearspan.features.harvest.manifest import HarvestPlan
from clearspan.features.harvest.shuffled import CorpusPart
from clearspan.models.inside.reading import Activations
from clearspan.models.inside.sites import Site
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Activations of one stretch of text, shuffled across its documents.

    Attributes:
        number: of the chunk.
        values: by site, bfloat16 of shape `(rows, width)`.
        corpora: number of the corpus of each row.
        sinks: tokens that were left out.
    """

    number: int
    values: Mapping[str, torch.Tensor]
    corpora: NDArray[np.int64]
    sinks: int

    @property
    def rows(self) -> int:
        """Activations a site."""
        return len(self.corpora)

    def first(self, rows: int) -> "Chunk":
        """The same with fewer rows."""
        values = {site: value[:rows] for site, value in self.values.items()}
        return Chunk(self.number, values, self.corpora[:rows], self.sinks)


class ChunkReader:
    """Reads chunks; what it gives depends on the text, the plan and the number of the chunk alone.

    Args:
        seen: called with the number of tokens each time some were read.
    """

    def __init__(
        self, model: LanguageModel, plan: HarvestPlan, seen: Callable[[int], None] = lambda _: None
    ) -> None:
        self._model = model
        self._plan = plan
        self._seen = seen
        self._begins = special_tokens(model)

    def read(self, number: int, parts: Sequence[CorpusPart]) -> Chunk:
        """Read one chunk.

        Raises:
            BadInput: the model gave numbers that are not finite; names the document.
            Refused: the model changed to another backend meanwhile.
        """
        values: dict[str, list[torch.Tensor]] = {site: [] for site in self._plan.sites}
        texts: list[torch.Tensor] = []
        sinks = 0
        reading = self._model.stream_activations(
            [part.text for part in parts], self._plan.sites, self._plan.context
        )
        for some in reading:
            kept = self._kept(some)
            sinks += len(kept) - int(kept.sum())
            texts.append(some.texts[kept])
            for site in self._plan.sites:
                value = some.values[Site.parse(site)]
                _require_finite(value, some.texts, parts, site)
                values[site].append(value[kept].to("cpu", torch.bfloat16))
            self._seen(int(kept.sum()))
        self._require_same_backend()
        return self._shuffled(number, parts, values, texts, sinks)

    def _kept(self, some: Activations) -> torch.Tensor:
        dropped = torch.stack([some.sinks[Site.parse(site)] for site in self._plan.sites]).any(0)
        return ~(dropped | (some.positions < self._begins))

    def _shuffled(
        self,
        number: int,
        parts: Sequence[CorpusPart],
        values: Mapping[str, list[torch.Tensor]],
        texts: list[torch.Tensor],
        sinks: int,
    ) -> Chunk:
        corpus = np.array([part.corpus for part in parts], np.int64)
        rows = corpus[torch.cat(texts).cpu().numpy()] if texts else np.zeros(0, np.int64)
        order = np.random.default_rng([self._plan.seed, 1, number]).permutation(len(rows))
        at = torch.as_tensor(order)
        shuffled = {site: torch.cat(value)[at] if value else torch.empty(0) for site, value in values.items()}
        return Chunk(number, shuffled, rows[order], sinks)

    def _require_same_backend(self) -> None:
        if self._model.backend_name != self._plan.backend:
            raise Refused(
                f"The model went on to another backend, from {self._plan.backend} to {self._model.backend_name}.",
                why="The last digits of activations differ between the two, and a harvest must not mix them.",
                do="Run the same command again, into an empty folder.",
            )


def load_settled(reference: str, settings: Settings) -> LanguageModel:
    """Load a model on the backend that it stays on, so that no harvest begins on one and ends on another.

    Raises:
        ClearspanError: as `LanguageModel.load`.
    """
    model = LanguageModel.load(reference, settings)
    model.settle()
    return model


def special_tokens(model: LanguageModel) -> int:
    """How many tokens the model's tokenizer puts before a text of itself."""
    site = model.sites()[0].site
    return len(model.activations(["a"], [site])[0].tokens) - model.token_count("a")


def _require_finite(value: torch.Tensor, texts: torch.Tensor, parts: Sequence[CorpusPart], site: str) -> None:
    # Where the sum is finite, every number is: one fast pass in place of a slow one.
    if torch.isfinite(value.sum(dtype=torch.float32)):
        return
    finite = torch.isfinite(value).all(dim=1)
    if not bool(finite.all()):
        part = parts[int(texts[~finite][0])]
        raise BadInput(
            f"The activations at {site} are not finite numbers.",
            why=f"It began in {part}.",
            do="Check the model's weights; a model in float16 may overflow: load it in bfloat16 or float32.",
        )
