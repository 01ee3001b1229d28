"""Libraries of the documents that belong to questions, in a home folder that goes away again."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.library.library import Library
from clearspan.library.readers.reading import normalise, one_line
from clearspan.models.serving.embedder import Embedder
from clearspan.overview.answering.reader.training.questions import QuestionPage
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

Place = tuple[str, int, int]
"""A span of a stored document: its id, and the characters from where up to where."""


class RememberingEmbedder(Embedder):
    """Reads each text once: the same pages stand in the library of a question and in that of its set."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        known: dict[str, NDArray[np.float32]] = self.__dict__.setdefault("known", {})
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new or not texts:
            known.update(zip(new, found := super().embed(new), strict=True))
            if not texts:
                return found
        return np.stack([known[text] for text in texts])


class MeasuredWorkspace(Workspace):
    """A workspace whose embedder remembers, with the settings of another one but for its home."""

    def require_reader(self) -> None:
        """That what reads is what the settings say: figures of another reader would be taken for its own.

        Raises:
            BadInput: the close reader cannot be had.
        """
        if note := self.reader.note:
            raise BadInput(
                "The close reader is to be measured and cannot be had.",
                why=note,
                do="Run 'clearspan models fetch mpnet', or measure the small one with CLEARSPAN_READING=quick.",
            )

    def _load_embedder(self) -> Embedder:
        return RememberingEmbedder.load(self.settings.embedder, self.settings)


def settings_apart(settings: Settings, home: Path) -> Settings:
    """The same settings with a home of their own; weights stay where they are."""
    apart = {"home": home, "weights": settings.models_dir, "store": "", "ledger": "", "library": "default"}
    return settings.model_copy(update=apart)


@dataclass(frozen=True, slots=True)
class Stocked:
    """A library with its documents' stored texts by id, and how many pages could not be added."""

    library: Library
    texts: dict[str, str]
    failed: int

    def places(self, sentences: Iterable[str]) -> tuple[tuple[Place, ...], ...]:
        """Where each sentence stands, in whichever document; sentences that stand nowhere are left out."""
        found = (tuple(self._occurrences(normalise(sentence).strip())) for sentence in sentences)
        return tuple(places for places in found if places)

    def _occurrences(self, sentence: str) -> Iterable[Place]:
        for identity, text in self.texts.items():
            start = text.find(sentence) if sentence else -1
            while start >= 0:
                yield identity, start, start + len(sentence)
                start = text.find(sentence, start + len(sentence))


def stock(workspace: Workspace, name: str, pages: Iterable[QuestionPage], folder: Path) -> Stocked:
    """A library of these pages, as files with their title and address on top.

    Args:
        folder: where the files are written; a page that is there already is not written again.
    """
    library = workspace.library(name)
    files = list(dict.fromkeys(_file(page, folder) for page in pages))
    changes = library.add(*files)
    failed = sum(change.outcome == "failed" for change in changes)
    texts = {one.id: library.document(one.id).text for one in library.documents()}
    return Stocked(library, texts, failed)


def _file(page: QuestionPage, folder: Path) -> Path:
    text = _front(page) + page.text
    path = folder / f"page-{hashlib.sha256(text.encode()).hexdigest()[:20]}.txt"
    if not path.exists():
        path.write_text(text, "utf-8")
    return path


def _front(page: QuestionPage) -> str:
    title = "".join(sign for sign in one_line(page.title) if sign.isprintable())
    said = [f"title: {json.dumps(title, ensure_ascii=False)}"] if title else []
    if page.url.startswith(("http://", "https://")):
        said.append(f"url: {json.dumps(one_line(page.url), ensure_ascii=False)}")
    return "\n".join(["---", *said, "---", ""]) if said else ""
