"""SAELens' folder, which is also ours: `cfg.json` beside `sae_weights.safetensors`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file  # pyright: ignore[reportUnknownVariableType]

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.gated import GatedDictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.dictionaries.relu import ReluDictionary
from clearspan.features.dictionaries.topk import TopKDictionary

CONFIG = "cfg.json"
WEIGHTS = "sae_weights.safetensors"


def read_saelens(folder: Path) -> Dictionary:
    """Open a dictionary.

    Raises:
        NotFound: a file is missing.
        BadInput: a file is damaged, or the two do not fit each other.
        Refused: it holds something that Clearspan does not compute.
    """
    raise NotImplementedError


def write_saelens(dictionary: Dictionary, folder: Path) -> None:
    """Write a dictionary, whole or not at all."""
    raise NotImplementedError
