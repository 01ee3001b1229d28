"""EleutherAI's sparsify: TopK dictionaries, `sae.safetensors` beside `cfg.json`."""

from pathlib import Path
from typing import Any

from clearspan.errors import BadInput, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.topk import TopKDictionary
from clearspan.features.formats.base import DictionaryFormat
from clearspan.features.formats.folders import (
    as_json,
    as_safetensors,
    read_json,
    read_safetensors,
    write_folder,
)
from clearspan.features.names import DictionaryName

CONFIG = "cfg.json"
WEIGHTS = "sae.safetensors"


def read_sparsify(folder: Path, name: DictionaryName) -> Dictionary:
    """Open a dictionary.

    Args:
        name: what to call it; the files do not say where it belongs.

    Raises:
        NotFound: a file is missing.
        BadInput: a file is damaged, or the two do not fit.
        Refused: it is a transcoder, or of an activation function that Clearspan does not compute.
    """
    path = folder / CONFIG
    config = read_json(path, "the dictionary's configuration, as sparsify writes it")
    _require_settings(path, config)
    tensors = read_safetensors(folder / WEIGHTS, "the dictionary's weights, as sparsify writes them")
    ours = {{"encoder.bias": "b_enc"}.get(key, key): tensor for key, tensor in tensors.items()}
    encoder = ours.pop("encoder.weight", None)
    if encoder is not None:
        ours["W_enc"] = encoder.T.contiguous()
    card = Card(name=str(name), architecture="topk", trained_as="topk", maker="sparsify")
    dictionary = TopKDictionary(card, ours, k=_k(path, config), centred=True)
    size = config.get("num_latents") or dictionary.size
    if (size, config.get("d_in", dictionary.width)) != (dictionary.size, dictionary.width):
        raise BadInput(
            f"{path} does not fit the weights beside it.",
            why=f"They have {dictionary.size} features of {dictionary.width} numbers.",
            do="Fetch or write both again.",
        )
    return dictionary


def write_sparsify(dictionary: Dictionary, folder: Path) -> None:
    """Write a dictionary, whole or not at all.

    Raises:
        Refused: the format cannot say what it is, or another dictionary is in that folder.
        StorageError: the disk did not take it.
    """
    if not isinstance(dictionary, TopKDictionary) or not dictionary.centred or dictionary.by_decoder_norm:
        raise Refused(
            f"{dictionary.card.name} cannot be written for sparsify.",
            why="The format knows TopK alone, with the decoder's bias taken off before encoding, and compares "
            "activations as they are.",
            do="Write it as 'saelens'.",
        )
    parameters = dictionary.parameters
    if len({tensor.dtype for tensor in parameters.values()}) > 1:
        raise Refused(
            f"{dictionary.card.name} cannot be written for sparsify.",
            why="Its parameters are in several number formats, and sparsify would round them all to one.",
            do="Write it as 'saelens'.",
        )
    weights = as_safetensors(
        {
            "encoder.weight": parameters["W_enc"].T,
            "encoder.bias": parameters["b_enc"],
            "W_dec": parameters["W_dec"],
            "b_dec": parameters["b_dec"],
        }
    )
    config: dict[str, Any] = {
        "activation": "topk",
        "expansion_factor": max(1, dictionary.size // dictionary.width),
        "normalize_decoder": False,
        "num_latents": dictionary.size,
        "k": dictionary.k,
        "multi_topk": False,
        "skip_connection": False,
        "transcode": False,
        "d_in": dictionary.width,
    }
    write_folder(folder, {WEIGHTS: weights, CONFIG: as_json(config)}, card=CONFIG)


FORMAT = DictionaryFormat((WEIGHTS, CONFIG), read_sparsify, write_sparsify)


def _k(path: Path, config: dict[str, Any]) -> int:
    k = config.get("k")
    if not isinstance(k, int) or isinstance(k, bool):
        raise BadInput(f"{path}: k is {k!r:.20}.", do="It must be a whole number.")
    return k


def _require_settings(path: Path, config: dict[str, Any]) -> None:
    wrong = [
        setting
        for setting, wanted in {
            "activation": "topk",
            "skip_connection": False,
            "transcode": False,
            "signed": False,
        }.items()
        if config.get(setting, wanted) != wanted
    ]
    if wrong:
        raise Refused(
            f"{path} has a setting that Clearspan does not compute: {wrong[0]} = {config[wrong[0]]!r:.40}.",
            why="Of sparsify's, TopK dictionaries that write where they read are opened.",
            do="Choose another.",
        )
