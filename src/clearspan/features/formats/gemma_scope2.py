"""Gemma Scope 2: JumpReLU dictionaries of Gemma 3, `params.safetensors` beside `config.json`."""

from pathlib import Path
from typing import Any

from clearspan.errors import BadInput, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.formats.base import DictionaryFormat
from clearspan.features.formats.folders import (
    as_json,
    as_safetensors,
    read_json,
    read_safetensors,
    write_folder,
)
from clearspan.features.formats.gemma_scope import NAMES, THEIRS, require_plain_jumprelu
from clearspan.features.names import DictionaryName
from clearspan.models.inside.sites import Site

CONFIG = "config.json"
WEIGHTS = "params.safetensors"


def read_gemma_scope2(folder: Path, name: DictionaryName) -> Dictionary:
    """Open a dictionary.

    Args:
        name: what to call it; the files name the model in other words.

    Raises:
        NotFound: a file is missing.
        BadInput: a file is damaged, the two do not fit, or they belong to another site.
        Refused: it is a transcoder, or reads attention heads before they are joined.
    """
    path = folder / CONFIG
    config = read_json(path, "the dictionary's configuration, as Gemma Scope 2 has it")
    _require_settings(path, config, name)
    tensors = read_safetensors(folder / WEIGHTS, "the dictionary's weights, as Gemma Scope 2 has them")
    if "affine_skip_connection" in tensors:
        raise _transcoder(path)
    ours = {NAMES.get(key, key): tensor for key, tensor in tensors.items()}
    card = Card(name=str(name), architecture="jumprelu", trained_as="jumprelu", maker="Gemma Scope 2")
    dictionary = JumpReluDictionary(card, ours)
    if config.get("width", dictionary.size) != dictionary.size:
        raise BadInput(
            f"{path} does not fit the weights beside it.",
            why=f"It says {config['width']!r:.20} features, and they have {dictionary.size}.",
            do="Fetch both again.",
        )
    return dictionary


def write_gemma_scope2(dictionary: Dictionary, folder: Path) -> None:
    """Write a dictionary, whole or not at all.

    Raises:
        Refused: the format cannot say what it is, or another dictionary is in that folder.
        StorageError: the disk did not take it.
    """
    require_plain_jumprelu(dictionary, "Gemma Scope 2")
    name = dictionary.card.parsed_name
    hook = _hook(name.site)
    if hook is None:
        raise Refused(
            f"{name} cannot be written as Gemma Scope 2.",
            why=f"The format has no words for the site {name.site}.",
            do="Write it as 'saelens'.",
        )
    config: dict[str, Any] = {
        "hf_hook_point_in": hook,
        "hf_hook_point_out": hook,
        "width": dictionary.size,
        "model_name": name.model,
        "architecture": "jump_relu",
        "affine_connection": False,
        "type": "sae",
    }
    weights = as_safetensors({THEIRS[key]: tensor for key, tensor in dictionary.parameters.items()})
    write_folder(folder, {WEIGHTS: weights, CONFIG: as_json(config)}, card=CONFIG)


FORMAT = DictionaryFormat((WEIGHTS, CONFIG), read_gemma_scope2, write_gemma_scope2)


def _hook(site: Site) -> str | None:
    if site.part == "residual":
        return f"model.layers.{site.layer}.output"
    if site.part == "mlp":
        return f"model.layers.{site.layer}.post_feedforward_layernorm.output"
    return None


def _require_settings(path: Path, config: dict[str, Any], name: DictionaryName) -> None:
    if config.get("architecture") != "jump_relu":
        raise Refused(
            f"{path} names the architecture {config.get('architecture')!r:.40}.",
            why="Of Gemma Scope 2, dictionaries with 'jump_relu' are read.",
            do="Choose another.",
        )
    entering, leaving = config.get("hf_hook_point_in"), config.get("hf_hook_point_out")
    if config.get("type", "sae") != "sae" or leaving not in {None, entering}:
        raise _transcoder(path)
    if not isinstance(entering, str) or entering.endswith("o_proj.input"):
        raise Refused(
            f"{path} reads {entering!r:.80}.",
            why="Clearspan has no site inside attention, before the heads are joined.",
            do="Take a dictionary of the residual stream or of the feed-forward part.",
        )
    if entering != _hook(name.site):
        raise BadInput(
            f"The dictionary does not belong to the site {name.site}.",
            why=f"{path} says that it reads {entering:.80}.",
            do="Name the site that it reads: model.layers.N.output is layers.N.residual.",
        )


def _transcoder(path: Path) -> Refused:
    return Refused(
        f"{path} belongs to a transcoder.",
        why="A transcoder reads one place and writes another; Clearspan's dictionaries write where they read.",
        do="Choose a dictionary of type 'sae'.",
    )
