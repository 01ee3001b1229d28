"""The reference backend: any causal language model of transformers, one sequence after another.

Every other backend is checked against it. Each sequence has transformers' own cache; work entries are a plain
loop, so that what a sequence gives cannot depend on the others of a step.
"""

import copy
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import torch
from transformers import DynamicCache

from clearspan.models.backends.base import Slot, Work, require_room
from clearspan.models.backends.prefix import Prefix
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.hooks import hooked
from clearspan.models.inside.sinks import SinkRule
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel


@dataclass(slots=True, eq=False)
class PlainSlot:
    """One sequence.

    Attributes:
        cache: transformers' key-value cache; None once the sequence is closed.
        length: tokens that the cache holds.
    """

    dials: tuple[Dial, ...]
    cache: Any
    length: int = 0


class PlainBackend:
    """Forward passes through transformers, dialled with hooks.

    The anatomy is found when it is first needed: a model that cannot be seen inside still generates.

    Args:
        reference: the model reference that dials must belong to.
    """

    name = "plain"
    preferred_batch = 1
    places = sys.maxsize

    def __init__(self, loaded: LoadedModel, reference: str) -> None:
        config = loaded.model.config.get_text_config()
        self.context_length = int(config.max_position_embeddings)
        self.vocabulary = int(config.vocab_size)
        self.reference = reference
        self._loaded = loaded

    @cached_property
    def anatomy(self) -> Anatomy:
        """Where the model's parts are.

        Raises:
            Refused: the model cannot be seen inside.
        """
        return Anatomy.of(self._loaded.model)

    @cached_property
    def sinks(self) -> SinkRule:
        """Median norms of the model."""
        return SinkRule(self._loaded, self.anatomy, self.context_length)

    def check(self, dials: Sequence[Dial]) -> None:
        """See `Backend.check`."""
        for dial in dials:
            dial.require(self.reference, len(self.anatomy.layers), self.anatomy.width)

    def open(self, dials: Sequence[Dial] = (), prefix: Prefix | None = None) -> PlainSlot:
        """See `Backend.open`.

        Raises:
            BadInput: as `check`, or the prefix is of another model.
        """
        self.check(dials)
        slot = PlainSlot(tuple(dials), DynamicCache(config=self._loaded.model.config))
        if prefix is not None:
            self._begin(slot, prefix)
        return slot

    def forward(self, work: Sequence[Work]) -> list[torch.Tensor | None]:
        """See `Backend.forward`.

        Raises:
            TooLarge: a sequence would outgrow the context.
        """
        return [self._append(cast("PlainSlot", entry.slot), entry) for entry in work]

    def fork(self, slot: Slot) -> PlainSlot:
        """See `Backend.fork`."""
        forked = cast("PlainSlot", slot)
        return PlainSlot(forked.dials, copy.deepcopy(forked.cache), forked.length)

    def close(self, slot: Slot) -> None:
        """See `Backend.close`."""
        cast("PlainSlot", slot).cache = None

    def median_norm(self, site: Site) -> float:
        """See `Backend.median_norm`."""
        return self.sinks.median_norm(site)

    def _begin(self, slot: PlainSlot, prefix: Prefix) -> None:
        config = self._loaded.model.config.get_text_config()
        head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        prefix.require(config.num_hidden_layers, config.num_key_value_heads, head)
        model = self._loaded.model
        for layer in range(config.num_hidden_layers):
            pair = [held[layer][None].to(model.device, model.dtype) for held in (prefix.keys, prefix.values)]
            slot.cache.update(*pair, layer)
        slot.length = len(prefix.tokens)

    def _append(self, slot: PlainSlot, entry: Work) -> torch.Tensor | None:
        length = slot.length + len(entry.tokens)
        require_room(length, self.context_length)
        if not slot.dials:
            logits = self._logits(slot, entry)
        else:
            with hooked(self.anatomy, dials=[slot.dials], median_norm=self.median_norm):
                logits = self._logits(slot, entry)
        slot.length = length
        if entry.logits == "none":
            return None
        return logits[-1] if entry.logits == "last" else logits

    def _logits(self, slot: PlainSlot, entry: Work) -> torch.Tensor:
        """Logits of shape `(kept, vocabulary)` after the last tokens, or after all of them."""
        model = self._loaded.model
        keep = len(entry.tokens) if entry.logits == "all" else 1
        with torch.inference_mode():
            tokens = torch.tensor([entry.tokens], device=model.device)
            output = model(input_ids=tokens, past_key_values=slot.cache, use_cache=True, logits_to_keep=keep)
            return output.logits[0, -keep:].float().cpu()
