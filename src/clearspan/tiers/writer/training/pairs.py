"""WritingPairs to learn writing from: statements, and a sentence that says what they do."""

import hashlib
import io
import json
import random
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import zstandard

from clearspan.errors import NotFound
from clearspan.language.sentences import sentences
from clearspan.tiers.forms import form_of
from clearspan.tiers.rewriting import ToldStatement

_FOLDS = 10
_MOST_STATEMENTS = 6
_SHARES = {"rewrite_fetaqa": 0.3, "rewrite_wikisplit": 0.6}
"""Of the pairs of a set that are read: answers to questions in several sentences are few beside these."""

_MOST_NEW = {"rewrite_fetaqa": 4, "rewrite_wikisplit": 0, "rewrite_clapnq": 6}
"""Words that the sentence may have and the statements have not; from a table some say what a column does."""

_LONGEST = {"rewrite_fetaqa": 40, "rewrite_wikisplit": 45, "rewrite_clapnq": 80}
_TIMES = {"rewrite_clapnq": 3}
_ASKED = ("What is known about {}?", "Tell me about {}.", "What is said of {}?", "{}", "Describe {}.")
_SUBJECT = re.compile(
    r"((?:[A-Z][\w’'.-]*|of|the|and|de|von|van)(?:\s+(?:[A-Z][\w’'.-]*|of|de|von|van))*)\s+(?=[a-z(,])"
)
_NO_NAME = frozenset(
    "a an the in on at for from by with after before during his her their its this that these those there he she it "
    "they however both as when while although since because under over one two three four five some many most all "
    "several other another no not if to of and but or".split()
)
_STRAY = 0.35
"""Share of the pairs that stand beside statements about something else, which the sentence leaves out."""


