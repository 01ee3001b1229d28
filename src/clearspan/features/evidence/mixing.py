"""Which text evidence is gathered from: documents that a harvest kept back, of all corpora side by side."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clearspan.errors import BadInput
from clearspan.features.evidence.table import Origin
from clearspan.features.harvest.corpora import Corpus, CorpusDocument, CorpusReading, corpora

_CHARACTERS = 5.0
"""Characters a token, rather too many than too few: what is left over is not read."""


@dataclass(frozen=True, slots=True)
class Text:
    """A document that is read for evidence.

    Attributes:
        quotable: whether examples may show it.
    """

    text: str
    origin: Origin
    quotable: bool


@dataclass(frozen=True, slots=True)
class _Source:
    corpus: Corpus
    quotable: bool
    characters: int


class Mixture:
    """Held-out documents of corpora, each corpus as far advanced as the others at any moment.

    Args:
        given: corpora whose text is counted.
        quoted: corpora whose text is counted and may be shown; where there are none, all may be.
        share: of the documents that the harvest kept back; 1 for all documents.
        fresh: corpora that no harvest read, of which every document is read.

    Raises:
        ClearspanError: a corpus cannot be read, or is empty, or repeats itself.
        BadInput: nothing was kept back.
    """

    def __init__(
        self,
        given: Sequence[str | Path],
        quoted: Sequence[str | Path],
        share: float,
        fresh: Sequence[str | Path] = (),
    ) -> None:
        self._share = share
        self._fresh = {corpus.path for corpus in corpora(fresh)} if fresh else set[str]()
        shown = {corpus.path for corpus in corpora(quoted)} if quoted else None
        named = list(dict.fromkeys(str(each) for each in (*given, *fresh, *quoted)))
        self._sources = [
            _Source(corpus, shown is None or corpus.path in shown, self._characters(corpus))
            for corpus in corpora(named)
        ]
        if not any(source.characters for source in self._sources):
            raise BadInput(
                "No document of these corpora was kept back.",
                why=f"The harvest kept a share of {share:g}, and they hold too few documents for that.",
                do="Name larger corpora, or read all documents with '--holdout 1'.",
            )

    def texts(self, tokens: int) -> Iterator[Text]:
        """Enough documents for so many tokens, if there are; the same ones in every run.

        Where some corpora alone may be shown, they give half of the tokens, as far as they have them, because
        examples come from nowhere else.
        """
        shown = sum(source.characters for source in self._sources if source.quotable)
        others = sum(source.characters for source in self._sources if not source.quotable)
        wanted = tokens * _CHARACTERS
        from_shown = min(shown, wanted / 2) if others else wanted
        shares = {True: from_shown / max(shown, 1), False: (wanted - from_shown) / max(others, 1)}
        streams = [self._stream(number, shares[each.quotable]) for number, each in enumerate(self._sources)]
        return (text for _, _, text in heapq.merge(*streams, key=lambda item: item[:2]))

    def _stream(self, number: int, share: float) -> Iterator[tuple[float, int, Text]]:
        source = self._sources[number]
        read = 0
        for document in self._documents(source.corpus):
            read += len(document.text)
            # The first half of the digest has decided about being held out.
            if int.from_bytes(document.digest[8:]) < share * 2**64:
                yield (
                    read / source.characters,
                    number,
                    Text(document.text, _origin(document), source.quotable),
                )

    def _characters(self, corpus: Corpus) -> int:
        return sum(len(document.text) for document in self._documents(corpus))

    def _documents(self, corpus: Corpus) -> Iterator[CorpusDocument]:
        everything = self._share >= 1 or corpus.path in self._fresh
        reading = CorpusReading([corpus], 0 if everything else self._share)
        return (document for _, document in reading.documents(held_out=not everything))


def _origin(document: CorpusDocument) -> Origin:
    return Origin(document.title or document.source or document.corpus, document.written_by)
