"""The GPU backend: sequences in a static cache, prompts read as they come, single tokens in recorded passes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import torch

from clearspan.errors import Busy
from clearspan.models.backends.base import Slot, Work, foreign_token, require_room
from clearspan.models.backends.graphed.decoder import Decoder, Span, StaticCache
from clearspan.models.backends.graphed.dials import DialRows, Place
from clearspan.models.backends.graphed.graphs import Graphs, Pass, Record
from clearspan.models.backends.native.packing import unsupported
from clearspan.models.backends.prefix import Prefix
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.sinks import SinkRule
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel

PART = 512
"""Tokens of a prompt that are read in one pass."""
_MOST_PLACES = 256
_SHORTEST_REACH = 256
_STEP = 4
"""How many times the next larger shape of a pass is the one before: fewer shapes to record, more work in vain."""


@dataclass(slots=True, eq=False)
class GraphedSlot:
    """One sequence.

    Attributes:
        row: of the static cache; None once the sequence is closed.
        dials: of every pass.
        places: that its dials take.
        length: tokens that the cache holds.
    """

    row: int | None
    dials: tuple[Dial, ...]
    places: frozenset[Place]
    length: int = 0


class GraphedBackend:
    """Forward passes over static tensors, wherever the model's weights are.

    Every matrix product of a decode pass has as many rows as there are sequences at most, used or not: on a GPU it
    takes the time that reading the weights takes, and rounding then does not depend on how many sequences run.
    What a row attends to depends on its own length, and prompts are read each in a pass of its own.

    Args:
        reference: the model reference that dials must belong to.
        most: sequences open at once, if their caches fit into `free` bytes.
        record: how decode passes are recorded; None runs each as it comes.

    Raises:
        Refused: the model is not Llama-like, or not one sequence's cache fits.
    """

    name = "cuda"

    def __init__(
        self, loaded: LoadedModel, reference: str, *, most: int, free: int, record: Record | None = None
    ) -> None:
        decoder = self._decoder = Decoder(loaded.model)
        sizes = decoder.sizes
        need = StaticCache.row_bytes(sizes, decoder.dtype)
        self.places = min(most, free // need)
        if self.places < 1:
            raise unsupported(
                f"one sequence's cache takes {need / 1e9:.1f} GB, and {free / 1e9:.1f} are free"
            )
        self.context_length = sizes.context
        self.vocabulary = sizes.vocabulary
        self.preferred_batch = self.places
        self.reference = reference
        self._loaded = loaded
        self._graphs = Graphs(record)
        self._open: dict[int, GraphedSlot] = {}
        with torch.inference_mode():
            device = decoder.device
            self._cache = StaticCache(sizes, self.places, decoder.dtype, device)
            self._dials = DialRows(self.places, sizes.width, device, self.median_norm)
            # Tokens and positions of a decode pass, and the logits that it gives.
            self._inputs = torch.zeros(2, self.places, 1, dtype=torch.int64, device=device)
            self._logits = torch.zeros(self.places, sizes.vocabulary, device=device)

    @property
    def shape(self) -> tuple[int, int]:
        """Width of the residual stream, and number of layers."""
        return self._decoder.sizes.width, self._decoder.sizes.layers

    @cached_property
    def _sinks(self) -> SinkRule:
        return SinkRule(self._loaded, Anatomy.of(self._loaded.model), self.context_length)

    def check(self, dials: Sequence[Dial]) -> None:
        """See `Backend.check`."""
        for dial in dials:
            dial.require(self.reference, self._decoder.sizes.layers, self._decoder.sizes.width)

    def open(self, dials: Sequence[Dial] = (), prefix: Prefix | None = None) -> GraphedSlot:
        """See `Backend.open`.

        Raises:
            BadInput: as `check`, or the prefix is of another model.
            Busy: `places` sequences are open.
        """
        self.check(dials)
        if prefix is not None:
            sizes = self._decoder.sizes
            prefix.require(sizes.layers, sizes.kv_heads, sizes.head)
        row = next((row for row in range(self.places) if row not in self._open), None)
        if row is None:
            raise Busy(
                "The GPU holds no further sequence.",
                why=f"{self.places} are open, and the memory for their caches is given out.",
                do="Try again when one has ended.",
            )
        with torch.inference_mode():
            if not self._open and len(self._dials) > _MOST_PLACES:
                self._graphs.forget()
                self._dials.forget()
            slot = GraphedSlot(row, tuple(dials), self._dials.set(row, dials))
            if prefix is not None:
                self._cache.begin(row, prefix.keys, prefix.values)
                slot.length = len(prefix.tokens)
        self._open[row] = slot
        return slot

    def fork(self, slot: Slot) -> GraphedSlot:
        """See `Backend.fork`.

        Raises:
            Busy: as `open`.
        """
        forked = cast("GraphedSlot", slot)
        made = self.open(forked.dials)
        with torch.inference_mode():
            self._cache.copy(cast("int", forked.row), cast("int", made.row), forked.length)
        made.length = forked.length
        return made

    def forward(self, work: Sequence[Work]) -> list[torch.Tensor | None]:
        """See `Backend.forward`.

        Raises:
            BadInput: a token is not of this model.
            TooLarge: a sequence would outgrow the context.
        """
        for entry in work:
            self._check_entry(entry)
        results: list[torch.Tensor | None] = [None] * len(work)
        together: dict[int, list[int]] = {}
        with torch.inference_mode():
            for number, entry in enumerate(work):
                if len(entry.tokens) > 1:
                    results[number] = self._read(entry)
                else:
                    length = entry.slot.length + 1
                    reach = _shape(length, _SHORTEST_REACH, self.context_length)
                    together.setdefault(reach, []).append(number)
            for reach, numbers in together.items():
                logits = self._decode([work[number] for number in numbers], reach)
                for number, one in zip(numbers, logits, strict=True):
                    results[number] = one
        return results

    def close(self, slot: Slot) -> None:
        """See `Backend.close`."""
        closed = cast("GraphedSlot", slot)
        if closed.row is not None:
            with torch.inference_mode():
                self._dials.clear(closed.row, closed.places)
                self._cache.clear(closed.row, closed.length)
            del self._open[closed.row]
            closed.row = None

    def median_norm(self, site: Site) -> float:
        """See `Backend.median_norm`."""
        return self._sinks.median_norm(site)

    def _check_entry(self, entry: Work) -> None:
        # A number outside the vocabulary is no error that a GPU recovers from.
        if not entry.tokens or not 0 <= min(entry.tokens) <= max(entry.tokens) < self.vocabulary:
            raise foreign_token(self.vocabulary)
        require_room(entry.slot.length + len(entry.tokens), self.context_length)

    def _read(self, entry: Work) -> torch.Tensor | None:
        """Append several tokens to one sequence, part by part."""
        kept: list[torch.Tensor] = []
        for start in range(0, len(entry.tokens), PART):
            hidden = self._read_part(cast("GraphedSlot", entry.slot), entry.tokens[start : start + PART])
            if entry.logits == "all":
                kept.append(_on_host(self._decoder.logits(hidden)))
            elif entry.logits == "last" and start + PART >= len(entry.tokens):
                return _on_host(self._decoder.logits(hidden[-1]))
        return torch.cat(kept) if kept else None

    def _read_part(self, slot: GraphedSlot, tokens: Sequence[int]) -> torch.Tensor:
        """The residual stream after these tokens, shape `(tokens, width)`."""
        row, device = cast("int", slot.row), self._decoder.device
        end = slot.length + len(tokens)
        rows = slice(row, row + 1)
        positions = torch.arange(slot.length, end, device=device)[None]
        span = Span(rows, positions, 1, _shape(end, _SHORTEST_REACH, self.context_length))
        hidden = self._decoder.hidden(
            torch.tensor([tokens], device=device),
            span,
            self._cache,
            lambda site, hidden: self._dials.apply(site, hidden, rows, slot.places),
        )
        slot.length = end
        return hidden[0]

    def _decode(self, entries: Sequence[Work], reach: int) -> list[torch.Tensor | None]:
        """Append one token to each of several sequences in one pass."""
        slots = [cast("GraphedSlot", entry.slot) for entry in entries]
        rows = [cast("int", slot.row) for slot in slots]
        inputs = torch.zeros(2, self.places, 1, dtype=torch.int64)
        inputs[1] = self.context_length
        inputs[0, rows, 0] = torch.tensor([entry.tokens[0] for entry in entries])
        inputs[1, rows, 0] = torch.tensor([slot.length for slot in slots])
        self._inputs.copy_(inputs)
        attended = _shape(max(rows) + 1, 1, self.places)
        # Of all open sequences, so that it does not matter to the recorded passes which of them take part.
        places = frozenset[Place]().union(*(slot.places for slot in self._open.values()))
        self._graphs.run((attended, reach), places, lambda chosen: self._pass(attended, reach, chosen))
        logits = _on_host(self._logits[torch.tensor(rows, device=self._logits.device)])
        for slot in slots:
            slot.length += 1
        return [
            None if entry.logits == "none" else row[None] if entry.logits == "all" else row
            for entry, row in zip(entries, logits, strict=True)
        ]

    def _pass(self, attended: int, reach: int, places: frozenset[Place]) -> Pass:
        """A decode pass over the static tensors."""
        rows = slice(0, self.places)

        def run() -> None:
            span = Span(rows, self._inputs[1], attended, reach)
            hidden = self._decoder.hidden(
                self._inputs[0],
                span,
                self._cache,
                lambda site, hidden: self._dials.apply(site, hidden, rows, places),
            )
            self._logits.copy_(self._decoder.logits(hidden[:, 0]))

        return run


def _shape(needed: int, shortest: int, longest: int) -> int:
    """The smallest of few sizes that is not below what is needed."""
    size = shortest
    while size < needed:
        size *= _STEP
    return min(size, longest)


def _on_host(logits: torch.Tensor) -> torch.Tensor:
    """A copy in the processor's memory, complete when this returns."""
    if logits.device.type == "cpu":
        return logits
    host = torch.empty(logits.shape, dtype=logits.dtype, pin_memory=True)
    host.copy_(logits, non_blocking=True)
    torch.cuda.current_stream(logits.device).synchronize()
    return host
