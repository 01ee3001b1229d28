"""Adam (Kingma and Ba 2015) on float32 parameters, with decoder rows held at norm 1."""

import torch
from torch.nn import functional

from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.step import Tensors

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
        self._parameters = parameters
        self.first = {name: torch.zeros_like(tensor) for name, tensor in parameters.items()}
        self.second = {name: torch.zeros_like(tensor) for name, tensor in parameters.items()}

    def update(self, gradients: Tensors, rate: float, step: int) -> None:
        """Change the parameters in place.

        Args:
            gradients: changed too: the decoder's lose what would change the norm of a row.
            rate: the learning rate.
            step: number of the update, from 0.
        """
        rows = self._parameters[UNIT_ROWS]
        slope = gradients[UNIT_ROWS]
        slope.addcmul_(rows, (slope * rows).sum(1, keepdim=True), value=-1)
        names = list(self._parameters)
        first, second = self._decays
        torch._fused_adam_(  # pyright: ignore
            [self._parameters[name] for name in names],
            [gradients[name] for name in names],
            [self.first[name] for name in names],
            [self.second[name] for name in names],
            [],
            [torch.tensor(float(step + 1), device=rows.device) for _ in names],
            lr=rate,
            beta1=first,
            beta2=second,
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )
        functional.normalize(rows, dim=1, out=rows)
