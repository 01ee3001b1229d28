"""The step of architectures that keep the largest activations, as dense products: for GPUs, and without a compiler."""

from dataclasses import dataclass

import torch

from clearspan.features.training.parallel import Processes
from clearspan.features.training.steps.selection import cut, histogram, value_of
from clearspan.features.training.steps.step import Tensors


@dataclass(frozen=True, slots=True)
class Selection:
    """Which activations are kept, and which nested dictionaries are to reconstruct by themselves.

    Attributes:
        k: how many at a position.
        pooled: whether k is an average over the batch (BatchTopK), or holds at each position (TopK).
        prefixes: the first so many features must reconstruct alone; the last is all of them.
    """

    k: int
    pooled: bool
    prefixes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass through the dictionary found, besides the gradients.

    Attributes:
        errors: target − reconstruction by all features, shape `(n, width)`.
        fired: at how many positions each feature was active, shape `(features,)`, int64.
        lowest: smallest activation that was kept.
    """

    errors: torch.Tensor
    fired: torch.Tensor
    lowest: float


class DensePass:
    """Forward and backward by matrix products.

    Args:
        selection: what is kept.
        number_format: of the products; bfloat16 for speed, float32 to compare with.
    """

    def __init__(self, selection: Selection, number_format: torch.dtype, processes: Processes) -> None:
        self._selection = selection
        self._format = number_format
        self._processes = processes
        self._compute: Tensors = {}

    def updated(self, parameters: Tensors) -> None:
        """Copy the parameters into the format of the products."""
        for name, tensor in parameters.items():
            if name not in self._compute:
                self._compute[name] = tensor.to(self._format, copy=True)
            else:
                self._compute[name].copy_(tensor)

    def run(self, batch: torch.Tensor, total: int, gradients: Tensors) -> Passed:
        """Overwrite `gradients` with those of Σ (squared error of each prefix) / total.

        Args:
            batch: this process's share, float32.
            total: positions in the batches of all processes.
        """
        weights, given = self._compute, batch.to(self._format)
        before = torch.addmm(weights["encoder_bias"], given, weights["encoder"].T)
        active, lowest = self._kept(before, total)
        bounds = list(zip((0, *self._selection.prefixes), self._selection.prefixes, strict=False))
        left = batch - weights["decoder_bias"]
        errors: list[torch.Tensor] = []
        for begin, end in bounds:
            left = left - active[:, begin:end] @ weights["decoder"][begin:end]
            errors.append(left)
        wrong = torch.zeros_like(batch)
        for (begin, end), error in zip(reversed(bounds), reversed(errors), strict=True):
            wrong = wrong + error
            slope = (wrong * (-2 / total)).to(self._format)
            before[:, begin:end] = slope @ weights["decoder"][begin:end].T
            gradients["decoder"][begin:end] = active[:, begin:end].T @ slope
        gradients["decoder_bias"].copy_(wrong.sum(0) * (-2 / total))
        slopes = before.masked_fill_(active == 0, 0)
        gradients["encoder"].copy_(slopes.T @ given)
        gradients["encoder_bias"].copy_(slopes.sum(0, dtype=torch.float32))
        return Passed(errors[-1], (active != 0).sum(0), lowest)

    def _kept(self, before: torch.Tensor, total: int) -> tuple[torch.Tensor, float]:
        """Activations with those not kept at 0, and the smallest that was kept."""
        k = self._selection.k
        if self._selection.pooled:
            counts = self._processes.sum(histogram(before[before > 0]))
            limit = value_of(cut(counts, k * total))
            kept = before.bfloat16() >= limit
        else:
            limits = before.bfloat16().topk(k, dim=1).values[:, -1:]
            kept = (before.bfloat16() >= limits) & (before > 0)
        active = before * kept
        chosen = active[kept]
        return active, float(chosen.min()) if chosen.numel() else 0.0
