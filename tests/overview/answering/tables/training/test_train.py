"""Training on questions and answers alone: what is learned on some documents holds on others."""

import numpy as np
import pytest

from clearspan.overview.answering.reader.training.questions import LabelledQuestion, QuestionPage
from clearspan.overview.answering.tables.training.examples import (
    TableExample,
    about_tables,
    examples_of,
    is_arithmetic,
)
from clearspan.overview.answering.tables.training.fit import ParserRecipe, fit
from clearspan.overview.answering.tables.training.train import card, groups, held_out, train

RECIPE = ParserRecipe(epochs=15, rate=0.04, hidden=4, at_least=2, batch=6, wrong=60)


def question(number: int) -> LabelledQuestion:
    """Counting and looking up, in tables of other names and figures each."""
    random = np.random.default_rng(number)
    names = [f"Town{number}x{row}" for row in range(5)]
    people = random.integers(100, 999, 5).tolist()
    state = random.integers(0, 2, 5).tolist()
    rows = [
        f"| {name} | {count} | {('North', 'South')[side]} |"
        for name, count, side in zip(names, people, state, strict=True)
    ]
    text = "\n".join(["| Town | People | Side |", *rows])
    counting = number % 2 == 0
    asked = "How many towns are on the side North?" if counting else f"What people has {names[2]}?"
    return LabelledQuestion(
        id=f"q{number}",
        origin="wikitables",
        question=f"{asked} {number}x",
        answers=(str(state.count(0)) if counting else str(people[2]),),
        answerable=True,
        kinds=("table",),
        pages=(QuestionPage(f"Page {number}", text, ""),),
        evidence=() if counting else (rows[2],),
        marked="none" if counting else "match_unique",
        near_miss=(),
        trainable=True,
    )


@pytest.fixture(scope="module")
def examples() -> list[TableExample]:
    return list(examples_of([question(number) for number in range(36)], None))


def test_the_right_derivations_are_known_by_the_answer(examples: list[TableExample]) -> None:
    assert all(one.right.any() for one in examples[1::2])
    assert all(len(one.right) == len(one.answers) == len(one.calculated) for one in examples)
    assert all(len(one.right) == sum(len(each.places) for each in one.predictors) for one in examples)


def test_it_is_right_on_documents_that_it_has_not_seen(examples: list[TableExample]) -> None:
    judged = held_out(examples, RECIPE)
    assert sorted(one.question.id for one in judged) == sorted(one.question.id for one in examples)
    found = groups(judged)
    assert list(found) == ["wikitables, arithmetic", "wikitables, look-ups", "arithmetic", "look-ups"]
    assert np.mean([one.right for one in judged]) > 0.5
    assert all(0 <= one.probability <= 1 for one in judged)
    made = card([one.question for one in examples], judged)
    assert made["trained on"] == {"wikitables": 36, "tatqa": 0, "aitqa": 0, "fetaqa": 0}
    assert len(train(examples, judged, RECIPE).calibration) == 7


def test_the_same_data_give_the_same_weights(examples: list[TableExample]) -> None:
    short = ParserRecipe(epochs=1, hidden=4, at_least=2, wrong=20)
    one, other = fit(examples, short), fit(examples, short)
    assert one.index == other.index
    assert np.array_equal(one.inner, other.inner)


def test_what_is_asked_of_tables() -> None:
    some = [question(0), question(1)]
    assert about_tables(some) == some
    assert [is_arithmetic(one) for one in some] == [True, False]
