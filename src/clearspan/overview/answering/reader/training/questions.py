"""Questions with their documents, answers and evidence, as folders of `SET/dev.jsonl.zst` hold them."""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import zstandard

from clearspan.errors import BadInput, NotFound
from clearspan.overview.answering.reader.kinds import KINDS

_WINDOW_BYTES = 1 << 27
"""Of the compressed files, which are written with a long window."""


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """A document that belongs to a question."""

    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question, with what people said of its answer.

    Attributes:
        origin: the set that it is from.
        answers: texts that are right; empty where none is given.
        answerable: whether its documents hold an answer.
        kinds: what is asked for, the first before further ones: fact, yes_no, list, number, how, why, compare,
            multi_hop, table or definition.
        evidence: exact substrings of its documents that answer; empty where nobody marked them.
        marked: how: gold, span, section, passage, match_unique, match_first, match_several or none.
        near_miss: sentences that a careless reader would cite.
        trainable: whether weights may be made from it.
    """

    id: str
    origin: str
    question: str
    answers: tuple[str, ...]
    answerable: bool
    kinds: tuple[str, ...]
    pages: tuple[QuestionPage, ...]
    evidence: tuple[str, ...]
    marked: str
    near_miss: tuple[str, ...]
    trainable: bool

    @property
    def kind(self) -> str:
        """What is asked for, above all."""
        return self.kinds[0]


def sets_of(folder: Path) -> list[str]:
    """Names of the sets in a folder, in order.

    Raises:
        NotFound: there is no such folder, or no set in it.
    """
    found = sorted(path.parent.name for path in folder.glob("*/dev.jsonl.zst"))
    if not found:
        raise NotFound(
            f"{folder} holds no sets of questions.",
            why="A set is a folder with a file dev.jsonl.zst: a line of JSON a question, with the fields question, "
            "answers, answerable, kind, documents and evidence.",
            do="Name another folder with --data.",
        )
    return found


def read_questions(folder: Path, names: Iterable[str] | None = None) -> list[LabelledQuestion]:
    """All questions of the sets, in the order of their files.

    Args:
        names: of sets; all of them when None.

    Raises:
        NotFound: there is no such folder or set.
        BadInput: a file is damaged, or a line is no such question; names the line.
    """
    found: list[LabelledQuestion] = []
    for name in sets_of(folder) if names is None else names:
        path = folder / name / "dev.jsonl.zst"
        if not path.is_file():
            raise NotFound(
                f"There is no set {name} in {folder}.", do=f"There are {', '.join(sets_of(folder))}."
            )
        found.extend(_read(path, name))
    return found


def grouped_folds(questions: Sequence[LabelledQuestion], folds: int, seed: int = 0) -> list[int]:
    """A fold for each question, such that none shares a document, a title or its wording with another fold's.

    A random split flatters: questions about one page fall on both sides of it.
    """
    parents: dict[str, str] = {}

    def root(key: str) -> str:
        while (parent := parents.setdefault(key, key)) != key:
            parents[key] = parents[parent]
            key = parent
        return key

    for question in questions:
        own = root(f"question {question.question.casefold().strip(' ?')}")
        for page in _grouping(question):
            for key in (f"title {page.title.casefold()}", f"text {page.text}"):
                if key != "title ":
                    parents[root(key)] = own
    return [
        _fold(f"{seed} {root('question ' + one.question.casefold().strip(' ?'))}", folds) for one in questions
    ]


def content_hash(questions: Sequence[LabelledQuestion]) -> str:
    """A hash of what is asked of which documents, for the card of what is trained on it."""
    digest = hashlib.sha256()
    for one in questions:
        digest.update(json.dumps([one.id, one.question, one.answers, one.evidence]).encode())
    return digest.hexdigest()


def _grouping(question: LabelledQuestion) -> Sequence[QuestionPage]:
    """Its documents with evidence: the noise around a question of several hops would join all groups to one."""
    if len(question.pages) == 1:
        return question.pages
    return [page for page in question.pages if any(each in page.text for each in question.evidence)]


def _fold(key: str, folds: int) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % folds


def _read(path: Path, name: str) -> Iterator[LabelledQuestion]:
    with path.open("rb") as raw:
        stream = zstandard.ZstdDecompressor(max_window_size=_WINDOW_BYTES).stream_reader(raw)
        try:
            for number, line in enumerate(io.TextIOWrapper(stream, "utf-8"), 1):
                yield _parsed(line, name, f"{path}, line {number}")
        except (zstandard.ZstdError, UnicodeDecodeError) as error:
            raise BadInput(f"{path} is damaged.", why=str(error), do="Fetch it again.") from error


def _parsed(line: str, name: str, place: str) -> LabelledQuestion:
    try:
        return _question(cast("dict[str, Any]", json.loads(line)), name)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadInput(
            f"{place}: this is no question.",
            why=f"{type(error).__name__}: {error}",
            do="Each line is an object with question, answers, answerable, kind, documents and evidence.",
        ) from error


def _question(row: dict[str, Any], name: str) -> LabelledQuestion:
    json.dumps(row, ensure_ascii=False).encode()  # a lone surrogate is no text
    kinds = (str(row["kind"]), *_texts(row.get("also") or []))
    if kinds[0] not in KINDS:
        raise ValueError(f"there is no kind {kinds[0]!r}")
    if not isinstance(row["answerable"], bool):
        raise TypeError("answerable is neither true nor false")
    pages = tuple(
        QuestionPage(str(one["title"]), str(one["text"]), str(one.get("url") or ""))
        for one in row["documents"]
    )
    return LabelledQuestion(
        id=str(row["id"]),
        origin=name,
        question=str(row["question"]),
        answers=_texts(row["answers"]),
        answerable=row["answerable"],
        kinds=kinds,
        pages=pages,
        evidence=_texts(row.get("evidence") or []),
        marked=str(row.get("evidence_how") or "none"),
        near_miss=_texts(row.get("near_miss") or []),
        trainable=not row.get("eval_only", False),
    )


def _texts(given: object) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise TypeError(f"a list of texts is needed, not {given!r:.60}")
    return tuple(map(str, cast("list[object]", given)))
