"""The fast path: sequences with dials of their own, many in one C++ step."""

import ctypes
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray

from clearspan.errors import ClearspanError, Refused
from clearspan.models.backends.base import Slot, Work, foreign_token, require_room
from clearspan.models.backends.native.packing import ROWS, Packed, unsupported
from clearspan.models.backends.native.structs import DialSpec, StepEntry, Tap
from clearspan.models.backends.prefix import Prefix
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.hooks import SINK_RATIO, norms
from clearspan.models.inside.sites import Part, Site

_PARTS: Mapping[Part, int] = {"embedding": 0, "attention": 1, "mlp": 2, "residual": 3}
_OPERATIONS = {"clamp": 0, "add": 1, "ablate": 2}
_LOGITS: Mapping[str, int] = {"none": 0, "last": 1, "all": 2}


@dataclass(slots=True, eq=False)
class NativeSlot:
    """One sequence.

    Attributes:
        handle: the step's own record of it; None once closed.
        dials: as the step reads them, in the order of their sites.
        vectors: keeps alive what `dials` points to.
        length: tokens that the cache holds.
    """

    handle: int | None
    dials: Any
    dial_count: int
    vectors: list[torch.Tensor]
    length: int = 0


@dataclass(slots=True, eq=False)
class _StepPart:
    """A part of one work entry that fits into a step."""

    slot: NativeSlot
    tokens: NDArray[np.int32]
    logits: int = 0
    out: torch.Tensor | None = None
    taps: dict[Site, torch.Tensor] = field(default_factory=dict[Site, torch.Tensor])


