"""The arithmetic of training: products in bfloat16 where the processor multiplies it fast, weights in float32.

Micikevicius et al. 2018, 'Mixed Precision Training', section 3.1: a copy in half the bits runs forwards and backwards,
the weights that the optimizer moves are kept whole. bfloat16 has float32's range, so no loss needs scaling. Cast once a
step, an encoder of MiniLM's size is trained twice as fast as by autocast, which casts at each product and back.
"""

import copy
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from clearspan.models.serving.runtime import preferred_dtype
from clearspan.overview.answering.reader.network import Batch, Logits, ReaderNetwork


class Runner:
    """Runs a network for training, in the arithmetic that this processor is fast in.

    Args:
        network: its weights are those that are trained; it is not changed but for their gradients.
        trained: those of its parameters that are trained, by name.
    """

    def __init__(self, network: ReaderNetwork, trained: Mapping[str, nn.Parameter]) -> None:
        self._half = preferred_dtype() is torch.bfloat16
        self._network = copy.deepcopy(network) if self._half else network
        if self._half:
            encoder: Any = self._network.encoder
            encoder.to(torch.bfloat16)
            if self._network.by_distance is not None:
                self._network.by_distance = self._network.by_distance.to(torch.bfloat16)
        own = dict(self._network.named_parameters())
        self._pairs = [(one, own[name]) for name, one in trained.items()]

    def __call__(self, batch: Batch) -> Logits:
        """Logits by the weights as they are now."""
        if self._half:
            with torch.no_grad():
                for whole, run in self._pairs:
                    run.copy_(whole)
        return self._network(batch)

    def collect(self) -> None:
        """After a backward pass: the gradients are those of the network's own weights."""
        if not self._half:
            return
        for whole, run in self._pairs:
            # Weights of heads that a batch did not ask have none.
            whole.grad = None if run.grad is None else run.grad.to(whole.dtype)
            run.grad = None
