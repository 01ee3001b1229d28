"""Adapters: products of low rank beside the weights of a large encoder, which alone are trained and shipped.

Hu et al. 2022, 'LoRA: Low-Rank Adaptation of Large Language Models', section 4.1. Folded into the weights they cost
nothing when the reader reads.
"""

from collections.abc import Mapping
from typing import Any, cast

import safetensors.torch
import torch
from torch import Tensor, nn

from clearspan.overview.answering.reader.network import ReaderNetwork

_safetensors = cast("Any", safetensors.torch)

_PRODUCTS = (".down.weight", ".up.weight")
_SCALE = ".scale"


class Adapted(nn.Module):
    """A linear layer that stays as it is, with `up(down(x))` beside it.

    Args:
        base: the layer; its weights are not trained.
        rank: of what is added to its weights, which begins with nothing.
    """

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Linear(base.in_features, rank, bias=False)
        self.up = nn.Linear(rank, base.out_features, bias=False)
        nn.init.zeros_(self.up.weight)

    def forward(self, states: Tensor) -> Tensor:
        """As the layer, with the weights `base + up · down`."""
        return self.base(states) + self.up(self.down(states))


def adapt(network: ReaderNetwork, rank: int, frozen: int) -> None:
    """Put adapters beside every product of the encoder's layers from `frozen` on; all else of it stays as it is."""
    network.encoder.requires_grad_(False)
    for layer in network.encoder.encoder.layer[frozen:]:
        for parent in list(layer.modules()):
            for name, one in list(parent.named_children()):
                if isinstance(one, nn.Linear):
                    setattr(parent, name, Adapted(one, rank))


def adapters_of(network: ReaderNetwork) -> dict[str, Tensor]:
    """What was trained: the adapters and the heads, by name."""
    return {name: one.data for name, one in network.named_parameters() if one.requires_grad}


def packed(adapters: Mapping[str, Tensor]) -> bytes:
    """Adapters as a safetensors file: products in 8 bits with one scale a row, all else in 16."""
    kept: dict[str, Tensor] = {}
    for name, one in adapters.items():
        if name.endswith(_PRODUCTS):
            scale = one.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
            kept[name], kept[f"{name}{_SCALE}"] = (one / scale).round().to(torch.int8), scale.half()
        else:
            kept[name] = one.half().contiguous()
    return _safetensors.save(kept)


def unpacked(content: bytes) -> dict[str, Tensor]:
    """The adapters that `packed` kept, in float32, as far as 8 bits kept them.

    Raises:
        SafetensorError, KeyError: it is no such file.
    """
    kept: dict[str, Tensor] = _safetensors.load(content)
    return {
        name: one.float() * (kept[f"{name}{_SCALE}"].float() if one.dtype is torch.int8 else 1.0)
        for name, one in kept.items()
        if not name.endswith(_SCALE)
    }


def put_on(network: ReaderNetwork, adapters: Mapping[str, Tensor]) -> None:
    """Put adapters that were trained, with their heads, on a network that has none.

    Raises:
        KeyError, RuntimeError, ValueError: they are of another network.
    """
    downs = [name for name in adapters if name.endswith(".down.weight")]
    layers = {int(name.split(".layer.")[1].split(".")[0]) for name in downs}
    adapt(network, adapters[downs[0]].shape[0], min(layers))
    own = dict(network.named_parameters())
    if {name for name, one in own.items() if one.requires_grad} != set(adapters):
        raise ValueError("they stand beside other layers")
    network.load_state_dict(dict(adapters), strict=False)


def fold(network: ReaderNetwork) -> None:
    """Make the adapters part of the weights; the network is then as one that never had any."""
    with torch.no_grad():
        for parent in list(network.encoder.modules()):
            for name, one in list(parent.named_children()):
                if isinstance(one, Adapted):
                    one.base.weight += one.up.weight @ one.down.weight
                    setattr(parent, name, one.base)