class NativeBackend:
    """Forward passes in C++ on packed weights.

    Unlike other backends it may be used by several threads; steps take turns.

    Args:
        library: compiled and declared.
        packed: the model's weights.
        reference: the model reference that dials must belong to.
        yardstick: tokens of the text over which median norms are measured.

    Raises:
        Refused: the system gives no memory or threads for it.
    """

    name = "native"
    preferred_batch = 32
    places = sys.maxsize

    def __init__(
        self, library: ctypes.CDLL, packed: Packed, reference: str, yardstick: Sequence[int]
    ) -> None:
        self.context_length = packed.sizes.context
        self.vocabulary = packed.sizes.vocabulary
        self.width = packed.sizes.width
        self.layers = packed.sizes.layers
        self.reference = reference
        self._library = library
        self._packed = packed
        self._yardstick = list(yardstick)
        self._medians: dict[Site, float] = {}
        # The step's buffers belong to one step at a time; medians are measured inside `open`.
        self._lock = threading.RLock()
        # A fork of this process has none of the step's threads, and would wait for them forever.
        self._process = os.getpid()
        self._model: int | None = library.model_open(ctypes.byref(packed.spec))
        if self._model is None:
            raise unsupported("the system gave no memory or threads for its buffers")

    def __del__(self) -> None:
        if getattr(self, "_model", None) is not None and os.getpid() == self._process:
            self._library.model_close(self._model)
            self._model = None

    def check(self, dials: Sequence[Dial]) -> None:
        """See `Backend.check`."""
        for dial in dials:
            dial.require(self.reference, self.layers, self.width)

    def open(self, dials: Sequence[Dial] = (), prefix: Prefix | None = None) -> NativeSlot:
        """See `Backend.open`.

        Raises:
            BadInput: as `check`, or the prefix is of another model.
            ClearspanError: there is no memory for the prefix.
        """
        self.check(dials)
        sizes = self._packed.sizes
        if prefix is not None:
            prefix.require(sizes.layers, sizes.kv_heads, sizes.head)
        ordered = sorted(dials, key=lambda dial: dial.direction.site.order)
        vectors: list[torch.Tensor] = []
        specs = (DialSpec * len(ordered))(*(self._dial(dial, vectors) for dial in ordered))
        slot = NativeSlot(self._library.slot_open(self._model), specs, len(ordered), vectors)
        if prefix is not None:
            self._begin(slot, prefix)
        return slot

    def forward(self, work: Sequence[Work]) -> list[torch.Tensor | None]:
        """See `Backend.forward`.

        Raises:
            BadInput: a token is not of the vocabulary.
            TooLarge: a sequence would outgrow the context.
        """
        if len({id(entry.slot) for entry in work}) < len(work):
            raise ValueError("a sequence may take part in a step once")
        for entry in work:
            require_room(entry.slot.length + len(entry.tokens), self.context_length)
        results: list[torch.Tensor | None] = []
        pieces: list[_StepPart] = []
        for entry in work:
            result, cut = self._cut(entry)
            results.append(result)
            pieces += cut
        self._run(pieces, stop=self.layers - 1, digits=2)
        return results

    def fork(self, slot: Slot) -> NativeSlot:
        """See `Backend.fork`.

        Raises:
            ClearspanError: there is no memory for another cache.
        """
        forked = cast("NativeSlot", slot)
        with self._lock:
            handle: int | None = self._library.slot_fork(self._model, forked.handle)
        if handle is None:
            raise _out_of_memory()
        return NativeSlot(handle, forked.dials, forked.dial_count, forked.vectors, forked.length)

    def close(self, slot: Slot) -> None:
        """See `Backend.close`."""
        native = cast("NativeSlot", slot)
        with self._lock:
            handle, native.handle = native.handle, None
            if handle is not None:
                self._library.slot_close(self._model, handle)

    def read(
        self,
        documents: Sequence[Sequence[int]],
        sites: Sequence[Site],
        digits: Literal[1, 2],
        dials: Sequence[Dial] = (),
    ) -> list[dict[Site, torch.Tensor]]:
        """Hidden states of documents, many in one step; nothing above the highest site is computed.

        Args:
            documents: tokens of each.
            digits: of 8 bits an activation: 2 as text is generated; 1 reads faster, still closer to float32 than
                bfloat16 does (docs/concepts/engine.md has the measurements).
            dials: held while reading; what is read at a site is what goes on from there.

        Returns:
            For each document and site a float32 tensor of shape `(tokens, width)`.

        Raises:
            BadInput: the model has not one of the sites, or a token is not of the vocabulary.
            TooLarge: a document is longer than the context.
        """
        for site in sites:
            site.require(self.layers)
        slots = [self.open(dials) for _ in documents]
        try:
            pieces: list[_StepPart] = []
            found: list[dict[Site, torch.Tensor]] = []
            for slot, document in zip(slots, documents, strict=True):
                require_room(slot.length + len(document), self.context_length)
                tokens = self._tokens(document)
                whole = {site: _empty(len(tokens), self.width) for site in sites}
                found.append(whole)
                for start in range(0, len(tokens), ROWS):
                    taps = {site: whole[site][start : start + ROWS] for site in sites}
                    pieces.append(_StepPart(slot, tokens[start : start + ROWS], taps=taps))
            self._run(pieces, stop=max(site.layer for site in sites), digits=digits)
            return found
        finally:
            for slot in slots:
                self.close(slot)

    def median_norm(self, site: Site) -> float:
        """See `Backend.median_norm`."""
        with self._lock:
            if site not in self._medians:
                hidden = self.read([self._yardstick], [site], digits=2)[0][site]
                self._medians[site] = float(norms(hidden).median())
            return self._medians[site]

    def _begin(self, slot: NativeSlot, prefix: Prefix) -> None:
        keys, values = (
            held.detach().to("cpu", torch.float32).contiguous() for held in (prefix.keys, prefix.values)
        )
        count = len(prefix.tokens)
        with self._lock:
            failed = self._library.slot_begin(
                self._model, slot.handle, keys.data_ptr(), values.data_ptr(), count
            )
        if failed:
            self.close(slot)
            raise _out_of_memory()
        slot.length = count

    def _dial(self, dial: Dial, vectors: list[torch.Tensor]) -> DialSpec:
        direction = dial.direction
        pair = [
            vector.detach().to("cpu", torch.float32).contiguous()
            for vector in (direction.encoder, direction.decoder)
        ]
        vectors += pair
        return DialSpec(
            layer=direction.site.layer,
            part=_PARTS[direction.site.part],
            operation=_OPERATIONS[dial.operation],
            gated=int(direction.threshold is not None),
            amount=dial.amount * direction.maximum,
            bias=direction.bias,
            threshold=direction.threshold or 0.0,
            largest_norm=SINK_RATIO * self.median_norm(direction.site),
            encoder=pair[0].data_ptr(),
            decoder=pair[1].data_ptr(),
        )

    def _tokens(self, given: Sequence[int]) -> NDArray[np.int32]:
        tokens = np.array(given, np.int64)
        if tokens.size == 0 or int(tokens.min()) < 0 or int(tokens.max()) >= self.vocabulary:
            raise foreign_token(self.vocabulary)
        return np.ascontiguousarray(tokens, np.int32)

    def _cut(self, entry: Work) -> tuple[torch.Tensor | None, list[_StepPart]]:
        slot, tokens = cast("NativeSlot", entry.slot), self._tokens(entry.tokens)
        count = {"none": 0, "last": 1, "all": len(tokens)}[entry.logits]
        out = _empty(count, int(self._packed.spec.unembedding.outputs))
        pieces: list[_StepPart] = []
        for start in range(0, len(tokens), ROWS):
            part = tokens[start : start + ROWS]
            final = start + len(part) == len(tokens)
            logits = _LOGITS[entry.logits] if final or entry.logits == "all" else 0
            target = out[start : start + len(part)] if entry.logits == "all" else out
            pieces.append(_StepPart(slot, part, logits, target))
        kept = out[:, : self.vocabulary]
        result = None if entry.logits == "none" else kept[0] if entry.logits == "last" else kept
        return result, pieces

    def _run(self, pieces: Sequence[_StepPart], stop: int, digits: int) -> None:
        """Run pieces in their order, as many in a step as fit; pieces of one sequence never share a step."""
        batch: list[_StepPart] = []
        rows = 0
        for piece in pieces:
            if batch and (rows + len(piece.tokens) > ROWS or piece.slot is batch[-1].slot):
                self._step(batch, stop, digits)
                batch, rows = [], 0
            batch.append(piece)
            rows += len(piece.tokens)
        if batch:
            self._step(batch, stop, digits)

    def _step(self, batch: Sequence[_StepPart], stop: int, digits: int) -> None:
        if os.getpid() != self._process:
            raise Refused("The model was opened by another process.", do="Load it in this one.")
        kept: list[Any] = []
        with self._lock:
            entries = (StepEntry * len(batch))(*(self._entry(piece, kept) for piece in batch))
            failed = self._library.model_step(self._model, entries, len(batch), stop, digits)
        if failed:
            raise _out_of_memory()
        for piece in batch:
            piece.slot.length += len(piece.tokens)

    def _entry(self, piece: _StepPart, kept: list[Any]) -> StepEntry:
        if piece.slot.handle is None:
            raise ValueError("a closed sequence takes part in a step")
        taps = (Tap * len(piece.taps))(
            *(Tap(site.layer, _PARTS[site.part], out.data_ptr()) for site, out in piece.taps.items())
        )
        kept.append(taps)
        return StepEntry(
            slot=piece.slot.handle,
            tokens=piece.tokens.ctypes.data,
            count=len(piece.tokens),
            logits=piece.logits,
            out=piece.out.data_ptr() if piece.out is not None else None,
            dials=ctypes.addressof(piece.slot.dials) if piece.slot.dial_count else None,
            dial_count=piece.slot.dial_count,
            taps=ctypes.addressof(taps) if piece.taps else None,
            tap_count=len(piece.taps),
        )


def _out_of_memory() -> ClearspanError:
    return ClearspanError(
        "The model ran out of memory.",
        why="The key-value cache of the running sequences could not grow.",
        do="Ask for fewer sequences at once, or shorter ones.",
    )


def _empty(rows: int, columns: int) -> torch.Tensor:
    """Room for a step's numbers; its type is named, as a model that loads elsewhere changes PyTorch's default."""
    return torch.empty(rows, columns, dtype=torch.float32, device="cpu")
