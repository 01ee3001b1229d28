"""The text of a harvest in one file, so that any stretch of its shuffled order can be read at once.

Documents are cut into parts of some pages, and the order of the parts over all corpora is drawn from the seed. A
chunk is the stretch of that order that fills one shard, and is known without reading anything before it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from clearspan.errors import BadInput
from clearspan.features.harvest.corpora import Corpus, CorpusReading
from clearspan.files import write_file

_INDEX = "texts.json"
_PART = 8_000
"""Characters: longer documents are shuffled in parts, so that no single book fills a shard."""


class CopiedCorpus(BaseModel):
    """What was found in one corpus, in documents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    licence: str
    times: int
    documents: int
    held_out: int
    duplicates: int
    repetitive: int


class _Index(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    corpora: tuple[CopiedCorpus, ...]


class ShuffledText:
    """Text that was copied before.

    Args:
        folder: where `copy_text` wrote it.
        seed: of the order.
        chunk_bytes: of UTF-8 text a chunk.
    """

    def __init__(self, folder: Path, seed: int, chunk_bytes: int) -> None:
        index = _Index.model_validate_json((folder / _INDEX).read_bytes())
        self.corpora = index.corpora
        # Columns: where a part begins in the text, its corpus, the number of its document there.
        self._parts: NDArray[np.int64] = np.load(folder / "parts.npy", allow_pickle=False)
        self._text = np.memmap(folder / "texts", np.uint8, "r")
        times = np.array([corpus.times for corpus in self.corpora])
        once = np.arange(len(self._parts) - 1)
        order = np.repeat(once, times[self._parts[:-1, 1]])
        self._order = np.random.default_rng([seed, 0]).permutation(order)
        lengths = (self._parts[1:, 0] - self._parts[:-1, 0])[self._order]
        begins = np.concatenate([[0], np.cumsum(lengths)])
        self.chunks = max(1, round(int(begins[-1]) / chunk_bytes))
        cuts = np.arange(self.chunks + 1) * (int(begins[-1]) / self.chunks)
        self._cuts = np.searchsorted(begins[:-1], cuts, side="left")

    def chunks_from(self, first: int) -> Iterator[tuple[int, list["CorpusPart"]]]:
        """Chunks from a number on, each with its number."""
        return ((number, self.chunk(number)) for number in range(first, self.chunks))

    def chunk(self, number: int) -> list["CorpusPart"]:
        """The parts of one chunk, in their order."""
        entries = self._order[self._cuts[number] : self._cuts[number + 1]]
        return [self._part(int(entry)) for entry in entries]

    def _part(self, entry: int) -> "CorpusPart":
        begin, corpus, document = (int(each) for each in self._parts[entry])
        end = int(self._parts[entry + 1, 0])
        return CorpusPart(
            self._text[begin:end].tobytes().decode(), corpus, document, self.corpora[corpus].name
        )


@dataclass(frozen=True, slots=True)
class CorpusPart:
    """A document, or some pages of a long one.

    Attributes:
        corpus: number of its corpus.
        document: number of its document there.
        name: of the corpus.
    """

    text: str
    corpus: int
    document: int
    name: str

    def __str__(self) -> str:
        return f"document {self.document} of {self.name} (“{' '.join(self.text[:200].split())[:60]}…”)"


def is_copied(folder: Path) -> bool:
    """Whether `copy_text` came to its end there."""
    return (folder / _INDEX).exists()


def copy_text(folder: Path, corpora: Sequence[Corpus], holdout: float) -> None:
    """Copy the text that is not held out into one file, and note where each part begins.

    Raises:
        BadInput: as `CorpusReading.documents`.
    """
    reading = CorpusReading(corpora, holdout)
    licences: list[set[str]] = [set() for _ in corpora]
    rows: list[tuple[int, int, int]] = []
    at = 0
    with (folder / "texts").open("wb") as file:
        for corpus, document in reading.documents(held_out=False):
            licences[corpus].add(document.licence)
            for part in split_text(document.text):
                rows.append((at, corpus, document.number))
                at += file.write(part.encode("utf-8", "replace"))
    if not rows:
        raise BadInput(
            "No document is left to read.",
            why=f"All {sum(reading.held_out)} are among the {holdout:.1%} that are held out.",
            do="Give more text, or hold out less.",
        )
    rows.append((at, 0, 0))
    np.save(folder / "parts.npy", np.array(rows, np.int64), allow_pickle=False)
    found = [
        CopiedCorpus(
            name=corpus.name,
            licence="; ".join(sorted(licences[number] - {""})),
            times=corpus.times,
            documents=reading.read[number],
            held_out=reading.held_out[number],
            duplicates=reading.duplicates[number],
            repetitive=reading.repetitive[number],
        )
        for number, corpus in enumerate(corpora)
    ]
    content = json.dumps({"corpora": [each.model_dump() for each in found]}, indent=1)
    write_file(folder / _INDEX, content.encode())


def split_text(text: str) -> Iterator[str]:
    """Parts of a text of some thousand characters, cut at the ends of paragraphs, lines or words; they join to it."""
    while len(text) > _PART:
        window = text[:_PART]
        places = (window.rfind(mark, _PART // 2) + len(mark) for mark in ("\n\n", "\n", ". ", " "))
        place = next((place for place in places if place > _PART // 2), _PART)
        yield text[:place]
        text = text[place:]
    if text:
        yield text
