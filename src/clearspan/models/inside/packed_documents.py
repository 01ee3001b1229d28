"""Several documents in one sequence: attention that never looks across a boundary, and computes no padding.

Everything in a transformer but attention treats positions alone, so that documents are laid end to end and need no
padding. Attention takes the queries in blocks; the keys of a block begin where its first document does, and a mask
says the rest. Compared with PyTorch's fused attention on a CPU, two plain matrix products a block cost less than
half at lengths up to some thousands.
"""

import copy
import itertools
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast

import torch
import transformers

from clearspan.errors import Refused
from clearspan.models.inside.anatomy import Anatomy

_NAME = "clearspan_packed"
_BLOCK = 128
_auto = cast("Any", transformers)


@dataclass(frozen=True, slots=True)
class _Block:
    """Queries `[begin, end)` and their keys `[first, end)`.

    Attributes:
        mask: to be added to the scores of the last keys, shape `(queries, last keys)`; every query sees the others.
    """

    begin: int
    end: int
    first: int
    mask: torch.Tensor


@dataclass(slots=True, eq=False)
class Packing:
    """Documents laid end to end.

    Attributes:
        positions: of each token in its document, from 0.
    """

    positions: torch.Tensor
    _blocks: dict[tuple[Any, ...], list[_Block]] = field(default_factory=dict[tuple[Any, ...], list[_Block]])

    @classmethod
    def of(cls, lengths: Sequence[int], device: torch.device) -> "Packing":
        """Documents of these many tokens, in this order."""
        return cls(torch.cat([torch.arange(length, device=device) for length in lengths]))

    def blocks(self, dtype: torch.dtype, window: int | None) -> list[_Block]:
        """Blocks of queries; with a sliding window, a query sees that many positions, its own included."""
        key = (dtype, window)
        if key not in self._blocks:
            places = torch.arange(len(self.positions), device=self.positions.device)
            firsts = places - self.positions
            if window is not None:
                firsts = torch.maximum(firsts, places - window + 1)
            edges = [*range(0, len(places), _BLOCK), len(places)]
            self._blocks[key] = [
                _block(firsts[begin:end], begin, end, dtype) for begin, end in itertools.pairwise(edges)
            ]
        return self._blocks[key]


def _block(firsts: torch.Tensor, begin: int, end: int, dtype: torch.dtype) -> _Block:
    first = int(firsts.min())
    masked = begin if int(firsts.max()) == first else first
    keys = torch.arange(masked, end, device=firsts.device)
    queries = torch.arange(begin, end, device=firsts.device)
    seen = (keys >= firsts[:, None]) & (keys <= queries[:, None])
    mask = torch.zeros(seen.shape, dtype=dtype, device=firsts.device).masked_fill_(~seen, float("-inf"))
    return _Block(begin, end, first, mask)


_current: ContextVar[Packing] = ContextVar("packing")


def packed_twin(anatomy: Anatomy) -> Anatomy:
    """A copy of a model that shares its weights and attends within documents only; use it inside `packed`.

    Raises:
        Refused: the model does not let its attention be replaced.
    """
    model = anatomy.model
    shared = itertools.chain(model.parameters(), model.buffers())
    twin = copy.deepcopy(anatomy, {id(tensor): tensor for tensor in shared})
    _auto.AttentionInterface.register(_NAME, _attend)
    twin.model.set_attn_implementation(_NAME)
    if twin.model.config.get_text_config()._attn_implementation != _NAME:
        raise Refused(f"The attention of a {type(model).__name__} cannot be replaced.")
    return twin


@contextmanager
def packed(packing: Packing) -> Generator[None]:
    """Forward passes of twins in this thread, one row each, read these documents."""
    token = _current.set(packing)
    try:
        yield
    finally:
        _current.reset(token)


def _attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **others: Any,
) -> tuple[torch.Tensor, None]:
    """Attention as transformers calls it.

    Args:
        query: shape `(1, heads, tokens, head width)`.
        key, value: shape `(1, key heads, tokens, head width)`.
        attention_mask: none is made for an implementation that transformers does not know.

    Returns:
        Shape `(1, tokens, heads, head width)`.
    """
    del attention_mask
    strange = sorted(
        {"s_aux", "position_bias"} & {name for name, given in others.items() if given is not None}
    )
    if strange:
        raise Refused(f"The attention of a {type(module).__name__} takes {', '.join(strange)}.")
    (heads, tokens, width), groups = query.shape[1:], key.shape[1]
    scale = width**-0.5 if scaling is None else scaling
    queries = query.reshape(groups, heads // groups, tokens, width)
    keys, values = key[0].transpose(1, 2), value[0]
    out = query.new_empty(tokens, groups, heads // groups, value.shape[-1])
    for block in _current.get().blocks(query.dtype, sliding_window):
        rows = queries[:, :, block.begin : block.end].reshape(groups, -1, width)
        scores = _scores(rows, keys[:, :, block.first : block.end], block.mask, scale, softcap)
        mixed = torch.bmm(scores.softmax(-1), values[:, block.first : block.end])
        by_head = mixed.view(groups, heads // groups, -1, mixed.shape[-1])
        out[block.begin : block.end] = by_head.permute(2, 0, 1, 3)
    return out.view(1, tokens, heads, -1), None


def _scores(
    rows: torch.Tensor, keys: torch.Tensor, mask: torch.Tensor, scale: float, softcap: float | None
) -> torch.Tensor:
    empty = rows.new_empty(1)
    scores = torch.baddbmm(empty, rows, keys, beta=0, alpha=scale)
    if softcap is not None:
        scores = scores.div_(softcap).tanh_().mul_(softcap)
    by_head = scores.view(len(rows), -1, len(mask), scores.shape[-1])
    by_head[..., -mask.shape[1] :].add_(mask)
    return scores
