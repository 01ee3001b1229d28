"""The pass and the update on the compiled library; `dense` and `optimiser` compute the same with PyTorch."""

import torch

from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.native.library import AdamSpec, NativeTrainer
from clearspan.features.training.parallel import Processes
from clearspan.features.training.steps.dense import Passed, Selection
from clearspan.features.training.steps.optimiser import EPSILON, UNIT_ROWS, Adam
from clearspan.features.training.steps.selection import cut, pattern_of, value_of
from clearspan.features.training.steps.step import Tensors

_BLOCK_BYTES = 8 << 20
"""Encoder products at a time: what a processor's last cache holds, so that they are scanned from there."""

_SLACK = 0.75
"""Share of the last batch's limit above which activations are collected: the next limit is rarely below."""

_ROWS_SCANNED_ONCE = 0.97
"""Where a limit of its own holds at each row: share of what was kept that the next guess is not above."""


class SparsePass:
    """Forward and backward, dense only in the encoder's product.

    Args:
        copies: the encoder and the decoder in bfloat16, as `SparseAdam` keeps them.
    """

    def __init__(
        self, trainer: NativeTrainer, selection: Selection, copies: Tensors, processes: Processes
    ) -> None:
        self._trainer = trainer
        self._selection = selection
        self._copies = copies
        self._processes = processes
        self._prefixes = torch.tensor(selection.prefixes, dtype=torch.int32)
        self._block = max(1, _BLOCK_BYTES // (2 * selection.prefixes[-1]))
        self._lowest = 0
        self._parameters: Tensors = {}
        self._buffers: dict[tuple[int, ...], torch.Tensor] = {}

    def updated(self, parameters: Tensors) -> None:
        """See `largest.DictionaryPass.updated`: the matrices were copied with their update."""
        self._parameters = parameters

    def run(self, batch: torch.Tensor, total: int, gradients: Tensors) -> Passed:
        """See `dense.DensePass.run`."""
        given = batch.bfloat16()
        lowest = self._select(given, total)
        errors = torch.empty_like(batch)
        slopes = self._buffer(len(batch), len(self._prefixes), batch.shape[1])
        self._trainer.decode(
            batch,
            self._copies["decoder"],
            self._parameters["decoder_bias"],
            self._prefixes,
            -2 / total,
            errors,
            slopes,
            gradients["decoder_bias"],
        )
        fired = torch.empty_like(self._parameters["encoder_bias"], dtype=torch.int64)
        self._trainer.backward(
            given,
            slopes,
            self._prefixes,
            gradients["encoder"],
            gradients["encoder_bias"],
            gradients["decoder"],
            fired,
        )
        return Passed(errors, fired, lowest)

    def _select(self, given: torch.Tensor, total: int) -> float:
        """Settle what is active, and return the smallest activation that is, to bfloat16."""
        k = self._selection.k
        if not self._selection.pooled:
            self._collect(given, self._lowest or 1, k)
            counts = self._trainer.count()
            self._lowest = cut(counts, round(_ROWS_SCANNED_ONCE * int(counts.sum())))
            self._trainer.keep(1)
            return value_of(_first(counts))
        wanted = k * total
        if not self._lowest:
            # The first limit is guessed from a few rows.
            probe = given[: self._block]
            self._collect(probe, 1, 0)
            rows = int(self._processes.sum(torch.tensor(len(probe))))
            self._lowest = _slack(cut(self._processes.sum(self._trainer.count()), k * rows))
        self._collect(given, self._lowest, 0)
        counts = self._processes.sum(self._trainer.count())
        if int(counts.sum()) < wanted and self._lowest > 1:
            self._collect(given, 1, 0)
            counts = self._processes.sum(self._trainer.count())
        limit = cut(counts, wanted)
        self._lowest = _slack(limit)
        self._trainer.keep(limit)
        return value_of(_first(counts[limit:]) + limit)

    def _collect(self, given: torch.Tensor, lowest: int, k: int) -> None:
        self._trainer.begin()
        encoder = self._copies["encoder"].T
        for rows in torch.split(given, self._block):
            before = self._buffer(len(rows), encoder.shape[1])
            torch.mm(rows, encoder, out=before)
            self._trainer.collect(before, self._parameters["encoder_bias"], lowest, k)

    def _buffer(self, *shape: int) -> torch.Tensor:
        """Memory in bfloat16 that is used again in the next step."""
        if shape not in self._buffers:
            self._buffers[shape] = torch.empty(shape, dtype=torch.bfloat16)
        return self._buffers[shape]


class SparseAdam(Adam):
    """The same update, fused with the copies that the pass reads.

    Args:
        copies: bfloat16 tensors to keep equal to parameters of the same names.
    """

    def __init__(
        self, config: TrainingConfig, parameters: Tensors, trainer: NativeTrainer, copies: Tensors
    ) -> None:
        super().__init__(config, parameters)
        self._trainer = trainer
        self._copies = copies

    def update(self, gradients: Tensors, rate: float, step: int) -> None:
        """See `Adam.update`; gradients stay as they are."""
        first, second = self._decays
        corrections = 1 - first ** (step + 1), 1 - second ** (step + 1)
        for name, weights in self._parameters.items():
            spec = AdamSpec(self._rate_of(name, rate), first, second, EPSILON, *corrections)
            self._trainer.update(
                weights,
                gradients[name],
                self.first[name],
                self.second[name],
                self._copies.get(name),
                spec,
                unit_rows=name == UNIT_ROWS,
            )


def _slack(limit: int) -> int:
    return max(1, pattern_of(_SLACK * value_of(limit)))


def _first(counts: torch.Tensor) -> int:
    """Place of the first count above 0; 0 if there is none."""
    return int((counts > 0).int().argmax())
