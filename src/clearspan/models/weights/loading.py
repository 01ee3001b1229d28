"""From a language model's files to the model and its tokenizer in memory."""

import copy
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import safetensors
import safetensors.torch
import torch

from clearspan.errors import BadInput, ClearspanError, StorageError
from clearspan.models.weights.cache import WeightsCache, sha256_of
from clearspan.models.weights.gguf_header import read_header
from clearspan.models.weights.pretrained import read_causal, read_config, read_tokenizer
from clearspan.models.weights.sources import ModelFiles
from clearspan.settings import Settings

_log = logging.getLogger(__name__)
_safetensors = cast("Any", safetensors.torch)
_safe_open = cast("Any", safetensors).safe_open

# float32 takes about this many times the bytes of the smallest quantised blocks that are in use.
_GROWTH = 8


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A transformers causal language model and its tokenizer, ready for inference."""

    model: Any
    tokenizer: Any

    def twin(self) -> "LoadedModel":
        """The same weights, not copied, under modules of its own, which another thread may use and hook."""
        shared = {id(tensor): tensor for tensor in (*self.model.parameters(), *self.model.buffers())}
        return LoadedModel(copy.deepcopy(self.model, shared), self.tokenizer)


def load_weights(files: ModelFiles, settings: Settings, dtype: torch.dtype) -> LoadedModel:
    """Load a model; a GGUF file is converted once and read from the converted copy afterwards.

    transformers takes about 20 s to convert 135 million parameters, and under 2 s to read the copy. The copy
    keeps float32, which holds dequantised values exactly, and is named by the GGUF's hash. Where it cannot
    be stored, the GGUF is read each time.

    Raises:
        BadInput: the files are damaged, or not those of a whole causal language model.
    """
    try:
        if files.gguf is None:
            return _read(files, files.folder, dtype, None)
        read_header(files.gguf)
        try:
            folder = _converted(files, files.gguf, settings)
        except StorageError as error:
            _log.warning("%s is converted at every start: %s", files.reference, error)
            return _read(files, files.folder, dtype, files.gguf.name)
        return _read(files, folder, dtype, None)
    except OSError as error:
        raise _unreadable(files, error) from error


def _converted(files: ModelFiles, gguf: Path, settings: Settings) -> Path:
    cache = WeightsCache(settings.models_dir)
    sha256 = sha256_of(gguf)
    name = f"float32--{sha256[:16]}"

    def write(folder: Path) -> Mapping[str, str]:
        loaded = _read(files, gguf.parent, torch.float32, gguf.name)
        _save(loaded, folder)
        return {
            "reference": f"{files.reference} as float32",
            "source": f"{gguf.name}, SHA-256 {sha256}",
            "licence": "that of the GGUF file",
            "format": "transformers",
        }

    entry = cache.find(name) or cache.install(name, _GROWTH * gguf.stat().st_size, write)
    return entry.folder


def _save(loaded: LoadedModel, folder: Path) -> None:
    # Tied weights share one storage; safetensors wants each once, and the configuration ties them again.
    storages: set[int] = set()
    tensors: dict[str, torch.Tensor] = {}
    for name, tensor in loaded.model.state_dict().items():
        if tensor.data_ptr() not in storages:
            storages.add(tensor.data_ptr())
            tensors[name] = tensor.contiguous()
    _safetensors.save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = loaded.model.config
    # The copy is no longer quantised, and must not be read as if it were.
    del config.quantization_config
    config.save_pretrained(folder)
    loaded.model.generation_config.save_pretrained(folder)
    loaded.tokenizer.save_pretrained(folder)


def _check_numbers(folder: Path) -> None:
    """Refuse weights of integers that no configuration explains: they would be read as if they were numbers.

    Raises:
        BadInput: a matrix has a type that is not one of floating-point numbers.
        SafetensorError: a file's header is malformed.
    """
    if getattr(read_config(folder), "quantization_config", None) is not None:
        return
    for path in sorted(folder.glob("*.safetensors")):
        with _safe_open(path, "pt") as file:
            kinds = {name: file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118 (no dict)
        wrong = [name for name, kind in kinds.items() if name.endswith(".weight") and "F" not in kind]
        if wrong:
            raise BadInput(
                f"{path.name} holds weights that are not floating-point numbers.",
                why=f"'{wrong[0]:.80}' is of type {kinds[wrong[0]]}, and config.json names no quantisation.",
                do="Save the model again in float32, float16 or bfloat16.",
            )


def _read(files: ModelFiles, folder: Path, dtype: torch.dtype, gguf: str | None) -> LoadedModel:
    try:
        if gguf is None:
            _check_numbers(folder)
        return LoadedModel(read_causal(folder, dtype, gguf), read_tokenizer(folder, gguf))
    except ClearspanError:
        raise
    except OSError as error:
        if error.errno is not None:
            raise
        raise _unreadable(files, error) from error
    except Exception as error:
        raise _unreadable(files, error) from error


def _unreadable(files: ModelFiles, error: Exception) -> BadInput:
    said = next(iter(str(error).strip().splitlines()), "no reason given")
    return BadInput(
        f"{files.reference} could not be loaded as a language model.",
        why=f"{type(error).__name__}: {said}",
        do="Check that the files are whole and hold a causal language model with its tokenizer; "
        "'clearspan models verify' checks what is in the cache.",
    )
