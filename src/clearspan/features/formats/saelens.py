"""SAELens' folder, which is also ours: `cfg.json` beside `sae_weights.safetensors`.

Read: configurations of SAELens 6, whose `metadata` says where the dictionary belongs, and the flat ones of earlier
versions. Written: those of SAELens 6, with the card under `metadata.clearspan`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from pydantic import ValidationError

from clearspan.errors import BadInput, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries import DICTIONARY_CLASSES
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.formats.base import DictionaryFormat
from clearspan.features.formats.folders import (
    as_json,
    as_safetensors,
    read_json,
    read_safetensors,
    write_folder,
)
from clearspan.features.formats.naming import require_named
from clearspan.features.names import DictionaryName
from clearspan.models.inside.sites import Site

CONFIG = "cfg.json"
WEIGHTS = "sae_weights.safetensors"

VERSION = "6.0.0"
"""The oldest SAELens whose configurations look like those written here."""

_THEIRS = {"relu": "standard"}
"""Architectures that SAELens has another word for."""

_HOOKS = {"residual": "resid_post", "mlp": "mlp_out", "attention": "attn_out"}


def read_saelens(folder: Path, name: DictionaryName | None = None) -> Dictionary:
    """Open a dictionary.

    Args:
        name: what to call it; needed where the folder has no card of Clearspan's.

    Raises:
        NotFound: a file is missing.
        BadInput: a file is damaged, or the two do not fit each other.
        Refused: it holds something that Clearspan does not compute.
    """
    path = folder / CONFIG
    config = _configuration(folder)
    architecture, centred = _require_settings(path, config)
    card = _card(path, config, architecture, name)
    tensors = _without_scale(read_safetensors(folder / WEIGHTS, "its weights, as SAELens writes them"), path)
    dictionary = DICTIONARY_CLASSES.get(architecture).made(card, tensors, config, centred=centred)
    for key, size in (("d_sae", dictionary.size), ("d_in", dictionary.width)):
        if config.get(key, size) != size:
            raise BadInput(
                f"{path} does not fit the weights beside it.",
                why=f"It says {key} = {config[key]!r:.20}, and they have {size}.",
                do="Fetch or write both again.",
            )
    return dictionary


def read_card(folder: Path) -> Card:
    """What is known of a dictionary, without its weights.

    Raises:
        NotFound, BadInput, Refused: as `read_saelens`.
    """
    config = _configuration(folder)
    return _card(folder / CONFIG, config, _require_settings(folder / CONFIG, config)[0], None)


def write_saelens(dictionary: Dictionary, folder: Path) -> None:
    """Write a dictionary, whole or not at all; evidence and labels beside it stay.

    Raises:
        Refused: another dictionary is in that folder.
        StorageError: the disk did not take it.
    """
    card = dictionary.card.model_copy(update={"architecture": dictionary.architecture})
    name = card.parsed_name
    config: dict[str, Any] = {
        "architecture": _THEIRS.get(dictionary.architecture, dictionary.architecture),
        "d_in": dictionary.width,
        "d_sae": dictionary.size,
        # SAELens turns the numbers into this format before it computes; they are stored in their own.
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": dictionary.centred,
        "normalize_activations": "none",
        "reshape_activations": "none",
    }
    config |= dictionary.settings
    config["metadata"] = {
        "sae_lens_version": VERSION,
        "sae_lens_training_version": None,
        "model_name": name.model,
        "hook_name": hook_name(name.site),
        "clearspan": card.model_dump(mode="json"),
    }
    files = {WEIGHTS: as_safetensors(dictionary.parameters), CONFIG: as_json(config)}
    write_folder(folder, files, card=CONFIG)


FORMAT = DictionaryFormat((WEIGHTS, CONFIG), read_saelens, write_saelens, says_name=True)


def hook_name(site: Site) -> str:
    """What TransformerLens, and SAELens with it, calls a site."""
    if site.part == "embedding":
        return "blocks.0.hook_resid_pre"
    return f"blocks.{site.layer}.hook_{_HOOKS[site.part]}"


def _configuration(folder: Path) -> dict[str, Any]:
    """The configuration as SAELens 6 would write it, also of those who wrote it flat."""
    path = folder / CONFIG
    config = read_json(path, "its configuration, as SAELens writes it")
    if isinstance(config.get("metadata"), dict):
        return config
    kernel = config.get("activation_fn", config.get("activation_fn_str", "relu"))
    arguments = cast("dict[str, Any]", config.get("activation_fn_kwargs") or {})
    if kernel not in {"relu", "topk"}:
        raise _refused(path, f"activation function {kernel!r:.40}", "those that are are 'relu' and 'topk'")
    normalized = config.get("normalize_activations")
    hook = config.get("hook_name", config.get("hook_point", ""))
    return {
        **config,
        "architecture": "topk" if kernel == "topk" else config.get("architecture", "standard"),
        "k": arguments.get("k", config.get("k")),
        "normalize_activations": {None: "none", False: "none", True: "expected_average_only_in"}.get(
            normalized, normalized
        ),
        "metadata": {
            "model_name": config.get("model_name"),
            "hook_name": hook,
            "hook_head_index": config.get("hook_head_index", config.get("hook_point_head_index")),
            "model_from_pretrained_kwargs": config.get("model_from_pretrained_kwargs"),
            "sae_lens_version": config.get("sae_lens_version"),
        },
    }


def _require_settings(path: Path, config: Mapping[str, Any]) -> tuple[str, bool]:
    """Our word for the architecture, and whether the decoder's bias is taken off before encoding."""
    named = config.get("architecture")
    ours = {_THEIRS.get(mine, mine): mine for mine in DICTIONARY_CLASSES.names()}
    if named not in ours:
        raise _refused(path, f"architecture {named!r:.40}", f"those that are are {', '.join(ours)}")
    metadata = cast("dict[str, Any]", config["metadata"])
    normalized = config.get("normalize_activations") or "none"
    if normalized == "expected_average_only_in":
        raise _refused(
            path, "normalize_activations = 'expected_average_only_in'", "its factor is not in the folder"
        )
    if normalized != "none":
        raise _refused(
            path, f"normalize_activations = {normalized!r:.40}", "activations are read as they are"
        )
    reshaped = config.get("reshape_activations") or "none"
    hook = str(metadata.get("hook_name") or "")
    if reshaped != "none" or hook.endswith("hook_z") or metadata.get("hook_head_index") is not None:
        raise _refused(
            path, f"its hook {hook or reshaped!r:.60}", "Clearspan has no site inside attention heads"
        )
    loading = cast("dict[str, Any]", metadata.get("model_from_pretrained_kwargs") or {})
    if loading.get("center_writing_weights"):
        raise _refused(path, "center_writing_weights", "the model's own residual stream is not centred")
    centred = config.get("apply_b_dec_to_input", True)
    if not isinstance(centred, bool):
        raise BadInput(f"{path}: apply_b_dec_to_input is {centred!r:.40}.", do="It must be true or false.")
    return ours[cast("str", named)], centred


