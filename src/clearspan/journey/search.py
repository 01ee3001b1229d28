"""Which passages of the library may answer, by words and by meaning."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearspan.journey.asked import Asked
from clearspan.library.documents import Hit
from clearspan.library.library import Library
from clearspan.receipts import Hop

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

_SPARE = 2
"""Times as many passages are found as are judged to be believed: copies and satire must not crowd out the rest."""


@dataclass(frozen=True, slots=True)
class Found:
    """Passages of a library as it was at one moment.

    Attributes:
        library: that was searched.
        revision: of the library, before the search.
        embedder: of all stages of this answer: one that is ready only halfway through must not be named by an answer
            that it took no part in. None where words alone count.
        hits: best first.
        note: what a person should know of the search; mostly empty.
        hops: searches after the first one.
    """

    library: Library
    revision: int
    embedder: "Embedder | None"
    hits: tuple[Hit, ...]
    note: str
    hops: tuple[Hop, ...] = ()

    @property
    def opened(self) -> dict[str, str]:
        """Passage id → its text, of each passage that may be cited."""
        return {hit.passage.id: hit.passage.text for hit in self.hits}


def search(asked: Asked, library: Library, embedder: "Embedder | None", judged: int) -> Found:
    """Passages for the question.

    Args:
        judged: how many passages will be judged to be believed.
    """
    revision = library.revision()
    found = library.search(asked.question.text, limit=_SPARE * judged)
    return Found(library, revision, embedder, found.hits, found.note)
