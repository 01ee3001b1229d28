"""The close reader: a large encoder that reads again what the small one thinks likeliest to answer.

What ships of it are adapters of low rank and heads (`training.run`). They are folded into the weights of MPNet, which
are fetched once, and the whole is kept beside them in 8 bits.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from clearspan.errors import BadInput
from clearspan.models.weights.cache import CachedModel, WeightsCache
from clearspan.models.weights.sources import resolve
from clearspan.overview.answering.reader.calibration import AnswerCalibration
from clearspan.overview.answering.reader.close_calibration import CloseCalibration
from clearspan.overview.answering.reader.session import VOCABULARY, Session

if TYPE_CHECKING:
    from clearspan.models.weights.progress import Progress
    from clearspan.settings import Settings

LARGE = "mpnet"
"""The weights that the adapters are folded into."""

ADAPTERS, CLOSE_CARD = "close.safetensors", "close.json"

CLOSE_GRAPH, _CLOSE_WEIGHTS = "close.onnx", "close.weights"

GRAPH_FORMAT = 2
"""Raised with every change of the graph that is written, so that none of before is taken for one of now."""

_ENTRY = "reader-close-"
_NEEDED_BYTES = 250_000_000
"""Room on the disk while the graph is written."""

MOST = 6
"""Windows that are read again: of 165 held-out questions a sentence that is marked or says the answer is among six
for .99, among three for .98 (`benchmarks/reading.py`)."""


@dataclass(frozen=True, slots=True)
class CloseReader:
    """The large network with its calibration.

    Attributes:
        session: the network.
        calibration: from what both networks say of a sentence to its probability.
        answer: the same for what is shown together.
        most: windows of a question that it reads.
    """

    session: Session
    calibration: CloseCalibration
    answer: AnswerCalibration
    most: int = MOST

    @classmethod
    def load(cls, folder: Path, settings: "Settings", progress: "Progress | None" = None) -> "CloseReader":
        """The close reader whose adapters are in a folder; its large weights are fetched and folded if need be.

        Raises:
            BadInput: a file is missing or damaged.
            FetchError, StorageError: as `models.weights.sources.resolve`.
        """
        try:
            adapters = (folder / ADAPTERS).read_bytes()
            card = cast("dict[str, Any]", json.loads((folder / CLOSE_CARD).read_text("utf-8")))
            calibration = CloseCalibration.from_card(card["calibration"])
            answer = AnswerCalibration.from_card(card["answer"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadInput(
                f"The close reader in {folder} cannot be loaded.",
                why=f"{type(error).__name__}: {error}",
                do="Install Clearspan again, or train it with `clearspan train reader --close`.",
            ) from error
        return cls(_session(adapters, folder / VOCABULARY, settings, progress), calibration, answer)


def folded(
    adapters: bytes, vocabulary: Path, settings: "Settings", progress: "Progress | None" = None
) -> CachedModel:
    """MPNet with adapters folded in, as a graph in the cache of weights; it is made where it is not there yet.

    Args:
        adapters: as `adapters.packed` keeps them.
        vocabulary: the reader's tokenizer.

    Raises:
        BadInput: the adapters are none of MPNet's.
        FetchError, StorageError: as `models.weights.sources.resolve`.
    """
    name = f"{_ENTRY}{_fingerprint(adapters, vocabulary)}"
    cache = WeightsCache(settings.models_dir)
    if (entry := cache.find(name)) is None:
        base = resolve(LARGE, settings, progress).folder

        def write(folder: Path) -> Mapping[str, str]:
            from clearspan.overview.answering.reader.graph import lay_out
            from clearspan.overview.answering.reader.mpnet import graph_with

            lay_out(graph_with(base, vocabulary, adapters), folder / CLOSE_GRAPH, _CLOSE_WEIGHTS)
            return {"reference": name, "source": LARGE, "licence": "Apache-2.0", "format": "onnx"}

        entry = cache.install(name, _NEEDED_BYTES, write)
    return entry


def _session(adapters: bytes, vocabulary: Path, settings: "Settings", progress: "Progress | None") -> Session:
    entry = folded(adapters, vocabulary, settings, progress)
    try:
        return Session(entry.folder / CLOSE_GRAPH)
    except BadInput:
        # The disk changed it: once more, from the weights.
        WeightsCache(settings.models_dir).discard(entry)
        return Session(folded(adapters, vocabulary, settings, progress).folder / CLOSE_GRAPH)


def _fingerprint(adapters: bytes, vocabulary: Path) -> str:
    told = hashlib.sha256(adapters)
    told.update(vocabulary.read_bytes())
    told.update(str(GRAPH_FORMAT).encode())
    return told.hexdigest()[:16]
