"""What a library needs of a storage backend. One file a backend beside this one; SQLite is the system of record."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from clearspan.library.documents import Document, Passage
from clearspan.receipts import Kind


@runtime_checkable
class Store(Protocol):
    """Documents and passages, searchable by words and by vectors.

    Every write is one transaction: it is wholly there after a crash or not at all. Safe to use from many
    threads of one process and from many processes.
    """

    def put(
        self, document: Document, passages: Sequence[Passage], vectors: NDArray[np.float32] | None
    ) -> None:
        """Store a document, replacing the one with the same locator atomically.

        Args:
            vectors: one unit-norm row a passage, shape (len(passages), dimension), or None without embeddings.
        """
        ...

    def remove(self, document_id: str) -> bool:
        """Remove a document and its passages; whether it was there."""
        ...

    def document(self, document_id: str) -> Document | None:
        """The whole document, text included."""
        ...

    def by_locator(self, locator: str) -> Document | None:
        """The document that came from there, text left empty."""
        ...

    def documents(self, kind: Kind | None = None) -> Iterator[Document]:
        """All documents in order of title, texts left empty; only those of one kind if given."""
        ...

    def set_kind(self, document_id: str, kind: Kind) -> bool:
        """Tag a document's publisher kind; whether it was there."""
        ...

    def passages(self, ids: Sequence[str]) -> Mapping[str, tuple[Passage, Document]]:
        """Passages by id, each with its document (text left empty); unknown ids are absent."""
        ...

    def document_passages(self, document_id: str) -> Sequence[Passage]:
        """All passages of a document, in order."""
        ...

    def search_words(self, query: str, limit: int) -> Sequence[tuple[str, float]]:
        """Passage ids by BM25, best first; scores are higher for better. Any text is a valid query."""
        ...

    def search_vectors(self, vector: NDArray[np.float32], limit: int) -> Sequence[tuple[str, float]]:
        """Passage ids by exact cosine, best first. `vector` is unit-norm, shape (dimension,)."""
        ...

    def document_frequency(self, words: Sequence[str]) -> Mapping[str, int]:
        """In how many passages each word (stemmed as the index stems) occurs."""
        ...

    def counts(self) -> tuple[int, int]:
        """Number of documents and of passages."""
        ...

    def missing_vectors(self) -> Sequence[str]:
        """Ids of documents with passages that have no vector for the store's embedder."""
        ...

    def revision(self) -> int:
        """A number that grows with every committed write."""
        ...

    def close(self) -> None:
        """Release connections and files."""
        ...
