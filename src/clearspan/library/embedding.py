"""The vectors of a library: which embedder they come from, and when they can be used."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.library.documents import Document, Passage
from clearspan.library.stopping import Stop
from clearspan.library.stores.base import Embeddings, Store

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

_TOGETHER = 64  # passages in one call of the embedder


class Vectors:
    """Embeds for a store, as long as the embedder at hand is the one that its vectors come from."""

    def __init__(self, store: Store, embedder: "Embedder | None") -> None:
        self._store = store
        self._embedder = embedder

    def note(self) -> str:
        """Why the library is not searched by meaning; empty if it is."""
        if self._embedder is None:
            return "Searched by words alone: no sentence embedder is in use."
        theirs = self._store.embedder()
        if theirs is None or theirs == self._embedder.reference:
            return ""
        return (
            f"Searched by words alone: the library's vectors come from {theirs}, and {self._embedder.reference} "
            "is in use. `clearspan library embed` makes them anew."
        )

    def of_query(self, query: str) -> NDArray[np.float32] | None:
        """Shape (dimension,), unit norm; None where the library is not searched by meaning."""
        embedder = self._usable()
        return None if embedder is None else embedder.embed([query])[0]

    def of_documents(
        self, documents: Sequence[tuple[Document, Sequence[Passage]]], stop: Stop | None = None
    ) -> list[Embeddings | None]:
        """Embeddings of each document's passages, made in common batches; None without a usable embedder.

        Raises:
            Stopped: between two batches.
        """
        embedder = self._usable()
        if embedder is None:
            return [None] * len(documents)
        texts = [embedded_text(document, passage) for document, passages in documents for passage in passages]
        parts: list[NDArray[np.float32]] = []
        for first in range(0, len(texts), _TOGETHER):
            if stop is not None:
                stop.check()
            parts.append(embedder.embed(texts[first : first + _TOGETHER]))
        rows = np.concatenate(parts) if parts else np.empty((0, embedder.dimension), np.float32)
        ends = np.cumsum([len(passages) for _, passages in documents])
        return (
            [Embeddings(embedder.reference, part) for part in np.split(rows, ends[:-1])]
            if parts
            else [Embeddings(embedder.reference, rows) for _ in documents]
        )

    def fill(self, progress: Callable[[int], None] | None = None) -> int:
        """Embed the documents that have no vectors yet; how many there were.

        Args:
            progress: is told how many are done.
        """
        if self._usable() is None:
            return 0
        done = 0
        for document_id in self._store.missing_vectors():
            document = self._store.document(document_id)
            if document is None:
                continue
            (embeddings,) = self.of_documents([(document, self._store.document_passages(document_id))])
            if embeddings is not None and self._store.set_vectors(
                document_id, document.content_hash, embeddings
            ):
                done += 1
                if progress is not None:
                    progress(done)
        return done

    def replace_all(self, progress: Callable[[int], None] | None = None) -> int:
        """Make all vectors anew with the embedder at hand; how many documents got them."""
        if self._embedder is None:
            raise BadInput(
                "Vectors cannot be made.",
                why="No sentence embedder is in use.",
                do="Name one in the setting 'embedder'.",
            )
        self._store.use_embedder(self._embedder.reference)
        return self.fill(progress)

    def _usable(self) -> "Embedder | None":
        return None if self.note() else self._embedder


def embedded_text(document: Document, passage: Passage) -> str:
    """What stands for a passage in the search by meaning: its document's title, then its text."""
    if passage.text.startswith(document.title):
        return passage.text
    return f"{document.title}\n{passage.text}"
