"""A machine under load: its queue balances, its speed is that of the requests it has, its memory ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.economy.energy import Serving, mixture_on, served_on
from clearspan.economy.prices import HARDWARE
from clearspan.economy.serving.curves import Point
from clearspan.economy.serving.machine import (
    MeasuredMachine,
    ModelledMachine,
    measured,
    most_requests,
    occupied,
)
from clearspan.economy.serving.requests import Requests, length, load_curve
from clearspan.economy.serving.speed import SPEED, cache_bytes_per_token, fit_speed, most_at_once
from clearspan.errors import BadInput

H100 = ModelledMachine(served_on(8e9, "h100"), HARDWARE["h100"])
CHATS = Requests(40e6, length("input", 900), length("output", 250), load_curve(3))


def test_constants_of_speed_are_found_again() -> None:
    servings = [
        mixture_on(active, total, gpu, batch)
        for active, total in ((8e9, 8e9), (70e9, 70e9), (3e9, 30e9))
        for gpu in ("h100", "b200")
        for batch in (4.0, 32.0, 256.0, 1024.0)
    ]
    steps = np.array([SPEED.step(s, s.batch or 1) for s in servings])
    found = fit_speed(servings, steps, ["one"] * len(servings))
    assert found == pytest.approx([SPEED.weights, SPEED.compute, SPEED.fixed, SPEED.each], rel=1e-3)


def test_an_8b_on_an_h100_is_as_fast_as_such_models_were_measured() -> None:
    """Public measurements of 8B models there: about 960 tokens a second at batch 8, 5,900 at 128, 8,500 at 474."""
    serving = served_on(8e9, "h100")
    for batch, rate in ((8, 962), (128, 5930), (474, 8535)):
        assert batch / SPEED.step(serving, batch) == pytest.approx(rate, rel=0.35)


@given(st.floats(1, 400), st.floats(1.01, 3))
def test_more_requests_make_a_step_longer_and_a_token_cheaper(batch: float, more: float) -> None:
    serving = served_on(8e9, "h100")
    few, many = SPEED.step(serving, batch), SPEED.step(serving, batch * more)
    assert few < many < more * few


def test_a_mixture_reads_fewer_weights_when_few_share_it() -> None:
    mixture = Serving(3e9, 30e9, "h100", 1)
    dense = Serving(30e9, 30e9, "h100", 1)
    assert SPEED.step(mixture, 1) < 0.5 * SPEED.step(dense, 1)
    assert SPEED.step(mixture, 256) / SPEED.step(dense, 256) > 0.5


def test_the_cache_is_that_of_llama_3() -> None:
    """layers × key-value heads × head size × 4 bytes, from the models' published configurations."""
    for parameters, true in ((1.2e9, 16 * 8 * 64 * 4), (8e9, 32 * 8 * 128 * 4), (70e9, 80 * 8 * 128 * 4)):
        assert 0.6 < cache_bytes_per_token(parameters) / true < 2
    assert most_at_once(served_on(8e9, "h100"), 1025) == pytest.approx(417, abs=5)
    assert most_at_once(Serving(80e9, 80e9, "h100", 1), 100) == 0


@given(st.floats(0.01, 12))
def test_requests_in_work_follow_from_how_long_each_stays(rate: float) -> None:
    state = occupied(H100, CHATS, rate)
    assert state is not None
    stay = H100.read_seconds(900) + 250 * state.step
    assert state.batch == pytest.approx(rate * stay, rel=1e-6)


def test_a_queue_that_grows_is_no_state() -> None:
    assert occupied(H100, CHATS, 1e3) is None
    assert occupied(H100, CHATS, 18.0) is None


@given(st.floats(16, 200))
def test_the_most_that_a_machine_takes_is_the_most(limit: float) -> None:
    most = most_requests(H100, CHATS, limit)
    inside, beyond = occupied(H100, CHATS, 0.999 * most), occupied(H100, CHATS, 1.001 * most)
    assert inside is not None
    assert inside.fits
    assert inside.seconds <= limit
    assert beyond is None or not beyond.fits or beyond.seconds > limit


def test_what_cannot_be_served_says_what_stands_in_the_way() -> None:
    with pytest.raises(BadInput, match="A long answer takes"):
        most_requests(H100, CHATS, 1.0)
    too_large = ModelledMachine(Serving(80e9, 80e9, "h100", 1), HARDWARE["h100"])
    with pytest.raises(BadInput, match="memory does not hold"):
        most_requests(too_large, CHATS, None)


def test_measured_points_are_met_and_joined() -> None:
    points = [
        Point("box", batch, rate, 0.0, 200 + batch, 60, 0.5, 4000.0)
        for batch, rate in ((1, 50.0), (8, 200.0))
    ]
    (machine,) = measured(points)
    assert isinstance(machine, MeasuredMachine)
    assert machine.step(1) == pytest.approx(0.02)
    assert machine.step(8) == pytest.approx(0.04)
    assert machine.step(4.5) == pytest.approx(0.03)
    assert machine.read_seconds(2000) == pytest.approx(0.5)
    assert machine.places(1) == 8
    assert machine.factor == 1
    asked = Requests(1e5, length("input", 400, 0), length("output", 50, 0), load_curve(1))
    assert machine.joules(asked, 8) == pytest.approx(208 * (0.04 / 8 * 50 + 0.1))
