"""Reading model folders with transformers: local files only, safetensors only, no remote code, no chatter.

transformers has no complete type information; its values enter here as `Any`.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
import transformers
from transformers import modeling_gguf_pytorch_utils

from clearspan.errors import BadInput

_LOCAL: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
_auto = cast("Any", transformers)
_gguf = cast("Any", modeling_gguf_pytorch_utils)
_quiet_lock = threading.RLock()


def read_config(folder: Path, gguf: str | None = None) -> Any:
    """The model's configuration (`transformers.PreTrainedConfig`); of a GGUF file in the folder if one is named."""
    source: dict[str, Any] = {"gguf_file": gguf} if gguf is not None else {}
    with _quiet():
        return _auto.AutoConfig.from_pretrained(folder, **source, **_LOCAL)


def read_encoder(folder: Path, dtype: torch.dtype) -> Any:
    """An encoder without any head, ready for inference."""
    with _quiet():
        model = _auto.AutoModel.from_pretrained(folder, dtype=dtype, use_safetensors=True, **_LOCAL)
    if getattr(model, "pooler", None) is not None:
        # The classification head's first layer: every forward would compute it, and nobody reads it.
        model.pooler = None
    return model.eval()


def read_causal(folder: Path, dtype: torch.dtype, gguf: str | None = None) -> Any:
    """A causal language model ready for inference; from a GGUF file in the folder if one is named.

    Raises:
        BadInput: weights are missing, which transformers would fill with random numbers.
    """
    source: dict[str, Any] = {"gguf_file": gguf} if gguf is not None else {"use_safetensors": True}
    with _quiet():
        model, found = _auto.AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype, output_loading_info=True, **source, **_LOCAL
        )
    missing = sorted(found["missing_keys"])
    if missing:
        raise BadInput(
            f"{len(missing)} weights of the model are missing.",
            why=f"The first of them is '{missing[0]:.80}'.",
            do="Download the model again; all shards must be there.",
        )
    return model.eval()


def read_classifier(folder: Path) -> Any:
    """A sequence classifier ready for inference, in float32."""
    with _quiet():
        kind = _auto.AutoModelForSequenceClassification
        model = kind.from_pretrained(folder, dtype=torch.float32, use_safetensors=True, **_LOCAL)
    return model.eval()


def read_tokenizer(folder: Path, gguf: str | None = None) -> Any:
    """The tokenizer, with its chat template where there is one."""
    source: dict[str, Any] = {"gguf_file": gguf} if gguf is not None else {}
    with _quiet():
        return _auto.AutoTokenizer.from_pretrained(folder, **source, **_LOCAL)


@contextmanager
def _quiet() -> Generator[None]:
    """Without transformers' progress bars and load reports; a failed load raises all the same."""
    logging = _auto.utils.logging
    with _quiet_lock:
        verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
        # Its bar over the tensors of a GGUF file does not ask whether bars are wanted; that of its logging does.
        own_bar, _gguf.tqdm = _gguf.tqdm, logging.tqdm
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            yield
        finally:
            _gguf.tqdm = own_bar
            logging.set_verbosity(verbosity)
            if bars:
                logging.enable_progress_bar()
