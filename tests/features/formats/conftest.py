"""Random dictionaries of every architecture, and what it means that two are the same to the bit."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.gated import GatedDictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.dictionaries.relu import ReluDictionary
from clearspan.features.dictionaries.topk import TopKDictionary

NAME = "smollm2-135m/layers.15.residual/24"
KINDS: dict[str, Any] = {
    "relu": ReluDictionary,
    "jumprelu": JumpReluDictionary,
    "gated": GatedDictionary,
    "topk": TopKDictionary,
}

Make = Callable[..., Dictionary]
Same = Callable[[Dictionary, Dictionary], None]


@pytest.fixture(scope="session")
def make() -> Make:
    """Make a dictionary of 24 features and width 8."""

    def made(
        kind: str = "jumprelu",
        dtype: torch.dtype = torch.float32,
        seed: int = 0,
        *,
        uniform: bool = False,
        **more: Any,
    ) -> Dictionary:
        generator = torch.Generator().manual_seed(seed)
        sizes = {"features": 24, "width": 8}
        parameters = {
            name: torch.randn([sizes[word] for word in words], generator=generator).to(dtype)
            for name, words in KINDS[kind].shapes.items()
        }
        if uniform:
            parameters["threshold"] = torch.full([24], 0.625, dtype=dtype)
        if kind == "topk":
            more.setdefault("k", 4)
        card = Card(name=NAME, architecture=kind, measures={"l0": 3.6})
        return KINDS[kind](card, parameters, **more)

    return made


@pytest.fixture(scope="session")
def same() -> Same:
    """Assert that two dictionaries hold the same parameters, to the bit."""

    def check(one: Dictionary, other: Dictionary) -> None:
        assert type(one) is type(other)
        assert one.centred == other.centred
        assert getattr(one, "k", None) == getattr(other, "k", None)
        assert one.parameters.keys() == other.parameters.keys()
        for name, tensor in one.parameters.items():
            assert tensor.dtype == other.parameters[name].dtype
            assert torch.equal(
                tensor.contiguous().view(torch.uint8), other.parameters[name].view(torch.uint8)
            )

    return check
