"""Labels for windows: which sentences are evidence, where the answer stands, and windows that mislead.

For each question: the windows that hold evidence; of the same documents those nearest to it that hold none; and of
other documents of its set those that share the rarest of its words (by TF-IDF over word pieces), as a library would
find them. A window that holds the answer's words is never a wrong one: it may say it, too.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # pyright: ignore[reportMissingTypeStubs]

from clearspan.language.sentences import headings, read_sentences
from clearspan.library.passages import split
from clearspan.overview.answering.reader.training.labels import (
    UNKNOWN,
    answer_span,
    is_marked,
    kind_index,
    says,
    spans_of,
    telling_pieces,
    token_span,
    yes_label,
)
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage
from clearspan.overview.answering.reader.training.swaps import NameSwaps
from clearspan.overview.answering.reader.windows import SEPARATOR, Body, Window, WindowCutter, place_of

_sparse: Any = sparse

_TRUST = {
    "gold": 1.0,
    "span": 1.0,
    "match_unique": 0.7,
    "match_first": 0.5,
    "match_several": 0.4,
    "section": 0.4,
}
"""What the loss of a sentence counts, by who marked it; of a passage that was marked whole nothing is known."""

_NEAREST = 8
"""Windows of other documents that are kept for each question, and of its own."""

_MOST_POSITIVE = 2

_SWAPPED = 0.5
"""Share of questions beside which the same is asked about another thing, where they name one."""
_MOST_OWN = 24


@dataclass(frozen=True, slots=True)
class LabelledWindow:
    """A window with its labels.

    Attributes:
        answers: 1 where it holds what answers, 0 where not, -1 where nobody knows.
        evidence: 1 or 0 for each sentence; empty where nobody knows.
        trust: weight of the sentences' loss.
        span: first and last token of the short answer; None where it has none.
        yes: 1 for yes, 0 for no, -1 for neither.
        kind: index into `KINDS`.
    """

    window: Window
    answers: int
    evidence: tuple[int, ...]
    trust: float
    span: tuple[int, int] | None
    yes: int
    kind: int


@dataclass(frozen=True, slots=True)
class Laid:
    """A passage as it is laid before the reader, and which of its sentences are right."""

    place: str
    text: str
    right: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Passage:
    place: str
    text: str
    body: Body
    marks: tuple[tuple[int, int], ...] = ()


_Marked = tuple[_Passage, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class _Asked:
    question: LabelledQuestion
    positive: tuple[_Marked, ...]
    own: tuple[_Passage, ...]


class LabelledWindows:
    """Groups of windows for training or measuring: one group a question.

    Args:
        questions: to be read; sets without evidence whose documents are one passage still teach yes and no.
    """

    def __init__(self, questions: Sequence[LabelledQuestion], windows: WindowCutter) -> None:
        self._windows = windows
        self._pages: dict[tuple[str, str], tuple[tuple[_Passage, int], ...]] = {}
        self.asked = [self._asked(question) for question in questions]
        self._swaps = NameSwaps(questions)
        self._others = self._nearest()

    def group(self, index: int, chance: random.Random, near: int) -> list[LabelledWindow]:
        """Windows of one question: what answers first, then what misleads, at most `near` of its own documents."""
        asked = self.asked[index]
        found: list[LabelledWindow] = []
        positive = list(asked.positive)
        if len(positive) > _MOST_POSITIVE:
            positive = chance.sample(positive, _MOST_POSITIVE)
        for passage, marks in positive:
            found.extend(self._labelled(asked.question, passage, marks)[:2])
        for nearest, most in ((asked.own, near), (self._others[index], 1)):
            wrong = chance.sample(nearest, min(most, len(nearest)))
            found.extend(self._wrong(asked.question, passage, chance) for passage in wrong)
        if positive and chance.random() < _SWAPPED:
            found.extend(self._about_another(asked.question, chance.choice(positive)[0], chance))
        return [example for example in found if example.window.spans]

    def laid(self, index: int) -> list[Laid]:
        """What a search would bring for a question: its own passages, and those of others that its words find.

        A sentence is right where it is marked, or holds an answer's words.
        """
        asked = self.asked[index]
        marked = {id(passage): marks for passage, marks in asked.positive}
        own = [each for page in asked.question.pages for each, _ in self._split(page)][:_MOST_OWN]
        own += [passage for passage, _ in asked.positive if all(passage is not one for one in own)]
        found: list[Laid] = []
        for passage in (*own, *self._others[index]):
            marks = marked.get(id(passage), ())
            right = tuple(
                is_marked(span, marks)
                or (
                    asked.question.answerable
                    and says(passage.text[span[0] : span[1]], asked.question.answers)
                )
                for span in passage.body.sentences
            )
            found.append(Laid(passage.place, passage.text, right))
        return found

    def _asked(self, question: LabelledQuestion) -> _Asked:
        passages = [each for page in question.pages for each, _ in self._split(page)]
        marked: list[tuple[_Passage, tuple[tuple[int, int], ...]]] = []
        rest: list[_Passage] = []
        spans = {id(page): spans_of(page.text, question.evidence) for page in question.pages}
        for page in question.pages:
            for passage, start in self._split(page):
                end = start + len(passage.text)
                inside = tuple(
                    (max(one, start) - start, min(two, end) - start)
                    for one, two in spans[id(page)]
                    if one < end and start < two
                )
                if inside:
                    marked.append((passage, inside))
                elif not says(passage.text, question.answers):
                    rest.append(passage)
        if question.answerable and not marked:
            # Where nobody marked anything, a lone passage must be the one.
            marked = [(passages[0], ())] if len(passages) == 1 and not question.evidence else []
            rest = []
        asked = telling_pieces(question.question)
        rest.sort(key=lambda one: len(asked & telling_pieces(one.text)), reverse=True)
        if question.near_miss:
            rest.sort(key=lambda one: not any(each in one.text for each in question.near_miss))
        return _Asked(question, tuple(marked), tuple(rest[:3]))

    def _split(self, page: QuestionPage) -> tuple[tuple[_Passage, int], ...]:
        key = (page.title, page.text)
        if key not in self._pages:
            cut = split("", page.text, headings(page.text))
            self._pages[key] = tuple(
                (
                    _Passage(place_of(page.title, one.heading), one.text, self._windows.body(one.text)),
                    one.start,
                )
                for one in cut
            )
        return self._pages[key]

    def _labelled(
        self, question: LabelledQuestion, passage: _Passage, marks: Sequence[tuple[int, int]]
    ) -> list[LabelledWindow]:
        """The windows of a passage that hold marked evidence; all of them where none is marked."""
        found: list[LabelledWindow] = []
        body = passage.body
        evidence = [is_marked(span, marks) for span in body.sentences]
        answer = answer_span(passage.text, question.answers, marks)
        for window in self._windows.of(question.question, passage.place, body):
            own = tuple(map(int, evidence[window.first : window.first + len(window.spans)]))
            if marks and not any(own):
                continue
            found.append(
                LabelledWindow(
                    window=window,
                    answers=1,
                    evidence=own if marks else (),
                    trust=_TRUST.get(question.marked, 0.0),
                    span=token_span(answer, window, body),
                    yes=yes_label(question),
                    kind=kind_index(question),
                )
            )
        return found

    def _wrong(self, question: LabelledQuestion, passage: _Passage, chance: random.Random) -> LabelledWindow:
        window = chance.choice(self._windows.of(question.question, passage.place, passage.body))
        return LabelledWindow(window, 0, (0,) * len(window.spans), 1.0, None, UNKNOWN, kind_index(question))

    def _about_another(
        self, question: LabelledQuestion, passage: _Passage, chance: random.Random
    ) -> list[LabelledWindow]:
        """A window of a passage that answers, read with a question that it does not answer."""
        title = passage.place.split(SEPARATOR)[0]
        other = self._swaps.swapped(question, title, f"{passage.place} {passage.text}", chance)
        if other is None:
            return []
        return [self._wrong(replace(question, question=other), passage, chance)]

    def _nearest(self) -> list[tuple[_Passage, ...]]:
        """For each question, passages of other documents of its set that its words would find."""
        found: list[tuple[_Passage, ...]] = [() for _ in self.asked]
        origins = sorted({asked.question.origin for asked in self.asked})
        for origin in origins:
            rows = [index for index, asked in enumerate(self.asked) if asked.question.origin == origin]
            pages = {(page.title, page.text): None for row in rows for page in self.asked[row].question.pages}
            passages = [
                (key, passage) for key in pages for passage, _ in self._pages[key] if passage.body.sentences
            ]
            counts = _counted([passage.body.ids for _, passage in passages])
            rarity = np.log((len(passages) + 1) / (1 + np.asarray((counts > 0).sum(0)).ravel()))
            sizes = np.sqrt(np.maximum([len(passage.body.ids) for _, passage in passages], 20))
            weighted = (counts > 0).multiply(rarity).tocsr()
            asked_ids = [self._windows.body(self.asked[row].question.question).ids for row in rows]
            questions = (_counted(asked_ids) > 0).astype(np.float64)
            for begin in range(0, len(rows), 256):
                scores = np.asarray((questions[begin : begin + 256] @ weighted.T).todense()) / sizes
                for row, line in zip(rows[begin : begin + 256], scores, strict=True):
                    found[row] = self._misleading(self.asked[row].question, passages, line)
        return found

    @staticmethod
    def _misleading(
        question: LabelledQuestion,
        passages: Sequence[tuple[tuple[str, str], _Passage]],
        scores: NDArray[np.float64],
    ) -> tuple[_Passage, ...]:
        own = {(page.title, page.text) for page in question.pages}
        kept: list[_Passage] = []
        for index in np.argsort(-scores)[: 4 * _NEAREST]:
            key, passage = passages[int(index)]
            if key not in own and not says(passage.text, question.answers):
                kept.append(passage)
            if len(kept) == _NEAREST:
                break
        return tuple(kept)


def passages_of(question: LabelledQuestion) -> list[tuple[str, str]]:
    """Place and text of the passages of a question's own documents that hold a sentence."""
    return [
        (place_of(page.title, one.heading), one.text)
        for page in question.pages
        for one in split("", page.text, headings(page.text))
        if read_sentences(one.text)
    ][:_MOST_OWN]


