import math
from importlib import resources

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.models.inside.dials import MOST_DIALS, Direction
from clearspan.models.inside.hooks import apply_dials

WIDTH = 6
quick = settings(deadline=None, max_examples=40)
numbers = st.floats(-100, 100, width=32)
rows = st.lists(st.lists(numbers, min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=4).map(torch.tensor)
vectors = (
    st.lists(numbers, min_size=WIDTH, max_size=WIDTH)
    .map(torch.tensor)
    .filter(lambda v: float(v.norm()) > 0.1)
)
amounts = st.floats(-8, 8, width=32)
everything = math.inf


def plain(vector: torch.Tensor, maximum: float = 1.0) -> Direction:
    return Direction.of("a", "m", "layers.0.residual", vector, maximum)


def close(one: torch.Tensor, other: torch.Tensor, scale: float) -> None:
    torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5 * (1 + scale))


@quick
@given(rows, vectors, amounts, st.floats(0.5, 20, width=32))
def test_a_clamp_brings_the_activation_to_its_target(
    hidden: torch.Tensor, vector: torch.Tensor, amount: float, maximum: float
) -> None:
    direction = plain(vector, maximum)
    changed = apply_dials(hidden, [direction.clamp(amount)], everything)
    size = float(hidden.abs().max() / vector.norm())
    close(
        direction.activation(changed),
        torch.full((len(hidden),), amount * maximum),
        size + abs(amount) * maximum,
    )
    # Whatever stands at right angles to the direction is left as it was.
    unit = vector / vector.norm()
    close(changed - (changed @ unit)[:, None] * unit, hidden - (hidden @ unit)[:, None] * unit, 1e3)


@quick
@given(rows, vectors)
def test_clamping_to_the_current_activation_changes_nothing(
    hidden: torch.Tensor, vector: torch.Tensor
) -> None:
    direction = plain(vector)
    for row in hidden:
        now = float(direction.activation(row))
        if abs(now) < 1000:
            close(apply_dials(row, [direction.clamp(now)], everything), row, float(row.abs().max()))


@quick
@given(rows, vectors, amounts)
def test_adding_then_ablating_is_ablating(hidden: torch.Tensor, vector: torch.Tensor, amount: float) -> None:
    direction = plain(vector)
    added = apply_dials(hidden, [direction.add(amount)], everything)
    close(added, hidden + amount * vector, 1e3)
    without = apply_dials(hidden, [direction.ablate()], everything)
    close(apply_dials(added, [direction.ablate()], everything), without, 1e3)
    close(direction.activation(without) * float(vector.norm()), torch.zeros(len(hidden)), 1e3)


@quick
@given(rows, vectors, amounts)
def test_adding_and_taking_away_returns(hidden: torch.Tensor, vector: torch.Tensor, amount: float) -> None:
    direction = plain(vector)
    there = apply_dials(hidden, [direction.add(amount)], everything)
    close(apply_dials(there, [direction.add(-amount)], everything), hidden, 1e3)


@quick
@given(rows, vectors, vectors, amounts)
def test_the_order_of_dials_makes_no_difference(
    hidden: torch.Tensor, one: torch.Tensor, other: torch.Tensor, amount: float
) -> None:
    dials = [plain(one).clamp(amount), plain(other).ablate(), plain(one).add(1.0)]
    close(apply_dials(hidden, dials, everything), apply_dials(hidden, dials[::-1], everything), 1e4)


def test_a_feature_below_its_threshold_is_silent() -> None:
    encoder, decoder = torch.eye(WIDTH)[0], torch.eye(WIDTH)[1]
    feature = Direction(
        "f", "m", plain(encoder).site, encoder, decoder, bias=-1.0, threshold=0.5, maximum=4.0
    )
    hidden = torch.zeros(3, WIDTH)
    hidden[:, 0] = torch.tensor([1.4, 1.5, 3.0])
    assert feature.activation(hidden).tolist() == [0.0, 0.0, 2.0]
    clamped = apply_dials(hidden, [feature.clamp(2)], everything)
    assert clamped[:, 1].tolist() == [8.0, 8.0, 6.0]
    assert apply_dials(hidden, [feature.ablate()], everything)[:, 1].tolist() == [0.0, 0.0, -2.0]


@quick
@given(rows, vectors)
def test_positions_above_the_limit_are_left_bit_for_bit(hidden: torch.Tensor, vector: torch.Tensor) -> None:
    sizes = hidden.square().sum(-1).sqrt()
    limit = float(sizes.median())
    changed = apply_dials(hidden.bfloat16(), [plain(vector).add(3)], limit)
    above = hidden.bfloat16().float().square().sum(-1).sqrt() > limit
    assert changed.dtype == torch.bfloat16
    assert torch.equal(changed[above], hidden.bfloat16()[above])


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 0.0])
def test_vectors_that_cannot_be_used(bad: float) -> None:
    vector = torch.zeros(WIDTH) if bad == 0 else torch.tensor([1.0, bad, 0, 0, 0, 0])
    with pytest.raises(BadInput, match="cannot be used"):
        plain(vector)


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -float("inf"), 1e4, -1001])
def test_amounts_that_cannot_be_used(amount: float) -> None:
    with pytest.raises(BadInput, match="cannot be set"):
        plain(torch.ones(WIDTH)).clamp(amount)


def test_the_compiled_backend_has_room_for_as_many_dials_as_a_request_may_have() -> None:
    source = resources.files("clearspan.models.backends.native") / "cpp" / "step.cpp"
    assert f"MOST_DIALS = {MOST_DIALS};" in source.read_text("utf-8")
