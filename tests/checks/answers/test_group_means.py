"""Means with intervals by page, calibration, and the figures of kinds."""

import math

import pytest

from clearspan.checks.answers.calibration import (
    calibration_error,
    calibration_table,
    error_by_chance,
    risk_chart,
    shown_error,
)
from clearspan.checks.answers.group_means import cell, of_questions, sliced
from clearspan.checks.answers.kinds import FIGURES, macro_yes_no
from clearspan.measure.estimate import Estimate
from tests.checks.answers.making import ELSEWHERE, MARKED, answered, claim, question, shown

RIGHT = shown(claim("Ilse Varn.", MARKED))
WRONG = shown(claim("Odo Bree.", ELSEWHERE), first=ELSEWHERE, probability=0.2)


def test_questions_about_one_page_count_as_one() -> None:
    apart = [answered(question("x", name=f"{n}"), RIGHT if n % 2 else WRONG) for n in range(40)]
    alike = [answered(question("x", name=f"{n % 4}"), RIGHT if n % 2 else WRONG) for n in range(40)]

    def value(one: object) -> float:
        return float(getattr(one, "own") is RIGHT)  # noqa: B009

    wide, narrow = of_questions(alike, value), of_questions(apart, value)
    assert wide.value == narrow.value == 50
    assert None not in (wide.low, wide.high, narrow.low, narrow.high)
    assert (wide.high or 0) - (wide.low or 0) > (narrow.high or 0) - (narrow.low or 0)
    graded = of_questions(apart, lambda one: 0.5 * value(one))
    assert graded.value == 25
    assert (graded.low or 0) < 25 < (graded.high or 0)
    assert math.isnan(of_questions([], value).value)


def test_cells() -> None:
    assert cell(Estimate(63.2, "%", 51.7, 73.4)) == "63 [52 to 73]"
    assert cell(Estimate(63.2)) == "63"
    assert cell(Estimate(math.nan)) == "–"


def test_slices_are_all_then_kinds_then_sets() -> None:
    some = [answered(question("x", kinds=(kind,)), RIGHT) for kind in ("why", "fact")]
    assert [name for name, _ in sliced(some)] == ["all", "kind fact", "kind why", "set made"]


def test_a_probability_that_means_what_it_says_has_no_error() -> None:
    assert calibration_error([0.75] * 4, [1, 1, 1, 0]) == pytest.approx(0)
    assert calibration_error([1.0] * 4, [0, 0, 0, 0]) == 1
    assert math.isnan(calibration_error([], []))
    assert error_by_chance([0.5] * 400) < error_by_chance([0.5] * 10)
    assert error_by_chance([1.0, 0.0]) == 0


def test_the_surest_come_first_and_silence_is_no_overview() -> None:
    some = [answered(question("Ilse Varn", name=f"{n}"), RIGHT if n % 2 else WRONG) for n in range(40)]
    table = calibration_table(some)
    assert table.rows[0][:5] == ("all", 40, 0.0, 0.0, 0.5)
    chart = risk_chart(some)
    assert [series.name for series in chart.series] == ["all (0.16)", "fact (0.16)"]
    assert (chart.marks[0].x, chart.marks[0].y) == (1.0, 0.5)
    silent = answered(question("Ilse Varn"), shown())
    assert shown_error([*some, silent]) == shown_error(some)
    assert shown_error(some) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("kinds", "marked", "answers", "names"),
    [
        (("fact",), "gold", ("x",), ["fact: answer stated"]),
        (("number", "table"), "match_unique", ("12",), ["table: look-ups stated"]),
        (("number", "table", "calculate"), "none", ("12",), ["table: arithmetic stated"]),
        (("yes_no",), "none", ("no",), ["yes/no: accuracy", "yes/no: a word is said"]),
        (("how",), "section", ("x",), ["how and why, a section is marked: F1 of evidence"]),
        (("why",), "span", ("x",), ["why: F1 of evidence"]),
        (("list",), "gold", ("x", "y"), ["list: F1 of items"]),
        (("multi_hop",), "gold", ("x",), ["multi-hop: all evidence cited", "multi-hop: answer stated"]),
        (("table",), "gold", ("one two " * 9,), ["table, answer is a sentence: F1 of rows cited"]),
    ],
)
def test_each_question_counts_where_it_belongs(
    kinds: tuple[str, ...], marked: str, answers: tuple[str, ...], names: list[str]
) -> None:
    one = question(*answers, kinds=kinds, marked=marked)
    assert [figure.name for figure in FIGURES if figure.counts(one)] == names


def test_yes_and_no_weigh_the_same() -> None:
    yes = shown(claim("It is."), word="yes")
    some = [answered(question(word, kinds=("yes_no",)), yes) for word in ("yes", "yes", "yes", "no")]
    assert macro_yes_no(some, own=True) == 0.5
    assert math.isnan(macro_yes_no([], own=True))
