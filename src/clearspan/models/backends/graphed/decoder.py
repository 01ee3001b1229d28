"""The forward pass of a Llama-like decoder as a function of static tensors, over a transformers model's weights.

Nothing here waits for the device or decides by what a tensor holds, so that a pass can be recorded once and
replayed: what changes between two passes are numbers inside the same tensors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import torch
import torch.nn.functional as F  # noqa: N812 - PyTorch's own name for it
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from clearspan.models.backends.native.opening import require_possible
from clearspan.models.backends.native.packing import Sizes, unsupported
from clearspan.models.inside.sites import Site

Dialled = Callable[[Site, torch.Tensor], torch.Tensor]
"""What a site's hidden states, shape `(rows, tokens, width)`, become under the dials of their rows."""


class StaticCache:
    """Keys and values of every sequence, allocated once.

    A row holds one sequence. One position more than the context is kept in each: what a row that takes no part in
    a pass would store goes there, and nothing reads it.

    Attributes:
        keys: shape `(layers, rows, heads, context + 1, head)`, as `values`.
    """

    def __init__(self, sizes: Sizes, rows: int, dtype: torch.dtype, device: torch.device) -> None:
        shape = (sizes.layers, rows, sizes.kv_heads, sizes.context + 1, sizes.head)
        # Zeros: what is masked is multiplied by 0, and 0 times what happened to be in memory may be NaN.
        self.keys = torch.zeros(shape, dtype=dtype, device=device)
        self.values = torch.zeros(shape, dtype=dtype, device=device)

    @staticmethod
    def row_bytes(sizes: Sizes, dtype: torch.dtype) -> int:
        """Memory of one row."""
        return 2 * sizes.layers * sizes.kv_heads * (sizes.context + 1) * sizes.head * dtype.itemsize

    def copy(self, row: int, to: int, length: int) -> None:
        """Let a row hold what the first positions of another do."""
        for held in (self.keys, self.values):
            held[:, to, :, :length] = held[:, row, :, :length]

    def begin(self, row: int, keys: torch.Tensor, values: torch.Tensor) -> None:
        """Let a row begin with keys and values of shape `(layers, heads, tokens, head)`."""
        for held, given in ((self.keys, keys), (self.values, values)):
            held[:, row, :, : given.shape[2]] = given.to(held.device, held.dtype)

    def clear(self, row: int, length: int) -> None:
        """Make the first positions of a row zeros again: its sequence may have left NaN behind."""
        self.keys[:, row, :, :length] = 0
        self.values[:, row, :, :length] = 0


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Where the tokens of a pass stand.

    Attributes:
        rows: of the cache, that the tokens belong to.
        positions: of the tokens in their sequences, shape `(rows, tokens)`, int64; the context's length for a row
            that takes no part.
        attended: the first of these rows whose tokens attend; the others take no part.
        reach: positions from the start of a sequence that attention looks at.
    """

    rows: slice
    positions: torch.Tensor
    attended: int
    reach: int


class Decoder:
    """The forward pass of one model.

    Args:
        model: a causal language model of transformers; its weights are used where they are.

    Raises:
        Refused: it is not Llama-like.
    """

    def __init__(self, model: Any) -> None:
        config = model.config.get_text_config()
        self.sizes = require_possible(config)
        self.dtype: torch.dtype = model.get_input_embeddings().weight.dtype
        self.device: torch.device = model.get_input_embeddings().weight.device
        self._embedding = model.get_input_embeddings().weight
        self._layers: list[Any] = list(model.model.layers)
        self._norm = model.model.norm.weight
        self._head = model.lm_head
        self._cos, self._sin = self._rotations(config)
        self._places = torch.arange(self.sizes.context, device=self.device)
        self._heads = torch.arange(self.sizes.kv_heads, device=self.device)[None, :, None]

    def hidden(self, tokens: torch.Tensor, span: Span, cache: StaticCache, dialled: Dialled) -> torch.Tensor:
        """The residual stream after the last layer; keys and values are stored in the cache.

        Args:
            tokens: shape `(rows, tokens)`, int64.

        Returns:
            Shape `(rows, tokens, width)`.
        """
        rotation = self._cos[span.positions][:, :, None], self._sin[span.positions][:, :, None]
        where = torch.arange(span.rows.start, span.rows.stop, device=self.device)[:, None, None]
        index = where, self._heads, span.positions[:, None, :]
        mask = self._mask(span)
        hidden = dialled(Site("embedding"), F.embedding(tokens, self._embedding))
        for number, layer in enumerate(self._layers):
            normed = self._normed(hidden, layer.input_layernorm.weight)
            queries, keys, values = self._projected(layer.self_attn, normed, rotation)
            cache.keys[number].index_put_(index, keys.transpose(1, 2))
            cache.values[number].index_put_(index, values.transpose(1, 2))
            begin = span.rows.start
            seen = slice(begin, begin + span.attended), slice(None), slice(0, span.reach)
            mixed = self._attend(queries, cache.keys[number][seen], cache.values[number][seen], mask)
            hidden = hidden + dialled(Site("attention", number), layer.self_attn.o_proj(mixed))
            normed = self._normed(hidden, layer.post_attention_layernorm.weight)
            gated = F.silu(layer.mlp.gate_proj(normed)) * layer.mlp.up_proj(normed)
            hidden = hidden + dialled(Site("mlp", number), layer.mlp.down_proj(gated))
            hidden = dialled(Site("residual", number), hidden)
        return hidden

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """Logits, shape `(..., vocabulary)`, float32, of a residual stream of shape `(..., width)`."""
        return self._head(self._normed(hidden, self._norm)).float()

    def _rotations(self, config: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosines and sines of the rotary positions, each of shape `(context + 1, head)`."""
        # Not the model's own: a model that was cast keeps rounded frequencies.
        rotary: Any = LlamaRotaryEmbedding(config=config)
        frequencies = cast("torch.Tensor", rotary.inv_freq).float()
        if frequencies.shape != (self.sizes.head // 2,):
            raise unsupported("it rotates only a part of each head")
        angles = torch.arange(self.sizes.context + 1)[:, None].float() * frequencies.cpu()
        angles = torch.cat((angles, angles), -1)
        scaling = float(rotary.attention_scaling)
        cos, sin = angles.cos() * scaling, angles.sin() * scaling
        return cos.to(self.device, self.dtype), sin.to(self.device, self.dtype)

    def _normed(self, hidden: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(hidden, (hidden.shape[-1],), weight, self.sizes.epsilon)

    def _projected(
        self, attention: Any, normed: torch.Tensor, rotation: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Queries, keys and values, each of shape `(rows, tokens, heads, head)`."""
        shape = (*normed.shape[:-1], -1, self.sizes.head)
        queries = attention.q_proj(normed).view(shape)
        keys = attention.k_proj(normed).view(shape)
        if hasattr(attention, "q_norm"):
            queries = self._normed(queries, attention.q_norm.weight)
            keys = self._normed(keys, attention.k_norm.weight)
        return _rotated(queries, *rotation), _rotated(keys, *rotation), attention.v_proj(normed).view(shape)

    def _mask(self, span: Span) -> torch.Tensor:
        """Which positions each query may look at, shape `(attended, 1, queries of a key head, reach)`."""
        visible = self._places[: span.reach] <= span.positions[: span.attended, :, None]
        return visible[:, None].repeat(1, 1, self.sizes.heads // self.sizes.kv_heads, 1)

    def _attend(
        self, queries: torch.Tensor, keys: torch.Tensor, values: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        """What attention gathers, shape `(rows, tokens, heads · head)`; zeros in rows that do not attend."""
        rows, tokens, heads, size = queries.shape
        attended, kv_heads = keys.shape[:2]
        # Query heads that share a key head stand as further queries of it, so that keys are read once and not copied.
        grouped = queries[:attended].view(attended, tokens, kv_heads, -1, size).permute(0, 2, 3, 1, 4)
        stacked = grouped.reshape(attended, kv_heads, -1, size)
        mixed = F.scaled_dot_product_attention(stacked, keys, values, attn_mask=mask)
        mixed = mixed.view(attended, kv_heads, -1, tokens, size).permute(0, 3, 1, 2, 4)
        return F.pad(mixed.reshape(attended, tokens, heads * size), (0, 0, 0, 0, 0, rows - attended))


def _rotated(heads: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    first, second = heads.chunk(2, -1)
    return heads * cos + torch.cat((-second, first), -1) * sin
