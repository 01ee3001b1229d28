"""Libraries as text files of one document a line: `jsonl:FOLDER` has `NAME.jsonl` for each, fit for version control.

The first line says which revision the file is and whose vectors it holds. All is kept in memory and every write makes
the file anew, which suits libraries of up to some thousand passages.
"""

import base64
import json
import math
import os
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from clearspan import BadInput, Busy, StorageError
from clearspan.language.words import STOPWORDS, stem, words
from clearspan.library.documents import Document, Passage
from clearspan.library.stores.base import Embeddings
from clearspan.receipts import Kind

_K1, _B = 1.2, 0.75  # BM25's constants, as SQLite has them
_WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class _Entry:
    """A document, its passages, and their vectors: shape (passages, dimension)."""

    document: Document
    passages: tuple[Passage, ...]
    rows: NDArray[np.float32] | None = None

    @property
    def light(self) -> Document:
        return replace(self.document, text="")

    def line(self) -> str:
        document = asdict(self.document) | {"added_at": self.document.added_at.isoformat()}
        vectors = None if self.rows is None else base64.b64encode(self.rows.astype("<f4").tobytes()).decode()
        spans = [{**asdict(passage), "text": None} for passage in self.passages]
        return json.dumps({"document": document, "passages": spans, "vectors": vectors}, ensure_ascii=False)

    @classmethod
    def parse(cls, line: str) -> "_Entry":
        found = json.loads(line)
        said = found["document"]
        said |= {
            "added_at": datetime.fromisoformat(said["added_at"]),
            "page_starts": tuple(said["page_starts"]),
        }
        document = Document(**said)
        passages = tuple(
            Passage(**{**span, "text": document.text[span["start"] : span["end"]]})
            for span in found["passages"]
        )
        if found["vectors"] is None:
            return cls(document, passages)
        rows = np.frombuffer(base64.b64decode(found["vectors"]), "<f4").reshape(len(passages), -1)
        return cls(document, passages, rows)


@dataclass(frozen=True)
class _State:
    """What a file says; never changed, so that whoever reads it sees one state."""

    revision: int = 0
    embedder: str | None = None
    entries: Mapping[str, _Entry] = field(default_factory=dict)

    @cached_property
    def passages(self) -> dict[str, tuple[Passage, _Entry]]:
        return {passage.id: (passage, entry) for entry in self.entries.values() for passage in entry.passages}

    @cached_property
    def stems(self) -> dict[str, Counter[str]]:
        """How often each stem stands in each passage, its title and its heading."""
        return {
            key: Counter(map(stem, words(f"{entry.document.title} {passage.heading} {passage.text}")))
            for key, (passage, entry) in self.passages.items()
        }

    @cached_property
    def frequency(self) -> Counter[str]:
        """In how many passages each stem stands."""
        return Counter(one for counted in self.stems.values() for one in counted)

    @cached_property
    def vectors(self) -> tuple[list[str], NDArray[np.float32]]:
        with_rows = [entry for entry in self.entries.values() if entry.rows is not None and entry.passages]
        keys = [passage.id for entry in with_rows for passage in entry.passages]
        return keys, np.concatenate([entry.rows for entry in with_rows]) if keys else np.empty(
            (0, 0), np.float32
        )

    def text(self) -> str:
        head = json.dumps({"revision": self.revision, "embedder": self.embedder})
        return "\n".join([head, *(entry.line() for entry in self.entries.values())]) + "\n"

    @classmethod
    def parse(cls, text: str) -> "_State":
        head, *lines = text.removesuffix("\n").split("\n")
        entries = [_Entry.parse(line) for line in lines]
        said = json.loads(head)
        return cls(said["revision"], said["embedder"], {entry.document.id: entry for entry in entries})


