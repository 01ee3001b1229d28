"""From a trained network to what ships: the graph, its calibration, and a card that says how they came about.

The calibration is fitted on one half of the held-out questions and measured on the other; what ships is fitted on both.
What is laid before the reader for a question is what a search would bring: the passages of its own documents, and those
of other documents of its set that its words find. A sentence is right where people marked it, or where it holds the
words of an answer.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from clearspan.measure.intervals import wilson
from clearspan.overview.answering.reader.calibration import (
    AnswerCalibration,
    Calibration,
    Shown,
    YesCalibration,
    shown_together,
)
from clearspan.overview.answering.reader.close import ADAPTERS, CLOSE_CARD, CloseReader
from clearspan.overview.answering.reader.close_calibration import CloseCalibration
from clearspan.overview.answering.reader.reader import CARD, GRAPH, SHIPPED, VOCABULARY, EvidenceReader
from clearspan.overview.answering.reader.session import Session
from clearspan.overview.answering.reader.training.examples import LabelledWindows, Laid, passages_of
from clearspan.overview.answering.reader.training.loop import Recipe
from clearspan.overview.answering.reader.training.questions import (
    LabelledQuestion,
    content_hash,
    grouped_folds,
)
from clearspan.overview.answering.reader.windows import WindowCutter

_A_SET = 90
"""Held-out questions of each set that are read, at most."""

_MARKED = frozenset({"gold", "span", "match_unique", "match_several"})
_BINS = 10


@dataclass(frozen=True, slots=True)
class ReaderQuality:
    """How the reader does on questions that neither it nor its calibration has seen.

    Attributes:
        questions: that were read.
        first, low, high: share of those with marked evidence whose best sentence is right, with its 95 % interval.
        error: expected calibration error of the probability that what is shown answers, over all questions.
        silent: share of the unanswerable for which that stays below one half.
        spoken: share of the answerable for which it does not.
        wrong: share of what is shown from one half on that holds no right sentence.
    """

    questions: int
    first: float
    low: float
    high: float
    error: float
    silent: float
    spoken: float
    wrong: float


@dataclass(frozen=True, slots=True)
class _Read:
    shown: Shown
    right: NDArray[np.bool_]
    answerable: bool


def finish(
    graph: bytes,
    tokenizer: Tokenizer,
    held_out: Sequence[LabelledQuestion],
    folder: Path,
    card: dict[str, Any],
    progress: Callable[[int, int], None],
) -> ReaderQuality:
    """Calibrate, measure, and write graph, vocabulary and card.

    Args:
        graph: as `graph.graph_of` makes it.
        held_out: questions that the network was not trained on.
        card: what else the card is to say.
        progress: told how many of how many questions are read.
    """
    blank = np.zeros(0)
    reader = EvidenceReader(
        Session(graph),
        tokenizer,
        Calibration(blank),
        YesCalibration(1.0, 0.0),
        AnswerCalibration(blank),
    )
    found = _calibrated(reader, tokenizer, held_out, Calibration, progress)
    yes = _yes(reader, held_out)
    reader.close()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / GRAPH).write_bytes(graph)
    tokenizer.save(str(folder / VOCABULARY), pretty=False)
    _write(folder / CARD, card | {"yes": asdict(yes)}, found)
    return found.measured


def finish_close(
    adapters: bytes,
    graph: Path,
    held_out: Sequence[LabelledQuestion],
    folder: Path,
    card: dict[str, Any],
    progress: Callable[[int, int], None],
) -> ReaderQuality:
    """The same for the close reader, which reads what the small one that ships thinks likeliest.

    Args:
        adapters: bytes of what was trained.
        graph: of the large network with them folded in.
    """
    blank = AnswerCalibration(np.zeros(0))
    close = CloseReader(Session(graph), CloseCalibration(np.zeros(9), np.zeros(5)), blank)
    reader = EvidenceReader.load(close=close)
    tokenizer = Tokenizer.from_file(str(SHIPPED / VOCABULARY))
    found = _calibrated(reader, tokenizer, held_out, CloseCalibration, progress)
    reader.close()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ADAPTERS).write_bytes(adapters)
    _write(folder / CLOSE_CARD, card, found)
    return found.measured


@dataclass(frozen=True, slots=True)
class _Calibrated:
    calibration: Calibration | CloseCalibration
    answer: AnswerCalibration
    measured: ReaderQuality


def _calibrated(
    reader: EvidenceReader,
    tokenizer: Tokenizer,
    held_out: Sequence[LabelledQuestion],
    kind: type[Calibration] | type[CloseCalibration],
    progress: Callable[[int, int], None],
) -> _Calibrated:
    chosen = _sampled(held_out)
    halves = grouped_folds(chosen, 2, seed=1)
    examples = LabelledWindows(chosen, WindowCutter(tokenizer))
    read: list[_Read] = []
    for index, question in enumerate(chosen):
        read.append(_read(reader, examples.laid(index), question))
        progress(index + 1, len(chosen))
    known = [
        at
        for at, one in enumerate(chosen)
        if (one.marked in _MARKED or not one.answerable) and len(read[at].right)
    ]
    fitting = [read[at] for at in known if halves[at] == 0]
    calibration = _fitted(kind, fitting)
    measured = _measured(
        [read[at] for at in known if halves[at] == 1], calibration, _answer(fitting, calibration)
    )
    # What ships may know both halves: what was measured is what half of the questions come to.
    every = [read[at] for at in known]
    calibration = _fitted(kind, every)
    return _Calibrated(calibration, _answer(every, calibration), measured)


def _read(reader: EvidenceReader, laid: Sequence[Laid], question: LabelledQuestion) -> _Read:
    shown = reader.shown(question.question, [(one.place, one.text) for one in laid])
    right = np.array([each for one in laid for each in one.right], np.bool_)
    # What is said twice is right where one of the two is.
    told = np.zeros(len(right), np.bool_)
    np.logical_or.at(told, shown.copies, right)
    return _Read(shown, told[shown.copies], question.answerable)


def _write(file: Path, card: dict[str, Any], found: _Calibrated) -> None:
    whole = card | {
        "calibration": found.calibration.as_card(),
        "answer": found.answer.as_card(),
        "measured": asdict(found.measured),
    }
    file.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n", "utf-8")


def card_of(
    recipe: Recipe, trained_on: Sequence[LabelledQuestion], held_out: Sequence[LabelledQuestion]
) -> dict[str, Any]:
    """What a card says of a training: the recipe, and what was read for it."""
    return {
        "recipe": asdict(recipe),
        "questions": len(trained_on),
        "sets": sorted({one.origin for one in trained_on}),
        "data": content_hash(trained_on),
        "held out": len(held_out),
    }


def _fitted(
    kind: type[Calibration] | type[CloseCalibration], read: Sequence[_Read]
) -> Calibration | CloseCalibration:
    return kind.of([one.shown for one in read], [one.right for one in read])


def _yes(reader: EvidenceReader, held_out: Sequence[LabelledQuestion]) -> YesCalibration:
    """The calibration of yes and no, over questions with such an answer and the passages of their own documents."""
    chosen = _sampled(held_out)
    halves = grouped_folds(chosen, 2, seed=1)
    questions = [one for one, half in zip(chosen, halves, strict=True) if half == 0]
    logits: list[float] = []
    yes: list[bool] = []
    for one in questions:
        answer = one.answers[0].strip().casefold() if one.answers else ""
        if answer in ("yes", "no") and (passages := passages_of(one)):
            logits.append(reader.says_yes(one.question, passages))
            yes.append(answer == "yes")
    return YesCalibration.fit(np.array(logits), np.array(yes, np.bool_))


def _answer(read: Sequence[_Read], calibration: Calibration | CloseCalibration) -> AnswerCalibration:
    seen = [_seen(one, calibration) for one in read]
    return AnswerCalibration.fit(
        [each for each, _ in seen],
        [one.shown.wide for one in read],
        np.array([_told(each, right) for each, right in seen]),
    )


def _seen(
    one: _Read, calibration: Calibration | CloseCalibration
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """What decides whether anything is shown, as `AnswerCalibration.probability` takes it, and what of it is right."""
    once = one.shown.foremost()
    once = once[one.shown.decides[once]]
    probability = np.array([each for own in calibration.probabilities(one.shown) for each in own])
    return np.column_stack([probability, one.shown.logits])[once], one.right[once]


def _told(seen: NDArray[np.float64], right: NDArray[np.bool_]) -> bool:
    """Whether one of the sentences that are shown is right."""
    return bool(right[shown_together(seen[:, 0])].any())


def _measured(
    read: Sequence[_Read], calibration: Calibration | CloseCalibration, answer: AnswerCalibration
) -> ReaderQuality:
    seen = [_seen(one, calibration) for one in read]
    probability = np.array(
        [answer.probability(each, one.shown.wide) for (each, _), one in zip(seen, read, strict=True)]
    )
    hit = np.array([_told(each, right) for each, right in seen])
    best = np.array([right[int(each[:, 0].argmax())] for each, right in seen])
    answerable = np.array([one.answerable and bool(one.right.any()) for one in read])
    first = int(best[answerable].sum())
    low, high = wilson(first, int(answerable.sum()))
    told = probability >= 0.5
    return ReaderQuality(
        questions=len(read),
        first=round(first / max(1, int(answerable.sum())), 4),
        low=round(low, 4),
        high=round(high, 4),
        error=round(_calibration_error(probability, hit), 4),
        silent=_share(~told[~answerable]),
        spoken=_share(told[answerable]),
        wrong=_share(~hit[told]),
    )


def _calibration_error(probability: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Guo et al. 2017, equation 3, over bins of equal size."""
    bins = np.array_split(np.argsort(probability), _BINS)
    gaps = [abs(probability[each].mean() - right[each].mean()) * len(each) for each in bins if len(each)]
    return float(sum(gaps) / max(1, len(probability)))


def _share(values: NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0


def _sampled(questions: Sequence[LabelledQuestion]) -> list[LabelledQuestion]:
    """At most `_A_SET` of each set, the same ones each time."""
    chosen: list[LabelledQuestion] = []
    for origin in sorted({one.origin for one in questions}):
        own = [one for one in questions if one.origin == origin]
        chosen.extend(random.Random(origin).sample(own, min(_A_SET, len(own))))  # noqa: S311
    return chosen
