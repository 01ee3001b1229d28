"""How far a pass is, in one file beside the dictionary, written whole or not at all."""

import io
import json
import logging
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from clearspan.features.evidence.table import Origin
from clearspan.features.evidence.tally import Tally
from clearspan.files import write_file

FILE = "evidence.partial.npz"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class GatheringProgress:
    """A pass at the end of some document.

    Attributes:
        key: stands for everything that decides the result: dictionary, model, corpora.
        documents: how many were read.
        digest: of their texts, in order.
        origins: of the documents that are among the candidates, by number.
    """

    key: str
    tally: Tally
    documents: int = 0
    digest: str = ""
    origins: dict[int, Origin] = field(default_factory=dict[int, Origin])

    def forget_origins(self) -> None:
        """Drop the origins of documents that no candidate is of any more."""
        held = {
            int(number)
            for pool in (self.tally.top, self.tally.middle)
            for number in np.unique(pool.arrays["documents"])
        }
        self.origins = {number: origin for number, origin in self.origins.items() if number in held}

    def save(self, folder: Path) -> None:
        """Keep it in the folder.

        Raises:
            StorageError: the disk did not take it.
        """
        facts = {"key": self.key, "documents": self.documents, "digest": self.digest, "origins": self.origins}
        content = io.BytesIO()
        arrays = self.tally.arrays()
        np.savez(
            content, allow_pickle=False, facts=np.frombuffer(json.dumps(facts).encode(), np.uint8), **arrays
        )
        write_file(folder / FILE, content.getbuffer())


def resume(folder: Path, key: str) -> GatheringProgress | None:
    """The pass that was interrupted in this folder, if there is one and it would have ended in the same evidence."""
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = cast("Mapping[str, NDArray[Any]]", dict(file))
        facts = json.loads(arrays["facts"].tobytes())
        if facts["key"] == key:
            origins = {int(number): Origin(*map(str, origin)) for number, origin in facts["origins"].items()}
            return GatheringProgress(
                key, Tally.of(arrays), int(facts["documents"]), str(facts["digest"]), origins
            )
    except (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile) as error:
        _log.warning("%s is damaged, and the pass begins again: %s", path, error)
        return None
    _log.warning("%s is of another pass, and is not gone on with.", path)
    return None
