"""A dictionary as one NPZ file, as NumPy and JAX write it: `numpy.savez("dictionary.npz", W_enc=…, b_enc=…, …)`.

Its arrays are those of a ReLU dictionary, or of a JumpReLU one where there is a `threshold`, in float32 or float16. A
text `name` may say where it belongs: `smollm2-135m/layers.15.residual/8k`.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
import torch

from clearspan import BadInput, Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.dictionaries.relu import ReluDictionary
from clearspan.features.formats.base import DictionaryFormat
from clearspan.features.formats.folders import damaged, require_file, write_folder
from clearspan.features.names import DictionaryName

WEIGHTS = "dictionary.npz"
_KINDS: tuple[type[Dictionary], ...] = (JumpReluDictionary, ReluDictionary)


def read(folder: Path, name: DictionaryName | None) -> Dictionary:
    """Open a dictionary; a name that is given stands above the file's own."""
    path = require_file(folder / WEIGHTS, "its arrays, as numpy.savez writes them")
    try:
        # Objects are pickles, and never loaded.
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise damaged(path, str(error)) from error
    said = str(arrays.pop("name", ""))
    if not said and name is None:
        raise Refused(
            f"{path} does not say where the dictionary belongs.", do="Give it a text 'name', or say it."
        )
    kind = next((kind for kind in _KINDS if set(kind.shapes) == set(arrays)), None)
    if kind is None:
        raise BadInput(
            f"{path} holds {', '.join(arrays) or 'nothing'}.",
            why="; ".join(f"A {kind.architecture} dictionary has {', '.join(kind.shapes)}" for kind in _KINDS)
            + ".",
            do="Save it with these names.",
        )
    card = Card(name=str(name or DictionaryName.parse(said)), architecture=kind.architecture, maker="NumPy")
    return kind(card, {key: torch.from_numpy(array) for key, array in arrays.items()})


def write(dictionary: Dictionary, folder: Path) -> None:
    """Write a dictionary, in float32 where NumPy has no word for its number format."""
    if not isinstance(dictionary, _KINDS) or dictionary.centred:
        raise Refused(
            f"{dictionary.card.name} cannot be written as npz.",
            why="The format knows ReLU and JumpReLU dictionaries that do not take the decoder's bias off first.",
            do="Write it as 'saelens'.",
        )
    tensors = {
        key: tensor.float() if tensor.dtype == torch.bfloat16 else tensor
        for key, tensor in dictionary.parameters.items()
    }
    arrays = {key: tensor.numpy() for key, tensor in tensors.items()}
    content = io.BytesIO()
    np.savez(content, name=np.array(dictionary.card.name), **arrays)
    write_folder(folder, {WEIGHTS: content.getvalue()})


FORMAT = DictionaryFormat((WEIGHTS,), read, write, says_name=True)