class JsonLinesStore:
    """One library in one file; see `clearspan.library.stores.base.Store`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reading = threading.Lock()
        # The first keeps other threads out, the second other stores and processes.
        self._writing = threading.Lock()
        self._writing_apart = FileLock(f"{path}.lock", timeout=_WAIT_SECONDS)
        self._known: tuple[tuple[int, int], _State] | None = None
        self._write(lambda state: None if path.exists() else state)

    @classmethod
    def open(cls, address: str, name: str) -> "JsonLinesStore":
        folder = _folder(address)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(folder, error) from error
        return cls(folder / f"{name}.jsonl")

    @classmethod
    def names(cls, address: str) -> Collection[str]:
        return [path.stem for path in _folder(address).glob("*.jsonl")]

    def put(
        self, document: Document, passages: Sequence[Passage], embeddings: Embeddings | None = None
    ) -> None:
        def change(state: _State) -> _State:
            rows, embedder = _rows(state, passages, embeddings)
            # As a row of SQLite, a document that replaces another goes to the end.
            others = {key: one for key, one in state.entries.items() if key != document.id}
            entries = others | {document.id: _Entry(document, tuple(passages), rows)}
            return replace(state, entries=entries, embedder=embedder)

        self._write(change)

    def remove(self, document_id: str) -> bool:
        def change(state: _State) -> _State | None:
            if document_id not in state.entries:
                return None
            return replace(state, entries={k: one for k, one in state.entries.items() if k != document_id})

        return self._write(change)

    def document(self, document_id: str) -> Document | None:
        entry = self._now().entries.get(document_id)
        return entry.document if entry else None

    def by_locator(self, locator: str) -> Document | None:
        entries = self._now().entries.values()
        return next((entry.light for entry in entries if entry.document.locator == locator), None)

    def documents(self, kind: Kind | None = None) -> Iterator[Document]:
        found = [
            one.light for one in self._now().entries.values() if kind is None or one.document.kind == kind
        ]
        return iter(sorted(found, key=lambda document: document.title.casefold()))

    def set_kind(self, document_id: str, kind: Kind) -> bool:
        return self._replace(document_id, lambda one: replace(one, document=replace(one.document, kind=kind)))

    def passages(self, ids: Sequence[str]) -> Mapping[str, tuple[Passage, Document]]:
        known = self._now().passages
        return {key: (known[key][0], known[key][1].light) for key in ids if key in known}

    def document_passages(self, document_id: str) -> Sequence[Passage]:
        entry = self._now().entries.get(document_id)
        return entry.passages if entry else ()

    def search_words(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        state = self._now()
        every = list(dict.fromkeys(words(query)))
        asked = {stem(word) for word in ([w for w in every if w not in STOPWORDS] or every)}
        total = len(state.stems)
        mean = sum(map(Counter.total, state.stems.values())) / max(1, total)
        scores: dict[str, float] = {}
        for term in asked & state.frequency.keys():
            count = state.frequency[term]
            rarity = math.log(1 + (total - count + 0.5) / (count + 0.5))
            for key, counted in state.stems.items():
                if often := counted[term]:
                    length = _K1 * (1 - _B + _B * counted.total() / mean)
                    scores[key] = scores.get(key, 0.0) + rarity * often * (_K1 + 1) / (often + length)
        return sorted(scores.items(), key=lambda found: (-found[1], found[0]))[:limit]

    def search_vectors(self, vector: NDArray[np.float32], limit: int) -> Sequence[tuple[str, float]]:
        keys, rows = self._now().vectors
        if not keys:
            return []
        scores = rows @ vector
        return [(keys[i], float(scores[i])) for i in np.argsort(-scores, kind="stable")[:limit]]

    def document_frequency(self, words_: Sequence[str]) -> Mapping[str, int]:
        frequency = self._now().frequency
        return {word: max((frequency[stem(one)] for one in words(word)), default=0) for word in words_}

    def counts(self) -> tuple[int, int]:
        state = self._now()
        return len(state.entries), len(state.passages)

    def missing_vectors(self) -> Sequence[str]:
        entries = self._now().entries.items()
        return [key for key, entry in entries if entry.passages and entry.rows is None]

    def set_vectors(self, document_id: str, content_hash: str, embeddings: Embeddings) -> bool:
        def change(state: _State) -> _State | None:
            entry = state.entries.get(document_id)
            if entry is None or entry.document.content_hash != content_hash:
                return None
            rows, embedder = _rows(state, entry.passages, embeddings)
            entries = dict(state.entries) | {document_id: replace(entry, rows=rows)}
            return replace(state, entries=entries, embedder=embedder)

        return self._write(change)

    def embedder(self) -> str | None:
        return self._now().embedder

    def use_embedder(self, reference: str) -> None:
        def change(state: _State) -> _State | None:
            if state.embedder == reference:
                return None
            bare = {key: replace(entry, rows=None) for key, entry in state.entries.items()}
            return replace(state, entries=bare, embedder=reference)

        self._write(change)

    def revision(self) -> int:
        return self._now().revision

    def close(self) -> None:
        self._known = None

    def _replace(self, document_id: str, change: Callable[[_Entry], _Entry]) -> bool:
        def changed(state: _State) -> _State | None:
            if document_id not in state.entries:
                return None
            entries = dict(state.entries) | {document_id: change(state.entries[document_id])}
            return replace(state, entries=entries)

        return self._write(changed)

    def _now(self) -> _State:
        """The state of the file, read again if another process or store has written it."""
        with self._reading:
            try:
                status = self._path.stat()
                # Every write makes a new file, so that its number tells it from the last.
                stamp = (status.st_ino, status.st_mtime_ns)
                if self._known is None or self._known[0] != stamp:
                    self._known = stamp, _State.parse(self._path.read_text("utf-8"))
            except OSError as error:
                raise _unusable(self._path, error) from error
            except (ValueError, KeyError, TypeError) as error:
                raise StorageError(
                    f"The library {self._path.name} cannot be read.",
                    why=f"A line of it is not as it was written: {error}.",
                    do="Take it from version control again.",
                ) from error
            return self._known[1]

    def _write(self, change: Callable[[_State], _State | None]) -> bool:
        """Make the file anew unless the change is None; wholly there after a crash, or not at all."""
        try:
            with self._writing, self._writing_apart:
                state = change(self._now() if self._path.exists() else _State())
                if state is None:
                    return False
                draft = Path(f"{self._path}.new")
                with draft.open("w", encoding="utf-8") as file:
                    file.write(replace(state, revision=state.revision + 1).text())
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self._path)
                return True
        except Timeout as error:
            raise Busy(
                f"The library {self._path.name} is locked.",
                why="Another program has been writing to it for too long.",
                do="Wait until it has finished, then try again.",
            ) from error
        except OSError as error:
            raise _unusable(self._path, error) from error


def _folder(address: str) -> Path:
    folder = address.partition(":")[2]
    if not folder:
        raise BadInput(f"The address {address} names no folder.", do="Write jsonl:FOLDER.")
    return Path(folder).expanduser()


def _rows(
    state: _State, passages: Sequence[Passage], embeddings: Embeddings | None
) -> tuple[NDArray[np.float32] | None, str | None]:
    """The vectors to keep and whose the store's are then, if they go together."""
    if embeddings is None:
        return None, state.embedder
    if len(embeddings.rows) != len(passages):
        raise BadInput(f"{len(embeddings.rows)} vectors do not fit {len(passages)} passages.")
    if state.embedder not in (None, embeddings.embedder):
        raise BadInput(
            f"Vectors of {embeddings.embedder} cannot join this library.",
            why=f"Its vectors come from {state.embedder}.",
            do="Use that embedder, or make all vectors anew with `clearspan library embed`.",
        )
    return np.asarray(embeddings.rows, np.float32), embeddings.embedder


def _unusable(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path} cannot be used: {error.strerror or error}.", do="Check that it may be read and written."
    )
