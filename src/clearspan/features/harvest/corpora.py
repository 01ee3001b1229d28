"""Text to read: files, folders and data sets, as documents; which of them are kept back, and which repeat others.

notes.jsonl, notes.jsonl.zst    an object a line: `text`, and perhaps `title`, `source`, `licence`, `written_by`
notes.parquet                   columns of the same names
notes.txt, notes.md.zst, …      a document a file; long files are cut at line ends
folder/                         its data files, each a corpus; a folder without data files is one corpus of texts
hub:organisation/name           a data set of the hub, where `datasets` is installed; its `train` split
PATH*3                          the same, three times over
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from clearspan.errors import BadInput, NotFound
from clearspan.features.harvest.formats import TextRecord, is_data, is_text, read_hub, read_records, read_text

_TIMES = re.compile(r"(.+)\*([1-9][0-9]{0,2})")
_LONG_ENOUGH = 1000
_COMPRESSES_TO = 0.03
_COPIES = 0.9
_MANY = 10


@dataclass(frozen=True)
class CorpusDocument:
    """A text as a corpus holds it.

    Attributes:
        corpus: name of the corpus.
        number: of the document in its corpus, from 0; duplicates count.
        written_by: the model that wrote it; empty where a person did, or nobody said.
    """

    text: str
    corpus: str
    number: int
    title: str = ""
    source: str = ""
    licence: str = ""
    written_by: str = ""

    @cached_property
    def digest(self) -> bytes:
        """16 bytes that stand for the text."""
        return hashlib.blake2b(self.text.encode("utf-8", "replace"), digest_size=16).digest()

    def held_out(self, share: float) -> bool:
        """Whether it is among the share that is kept back: decided by its text alone."""
        return int.from_bytes(self.digest[:8]) < share * 2**64

    def __str__(self) -> str:
        begins = " ".join(self.text[:200].split())[:60]
        return f"document {self.number} of {self.corpus} ({self.title or f'“{begins}…”'})"


@dataclass(frozen=True, slots=True)
class Corpus:
    """One source of text.

    Attributes:
        path: a file, a folder of texts, or `hub:organisation/name`.
        times: how many times it is read.
        licence: of documents that name none.
    """

    path: str
    times: int = 1
    licence: str = ""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path if self.path.startswith("hub:") else Path(self.path).name

    def documents(self) -> Iterator[CorpusDocument]:
        """What it holds, in its own order; empty texts are left out.

        Raises:
            BadInput: something in it is not text.
        """
        texts = (record for record in self._records() if record.text.strip())
        for number, record in enumerate(texts):
            yield CorpusDocument(
                record.text,
                self.name,
                number,
                record.title,
                record.source,
                record.licence or self.licence,
                record.written_by,
            )

    def _records(self) -> Iterator[TextRecord]:
        if self.path.startswith("hub:"):
            return read_hub(self.path.removeprefix("hub:"))
        path = Path(self.path)
        if path.is_dir():
            return (record for file in _files(path) for record in read_text(file))
        return read_records(path)


def corpora(given: Iterable[str | Path | Corpus]) -> list[Corpus]:
    """Corpora by their paths, see above; a folder of data files gives one corpus a file.

    Raises:
        NotFound: there is no such file or folder.
        BadInput: it is not text, or nothing is given, or the same is given twice.
    """
    found = [corpus for each in given for corpus in _expanded(_parsed(each))]
    if not found:
        raise BadInput("No corpus is named.", do="Name at least one file or folder of text.")
    paths = [corpus.path for corpus in found]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise BadInput(f"{twice} is named twice.", do=f"To read it twice, write '{twice}*2'.")
    return found


def with_licences(of: Sequence[Corpus], licences: Mapping[str, str]) -> list[Corpus]:
    """The corpora, with what is known of their licences.

    Args:
        licences: by the name of a corpus.

    Raises:
        BadInput: a name is of none of them.
    """
    names = [corpus.name for corpus in of]
    wrong = next((name for name in licences if name not in names), None)
    if wrong is not None:
        raise BadInput(
            f"There is no corpus {wrong} to give a licence.", do=f"Name one of {', '.join(names[:20])}."
        )
    return [replace(corpus, licence=licences.get(corpus.name, corpus.licence)) for corpus in of]


class CorpusReading:
    """Goes through corpora once and leaves out what repeats: duplicates, and texts that only repeat themselves.

    Args:
        of: the corpora; `times` plays no part here.
        share: of the documents that are kept back, see `CorpusDocument.held_out`.
    """

    def __init__(self, of: Sequence[Corpus], share: float) -> None:
        if not 0 <= share < 1:
            raise BadInput(f"{share} is not a share of documents.", do="Give one from 0 to below 1.")
        self._corpora = of
        self._share = share
        self._seen: set[bytes] = set()
        self.duplicates = [0] * len(of)
        self.repetitive = [0] * len(of)
        self.held_out = [0] * len(of)
        self.read = [0] * len(of)

    def documents(self, *, held_out: bool) -> Iterator[tuple[int, CorpusDocument]]:
        """Those that are kept back, or the others, each with the number of its corpus.

        Raises:
            BadInput: a corpus is empty, or is one text over and over.
        """
        for number, corpus in enumerate(self._corpora):
            for document in corpus.documents():
                if self._is_new(number, document):
                    kept_back = document.held_out(self._share)
                    self.held_out[number] += kept_back
                    self.read[number] += not kept_back
                    if kept_back == held_out:
                        yield number, document
            self._require_text(number, corpus)

    def _is_new(self, number: int, document: CorpusDocument) -> bool:
        if document.digest in self._seen:
            self.duplicates[number] += 1
            return False
        self._seen.add(document.digest)
        if _repeats_itself(document.text):
            self.repetitive[number] += 1
            return False
        return True

    def _require_text(self, number: int, corpus: Corpus) -> None:
        distinct = self.held_out[number] + self.read[number]
        left_out = self.duplicates[number] + self.repetitive[number]
        if not distinct and not left_out:
            raise BadInput(f"{corpus.path} is empty.", do="Name a corpus with text in it.")
        many = distinct + left_out >= _MANY
        if not distinct or (many and left_out > _COPIES * (distinct + left_out)):
            raise BadInput(
                f"{corpus.path} is the same text over and over.",
                why=f"Of its {distinct + left_out:,} documents {self.duplicates[number]:,} repeat one that was read "
                f"before, and {self.repetitive[number]:,} repeat themselves.",
                do="Give text that says different things; features of one text are worth nothing. "
                "To read a corpus several times, write 'PATH*3'.",
            )


def held_out(given: Iterable[str | Path | Corpus], share: float) -> Iterator[CorpusDocument]:
    """The documents that a harvest with this share keeps back, in the order of the corpora.

    Raises:
        ClearspanError: as `corpora` and `CorpusReading.documents`.
    """
    return (document for _, document in CorpusReading(corpora(given), share).documents(held_out=True))


def training(given: Iterable[str | Path | Corpus], share: float) -> Iterator[CorpusDocument]:
    """The documents that a harvest with this share reads, each once, in the order of the corpora.

    Raises:
        ClearspanError: as `corpora` and `CorpusReading.documents`.
    """
    return (document for _, document in CorpusReading(corpora(given), share).documents(held_out=False))


def _parsed(given: str | Path | Corpus) -> Corpus:
    if isinstance(given, Corpus):
        return given
    match = _TIMES.fullmatch(str(given))
    if match is None or Path(given).exists():
        return Corpus(str(given))
    return Corpus(match[1], int(match[2]))


def _expanded(corpus: Corpus) -> list[Corpus]:
    if corpus.path.startswith("hub:"):
        return [corpus]
    path = Path(corpus.path)
    if not path.exists():
        raise NotFound(f"There is no file or folder {path}.", do="Check the path of the corpus.")
    if path.is_file():
        return [corpus]
    data = [file for file in _files(path) if is_data(file)]
    if data:
        return [replace(corpus, path=str(file)) for file in data]
    wrong = next((file for file in _files(path) if not is_text(file)), None)
    if wrong is not None:
        raise BadInput(
            f"{wrong} is not a text file.",
            why="In a folder of texts every file is read, except hidden ones.",
            do="Move it elsewhere, or name the files to read one by one.",
        )
    return [corpus]


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def _repeats_itself(text: str) -> bool:
    # Prose compresses to about 0.45 of its size, tables to 0.1; one line over and over to 0.01.
    content = text.encode("utf-8", "replace")
    return len(content) >= _LONG_ENOUGH and len(zlib.compress(content, 1)) < _COMPRESSES_TO * len(content)
