"""What is asked: lengths, curves of load, and logs."""

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.economy.serving.offers import ListedPrice, read_offers
from clearspan.economy.serving.requests import Requests, length, load_curve, read_traffic
from clearspan.errors import BadInput


@given(st.floats(1, 100))
def test_a_curve_has_its_mean_and_its_peak(peak: float) -> None:
    levels = load_curve(peak)
    assert levels[-1] == peak
    assert float(np.mean(levels)) == pytest.approx(1, rel=0.02 * peak)
    assert all(a <= b * (1 + 1e-9) for a, b in itertools.pairwise(levels))


@given(st.floats(1, 20), st.floats(0, 1))
def test_what_a_rate_serves_grows_with_it_up_to_all(peak: float, part: float) -> None:
    asked = Requests(1e6, length("input", 100), length("output", 100), load_curve(peak))
    served = asked.within(part * asked.rate * peak)
    assert -1e-9 <= served <= asked.within(asked.rate * peak) + 1e-9
    assert served <= part * peak + 1e-9


def test_lengths_of_an_exponential_and_of_equals() -> None:
    assert length("output", 250).high == pytest.approx(250 * np.log(20), rel=1e-6)
    assert length("output", 250, 0).high == 250
    for wrong in (-1.0, float("nan"), 1e9):
        with pytest.raises(BadInput, match="coefficient"):
            length("output", 250, wrong)
    with pytest.raises(BadInput, match="positive"):
        length("output", 0)


def log(path: Path, per_hour: list[int]) -> Path:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    lines = ["time,input_tokens,output_tokens"]
    for hour, count in enumerate(per_hour):
        for i in range(count):
            at = start + timedelta(hours=hour, seconds=3599 * i / max(1, count - 1))
            lines.append(f"{at.isoformat()},{800 + i % 3 * 100},{200 + i % 2 * 100}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_log_gives_rate_lengths_and_peak(tmp_path: Path) -> None:
    found = read_traffic(log(tmp_path / "log.csv", [60, 60, 60, 180]))
    assert found.peak == pytest.approx(2, rel=0.02)
    assert found.a_month == pytest.approx(90 * 730.5, rel=0.01)
    assert found.input.mean == pytest.approx(900, rel=0.01)
    assert found.output.high == 300
    assert read_traffic(tmp_path / "log.csv", 1e6).a_month == 1e6


def test_logs_that_cannot_be_planned_from(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="too little"):
        read_traffic(log(tmp_path / "short.csv", [9, 9, 9]))
    (tmp_path / "odd.csv").write_text("time,input_tokens,output_tokens\nnoon,1,1\n", "utf-8")
    with pytest.raises(BadInput, match="'noon' is not a time"):
        read_traffic(tmp_path / "odd.csv")
    with pytest.raises(BadInput, match="1 to 100"):
        load_curve(0.5)


def test_a_price_list(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("name,input,output\nquick,0.10,0.40\nfine,2,8\n", "utf-8")
    quick, fine = read_offers(tmp_path / "prices.csv")
    asked = Requests(40e6, length("input", 900), length("output", 250), load_curve(3))
    assert asked.a_month * quick.dollars(asked) == pytest.approx(7600)
    assert fine.name == "fine"
    with pytest.raises(BadInput, match="positive"):
        ListedPrice("free", 0, 1, "")
