"""Subjects on which one source is not enough: an error there can hurt somebody.

On a question of health or safety a sentence in the machine's own words needs two independent believable sources;
without them the quotes stand alone. Which subjects are careful ones is a setting: names of the lists in
`subjects.toml`, or lists of one's own written as `name: word, word`.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from clearspan.errors import BadInput
from clearspan.language.words import stem, words
from clearspan.receipts import Source

_LISTS: Mapping[str, str] = tomllib.loads(
    (files("clearspan.overview.answering") / "subjects.toml").read_text("utf-8")
)
SUBJECTS = tuple(_LISTS)
"""The subjects that are known by name."""


@dataclass(frozen=True, slots=True)
class CarefulSubject:
    """A careful subject that a question touches, and the words of the question that show it."""

    name: str
    matched: tuple[str, ...]


def touched(question: str, subjects: Iterable[str]) -> CarefulSubject | None:
    """The first of the subjects that a question touches.

    Raises:
        BadInput: a subject is neither known by name nor a list of words.
    """
    asked = [stem(word) for word in words(question)]
    for subject in subjects:
        name, listed = _words_of(subject)
        found = [term for term in listed if _stands(term, asked)]
        if found:
            return CarefulSubject(name, tuple(term.replace("-", " ") for term in found[:3]))
    return None


def witnesses(sources: Sequence[Source], numbers: Iterable[int]) -> int:
    """How many independent believed sources are among those with these numbers; copies of one text are one."""
    wanted = frozenset(numbers)
    found = [source for source in sources if source.number in wanted and source.believed]
    return len({f"w{s.witness}" if s.witness else s.publisher or s.document_id for s in found})


def note(subject: CarefulSubject, count: int) -> str:
    """Why only quotes are shown."""
    sources = "no believable source carries it" if count == 0 else "only one independent source carries it"
    return (
        f"This touches {subject.name} ({', '.join(subject.matched)}), where an error can hurt: {sources}, so that "
        "only its own words are shown. Ask somebody who is qualified before you act on it."
    )


def _words_of(subject: str) -> tuple[str, Sequence[str]]:
    name, colon, own = subject.partition(":")
    if colon:
        return name.strip(), [re.sub(r"\s+", "-", term.strip()) for term in own.split(",") if term.strip()]
    if name not in _LISTS:
        raise BadInput(
            f"'{name}' is not a careful subject that is known.",
            why=f"Known by name are: {'; '.join(SUBJECTS)}.",
            do="Name one of them, or give its words in careful_subjects: 'name: word, another word'.",
        )
    return name, _LISTS[name].split()


def _stands(term: str, asked: Sequence[str]) -> bool:
    run = [stem(part) for part in term.split("-")]
    return any(list(asked[i : i + len(run)]) == run for i in range(len(asked) - len(run) + 1))