@dataclass(frozen=True, slots=True)
class WritingPair:
    """What a writer is given, and what it should write.

    Attributes:
        id: begins with the name of its set.
    """

    id: str
    question: str
    statements: tuple[ToldStatement, ...]
    answer: str

    def as_json(self) -> str:
        """It as one line."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> "WritingPair":
        """What `as_json` made."""
        kept = cast("dict[str, Any]", json.loads(line))
        statements = tuple(ToldStatement(**one) for one in kept["statements"])
        return cls(kept["id"], kept["question"], statements, kept["answer"])


@dataclass(frozen=True, slots=True)
class WritingPairs:
    """WritingPairs by what they are for."""

    train: list[WritingPair]
    held_out: list[WritingPair]


def read_pairs(folder: Path, held_out: Collection[str], seed: int = 0) -> WritingPairs:
    """The pairs of a folder with `rewriting/rewrite_wikisplit`, `rewrite_fetaqa` and `rewrite_clapnq`.

    Two sentences that were made one are asked for by the name that they begin with; some stand beside others. The
    titles of pages are of `questions/clapnq`.

    Args:
        held_out: questions that measure, and do not train; of those without a question a tenth does.

    Raises:
        NotFound: a set is missing.
    """
    made = folder / "rewriting"
    split = [one for row in _rows(made / "rewrite_wikisplit") if (one := _of_split(row))]
    tables = [one for row in _rows(made / "rewrite_fetaqa") if (one := _of_table(row))]
    asked = _rows(folder / "questions" / "clapnq")
    titles = {row["question"]: row["documents"][0]["title"] for row in asked if row["documents"]}
    answers = [one for row in _rows(made / "rewrite_clapnq") if (one := _of_answer(row, titles))]
    apart = frozenset(held_out)
    kept = [one for one in (*split, *tables, *answers) if _held_out(one, apart)]
    chance = random.Random(seed)  # noqa: S311
    rest = [one for one in (*split, *tables, *answers) if not _held_out(one, apart)]
    others = [one for one in rest if _set_of(one) == "rewrite_wikisplit"]
    train = [
        _with_strays(one, others, chance)
        for one in rest
        if chance.random() < _SHARES.get(_set_of(one), 1.0)
        for _ in range(_TIMES.get(_set_of(one), 1))
    ]
    chance.shuffle(train)
    return WritingPairs(train, kept)


def content_hash(pairs: Sequence[WritingPair]) -> str:
    """SHA-256 over all that a training would read."""
    return hashlib.sha256("\n".join(one.as_json() for one in pairs).encode()).hexdigest()


def _held_out(pair: WritingPair, questions: frozenset[str]) -> bool:
    if _set_of(pair) != "rewrite_wikisplit":
        return pair.question in questions
    return int(hashlib.sha256(pair.id.encode()).hexdigest(), 16) % _FOLDS == 0


def _set_of(pair: WritingPair) -> str:
    return pair.id.split(":")[0]


def _with_strays(pair: WritingPair, others: Sequence[WritingPair], chance: random.Random) -> WritingPair:
    if _set_of(pair) == "rewrite_fetaqa" or chance.random() > _STRAY:
        return pair
    strays = chance.choice(others).statements[: 1 + round(chance.random())]
    both = (pair.statements, strays) if chance.random() < 0.6 else (strays, pair.statements)
    return WritingPair(pair.id, pair.question, (*both[0], *both[1]), pair.answer)


def _of_split(row: dict[str, Any]) -> WritingPair | None:
    answer = row["output"].strip()
    name = _name(answer)
    if not name or not _usable(row, answer) or "``" in answer:
        return None
    asked = random.Random(row["id"]).choice(_ASKED).format(name)  # noqa: S311
    return WritingPair(row["id"], asked, tuple(ToldStatement(name, one) for one in row["inputs"]), answer)


def _of_table(row: dict[str, Any]) -> WritingPair | None:
    lines = list(dict.fromkeys(row["inputs"]))
    cells = [set(one.split("; ")) for one in lines]
    whole = [line for line, own in zip(lines, cells, strict=True) if not any(own < other for other in cells)]
    title = whole[0] if whole[0].startswith(row["title"]) else row["title"]
    body = [one for one in whole if one != title] or whole
    answer = " ".join(row["output"].split())
    if not _usable(row, answer):
        return None
    statements = tuple(ToldStatement(title, one) for one in body[:_MOST_STATEMENTS])
    return WritingPair(row["id"], row["question"], statements, answer)


def _of_answer(row: dict[str, Any], titles: Mapping[str, str]) -> WritingPair | None:
    answer = " ".join(row["output"].split())
    if not _usable(row, answer):
        return None
    most = form_of(row["question"]).sentences
    answer = " ".join(answer[start:end] for start, end in sentences(answer)[:most])
    title = titles.get(row["question"], "")
    statements = tuple(ToldStatement(title, one) for one in row["inputs"][:_MOST_STATEMENTS])
    return WritingPair(row["id"], row["question"], statements, answer)


def _usable(row: dict[str, Any], answer: str) -> bool:
    name = row["id"].split(":")[0]
    short = len(answer.split()) <= _LONGEST[name]
    return short and len(row["novel"]) <= _MOST_NEW[name] and answer.endswith((".", "!"))


def _name(sentence: str) -> str:
    """The name that a sentence begins with; empty where it begins with none."""
    found = _SUBJECT.match(sentence)
    words = found.group(1).split() if found else []
    while words and words[-1].islower():
        words.pop()
    return "" if not words or words[0].lower() in _NO_NAME else " ".join(words)


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    file = folder / "dev.jsonl.zst"
    if not file.is_file():
        raise NotFound(
            f"{file} is missing.",
            why="Writing is learned from pairs: a line a pair, with id, inputs, output and novel.",
            do="Name with --data a folder that holds evals/rewriting and evals/questions.",
        )
    unpacker = zstandard.ZstdDecompressor(max_window_size=2**27)
    with file.open("rb") as opened, unpacker.stream_reader(opened) as stream:
        for line in io.TextIOWrapper(stream, "utf-8"):
            yield json.loads(line)
