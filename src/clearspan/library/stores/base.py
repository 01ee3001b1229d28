"""What a library needs of a storage backend. One file a backend beside this one; SQLite is the system of record."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from clearspan.library.documents import Document, Passage
from clearspan.receipts import Kind


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Vectors of the passages of one document.

    Attributes:
        embedder: model reference of the embedder that made them.
        rows: unit-norm, one row a passage in order, shape (passages, dimension).
    """

    embedder: str
    rows: NDArray[np.float32]


@runtime_checkable
class Store(Protocol):
    """Documents and passages of one library, searchable by words and by vectors.

    Every write is one transaction: it is wholly there after a crash or not at all. Safe to use from many
    threads of one process and from many processes.
    """

    @classmethod
    def open(cls, address: str, name: str) -> Self:
        """The store of the library of this name at an address of this backend, created when missing.

        Args:
            address: whole, scheme included: `sqlite:FOLDER`.
            name: as `naming.resolve` gives it: letters, digits, spaces and `. - _ @`.

        Raises:
            BadInput: the address is malformed.
            StorageError, Busy: it cannot be used.
        """
        ...

    @classmethod
    def names(cls, address: str) -> Collection[str]:
        """Names of the libraries at an address; none where nothing was stored yet, and nothing is made there."""
        ...

    def put(
        self, document: Document, passages: Sequence[Passage], embeddings: Embeddings | None = None
    ) -> None:
        """Store a document, replacing the one with the same locator atomically.

        The first embeddings of a store decide whose they are from then on; see `use_embedder`.

        Raises:
            BadInput: there is not one row a passage, or the store's vectors come from another embedder.
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

    def set_vectors(self, document_id: str, content_hash: str, embeddings: Embeddings) -> bool:
        """Give a stored document its vectors.

        Returns:
            Whether it was done; not if the document is gone or its content has changed since.

        Raises:
            BadInput: the store's vectors come from another embedder.
        """
        ...

    def embedder(self) -> str | None:
        """Model reference of the embedder that the vectors come from; None before the first."""
        ...

    def use_embedder(self, reference: str) -> None:
        """Name the embedder of all vectors from now on; vectors of another one are dropped."""
        ...

    def revision(self) -> int:
        """A number that grows with every committed write."""
        ...

    def close(self) -> None:
        """Release connections and files."""
        ...
