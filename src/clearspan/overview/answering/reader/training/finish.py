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
    YesCalibration,
    shown_together,
)
from clearspan.overview.answering.reader.reader import CARD, GRAPH, VOCABULARY, EvidenceReader
from clearspan.overview.answering.reader.training.examples import LabelledWindows, passages_of
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
_BEST = 12
"""Sentences of a question that the calibration is fitted on, the best ones: the rest are never shown."""


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
    features: NDArray[np.float64]
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
    chosen = _sampled(held_out)
    halves = grouped_folds(chosen, 2, seed=1)
    examples = LabelledWindows(chosen, WindowCutter(tokenizer))
    blank = np.zeros(0)
    reader = EvidenceReader(
        graph, tokenizer, Calibration(blank), YesCalibration(1.0, 0.0), AnswerCalibration(blank)
    )
    read: list[_Read] = []
    for index, question in enumerate(chosen):
        laid = examples.laid(index)
        shown = reader.shown(question.question, [(one.place, one.text) for one in laid])
        right = np.array([each for one in laid for each in one.right], np.bool_)
        # What is said twice is shown once, and right where one of the two is.
        once = shown.foremost()
        said = np.array([right[shown.copies == shown.copies[at]].any() for at in once], np.bool_)
        read.append(_Read(shown.features()[once], said, question.answerable))
        progress(index + 1, len(chosen))
    yes = _yes(reader, [one for one, half in zip(chosen, halves, strict=True) if half == 0])
    reader.close()
    known = [at for at, one in enumerate(chosen) if one.marked in _MARKED or not one.answerable]
    fitting = [read[at] for at in known if halves[at] == 0 and len(read[at].right)]
    calibration = fitted(fitting)
    answer = _answer(fitting, calibration)
    measured = _measured(
        [read[at] for at in known if halves[at] == 1 and len(read[at].right)], calibration, answer
    )
    # What ships may know both halves: what was measured is what half of the questions come to.
    every = [read[at] for at in known if len(read[at].right)]
    calibration = fitted(every)
    answer = _answer(every, calibration)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / GRAPH).write_bytes(graph)
    tokenizer.save(str(folder / VOCABULARY), pretty=False)
    card |= {
        "calibration": calibration.as_card(),
        "answer": answer.as_card(),
        "yes": asdict(yes),
        "measured": asdict(measured),
    }
    (folder / CARD).write_text(json.dumps(card, indent=1, sort_keys=True) + "\n", "utf-8")
    return measured


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


def fitted(read: Sequence[_Read]) -> Calibration:
    """The calibration of some questions, over the best sentences of each."""
    features: list[NDArray[np.float64]] = []
    right: list[NDArray[np.bool_]] = []
    for one in read:
        best = np.argsort(-one.features[:, 0])[:_BEST]
        features.append(one.features[best])
        right.append(one.right[best])
    return Calibration.fit(np.concatenate(features), np.concatenate(right))


def _yes(reader: EvidenceReader, questions: Sequence[LabelledQuestion]) -> YesCalibration:
    """The calibration of yes and no, over questions with such an answer and the passages of their own documents."""
    logits: list[float] = []
    yes: list[bool] = []
    for one in questions:
        answer = one.answers[0].strip().casefold() if one.answers else ""
        if answer in ("yes", "no") and (passages := passages_of(one)):
            logits.append(reader.says_yes(one.question, passages))
            yes.append(answer == "yes")
    return YesCalibration.fit(np.array(logits), np.array(yes, np.bool_))


def _answer(read: Sequence[_Read], calibration: Calibration) -> AnswerCalibration:
    seen = [_seen(one, calibration) for one in read]
    return AnswerCalibration.fit(
        seen, np.array([_told(each, one) for each, one in zip(seen, read, strict=True)])
    )


def _seen(one: _Read, calibration: Calibration) -> NDArray[np.float64]:
    probability = 1.0 / (1.0 + np.exp(-one.features @ calibration.weights))
    return np.column_stack([probability, one.features[:, :2]])


def _told(seen: NDArray[np.float64], one: _Read) -> bool:
    """Whether one of the sentences that are shown is right."""
    return bool(one.right[shown_together(seen[:, 0])].any())


def _measured(read: Sequence[_Read], calibration: Calibration, answer: AnswerCalibration) -> ReaderQuality:
    seen = [_seen(one, calibration) for one in read]
    probability = np.array([answer.probability(each) for each in seen])
    hit = np.array([_told(each, one) for each, one in zip(seen, read, strict=True)])
    best = np.array([one.right[int(each[:, 0].argmax())] for each, one in zip(seen, read, strict=True)])
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
