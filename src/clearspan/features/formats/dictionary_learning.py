"""dictionary_learning's folder: `ae.pt`, a PyTorch file of tensors, beside `config.json`, which names their class.

`ae.pt` is a pickle inside, and is read by PyTorch's own reader that knows tensors alone.
"""

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch

from clearspan.errors import BadInput, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.gated import GatedDictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.dictionaries.relu import ReluDictionary
from clearspan.features.dictionaries.topk import TopKDictionary
from clearspan.features.formats.base import DictionaryFormat
from clearspan.features.formats.folders import as_json, damaged, read_json, require_file, write_folder
from clearspan.features.names import DictionaryName

CONFIG = "config.json"
WEIGHTS = "ae.pt"

_LINEAR = {"encoder.weight": "W_enc", "encoder.bias": "b_enc", "decoder.weight": "W_dec"}
_NAMES: Mapping[str, Mapping[str, str]] = {
    "AutoEncoder": {**_LINEAR, "bias": "b_dec"},
    "AutoEncoderNew": {**_LINEAR, "decoder.bias": "b_dec"},
    "GatedAutoEncoder": {
        "encoder.weight": "W_enc",
        "decoder.weight": "W_dec",
        "decoder_bias": "b_dec",
        "gate_bias": "b_gate",
        "mag_bias": "b_mag",
        "r_mag": "r_mag",
    },
    "AutoEncoderTopK": {**_LINEAR, "b_dec": "b_dec"},
    "BatchTopKSAE": {**_LINEAR, "b_dec": "b_dec", "threshold": "threshold"},
    "JumpReluAutoEncoder": {name: name for name in ("W_enc", "b_enc", "W_dec", "b_dec", "threshold")},
    "MatryoshkaBatchTopKSAE": {name: name for name in ("W_enc", "b_enc", "W_dec", "b_dec", "threshold")},
}
"""Their parameters, and ours, by class."""

_UNCENTRED = {"AutoEncoderNew", "JumpReluAutoEncoder"}
_BESIDE = {"k", "group_sizes"}


def read_dictionary_learning(folder: Path, name: DictionaryName) -> Dictionary:
    """Open a dictionary.

    BatchTopK dictionaries become JumpReLU ones by the threshold that was fitted to them, as they do there. Activations
    are those of the stored decoder: `AutoEncoder.from_pretrained` of the peer rescales them unless told not to.

    Args:
        name: what to call it; the files name the model in other words.

    Raises:
        NotFound: a file is missing.
        BadInput: a file is damaged, the two do not fit, or they belong to another layer.
        Refused: `ae.pt` holds anything but tensors, or the class is not known.
    """
    path = folder / CONFIG
    trainer = read_json(path, "the dictionary's configuration, as dictionary_learning writes it").get(
        "trainer"
    )
    if not isinstance(trainer, dict):
        raise damaged(path, "It has no 'trainer'.")
    trainer = cast("dict[str, Any]", trainer)
    kind = trainer.get("dict_class")
    if not isinstance(kind, str) or kind not in _NAMES:
        raise Refused(
            f"{path} names the class {kind!r:.40}.",
            why=f"Known are {', '.join(_NAMES)}.",
            do="Choose another.",
        )
    layer = trainer.get("layer")
    if isinstance(layer, int) and layer != name.site.layer:
        raise BadInput(
            f"The dictionary does not belong to the site {name.site}.",
            why=f"{path} says that it was trained at layer {layer}.",
            do="Name a site of that layer.",
        )
    tensors = _read(
        require_file(folder / WEIGHTS, "the dictionary's weights, as dictionary_learning writes them")
    )
    return _dictionary(folder / WEIGHTS, kind, name, tensors)


def write_dictionary_learning(dictionary: Dictionary, folder: Path) -> None:
    """Write a dictionary, whole or not at all.

    Raises:
        Refused: the format cannot say what it is, or another dictionary is in that folder.
        StorageError: the disk did not take it.
    """
    kind = _class_of(dictionary)
    name = dictionary.card.parsed_name
    parameters = dict(dictionary.parameters)
    beside: dict[str, torch.Tensor] = {}
    if kind == "BatchTopKSAE":
        beside["k"] = torch.tensor(_active(dictionary), dtype=torch.int32)
        parameters["threshold"] = parameters["threshold"][0]
    elif isinstance(dictionary, TopKDictionary):
        # Below zero is its word for one that was never fitted.
        beside = {"k": torch.tensor(dictionary.k, dtype=torch.int32), "threshold": torch.tensor(-1.0)}
    tensors = {
        theirs: parameters[ours].T.contiguous() if theirs.endswith(".weight") else parameters[ours].clone()
        for theirs, ours in _NAMES[kind].items()
    }
    file = io.BytesIO()
    torch.save(tensors | beside, file)
    trainer: dict[str, Any] = {
        "dict_class": kind,
        "activation_dim": dictionary.width,
        "dict_size": dictionary.size,
        "layer": name.site.layer,
        "lm_name": name.model,
        "submodule_name": str(name.site),
    }
    if "k" in beside:
        trainer["k"] = int(beside["k"])
    write_folder(folder, {WEIGHTS: file.getvalue(), CONFIG: as_json({"trainer": trainer})}, card=CONFIG)


