"""Training the parser on public questions about tables, calibrating it, and measuring it on documents kept back."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import optimize  # pyright: ignore[reportMissingTypeStubs]

from clearspan.overview.answering.reader.training.questions import (
    LabelledQuestion,
    content_hash,
    grouped_folds,
)
from clearspan.overview.answering.tables.model import Parser
from clearspan.overview.answering.tables.predictors import Floats
from clearspan.overview.answering.tables.ranking import READ, measures_of, weigh
from clearspan.overview.answering.tables.training.examples import LICENCES, SETS, TableExample, is_arithmetic
from clearspan.overview.answering.tables.training.fit import SEED, ParserRecipe, calibrated, fit, scores

FOLDS = 3
_RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """What a parser that has not seen a question's documents answers to it.

    Attributes:
        answer: the most probable one, for a person; empty where its documents hold no table.
        right: whether it is the answer that people gave.
        reachable: whether any derivation comes to that.
        probability: calibrated, that it is right.
        measures: see `ranking.MEASURES`; zeros without an answer.
    """

    question: LabelledQuestion
    answer: str
    right: bool
    reachable: bool
    probability: float
    measures: Floats


def held_out(
    examples: Sequence[TableExample],
    recipe: ParserRecipe | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[JudgedAnswer]:
    """Each question judged by a parser, and a calibration, that have seen none of its documents."""
    fold = np.array(grouped_folds([one.question for one in examples], FOLDS))
    judged: list[JudgedAnswer | None] = [None] * len(examples)
    for number in range(FOLDS):
        parser = fit([one for one, own in zip(examples, fold, strict=True) if own != number], recipe)
        for place in np.flatnonzero(fold == number).tolist():
            judged[place] = judge(examples[place], parser)
        if progress is not None:
            progress(f"fold {number + 1} of {FOLDS}")
    known = [one for one in judged if one is not None]
    return [one for number in range(FOLDS) for one in _sure(known, fold, number)]


def _sure(judged: Sequence[JudgedAnswer], fold: NDArray[np.intp], number: int) -> list[JudgedAnswer]:
    """The judged of one fold, with probabilities calibrated on the others."""
    weights = calibration([one for one, own in zip(judged, fold, strict=True) if own != number])
    return [
        replace(one, probability=_probability(one, weights))
        for one, own in zip(judged, fold, strict=True)
        if own == number
    ]


def _probability(one: JudgedAnswer, weights: Floats) -> float:
    return float(1 / (1 + np.exp(-(one.measures @ weights[:-1] + weights[-1])))) if one.answer else 0.0


def train(
    examples: Sequence[TableExample], judged: Sequence[JudgedAnswer], recipe: ParserRecipe | None = None
) -> Parser:
    """A parser of all examples, calibrated on what held-out parsers answered."""
    return calibrated(fit(examples, recipe), calibration(judged))


def groups(judged: Sequence[JudgedAnswer]) -> dict[str, list[JudgedAnswer]]:
    """Questions by their set, look-ups apart from arithmetic; then all of each."""
    found: dict[str, list[JudgedAnswer]] = {}
    for one in judged:
        kind = "arithmetic" if is_arithmetic(one.question) else "look-ups"
        for name in (f"{one.question.origin}, {kind}", kind):
            found.setdefault(name, []).append(one)
    return dict(sorted(found.items(), key=lambda each: ("," not in each[0], each[0])))


def card(questions: Sequence[LabelledQuestion], judged: Sequence[JudgedAnswer]) -> dict[str, object]:
    """What the weights were made of and how, for the file beside them."""
    return {
        "trained on": {name: sum(one.origin == name for one in questions) for name in SETS},
        "data": content_hash(questions),
        "seed": SEED,
        "folds": f"{FOLDS}, grouped by document, title and question",
        "recipe": asdict(ParserRecipe()),
        "held out": {
            name: {"questions": len(own), "right": round(sum(one.right for one in own) / len(own), 4)}
            for name, own in groups(judged).items()
        },
        "licences": LICENCES,
    }


def judge(example: TableExample, parser: Parser) -> JudgedAnswer:
    """What a parser answers to an example."""
    found = scores(parser, example)
    top = np.argsort(-found, kind="stable")[:READ]
    weighed = weigh(found[top].tolist(), example.answers[top].tolist())
    reachable = bool(example.right.any())
    if not weighed:
        return JudgedAnswer(example.question, "", False, reachable, 0.0, np.zeros(6, np.float32))
    place = int(top[weighed[0].best])
    grid, own = _in_grid(example, place)
    measures = measures_of(weighed[0], example.predictors[grid], own, bool(example.calculated[place]))
    shown = example.shown[int(example.answers[place])]
    # Of derivations that come to the same words one may be right by other cells: the most probable one counts.
    return JudgedAnswer(
        example.question, shown, bool(example.right[place]), reachable, weighed[0].share, measures
    )


def calibration(judged: Sequence[JudgedAnswer]) -> Floats:
    """Weights of a logistic model of whether an answer is right, the bias last."""
    answered = [one for one in judged if one.answer]
    table = np.stack([np.append(one.measures, 1.0) for one in answered]).astype(float)
    right = np.array([one.right for one in answered], float)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = table @ weights
        lost = np.logaddexp(0, logits) - right * logits
        gradient = table.T @ (1 / (1 + np.exp(-logits)) - right)
        return float(lost.sum() + 0.5 * _RIDGE * (weights**2).sum()), gradient + _RIDGE * weights

    found = optimize.minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B")  # pyright: ignore
    return np.asarray(found.x, np.float32)  # pyright: ignore


def _in_grid(example: TableExample, place: int) -> tuple[int, int]:
    """The grid of a derivation that is numbered over all grids, and its number there."""
    for number, each in enumerate(example.predictors):
        if place < len(each.places):
            return number, place
        place -= len(each.places)
    raise IndexError(place)
