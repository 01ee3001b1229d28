"""Gemma Scope (Lieberum et al. 2024): JumpReLU dictionaries of Gemma 2 as `params.npz`."""

import io
import pickle
import zipfile
import zlib
from pathlib import Path

import numpy as np
import torch

from clearspan.errors import Refused
from clearspan.features.card import Card
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.formats.base import DictionaryFormat
from clearspan.features.formats.folders import damaged, require_file, write_folder
from clearspan.features.names import DictionaryName

WEIGHTS = "params.npz"

NAMES = {"w_enc": "W_enc", "b_enc": "b_enc", "w_dec": "W_dec", "b_dec": "b_dec", "threshold": "threshold"}
THEIRS = {ours: theirs for theirs, ours in NAMES.items()}


def read_gemma_scope(folder: Path, name: DictionaryName) -> Dictionary:
    """Open a dictionary.

    Args:
        name: what to call it; the file does not say where it belongs.

    Raises:
        NotFound: there is no `params.npz`.
        BadInput: it is damaged, or not one of these.
        Refused: the site is one at which Gemma Scope reads something else than Clearspan does.
    """
    if name.site.part in {"attention", "embedding"}:
        raise Refused(
            f"Dictionaries of Gemma Scope do not fit the site {name.site}.",
            why="Those of attention read its heads before they are joined, those of embeddings read them before they "
            "are scaled.",
            do="Take one of the residual stream or of the feed-forward part.",
        )
    path = require_file(folder / WEIGHTS, "the dictionary's weights, as Gemma Scope has them")
    tensors = {NAMES.get(key, key): tensor for key, tensor in _read(path).items()}
    card = Card(name=str(name), architecture="jumprelu", trained_as="jumprelu", maker="Gemma Scope")
    return JumpReluDictionary(card, tensors)


def write_gemma_scope(dictionary: Dictionary, folder: Path) -> None:
    """Write a dictionary, whole or not at all.

    Raises:
        Refused: the format cannot say what it is, or another dictionary is in that folder.
        StorageError: the disk did not take it.
    """
    require_plain_jumprelu(dictionary, "Gemma Scope")
    for key, tensor in dictionary.parameters.items():
        if tensor.dtype == torch.bfloat16:
            raise Refused(
                f"{key} of {dictionary.card.name} is in bfloat16, which an NPZ file cannot hold.",
                do="Write it as 'gemma-scope-2' or 'saelens'.",
            )
    file = io.BytesIO()
    np.savez(file, **{THEIRS[key]: tensor.numpy(force=True) for key, tensor in dictionary.parameters.items()})  # pyright: ignore[reportArgumentType]
    write_folder(folder, {WEIGHTS: file.getvalue()})


FORMAT = DictionaryFormat((WEIGHTS,), read_gemma_scope, write_gemma_scope)


def require_plain_jumprelu(dictionary: Dictionary, format_name: str) -> None:
    """Raise unless a dictionary is of the kind that Gemma Scope has.

    Raises:
        Refused: it is of another architecture, or takes the decoder's bias off before encoding.
    """
    if not isinstance(dictionary, JumpReluDictionary) or dictionary.centred:
        kind = f"a {dictionary.architecture} dictionary"
        raise Refused(
            f"{dictionary.card.name} cannot be written as {format_name}.",
            why=f"It is {kind}{' that is centred' if dictionary.centred else ''}; the format knows JumpReLU alone, "
            "without the decoder's bias taken off before encoding.",
            do="Write it as 'saelens', which can say so.",
        )


def _read(path: Path) -> dict[str, torch.Tensor]:
    try:
        with np.load(path, allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise damaged(path, "It holds a single array.")
            return {key: torch.tensor(file[key]) for key in file.files}
    except (ValueError, TypeError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise damaged(path, str(error)) from error
    except pickle.UnpicklingError as error:
        raise damaged(path, "It is a pickle, which can run code and is never read.") from error