FORMAT = DictionaryFormat((WEIGHTS, CONFIG), read_dictionary_learning, write_dictionary_learning)


def _dictionary(path: Path, kind: str, name: DictionaryName, tensors: dict[str, torch.Tensor]) -> Dictionary:
    centred = kind not in _UNCENTRED
    k = tensors.get("k")
    spare = {*_BESIDE, "threshold"} if kind == "AutoEncoderTopK" else _BESIDE
    ours = {
        _NAMES[kind].get(key, key): tensor.T.contiguous() if key.endswith(".weight") else tensor
        for key, tensor in tensors.items()
        if key not in spare
    }

    def card(architecture: str, trained_as: str) -> Card:
        return Card(
            name=str(name), architecture=architecture, trained_as=trained_as, maker="dictionary_learning"
        )

    if kind in {"AutoEncoder", "AutoEncoderNew"}:
        return ReluDictionary(card("relu", "relu"), ours, centred=centred)
    if kind == "GatedAutoEncoder":
        return GatedDictionary(card("gated", "gated"), ours, centred=centred)
    if kind == "JumpReluAutoEncoder":
        return JumpReluDictionary(card("jumprelu", "jumprelu"), ours, centred=centred)
    if kind == "AutoEncoderTopK":
        if k is None or k.numel() != 1:
            raise damaged(path, "It does not say its k.")
        return TopKDictionary(card("topk", "topk"), ours, k=int(k), centred=centred)
    ours["threshold"] = _spread(path, ours.get("threshold"), ours.get("b_enc"))
    trained_as = "matryoshka" if kind == "MatryoshkaBatchTopKSAE" else "batchtopk"
    return JumpReluDictionary(card("jumprelu", trained_as), ours, centred=centred)


def _spread(path: Path, threshold: torch.Tensor | None, bias: torch.Tensor | None) -> torch.Tensor:
    """One threshold for all features, shape `(features,)`."""
    if threshold is None or threshold.numel() != 1 or bias is None:
        raise damaged(path, "It has no threshold for all features together, or no encoder bias.")
    if float(threshold) < 0:
        raise Refused(
            f"{path} was never given a threshold.",
            why="A BatchTopK dictionary needs one to be used at single positions, and it is fitted late in training.",
            do="Train it for longer, or take a later checkpoint.",
        )
    return threshold.reshape(1).repeat(len(bias))


def _read(path: Path) -> dict[str, torch.Tensor]:
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise Refused(
            f"{path} is not read.",
            why="It is damaged, or it holds more than tensors: a file that can run code.",
            do="Have its maker save 'state_dict()' alone, or fetch it again.",
        ) from error
    except (
        RuntimeError,
        ValueError,
        EOFError,
        OSError,
        KeyError,
        IndexError,
        AttributeError,
        TypeError,
    ) as error:
        raise damaged(path, str(error).splitlines()[0] if str(error) else "It is empty.") from error
    if not isinstance(found, Mapping) or not all(
        isinstance(key, str) and isinstance(value, torch.Tensor)
        for key, value in cast("Mapping[Any, Any]", found).items()
    ):
        raise damaged(path, "It does not hold tensors by name.")
    return {key: tensor.detach() for key, tensor in cast("Mapping[str, torch.Tensor]", found).items()}


def _class_of(dictionary: Dictionary) -> str:
    centred = dictionary.centred
    if isinstance(dictionary, ReluDictionary):
        return "AutoEncoder" if centred else "AutoEncoderNew"
    if isinstance(dictionary, JumpReluDictionary) and not centred:
        return "JumpReluAutoEncoder"
    if isinstance(dictionary, GatedDictionary) and centred:
        return "GatedAutoEncoder"
    if isinstance(dictionary, TopKDictionary) and centred and not dictionary.by_decoder_norm:
        return "AutoEncoderTopK"
    if isinstance(dictionary, JumpReluDictionary):
        thresholds = dictionary.parameters["threshold"]
        if bool((thresholds == thresholds[0]).all()) and float(thresholds[0]) >= 0:
            return "BatchTopKSAE"
    raise Refused(
        f"{dictionary.card.name} cannot be written for dictionary_learning.",
        why=f"None of its classes is a {dictionary.architecture} dictionary "
        f"{'with' if centred else 'without'} the decoder's bias taken off before encoding"
        f"{', with a threshold for each feature' if isinstance(dictionary, JumpReluDictionary) else ''}.",
        do="Write it as 'saelens', which can say so.",
    )


def _active(dictionary: Dictionary) -> int:
    """How many features are active at a position, which the peer calls k."""
    measured = dictionary.card.measures.get("l0", 0.0)
    if round(measured) < 1:
        raise Refused(
            f"{dictionary.card.name} cannot be written for dictionary_learning.",
            why="A BatchTopKSAE says how many features are active at a position, and the card does not say it.",
            do="Measure it first: 'clearspan features evidence'; or write it as 'saelens'.",
        )
    return round(measured)
