"""Opening the fast path for a model: what it needs, and the proof that it computes the same."""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from clearspan.errors import Refused
from clearspan.models.backends.base import Backend, Work
from clearspan.models.backends.native import build
from clearspan.models.backends.native.backend import NativeBackend
from clearspan.models.backends.native.packing import Packer, Sizes, require_family, unsupported
from clearspan.models.backends.native.structs import declare
from clearspan.models.backends.native.tensors import FolderTensors, GgufTensors, Tensors
from clearspan.models.inside.sinks import TEXT
from clearspan.models.weights.loading import LoadedModel
from clearspan.models.weights.sources import ModelFiles
from clearspan.settings import Settings

_log = logging.getLogger(__name__)

LARGEST_DIVERGENCE = 0.02
"""Mean Kullback-Leibler divergence from the plain path, in nats, above which the fast path is not used.

The plain path in bfloat16 is about 0.001 from itself in float32; a wrong reading of an architecture gives above 1."""

_ROPE_TYPES = frozenset({"default", "linear", "llama3", "yarn"})


def require_possible(config: Any) -> Sizes:
    """Raise unless the fast path can run a model of this configuration.

    Raises:
        Refused: it cannot; says why.
    """
    require_family(config)
    rotary = cast("dict[str, Any]", getattr(config, "rope_parameters", None) or {})
    kind = rotary.get("rope_type", "default")
    if kind not in _ROPE_TYPES:
        raise unsupported(f"its rotary positions are of the kind '{kind}'")
    return Sizes.of(config)


def step_threads(settings: Settings) -> int:
    """Threads of the processor that a step runs on; as many as PyTorch's where the settings name none."""
    return settings.threads or torch.get_num_threads()


def open_native(
    library: Path, loaded: LoadedModel, files: ModelFiles, settings: Settings, plain: Backend
) -> NativeBackend:
    """Pack a model's weights and check the result against the plain path.

    Args:
        library: as `build.build` made it.
        plain: the reference; asked only where this library and these files were never checked before.

    Raises:
        Refused: the model is not one for the fast path, or the two do not agree.
    """
    config = loaded.model.config.get_text_config()
    sizes = require_possible(config)
    opened = declare(build.load(library))
    rotary: Any = LlamaRotaryEmbedding(config=config)
    frequencies = rotary.inv_freq.float().numpy()
    if frequencies.shape != (sizes.head // 2,):
        raise unsupported("it rotates only a part of each head")
    packed = Packer(opened, _tensors(files, sizes), sizes).pack(
        frequencies, float(rotary.attention_scaling), step_threads(settings)
    )
    tokens = cast("list[int]", loaded.tokenizer(TEXT)["input_ids"][: sizes.context])
    backend = NativeBackend(opened, packed, files.reference, tokens)
    record = library.with_name(f"checked-{_identity(library, files)}.json")
    if not record.is_file():
        divergence = _divergence(plain, backend, tokens)
        # Not a number is not below the limit either.
        if not divergence <= LARGEST_DIVERGENCE:
            raise unsupported(
                f"its results differ from transformers' by {divergence:.3g} nats, more than {LARGEST_DIVERGENCE:g}"
            )
        try:
            record.write_text(json.dumps({"reference": files.reference, "divergence": divergence}))
        except OSError as error:
            _log.info("%s is checked again next time: %s", files.reference, error)
    return backend


def _tensors(files: ModelFiles, sizes: Sizes) -> Tensors:
    if files.gguf is not None:
        return GgufTensors(files.gguf, {"q_proj": sizes.heads, "k_proj": sizes.kv_heads})
    return FolderTensors(files.folder)


def _identity(library: Path, files: ModelFiles) -> str:
    """Names a library, the packing in front of it, and the weights that they were checked with."""
    digest = hashlib.sha256(library.name.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    whole_model = [*sorted(files.folder.glob("*.safetensors")), files.folder / "config.json"]
    paths = [files.gguf] if files.gguf is not None else whole_model
    for path in paths:
        state = path.stat()
        digest.update(f"{path.name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _divergence(plain: Backend, native: Backend, tokens: list[int]) -> float:
    """Mean Kullback-Leibler divergence of next-token distributions over a text, in nats."""
    found: list[torch.Tensor] = []
    for backend in (plain, native):
        slot = backend.open()
        try:
            logits = backend.forward([Work(slot, tokens, "all")])[0]
        finally:
            backend.close(slot)
        if logits is None:
            raise Refused("The model gave no logits.", do="Report this; everything works on the plain path.")
        found.append(logits.double().log_softmax(-1))
    expected, got = found
    return float(np.mean((expected.exp() * (expected - got)).sum(-1).numpy()))
