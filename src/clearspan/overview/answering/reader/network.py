"""The reader's arithmetic: a BERT-like encoder with one linear head for each thing that it is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
import transformers
from torch import Tensor, nn

from clearspan.overview.answering.reader.kinds import KINDS
from clearspan.overview.answering.reader.windows import Window

_ATTENTION = "clearspan_reader"
_auto = cast("Any", transformers)


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows as tensors, padded.

    Attributes:
        ids, types, mask: shape `(windows, tokens)`.
        sentences: whether a token is of a sentence, shape `(windows, sentences, tokens)`.
    """

    ids: Tensor
    types: Tensor
    mask: Tensor
    sentences: Tensor


@dataclass(frozen=True, slots=True)
class Logits:
    """What the heads say.

    Attributes:
        answers: that a window answers, shape `(windows,)`.
        evidence: that a sentence is evidence, shape `(windows, sentences)`; of padding it is meaningless.
        starts, ends: that a token begins or ends the short answer, shape `(windows, tokens)`.
        yes: that the answer is yes, given that it is yes or no, shape `(windows,)`.
        kinds: of the question, shape `(windows, len(KINDS))`.
    """

    answers: Tensor
    evidence: Tensor
    starts: Tensor
    ends: Tensor
    yes: Tensor
    kinds: Tensor


class Heads(nn.Module):
    """From the states of the tokens to what is asked of them.

    A sentence is the mean of its tokens beside their mean weighted by a learned attention, `2 · width` numbers.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.pooling = nn.Linear(width, 1)
        self.evidence = nn.Linear(2 * width, 1)
        self.span = nn.Linear(width, 2)
        self.window = nn.Linear(width, 2 + len(KINDS))

    def forward(self, states: Tensor, sentences: Tensor) -> Logits:
        """Logits of a batch.

        Args:
            states: shape `(windows, tokens, width)`.
            sentences: as `Batch.sentences`.
        """
        share = sentences.to(states.dtype)
        mean = share / share.sum(-1, keepdim=True).clamp(min=1.0)
        attention = self.pooling(states).transpose(1, 2).masked_fill(~sentences, -1e4).softmax(-1) * share
        pooled = torch.cat([mean @ states, attention @ states], -1)
        spans = self.span(states)
        whole = self.window(states[:, 0])
        return Logits(
            answers=whole[:, 0],
            evidence=self.evidence(pooled)[..., 0],
            starts=spans[..., 0],
            ends=spans[..., 1],
            yes=whole[:, 1],
            kinds=whole[:, 2:],
        )


class ReaderNetwork(nn.Module):
    """An encoder and its heads.

    Args:
        encoder: a BERT-like model of transformers, without its pooler.
        by_distance: what is added to the scores of attention by how far the second token stands after the first, from
            `1 - LONGEST` on, shape `(heads, 2 LONGEST - 1)`; None for an encoder that knows places alone.
    """

    def __init__(self, encoder: Any, by_distance: Tensor | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        self.by_distance: Tensor | None
        self.register_buffer("by_distance", by_distance)
        _auto.AttentionInterface.register(_ATTENTION, _attend)
        _auto.AttentionMaskInterface.register(_ATTENTION, _auto.masking_utils.eager_mask)
        encoder.set_attn_implementation(_ATTENTION)
        # A question that is read a few times is not learned by heart: dropout would only cost.
        for module in encoder.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        self.heads = Heads(int(encoder.config.hidden_size))

    def forward(self, batch: Batch) -> Logits:
        """Logits of a batch, in float32 whatever the encoder's arithmetic."""
        mask = batch.mask if self.by_distance is None else _scores(self.by_distance, batch.mask)
        states = self.encoder(
            input_ids=batch.ids, token_type_ids=batch.types, attention_mask=mask
        ).last_hidden_state
        return self.heads(states.float(), batch.sentences)


def _scores(by_distance: Tensor, mask: Tensor) -> Tensor:
    """What is added to the scores of attention, shape `(windows, heads, tokens, tokens)`."""
    places = torch.arange(mask.shape[1])
    distance = places[None, :] - places[:, None] + by_distance.shape[1] // 2
    hidden = (1 - mask)[:, None, None, :].to(by_distance.dtype) * -1e4
    return by_distance[:, distance][None] + hidden


def _attend(
    module: Any,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    **others: Any,
) -> tuple[Tensor, None]:
    """Attention as transformers calls it, written out: over short windows it is trained half as quickly again as by
    the fused kernels, and as by transformers' own, which takes the softmax in float32.

    Args:
        query, key, value: shape `(windows, heads, tokens, head width)`.
        attention_mask: to be added to the scores, shape `(windows, 1 or heads, tokens, tokens)`; none where nothing is
            padding.

    Returns: the states, shape `(windows, tokens, heads, head width)`; no weights.
    """
    del module, others  # BERT's attention has no more to it
    windows, heads, tokens, width = query.shape
    flat = (windows * heads, tokens, width)
    mask = query.new_zeros(1, 1, 1, 1) if attention_mask is None else attention_mask
    mask = mask.expand(windows, heads, tokens, tokens).reshape(windows * heads, tokens, tokens)
    scores = torch.baddbmm(mask, query.reshape(flat), key.reshape(flat).transpose(1, 2), alpha=scaling)
    states = torch.bmm(scores.softmax(-1), value.reshape(flat)).view(windows, heads, tokens, width)
    return states.transpose(1, 2).contiguous(), None


def batch_of(windows: Sequence[Window]) -> Batch:
    """Windows as tensors, padded to the longest of them."""
    longest = max(len(window.ids) for window in windows)
    most = max(len(window.spans) for window in windows)
    ids = torch.zeros((len(windows), longest), dtype=torch.long)
    types, mask = torch.zeros_like(ids), torch.zeros_like(ids)
    sentences = torch.zeros((len(windows), most, longest), dtype=torch.bool)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = torch.tensor(window.ids)
        types[row, window.second : len(window.ids)] = 1
        mask[row, : len(window.ids)] = 1
        for index, (start, end) in enumerate(window.spans):
            sentences[row, index, start:end] = True
    return Batch(ids, types, mask, sentences)