def batches(
    examples: LabelledWindows, order: Sequence[int], tokens: int, near: int, seed: int
) -> Iterator[list[list[LabelledWindow]]]:
    """Groups of questions in batches of at most `tokens` tokens, padding included; the same for the same seed.

    Args:
        order: of the questions; each stretch of 256 is sorted by length, so that little is padding.
        near: as `LabelledWindows.group` takes it.
    """
    for begin in range(0, len(order), 256):
        chance = random.Random(f"{seed} {begin}")  # noqa: S311
        groups = [
            group for index in order[begin : begin + 256] if (group := examples.group(index, chance, near))
        ]
        groups.sort(key=_longest)
        ready: list[list[list[LabelledWindow]]] = []
        batch: list[list[LabelledWindow]] = []
        for group in groups:
            rows = sum(map(len, batch)) + len(group)
            if batch and rows * _longest(group) > tokens:
                ready.append(batch)
                batch = []
            batch.append(group)
        ready.append(batch)
        chance.shuffle(ready)
        yield from (each for each in ready if each)


def _longest(group: Sequence[LabelledWindow]) -> int:
    return max(len(example.window.ids) for example in group)


def _counted(rows: Sequence[NDArray[np.int32]]) -> Any:
    columns = np.concatenate([*rows, np.zeros(0, np.int32)])
    lines = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    return _sparse.csr_matrix((np.ones(len(columns)), (lines, columns)), shape=(len(rows), 30522))
