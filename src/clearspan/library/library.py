"""A library: documents in, passages out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Self

from clearspan.closing import Closing
from clearspan.errors import NotFound
from clearspan.language.words import words
from clearspan.library import naming, stores
from clearspan.library.documents import Change, Document, Hit, LegName, Passage, SearchResult
from clearspan.library.embedding import Vectors
from clearspan.library.intake import Intake
from clearspan.library.prepared import Prepared
from clearspan.library.readers.reading import normalise
from clearspan.library.search import DEPTH, Ranking, fuse
from clearspan.library.spelling import Respelled, respelled
from clearspan.library.stopping import Stop
from clearspan.library.stores.base import Store
from clearspan.receipts import Kind
from clearspan.settings import Settings

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

Progress = Callable[[Change], None]

_TOGETHER = 64
"""Passages that are embedded in one call while adding."""

_SPELT_IN = 5
"""Passages that are looked at for the spelling of a word."""


class Library(Closing):
    """Documents and their passages under one name, searched by words and by meaning. Thread-safe.

    Attributes:
        name: what it is opened by again.
        synced: what opening did, for a library of a folder; empty for a named one.
        closed: whether its files were released.
    """

    def __init__(
        self, name: str, store: Store, settings: Settings, embedder: "Embedder | None" = None
    ) -> None:
        self.name = name
        self.synced: Sequence[Change] = ()
        self.closed = False
        self._store = store
        self._intake = Intake(store, settings.max_document_bytes)
        self._vectors = Vectors(store, embedder)

    @classmethod
    def open(cls, reference: str | Path, settings: Settings, embedder: "Embedder | None") -> Self:
        """Open a library, created when missing; documents without vectors get them now.

        Args:
            reference: a library's name, or an existing folder, which is synced into a library of its own
                that mirrors it.
            embedder: None searches by words alone.

        Raises:
            BadInput: the reference is neither a usable name nor a folder.
            StorageError, Busy: the library's file cannot be used.
        """
        name, folder = naming.resolve(reference, settings)
        store = stores.open(settings.store_address).open(name)
        try:
            library = cls(name, store, settings, embedder)
            if folder is not None:
                library.synced = library.sync(folder, remove_vanished=True)
            library._vectors.fill()
        except BaseException:
            store.close()
            raise
        return library

    def add(
        self, *sources: str | Path, kind: Kind | None = None, progress: Progress | None = None
    ) -> list[Change]:
        """Add files, folders and URLs; one that fails is reported and the others go on.

        Args:
            sources: paths and `http` addresses.
            kind: publisher tag for all of them, above what they say themselves.

        Raises:
            StorageError, Busy: the library itself cannot be written to; what was reported before stays.
        """
        return self._changes((self._intake.source(source, kind) for source in sources), progress)

    def add_bytes(
        self, name: str, data: bytes, *, kind: Kind | None = None, stop: Stop | None = None
    ) -> Change:
        """Add a document that was uploaded under a file name; its locator is `upload:NAME`.

        Args:
            stop: gives it up from another thread, up to the moment when it is stored.

        Raises:
            StorageError, Busy: the library itself cannot be written to.
            Stopped: it was given up, and nothing is stored.
        """
        stop = stop or Stop()
        item = self._intake.upload(name, data, kind, stop)
        return next(self._stored([item], stop))

    def sync(
        self, folder: str | Path, *, remove_vanished: bool = False, progress: Progress | None = None
    ) -> list[Change]:
        """Add what is new or changed in a folder, and report what has vanished from it.

        Args:
            remove_vanished: remove documents whose files are gone, instead of only reporting them.

        Raises:
            NotFound: the folder does not exist.
            StorageError, Busy: the library itself cannot be written to.
        """
        root = Path(folder).expanduser().resolve()
        if not root.is_dir():
            raise NotFound(f"The folder {folder} does not exist.", do="Check the spelling of the path.")
        return self._changes(
            (self._intake.folder(root, None), self._intake.vanished(root, remove_vanished)), progress
        )

    def search(self, query: str, limit: int = 12) -> SearchResult:
        """Passages that match by words or by meaning, best first; any text is a valid query."""
        plain = normalise(query).strip()
        rankings: dict[LegName, Ranking] = {}
        if plain and limit > 0:
            depth = max(DEPTH, limit)
            rankings["words"] = self._store.search_words(plain, depth)
            vector = self._vectors.of_query(plain)
            if vector is not None:
                rankings["meaning"] = self._store.search_vectors(vector, depth)
        fused = fuse(rankings)[:limit]
        found = self._store.passages([passage_id for passage_id, _, _ in fused])
        hits = [
            Hit(*found[passage_id], score, legs) for passage_id, score, legs in fused if passage_id in found
        ]
        return SearchResult(plain, tuple(hits), self.legs, self.note)

    def mentioning(self, query: str, limit: int) -> list[tuple[Passage, Document]]:
        """Passages that hold any of the words, those that say most of them first; document texts are left empty."""
        found = self._store.search_words(normalise(query), limit)
        by_id = self._store.passages([passage_id for passage_id, _ in found])
        return [by_id[passage_id] for passage_id, _ in found if passage_id in by_id]

    @property
    def legs(self) -> tuple[LegName, ...]:
        """The ways in which this library is searched now."""
        return ("words",) if self.note else ("words", "meaning")

    @property
    def note(self) -> str:
        """Why a way of searching is missing; empty when none is."""
        return self._vectors.note()

    def document(self, document: str | Path) -> Document:
        """One document, text included, by its id, its locator, or its path as a person types it.

        Raises:
            NotFound: there is none.
        """
        given = str(document)
        found = self._store.document(given)
        if found is None:
            locators = (given, str(Path(given).expanduser().resolve()))
            known = next((one for one in map(self._store.by_locator, locators) if one is not None), None)
            found = self._store.document(known.id) if known is not None else None
        if found is None:
            raise self._no_document(given)
        return found

    def documents(self, kind: Kind | None = None) -> list[Document]:
        """All documents in order of title, texts left empty; only those of one kind if given."""
        return list(self._store.documents(kind))

    def passages_of(self, document_id: str) -> Sequence[Passage]:
        """All passages of a document, in order; empty if there is no such document."""
        return self._store.document_passages(document_id)

    def remove(self, document: str | Path) -> Change:
        """Remove a document, named as for `document`.

        Raises:
            NotFound: there is none.
        """
        found = self.document(document)
        if not self._store.remove(found.id):
            raise self._no_document(found.id)
        return Change(found.locator, "removed", found.id)

    def tag(self, document: str | Path, kind: Kind) -> None:
        """Say what kind of publisher a document, named as for `document`, comes from.

        Raises:
            NotFound: there is none.
        """
        found = self.document(document)
        if not self._store.set_kind(found.id, kind):
            raise self._no_document(found.id)

    def respelled(self, text: str) -> Respelled:
        """A question with the words that no passage has in the nearest spelling that some passage has."""

        def written_so(word: str) -> bool:
            return any(word in words(passage.text) for passage, _ in self.mentioning(word, _SPELT_IN))

        return respelled(text, self._store.document_frequency, written_so)

    def embed(self, progress: Callable[[int], None] | None = None) -> int:
        """Make all vectors anew with the embedder at hand; number of documents that got them.

        Raises:
            BadInput: there is no embedder.
        """
        return self._vectors.replace_all(progress)

    def use_embedder(self, embedder: "Embedder") -> None:
        """Search by meaning from now on; documents without vectors get them first.

        For a library that was opened before its embedder could be had.
        """
        vectors = Vectors(self._store, embedder)
        vectors.fill()
        self._vectors = vectors

    def revision(self) -> int:
        """A number that grows with every committed change."""
        return self._store.revision()

    def counts(self) -> tuple[int, int]:
        """Number of documents and of passages."""
        return self._store.counts()

    def close(self) -> None:
        """Release the library's files; harmless when repeated."""
        self.closed = True
        self._store.close()

    def _changes(
        self, each: Iterable[Iterator[Change | Prepared]], progress: Progress | None
    ) -> list[Change]:
        """Store what was prepared, many passages to one call of the embedder, and report in order."""
        changes: list[Change] = []
        waiting: list[Change | Prepared] = []

        def flush() -> None:
            for change in self._stored(waiting):
                changes.append(change)
                if progress is not None:
                    progress(change)
            waiting.clear()

        for item in chain.from_iterable(each):
            if isinstance(item, Prepared) and any(item.again(other) for other in waiting):
                item = Change(item.document.locator, "unchanged", item.document.id)
            waiting.append(item)
            if sum(len(one.passages) for one in waiting if isinstance(one, Prepared)) >= _TOGETHER:
                flush()
        flush()
        return changes

    def _stored(self, items: Sequence[Change | Prepared], stop: Stop | None = None) -> Iterator[Change]:
        prepared = [item for item in items if isinstance(item, Prepared)]
        documents = [(one.document, one.passages) for one in prepared]
        embedded = iter(self._vectors.of_documents(documents, stop))
        for item in items:
            if isinstance(item, Change):
                yield item
                continue
            self._store.put(item.document, item.passages, next(embedded))
            yield Change(
                item.document.locator,
                "replaced" if item.replaces else "added",
                item.document.id,
                len(item.passages),
            )

    def _no_document(self, document_id: str) -> NotFound:
        return NotFound(
            f"There is no document {document_id} in the library {self.name}.",
            do=f"See what is there with `clearspan library list --library {self.name}`.",
        )
