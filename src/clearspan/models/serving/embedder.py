"""Sentence embeddings from a BERT-like encoder: texts in, unit vectors out."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from clearspan.errors import BadInput, Refused
from clearspan.models.serving.encoder import Encoder, open_encoder, padded
from clearspan.models.serving.recall import Recall
from clearspan.models.text.characters import require_whole_characters
from clearspan.models.weights.sources import ModelFiles, resolve
from clearspan.settings import Settings

if TYPE_CHECKING:
    import torch

Pooling = Literal["mean", "cls"]


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """A text as the encoder read it.

    Attributes:
        vector: unit vector of the whole, shape `(dimension,)`; what `embed` gives.
        tokens: unit vectors of its tokens in their context, shape `(tokens, dimension)`, special ones left out.
        spans: character offsets of those tokens into the text.
    """

    vector: NDArray[np.float32]
    tokens: NDArray[np.float32]
    spans: tuple[tuple[int, int], ...]


# Rows times tokens of one batch: large enough to fill two cores, small enough for their caches.
_BATCH_TOKENS = 4096
_DEFAULT_MAX_TOKENS = 256
_KNOWN_MODULES = {"Transformer", "Pooling", "Normalize"}


class Embedder:
    """A sentence-transformers folder with mean or first-token pooling; safe to share between threads.

    Attributes:
        reference: the model reference that it was loaded from.
        dimension: length of a vector.
        max_tokens: longer texts are cut here, special tokens included.
    """

    def __init__(
        self, reference: str, encoder: Encoder, tokenizer: Tokenizer, pooling: Pooling, max_tokens: int
    ) -> None:
        self.reference = reference
        self.max_tokens = max_tokens
        self.dimension = encoder.dimension
        self._encoder = encoder
        self._tokenizer = tokenizer
        self._pooling = pooling
        # Two forwards at once would share the same cores and each take twice as long.
        self._turn = threading.Lock()
        self._recall = Recall(self.embed)

    @classmethod
    def load(cls, reference: str, settings: Settings, *, dtype: "torch.dtype | None" = None) -> "Embedder":
        """Load from a model reference.

        Args:
            reference: `minilm`, or `hub:` or `dir:` of a BERT-like sentence-transformers model.
            settings: where weights are kept, and the number of threads.
            dtype: number format of the arithmetic, in PyTorch then; the one that loads soonest by default.

        Raises:
            Refused: the model pools in a way, or has modules, that are not supported.
            BadInput: the folder's files cannot be read.
            ClearspanError: as `sources.resolve`.
        """
        files = resolve(reference, settings)
        if files.format != "transformers":
            raise Refused(
                f"{reference} cannot be used for embeddings.",
                why="It is a GGUF file; embeddings are read from safetensors.",
                do="Use minilm, or hub: or dir: of a sentence-transformers model.",
            )
        pooling = _pooling(files)
        try:
            encoder = open_encoder(files.folder, settings, dtype)
            tokenizer = Tokenizer.from_file(str(files.folder / "tokenizer.json"))
        except Exception as error:
            raise BadInput(
                f"{reference} could not be loaded as an embedding model.",
                why=f"{type(error).__name__}: {error}",
                do="Check that the folder holds config.json, safetensors and tokenizer.json of one model.",
            ) from error
        max_tokens = _max_tokens(files.folder, encoder.positions)
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_tokens)  # pyright: ignore[reportUnknownMemberType]
        return cls(reference, encoder, tokenizer, pooling, max_tokens)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, one row a text: shape `(len(texts), dimension)`.

        Texts longer than `max_tokens` are cut. Rows do not depend on the order of the texts.

        Raises:
            BadInput: a single string was given instead of a sequence of them, or a text holds a lone surrogate.
        """
        if isinstance(texts, str):
            raise BadInput("embed() takes a list of texts.", do="Write embed([text]).")
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for text in texts:
            require_whole_characters(text)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        with self._turn:
            for rows in _batches([len(ids) for ids in tokens]):
                vectors[rows] = self._forward([tokens[row] for row in rows])[0]
        return vectors

    def read(self, texts: Sequence[str]) -> list[EmbeddedText]:
        """As `embed`, with the vectors of the tokens: what aligns two texts word by word.

        Raises:
            BadInput: a text holds a lone surrogate.
        """
        for text in texts:
            require_whole_characters(text)
        encoded = self._tokenizer.encode_batch(list(texts))
        found: dict[int, EmbeddedText] = {}
        with self._turn:
            for rows in _batches([len(encoding.ids) for encoding in encoded]):
                pooled, states = self._forward([encoded[row].ids for row in rows])
                for place, row in enumerate(rows):
                    kept = [
                        index for index, special in enumerate(encoded[row].special_tokens_mask) if not special
                    ]
                    vectors = _unit(states[place, kept])
                    spans = tuple(encoded[row].offsets[index] for index in kept)
                    found[row] = EmbeddedText(pooled[place], vectors, spans)
        return [found[row] for row in range(len(texts))]

    def recall(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `embed`, for texts that come up again and again: those seen lately are not read again."""
        return self._recall.embed(texts)

    def token_count(self, text: str) -> int:
        """Tokens that `embed` reads of a text: special tokens included, at most `max_tokens`."""
        return len(self._tokenizer.encode(text).ids)

    def _forward(self, tokens: Sequence[Sequence[int]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Unit vectors of the texts, and the states of their tokens: `(texts, longest, dimension)`, padded."""
        ids, mask = padded(tokens)
        states = self._encoder.states(ids, mask)
        if self._pooling == "cls":
            return _unit(states[:, 0]), states
        weights = mask[..., None].astype(np.float32)
        return _unit((states * weights).sum(1) / weights.sum(1)), states


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return rows / np.maximum(lengths, np.float32(1e-12))


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Row numbers in groups of similar length, longest first, each at most `_BATCH_TOKENS` when padded."""
    batches: list[list[int]] = []
    width = 0
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if not batches or (len(batches[-1]) + 1) * width > _BATCH_TOKENS:
            batches.append([])
            width = lengths[row]
        batches[-1].append(row)
    return batches


def _pooling(files: ModelFiles) -> Pooling:
    modules_path = files.folder / "modules.json"
    if not modules_path.is_file():
        raise Refused(
            f"{files.reference} is not a sentence-transformers model.",
            why="It has no modules.json, so that it is unknown how its vectors are made.",
            do="Use minilm, or a model that was published for sentence-transformers.",
        )
    modules = cast("list[dict[str, Any]]", _read(modules_path))
    kinds = {str(module["type"]).rpartition(".")[2]: str(module["path"]) for module in modules}
    unknown = sorted(set(kinds) - _KNOWN_MODULES)
    if unknown or "Pooling" not in kinds:
        raise Refused(
            f"{files.reference} makes its vectors in a way that is not supported.",
            why=f"It has the modules {', '.join(kinds)}; supported are Transformer, Pooling, Normalize.",
            do="Use minilm, or a model with mean or first-token pooling.",
        )
    config = cast("dict[str, Any]", _read(files.folder / kinds["Pooling"] / "config.json"))
    modes = sorted(key for key, value in config.items() if key.startswith("pooling_mode_") and value is True)
    known: dict[tuple[str, ...], Pooling] = {
        ("pooling_mode_mean_tokens",): "mean",
        ("pooling_mode_cls_token",): "cls",
    }
    pooling = known.get(tuple(modes))
    if pooling is None:
        raise Refused(
            f"{files.reference} pools in a way that is not supported: {', '.join(modes) or 'none named'}.",
            do="Use minilm, or a model with mean or first-token pooling.",
        )
    return pooling


def _max_tokens(folder: Path, positions: int) -> int:
    path = folder / "sentence_bert_config.json"
    stated = cast("dict[str, Any]", _read(path)).get("max_seq_length") if path.is_file() else None
    return min(int(stated or _DEFAULT_MAX_TOKENS), positions)


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read.", why=str(error), do="Fetch the model again.") from error
