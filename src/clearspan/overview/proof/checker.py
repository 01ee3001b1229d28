"""A slot for a checker that somebody else trained: MiniCheck, TinyLettuce, HHEM and the like, by model reference.

Two kinds are read: a folder in transformers' format with a sequence classifier that scores (document, claim), and an
ONNX file of one with its tokenizer beside it. Nothing is fetched unless the settings name it.
"""

import importlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput, Refused
from clearspan.models.weights.pretrained import read_classifier
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings

_MOST_TOKENS = 512
_SUPPORTED = ("entail", "support", "consistent", "faithful", "attributable", "true", "1")
_OPPOSED = ("not", "in", "un", "contra", "non")


Inputs = dict[str, NDArray[np.int64]]


class Checker(Protocol):
    """Scores a claim against a document."""

    reference: str

    def probability(self, claim: str, document: str) -> float:
        """The probability that the document supports the claim, in [0, 1]."""
        ...


class CrossEncoder:
    """A classifier over (document, claim).

    Attributes:
        reference: the model reference that it was loaded from.
        supported: index of the class that means supported; None where there is one logit, for it.
    """

    def __init__(
        self,
        reference: str,
        tokenizer: Any,
        logits: Callable[[Inputs], NDArray[np.float32]],
        supported: int | None,
    ) -> None:
        self.reference = reference
        self.supported = supported
        self._tokenizer = tokenizer
        self._logits = logits

    @classmethod
    def load(cls, reference: str, settings: Settings) -> "CrossEncoder":
        """Load from `hub:`, `dir:` (transformers) or `onnx:PATH` (a .onnx file beside tokenizer.json and config.json).

        Raises:
            Refused: the model is no sequence classifier.
            BadInput: the files cannot be read, or no class says which one means supported.
            ClearspanError: as `sources.resolve`.
        """
        scheme, _, rest = reference.partition(":")
        if scheme == "onnx":
            return cls._onnx(reference, Path(rest).expanduser())
        files = resolve(reference, settings)
        if files.format != "transformers":
            raise Refused(
                f"{reference} cannot check claims.",
                why="It is a GGUF file; a checker is a sequence classifier.",
                do="Use hub: or dir: of a classifier, or onnx: and the path of one.",
            )
        supported = _supported(reference, files.folder)
        return cls(reference, _tokenizer(files.folder), _transformer(reference, files.folder), supported)

    @classmethod
    def _onnx(cls, reference: str, path: Path) -> "CrossEncoder":
        runtime: Any = importlib.import_module("onnxruntime")  # carries no types
        if not path.is_file():
            raise BadInput(f"There is no file {path}.", do="Write onnx: and the path of a .onnx file.")
        try:
            session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:
            raise BadInput(f"{path} is not an ONNX model.", why=str(error), do="Export it again.") from error
        wanted = {given.name for given in session.get_inputs()}

        def logits(inputs: Inputs) -> NDArray[np.float32]:
            return np.asarray(
                session.run(None, {k: v for k, v in inputs.items() if k in wanted})[0][0], np.float32
            )

        return cls(reference, _tokenizer(path.parent), logits, _supported(reference, path.parent))

    def probability(self, claim: str, document: str) -> float:
        """The probability that the document supports the claim, in [0, 1]; long documents are cut at their end."""
        encoded = self._tokenizer.encode(document, claim)
        inputs = {
            "input_ids": np.array([encoded.ids], np.int64),
            "attention_mask": np.array([encoded.attention_mask], np.int64),
            "token_type_ids": np.array([encoded.type_ids], np.int64),
        }
        logits = np.asarray(self._logits(inputs), np.float64)
        if self.supported is None:
            return float(1.0 / (1.0 + np.exp(-logits[0])))
        weights = np.exp(logits - logits.max())
        return float(weights[self.supported] / weights.sum())


def _transformer(reference: str, folder: Path) -> Callable[[Inputs], NDArray[np.float32]]:
    import torch

    try:
        model = read_classifier(folder)
    except Exception as error:
        raise BadInput(
            f"{reference} could not be loaded as a checker.",
            why=f"{type(error).__name__}: {error}",
            do="Check that the folder holds a sequence classifier with its tokenizer.",
        ) from error
    accepted = {"input_ids", "attention_mask"}
    if int(getattr(model.config, "type_vocab_size", 0) or 0) > 1:
        accepted.add("token_type_ids")

    def logits(inputs: Inputs) -> NDArray[np.float32]:
        with torch.inference_mode():
            given = {name: torch.as_tensor(value) for name, value in inputs.items() if name in accepted}
            return model(**given).logits[0].float().numpy()

    return logits


def _tokenizer(folder: Path) -> Any:
    tokenizers: Any = importlib.import_module("tokenizers")
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise BadInput(f"{folder} has no tokenizer.json.", do="Save the model's fast tokenizer beside it.")
    tokenizer = tokenizers.Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_MOST_TOKENS, strategy="only_first")
    return tokenizer


def _supported(reference: str, folder: Path) -> int | None:
    """The class that means supported, from the names of the classes."""
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{folder}/config.json cannot be read.", why=str(error)) from error
    labels = {int(key): str(name).lower() for key, name in dict(config.get("id2label") or {}).items()}
    if len(labels) <= 1:
        return None
    named = [number for number, name in sorted(labels.items()) if _says_supported(name)]
    if not named and set(labels.values()) == {"label_0", "label_1"}:
        return 1
    if len(named) != 1:
        raise BadInput(
            f"{reference} does not say which of its classes means supported.",
            why=f"Its classes are {', '.join(labels.values())}.",
            do="Name one of them 'supported' in id2label of config.json.",
        )
    return named[0]


def _says_supported(name: str) -> bool:
    return any(word in name for word in _SUPPORTED) and not _opposed(name)


def _opposed(name: str) -> bool:
    parts: Sequence[str] = name.replace("-", "_").split("_")
    return any(part.startswith(_OPPOSED) for part in parts)
