"""Repeating data, distilling, and what a bigger model is worth."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.economy.prices import Prices
from clearspan.economy.scaling.laws.presets import DATA_CONSTRAINED, DISTILLATION, data_constrained_drawn
from clearspan.economy.scaling.plans.data import plan_data
from clearspan.economy.scaling.plans.diet import REPEAT, TokenSource, at_compute, cheapest, for_one_epoch
from clearspan.economy.scaling.plans.distil import (
    Teacher,
    best_teacher,
    lesson,
    lesson_for,
    plan_distil,
    students_to_pay,
)
from clearspan.economy.scaling.plans.magnitudes import MODELS, in_animals, plan_magnitudes
from clearspan.economy.scaling.plans.worth import (
    Option,
    Stakes,
    break_even_value,
    gain_per_question,
    plan_worth,
)
from clearspan.errors import BadInput
from clearspan.measure.estimate import for_json

PRICES = Prices()
exponents = st.floats(20, 24).map(lambda x: 10.0**x)


@settings(max_examples=20)
@given(exponents, st.floats(9, 12).map(lambda x: 10.0**x), st.floats(1.5, 10))
def test_more_unique_tokens_never_hurt(flops: float, unique: float, factor: float) -> None:
    few = at_compute(DATA_CONSTRAINED, flops, unique, 0.0, REPEAT, PRICES)
    many = at_compute(DATA_CONSTRAINED, flops, unique * factor, 0.0, REPEAT, PRICES)
    assert many.loss <= few.loss * (1 + 1e-9)
    assert 6 * few.parameters * few.tokens == pytest.approx(flops, rel=1e-6)


def test_the_cheapest_way_reaches_the_loss_and_free_data_is_never_dearer() -> None:
    aimed = 2.25
    repeat = cheapest(DATA_CONSTRAINED, aimed, 20e9, REPEAT, PRICES)
    free = cheapest(DATA_CONSTRAINED, aimed, 20e9, TokenSource("gather", 0.0), PRICES)
    dear = cheapest(DATA_CONSTRAINED, aimed, 20e9, TokenSource("gather", 1.0), PRICES)
    assert repeat is not None
    assert free is not None
    assert dear is not None
    assert free.dollars < repeat.dollars
    assert dear.dollars == pytest.approx(repeat.dollars, rel=0.02)
    reached = float(DATA_CONSTRAINED.loss(repeat.parameters, repeat.tokens, repeat.unique))
    assert reached == pytest.approx(aimed, abs=1e-4)
    ample = DATA_CONSTRAINED.base.optimal_for_loss(aimed)
    bound = 6 * ample[0] * ample[1] * PRICES.dollars_per_training_flop
    assert bound * 0.999 <= free.dollars <= bound * 1.05


@settings(max_examples=20)
@given(exponents, st.floats(8, 11).map(lambda x: 10.0**x), st.sampled_from((0.1, 0.5, 0.9, 1.1, 2.0)))
def test_every_token_that_is_read_costs_compute_whatever_it_teaches(
    flops: float, unique: float, quality: float
) -> None:
    source = TokenSource("synthesise", 1e-7, quality)
    bought = for_one_epoch(DATA_CONSTRAINED, flops, unique, source)
    diet = at_compute(DATA_CONSTRAINED, flops, unique, bought, source, PRICES)
    assert 6 * diet.parameters * diet.tokens == pytest.approx(flops, rel=1e-6)
    if bought:
        assert diet.epochs == pytest.approx(1, rel=1e-6)
        assert diet.tokens == pytest.approx(unique + bought, rel=1e-6)
        pure = TokenSource("gather", 1e-7)
        best = at_compute(
            DATA_CONSTRAINED,
            flops,
            unique,
            for_one_epoch(DATA_CONSTRAINED, flops, unique, pure),
            pure,
            PRICES,
        )
        assert (diet.loss > best.loss) == (quality < 1)


def test_poor_tokens_make_the_same_loss_dearer() -> None:
    good, poor = (
        cheapest(DATA_CONSTRAINED, 2.25, 5e9, TokenSource("synthesise", 0.0, quality), PRICES)
        for quality in (1.0, 0.3)
    )
    assert good is not None
    assert poor is not None
    assert poor.compute_dollars > good.compute_dollars


def test_repetition_alone_cannot_reach_every_loss() -> None:
    assert cheapest(DATA_CONSTRAINED, 2.1, 1e9, REPEAT, PRICES) is None


def test_the_data_plan_compares_at_equal_compute_and_at_equal_loss() -> None:
    sources = (TokenSource("gather", 1e-6), TokenSource("synthesise", 3e-7, 0.5))
    plan = plan_data(DATA_CONSTRAINED, data_constrained_drawn(), 25e9, 1e22, sources, PRICES)
    assert [row[0] for row in plan.tables[0].rows] == ["repeat", "gather", "synthesise"]
    assert plan.numbers["fresh_tokens_worth"].low is not None
    assert "Cheapest to a loss" in plan.summary[1]
    enough = plan_data(DATA_CONSTRAINED, [], 1e15, 1e22, sources, PRICES)
    assert "enough" in enough.summary[0]


@given(st.floats(8, 10).map(lambda x: 10.0**x), st.floats(9.5, 12).map(lambda x: 10.0**x))
def test_a_longer_lesson_teaches_more_and_costs_more(size: float, tokens: float) -> None:
    teacher = Teacher(7e9, 280e9)
    short, long = (lesson(DISTILLATION, teacher, size, t) for t in (tokens, 3 * tokens))
    assert long.loss < short.loss
    assert long.flops > short.flops
    assert short.teacher_flops == 6 * 7e9 * 280e9


def test_the_account_of_a_teacher() -> None:
    paid = Teacher(7e9, 280e9, exists=True)
    shared = Teacher(7e9, 280e9, students=10, stored=True)
    assert paid.training_flops == 0
    assert shared.training_flops == pytest.approx(6 * 7e9 * 280e9 / 10)
    assert shared.flops_per_lesson_token == pytest.approx(2 * 7e9 / 10)
    assert lesson_for(DISTILLATION, Teacher(7e9, 280e9), 1e9, 1e22) is None
    taught = lesson_for(DISTILLATION, Teacher(7e9, 280e9), 1e9, 3e22)
    assert taught is not None
    assert taught.flops == pytest.approx(3e22)


@given(st.floats(0, 11).map(lambda x: 10.0**x), st.booleans(), st.integers(1, 50), st.booleans())
def test_tuning_on_a_task_is_in_the_account_of_both_ways(
    task: float, exists: bool, students: int, stored: bool
) -> None:
    """6·N·D of teacher and student and 2·N·D of reading along, shared as pre-training is; nothing vanishes."""
    plain = Teacher(7e9, 280e9, exists, students, stored)
    tuned = Teacher(7e9, 280e9, exists, students, stored, task_tokens=task)
    cost = (6 * 7e9 / students + 2 * 7e9 / (students if stored else 1) + 6 * 1e9) * task
    assert tuned.tuning_flops(1e9) == pytest.approx(cost)
    taught, longer = (lesson_for(DISTILLATION, t, 1e9, 5e22) for t in (tuned, plain))
    assert taught is not None
    assert longer is not None
    assert taught.flops == pytest.approx(5e22)
    assert taught.tokens <= longer.tokens
    assert 6e9 * (tuned.tokens_alone(1e9, 5e22) + task) == pytest.approx(5e22)


def test_a_plan_of_distilling_says_which_training_it_counted() -> None:
    plain = plan_distil(DISTILLATION, Teacher(7e9, 280e9, exists=True), 1e9, 1e21)
    assert "Counted is pre-training; tuning on a task is not (--task-tokens)." in plain.summary
    assert plain.numbers["tuning_share"].value == 0
    tuned = plan_distil(DISTILLATION, Teacher(7e9, 280e9, exists=True, task_tokens=2e9), 1e9, 1e21)
    assert any("pre-training and tuning: teacher and student on 2B task tokens" in s for s in tuned.summary)
    assert tuned.numbers["tuning_share"].value == pytest.approx((48e9 + 14e9) * 2e9 / 1e21)
    assert tuned.numbers["loss_alone"].value > plain.numbers["loss_alone"].value
    assert tuned.numbers["loss_distilled"].value > plain.numbers["loss_distilled"].value


def test_one_student_alone_is_better_off_without_training_a_teacher() -> None:
    """Busbridge et al. 2025, section 5: distillation pays where the teacher exists or is shared."""
    alone = plan_distil(DISTILLATION, Teacher(7e9, 280e9), 1e9, 2e22)
    assert alone.numbers["gain"].value < 0
    shared = plan_distil(
        DISTILLATION, Teacher(7e9, 280e9, exists=True, students=1000, stored=True), 1e9, 1e21
    )
    assert shared.numbers["gain"].value > 0
    found = best_teacher(DISTILLATION, Teacher(7e9, 280e9), 1e9, 2e22)
    assert found is not None
    assert found[1].loss < alone.numbers["loss_distilled"].value


def test_the_students_that_make_a_teacher_pay_are_no_more_than_needed() -> None:
    teacher, size, flops = Teacher(7e9, 280e9, exists=True), 1e9, 1e21
    needed = students_to_pay(DISTILLATION, teacher, size, flops)
    assert needed is not None
    alone = DISTILLATION.supervised.loss(size, flops / (6 * size))
    for students, pays in ((needed, True), (needed - 1, False)):
        shared = Teacher(7e9, 280e9, exists=True, students=students, stored=True)
        taught = lesson_for(DISTILLATION, shared, size, flops)
        assert taught is not None
        assert (taught.loss < alone) == pays
    assert any(
        f"from {needed} students" in s for s in plan_distil(DISTILLATION, teacher, size, flops).summary
    )
    assert students_to_pay(DISTILLATION, Teacher(1e7, 1e9), size, flops) is None


def test_gain_and_break_even_agree() -> None:
    small, large = Option("s", 0.71, 0.0002), Option("l", 0.83, 0.004)
    stakes = Stakes(value=0.05, harm=0.01)
    threshold = break_even_value(small, large, stakes)
    assert gain_per_question(small, large, Stakes(threshold, 0.01)) == pytest.approx(0.0, abs=1e-12)
    assert gain_per_question(small, large, stakes) == pytest.approx(0.06 * 0.12 - 0.0038)
    assert break_even_value(large, Option("w", 0.6, 0.01), stakes) == math.inf


@settings(max_examples=25)
@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.integers(20, 5000))
def test_more_tests_narrow_the_interval_around_the_gain(first: float, second: float, tested: int) -> None:
    stakes = Stakes(1.0)
    plans = [
        plan_worth(Option("s", first, 0.01, n), Option("l", second, 0.02, n), stakes)
        for n in (tested, 16 * tested)
    ]
    widths = []
    for plan in plans:
        gain = plan.numbers["gain"]
        assert gain.low is not None
        assert gain.high is not None
        widths.append(gain.high - gain.low)
    assert widths[1] < widths[0]


def test_worth_says_from_how_many_questions_on_and_when_never() -> None:
    plan = plan_worth(
        Option("s", 0.71, 0.0002, 300), Option("l", 0.83, 0.004, 300), Stakes(0.05, fixed=2000, questions=1e6)
    )
    assert "909k questions" in plan.summary[1]
    assert "never" in plan.summary[1]
    assert for_json(plan.numbers["break_even_questions"])["high"] is None
    worse = plan_worth(Option("s", 0.7, 0.001), Option("l", 0.6, 0.01), Stakes(1.0))
    assert "does not pay" in worse.summary[0]
    assert "no value" in worse.summary[1]


def test_each_step_of_the_scale_is_ten_times_the_one_before() -> None:
    assert (in_animals(1), in_animals(10), in_animals(100)) == ("a shark", "an orca", "a whale")
    assert in_animals(630) == "6.3 whales"
    assert in_animals(0.1) == "1/10 of a shark"
    plan = plan_magnitudes(1e9, 100e9, PRICES)
    own = next(row for row in plan.tables[0].rows if row[0] == "your plan")
    assert own[5] == "a shark"
    assert plan.numbers["flops"].value == pytest.approx(6e20)
    assert all(m.source for m in MODELS)
    assert len(plan_magnitudes(None, None, PRICES).charts) == 4


@pytest.mark.parametrize(
    "make",
    [
        lambda: TokenSource("gather", -1.0),
        lambda: TokenSource("synthesise", 0.1, 0.0),
        lambda: cheapest(DATA_CONSTRAINED, 1.0, 1e9, REPEAT, PRICES),
        lambda: cheapest(DATA_CONSTRAINED, 2.5, -1e9, REPEAT, PRICES),
        lambda: plan_data(DATA_CONSTRAINED, [], 0.0, 1e22, (), PRICES),
        lambda: Teacher(-1, 1e9),
        lambda: Teacher(1e9, 1e9, students=0),
        lambda: lesson(DISTILLATION, Teacher(1e9, 1e10), 0.0, 1e9),
        lambda: plan_distil(DISTILLATION, Teacher(70e9, 15e12), 1e9, 1e22),
        lambda: Option("x", 1.2, 0.1),
        lambda: Option("x", 0.5, -0.1),
        lambda: Option("x", math.nan, 0.1),
        lambda: Stakes(0.0),
        lambda: Stakes(1.0, harm=-1),
        lambda: Stakes(1.0, questions=-5),
        lambda: plan_magnitudes(-1.0, 1e9, PRICES),
    ],
)
def test_impossible_requests_are_refused(make) -> None:
    with pytest.raises(BadInput):
        make()
