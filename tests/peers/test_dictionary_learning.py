"""dictionary_learning opens what is written here, and the other way round."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.formats.dictionary_learning import (
    read_dictionary_learning,
    write_dictionary_learning,
)
from clearspan.features.names import DictionaryName

pytest.importorskip(
    "dictionary_learning", reason="dictionary_learning is not installed here; 'make test-peers' runs these"
)

NAME = DictionaryName.parse("hub:some/model/layers.3.residual/24")
KINDS = [
    ("relu", {}),
    ("gated", {"centred": True}),
    ("jumprelu", {}),
    ("jumprelu", {"centred": True, "uniform": True}),
    ("topk", {"centred": True}),
]


def agree(ours: Dictionary, theirs: Any, hidden: torch.Tensor) -> None:
    with torch.no_grad():
        activations = theirs.encode(hidden)
        reconstruction = theirs(hidden)
    mine = ours.encode(hidden)
    assert (mine > 0).any()
    torch.testing.assert_close(mine, activations)
    torch.testing.assert_close(ours.decode(mine), reconstruction)


@pytest.mark.parametrize(("kind", "more"), KINDS, ids=str)
def test_dictionary_learning_opens_ours(
    tmp_path: Path, make: Callable[..., Dictionary], hidden: torch.Tensor, kind: str, more: dict[str, Any]
) -> None:
    from dictionary_learning.utils import load_dictionary

    ours = make(kind, **more)
    write_dictionary_learning(ours, tmp_path / "one")
    theirs, config = load_dictionary(str(tmp_path / "one"), "cpu")
    assert config["trainer"]["layer"] == 15
    agree(ours, theirs, hidden)


def test_dictionary_learning_opens_ours_with_the_decoder_as_it_is(
    tmp_path: Path, make: Callable[..., Dictionary], hidden: torch.Tensor
) -> None:
    from dictionary_learning import AutoEncoder

    ours = make("relu", centred=True)
    write_dictionary_learning(ours, tmp_path / "one")
    agree(ours, AutoEncoder.from_pretrained(tmp_path / "one" / "ae.pt", normalize_decoder=False), hidden)


@pytest.mark.parametrize(
    "kind",
    [
        "AutoEncoder",
        "AutoEncoderNew",
        "GatedAutoEncoder",
        "JumpReluAutoEncoder",
        "AutoEncoderTopK",
        "BatchTopKSAE",
        "MatryoshkaBatchTopKSAE",
    ],
)
def test_ours_opens_what_dictionary_learning_saves(tmp_path: Path, hidden: torch.Tensor, kind: str) -> None:
    from dictionary_learning import utils

    torch.manual_seed(3)
    more: dict[str, Any] = {"k": 4} if "TopK" in kind else {}
    if kind.startswith("Matryoshka"):
        more["group_sizes"] = [8, 16]
    theirs = getattr(utils, kind)(8, 24, **more)
    for parameter in theirs.parameters():
        parameter.data.normal_()
    if kind.endswith("BatchTopKSAE") or kind == "BatchTopKSAE":
        theirs.threshold.fill_(0.4)
    torch.save(theirs.state_dict(), tmp_path / "ae.pt")
    trainer = {"dict_class": kind, "layer": 3, "lm_name": "some/model", **({"k": 4} if more else {})}
    (tmp_path / "config.json").write_text(json.dumps({"trainer": trainer}))
    agree(read_dictionary_learning(tmp_path, NAME), theirs, hidden)
