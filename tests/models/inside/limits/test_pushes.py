"""What dials do as geometry: bounds that hold for whatever the activations are, and sums that stay sums."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.hooks import apply_dials
from clearspan.models.inside.limits.gauge import SiteGauge
from clearspan.models.inside.limits.pushes import pushes, reach, reach_along
from clearspan.models.inside.sites import Site

WIDTH = 6
SITE = Site("residual", 0)
NEXT = Site("residual", 1)


def hidden(seed: int, rows: int = 400) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    mixed = torch.randn(rows, WIDTH, generator=generator) @ torch.randn(WIDTH, WIDTH, generator=generator)
    return mixed + 3 * torch.randn(WIDTH, generator=generator)


class Gauged:
    """The statistics of made-up hidden states, the same at every site."""

    def __init__(self, states: torch.Tensor) -> None:
        self.states = states
        self.statistics = SiteGauge.of(states, float(states.norm(dim=1).median()))

    def at(self, site: Site) -> SiteGauge:
        del site
        return self.statistics


numbers = st.floats(-2, 2, width=32).filter(lambda value: value == 0 or abs(value) > 1e-3)
vectors = st.lists(numbers, min_size=WIDTH, max_size=WIDTH).filter(any).map(torch.tensor)


@st.composite
def directions(draw: st.DrawFn) -> Direction:
    if draw(st.booleans()):
        return Direction.of("plain", "tiny", SITE, draw(vectors), draw(st.floats(0.1, 4)))
    threshold = draw(st.one_of(st.none(), st.floats(-2, 4)))
    bias, maximum = draw(st.floats(-4, 4)), draw(st.floats(0.1, 4))
    return Direction("own", "tiny", SITE, draw(vectors), draw(vectors), bias, threshold, maximum)


@st.composite
def dials(draw: st.DrawFn) -> Dial:
    operation = draw(st.sampled_from(["clamp", "add", "ablate"]))
    return Dial(draw(directions()), operation, 0.0 if operation == "ablate" else draw(st.floats(-3, 3)))


@given(st.lists(dials(), min_size=1, max_size=6), st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_no_dials_do_more_than_their_size_says(some: list[Dial], seed: int) -> None:
    gauge = Gauged(hidden(seed))
    (push,) = pushes(some, gauge)
    moved = (apply_dials(gauge.states, some, math.inf) - gauge.states) / gauge.statistics.norm
    # A mean over the very states that were measured.
    assert float(moved.double().square().sum(1).mean().sqrt()) <= push.size * (1 + 1e-4) + 1e-4


@given(st.lists(dials(), min_size=1, max_size=6), vectors, st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_nor_along_any_axis(some: list[Dial], vector: torch.Tensor, seed: int) -> None:
    gauge = Gauged(hidden(seed))
    axis = (vector / vector.norm()).double()
    (push,) = pushes(some, gauge)
    translation, _, other = push.along(axis)
    moved = (apply_dials(gauge.states, some, math.inf) - gauge.states).double() @ axis / gauge.statistics.norm
    assert abs(float(moved.mean()) - translation) <= other + 1e-4
    assert (
        float(moved.square().mean().sqrt())
        <= reach_along([push], axis)[1] + abs(min(translation, 0.0)) + 1e-4
    )


@given(vectors, st.floats(0.05, 3), st.integers(1, 40), st.randoms())
@settings(max_examples=40, deadline=None)
def test_parts_reach_as_far_as_the_whole(
    vector: torch.Tensor, amount: float, parts: int, random: object
) -> None:
    gauge = Gauged(hidden(1))
    whole = Direction.of("whole", "tiny", SITE, vector)
    split = [
        Direction.of(f"part {number}", "tiny", SITE, vector).add(amount / parts) for number in range(parts)
    ]
    expected = reach(pushes([whole.add(amount)], gauge))
    assert reach(pushes(split, gauge)) == pytest.approx(expected, rel=1e-6)
    # Nor does it matter what the unit is.
    scaled = Direction.of("scaled", "tiny", SITE, vector * 100).add(amount / 100)
    assert reach(pushes([scaled], gauge)) == pytest.approx(expected, rel=1e-4)
    assert reach(pushes([replace(whole, maximum=1e-3).add(min(1000.0, amount * 1e3))], gauge)) <= expected * (
        1 + 1e-6
    )


@given(st.lists(dials(), min_size=2, max_size=5), st.permutations(range(5)))
@settings(max_examples=60, deadline=None)
def test_order_does_not_matter(some: list[Dial], order: list[int]) -> None:
    gauge = Gauged(hidden(2))
    shuffled = [some[place] for place in order if place < len(some)]
    assert reach(pushes(shuffled, gauge)) == pytest.approx(reach(pushes(some, gauge)), rel=1e-9, abs=1e-9)


@given(vectors, st.floats(0.1, 2))
@settings(max_examples=60, deadline=None)
def test_sites_add_up_and_take_nothing_back(vector: torch.Tensor, amount: float) -> None:
    gauge = Gauged(hidden(3))
    here, there = (Direction.of("one", "tiny", site, vector) for site in (SITE, NEXT))
    one = reach(pushes([here.add(amount)], gauge))
    assert reach(pushes([here.add(amount), there.add(amount)], gauge)) == pytest.approx(2 * one)
    assert reach(pushes([here.add(amount), there.add(-amount)], gauge)) == pytest.approx(2 * one)
    axis = (vector / vector.norm()).double()
    forth, _ = reach_along(pushes([here.add(amount), there.add(-amount)], gauge), axis)
    assert forth == pytest.approx(one)


def test_what_an_encoder_reads_elsewhere_counts() -> None:
    states = torch.zeros(2000, WIDTH)
    states[:, 0] = torch.randn(2000, generator=torch.Generator().manual_seed(0))
    gauge = Gauged(states + 0.01 * torch.randn(2000, WIDTH, generator=torch.Generator().manual_seed(1)))
    reads, writes = torch.zeros(WIDTH), torch.zeros(WIDTH)
    reads[0], writes[1] = 5.0, 1.0
    doctored = Direction("doctored", "tiny", SITE, reads, writes)
    _, size = reach_along(pushes([doctored.clamp(0.0)], gauge), writes.double())
    assert size == pytest.approx(5 / gauge.statistics.norm, rel=0.05)
    assert reach(pushes([doctored.clamp(0.0)], gauge)) == pytest.approx(5 / gauge.statistics.norm, rel=0.05)


@pytest.mark.parametrize(
    ("bias", "threshold", "least"),
    [(-1e6, None, 1e5), (1e6, 1e6 + 5, 1e5), (-50.0, -60.0, 5.0)],
)
def test_a_bias_or_threshold_hides_nothing(bias: float, threshold: float | None, least: float) -> None:
    vector = torch.ones(WIDTH)
    doctored = Direction("doctored", "tiny", SITE, vector / WIDTH, vector, bias, threshold)
    assert reach(pushes([doctored.clamp(0.0)], Gauged(hidden(4)))) > least


def test_a_direction_that_varies_little_is_held_to_the_rest() -> None:
    # Fewer states than numbers: what no state had is taken to vary as much as the least axis that is kept.
    generator = torch.Generator().manual_seed(3)
    states = torch.randn(30, 64, generator=generator)
    found = SiteGauge.of(states, 8.0)
    assert found.axes.shape == (16, 64)
    outside = torch.linalg.svd(states - states.mean(0))[2][-1]
    assert found.variance(outside) == pytest.approx(found.rest, rel=1e-3)
    assert found.variance(found.axes[0]) == pytest.approx(float(found.variances[0]), rel=1e-3)
