"""Serving, checked by hand, and the verdict where it turns."""

from pathlib import Path

import pytest

import clearspan as cs
from clearspan.economy.serving.curves import EXAMPLE
from clearspan.errors import BadInput

BY_HAND = {"requests": 40e6, "input_tokens": 900, "output_tokens": 250}
API = {"input_price": 0.10, "output_price": 0.40}


def test_forty_million_chats_on_an_8b_as_worked_out_by_hand() -> None:
    """15.2 requests a second: 13,700 tokens read at half of peak fill 0.44 of an H100, 3,800 written 0.6 of one."""
    plan = cs.plan.serve(**BY_HAND, **API, parameters=8e9, limit=30)
    numbers = plan.numbers
    assert numbers["machines_on_average"].value == pytest.approx(1.05, rel=0.15)
    assert 3 <= numbers["machines"].value <= 4
    assert 5.1e3 * 0.85 <= numbers["dollars_a_month"].value <= 6.9e3 * 1.15
    assert numbers["api_dollars_a_month"].value == pytest.approx(7600, rel=1e-9)
    for name in ("machines", "dollars_a_month", "dollars_a_million_tokens", "energy"):
        low, high = numbers[name].low, numbers[name].high
        assert low is not None
        assert high is not None
        assert low <= numbers[name].value <= high
    assert numbers["seconds"].value <= 30


def test_a_verdict_that_flips_within_an_assumption_says_depends() -> None:
    close = cs.plan.serve(**BY_HAND, **API, parameters=8e9, limit=30)
    assert "depends on" in str(close)
    assert "speed of a machine" in str(close)
    clear = cs.plan.serve(**BY_HAND, input_price=10, output_price=40, parameters=8e9, limit=30)
    assert "depends on" not in str(clear)
    assert "Cheaper: own machines" in str(clear)
    rows = clear.tables[1].rows
    spans = [float(row[3]) / float(row[2]) for row in rows if "." in str(row[2]) and "." in str(row[3])]
    assert len(rows) == 5
    assert spans


def test_at_the_price_where_it_turns_both_cost_the_same() -> None:
    plan = cs.plan.serve(**BY_HAND, **API, parameters=8e9, limit=30)
    rent = plan.numbers["turning_rent"].value
    there = cs.plan.serve(**BY_HAND, **API, parameters=8e9, limit=30, price_per_hour=rent)
    assert there.numbers["dollars_a_month"].value == pytest.approx(7600, rel=1e-6)
    scale = plan.numbers["turning_api_price"].value / plan.numbers["api_dollars_a_million_tokens"].value
    dearer = cs.plan.serve(
        **BY_HAND, parameters=8e9, limit=30, input_price=0.1 * scale, output_price=0.4 * scale
    )
    assert dearer.numbers["api_dollars_a_month"].value == pytest.approx(
        plan.numbers["dollars_a_month"].value, rel=1e-6
    )


@pytest.mark.parametrize("more", [1.0, 1.3, 2.0, 5.0])
def test_beyond_the_volume_where_it_turns_own_machines_stay_cheaper(more: float) -> None:
    turning = cs.plan.serve(**BY_HAND, **API, parameters=8e9, limit=30).numbers["turning_volume"].value
    asked = {**BY_HAND, "requests": turning * more * 1.0001}
    numbers = cs.plan.serve(**asked, **API, parameters=8e9, limit=30).numbers
    assert numbers["dollars_a_month"].value <= numbers["api_dollars_a_month"].value * 1.001


def test_machines_for_the_base_and_an_api_for_the_peak() -> None:
    plan = cs.plan.serve(**BY_HAND, **API, parameters=8e9, limit=30)
    both = plan.numbers["both_dollars_a_month"].value
    assert both < min(plan.numbers["dollars_a_month"].value, plan.numbers["api_dollars_a_month"].value)
    flat = cs.plan.serve(**BY_HAND, **API, parameters=8e9, limit=30, peak=1)
    assert flat.numbers["machines"].value == 2


def test_one_way_alone_and_measured_machines() -> None:
    api = cs.plan.serve(**BY_HAND, **API)
    assert "machines" not in api.numbers
    own = cs.plan.serve(requests=1e5, input_tokens=200, output_tokens=100, curves=EXAMPLE)
    assert own.numbers["machines"].value >= 1
    assert "api_dollars_a_month" not in own.numbers


def test_a_mixture_takes_the_memory_of_all_and_the_arithmetic_of_a_part() -> None:
    mixture = cs.plan.serve(**BY_HAND, parameters=30e9, active=3e9).numbers
    dense = cs.plan.serve(**BY_HAND, parameters=30e9).numbers
    assert mixture["dollars_a_month"].value < dense["dollars_a_month"].value
    assert mixture["energy"].value < dense["energy"].value


def test_what_is_left_open_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("name,input,output\n", "utf-8")
    for open_words in (
        {**BY_HAND},
        {**API, "requests": 1e6},
        {**BY_HAND, "input_price": 0.1},
        {**BY_HAND, "parameters": 8e9, "limit": 0.5},
        {**BY_HAND, "offers": tmp_path / "none.csv"},
        {**BY_HAND, "parameters": 8e9, "active": 9e9},
    ):
        with pytest.raises(BadInput):
            cs.plan.serve(**open_words)  # type: ignore[arg-type]
