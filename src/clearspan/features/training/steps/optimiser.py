"""Adam (Kingma and Ba 2015) on float32 parameters, with decoder rows held at norm 1."""

import torch
from torch.nn import functional

from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.steps.step import Tensors

EPSILON = 1e-8
UNIT_ROWS = "decoder"
"""Parameter whose rows keep norm 1: else a feature escapes every penalty by growing its row."""


class Adam:
    """Moments of every parameter, and the update.

    Attributes:
        first, second: running averages of the gradients and of their squares.
    """

    def __init__(self, config: TrainingConfig, parameters: Tensors) -> None:
        self._decays = config.momentum, config.second_momentum
        self._decoder_pace = config.decoder_pace
        self._parameters = parameters
        self.first = {name: torch.zeros_like(tensor) for name, tensor in parameters.items()}
        self.second = {name: torch.zeros_like(tensor) for name, tensor in parameters.items()}

    def update(self, gradients: Tensors, rate: float, step: int) -> None:
        """Change the parameters in place.

        Args:
            gradients: changed too: the decoder's lose what would change the norm of a row.
            rate: the learning rate; the decoder's is higher by `TrainingConfig.decoder_pace`.
            step: number of the update, from 0.
        """
        rows = self._parameters[UNIT_ROWS]
        slope = gradients[UNIT_ROWS]
        slope.addcmul_(rows, (slope * rows).sum(1, keepdim=True), value=-1)
        for name in self._parameters:
            self._update_one(name, gradients[name], self._rate_of(name, rate), step)
        functional.normalize(rows, dim=1, out=rows)

    def _rate_of(self, name: str, rate: float) -> float:
        return rate * self._decoder_pace if name == UNIT_ROWS else rate

    def _update_one(self, name: str, gradient: torch.Tensor, rate: float, step: int) -> None:
        first, second = self._decays
        torch._fused_adam_(  # pyright: ignore
            [self._parameters[name]],
            [gradient],
            [self.first[name]],
            [self.second[name]],
            [],
            [torch.tensor(float(step + 1), device=gradient.device)],
            lr=rate,
            beta1=first,
            beta2=second,
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )
