"""Revival of dead features: they learn to explain what the living leave over (AuxK; Gao et al. 2024, appendix A.2)."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True, slots=True)
class Revival:
    """Loss of the dead features on a batch, and its gradients.

    Attributes:
        loss: squared error of what the dead explain of the error, summed over coordinates and the batch.
        encoder, decoder: shape `(dead, width)`.
        encoder_bias: shape `(dead,)`.
    """

    loss: float
    encoder: torch.Tensor
    decoder: torch.Tensor
    encoder_bias: torch.Tensor


def revive(
    batch: torch.Tensor,
    errors: torch.Tensor,
    encoder: torch.Tensor,
    encoder_bias: torch.Tensor,
    decoder: torch.Tensor,
    most: int,
) -> Revival:
    """Let dead features reconstruct errors that are held constant.

    Args:
        batch: shape `(n, width)`.
        errors: what the living left over of it, target − reconstruction; the same shape.
        encoder, encoder_bias, decoder: rows of the dead features alone, in the format of `batch`.
        most: how many of them may be active at a position.
    """
    before = torch.addmm(encoder_bias, batch, encoder.T)
    values, places = before.topk(min(most, before.shape[1]), dim=1, sorted=False)
    active = torch.zeros_like(before).scatter_(1, places, values.relu_())
    wrong = active @ decoder - errors
    slopes = (wrong @ decoder.T).mul_(2).masked_fill_(active == 0, 0)
    return Revival(
        float(wrong.float().square().sum()),
        slopes.T @ batch,
        (active.T @ wrong).mul_(2),
        slopes.float().sum(0),
    )