def _card(path: Path, config: Mapping[str, Any], architecture: str, name: DictionaryName | None) -> Card:
    metadata = cast("dict[str, Any]", config["metadata"])
    if "clearspan" in metadata:
        try:
            card = Card.model_validate(metadata["clearspan"])
            card.parsed_name  # noqa: B018 (a name that cannot be read is damage too)
        except (ValidationError, BadInput) as error:
            raise BadInput(
                f"The card in {path} cannot be read.",
                why=str(error).splitlines()[0],
                do="Write the dictionary again.",
            ) from error
        if name is not None:
            require_named(card.parsed_name.model, name, path)
        return card.model_copy(update={"architecture": architecture} | ({"name": str(name)} if name else {}))
    if name is None:
        raise Refused(
            f"{path} does not say which model reference and site the dictionary belongs to.",
            why=f"It names {metadata.get('model_name')!r:.60} and {metadata.get('hook_name')!r:.60}, in other words.",
            do="Say it: 'clearspan features import FOLDER --model … --site … --name …'.",
        )
    require_named(metadata.get("model_name"), name, path)
    said = str(metadata.get("hook_name") or "")
    if said.startswith("blocks.") and said not in _hooks(name.site):
        raise BadInput(
            f"The dictionary does not belong to the site {name.site}.",
            why=f"{path} says that it was trained at {said:.60}.",
            do="Give the site that this hook stands for: blocks.N.hook_resid_post is layers.N.residual.",
        )
    version = metadata.get("sae_lens_version")
    return Card(
        name=str(name),
        architecture=architecture,
        trained_as=str(metadata.get("training_architecture") or ""),
        maker=f"SAELens {version}" if version else "SAELens",
    )


def _hooks(site: Site) -> set[str]:
    # The stream after a layer is the stream before the next, under two names.
    following = {f"blocks.{site.layer + 1}.hook_resid_pre"} if site.part == "residual" else set[str]()
    return {hook_name(site)} | following


def _without_scale(tensors: dict[str, torch.Tensor], path: Path) -> dict[str, torch.Tensor]:
    # Earlier versions kept a factor for each feature even where it changed nothing.
    scale = tensors.pop("scaling_factor", None)
    scales = scale is not None and not bool((scale == 1).all())
    if scales or "finetuning_scaling_factor" in tensors:
        raise _refused(path, "finetuning_scaling_factor", "activations are not scaled again after encoding")
    return tensors


def _refused(path: Path, setting: str, why: str) -> Refused:
    return Refused(
        f"{path} has a setting that Clearspan does not compute: {setting}.",
        why=f"{why[:1].upper()}{why[1:]}.",
        do="Choose another dictionary, or have its maker save it without this setting.",
    )
