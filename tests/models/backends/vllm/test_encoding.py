"""Dials as they travel to a vLLM server, and as they are applied there; vLLM itself is not needed."""

import json
import math
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from clearspan.models.backends.vllm.dialler import DialledBatch
from clearspan.models.backends.vllm.encoding import ARGUMENT, decoded, request_arguments
from clearspan.models.inside.dials import MOST_DIALS, Dial, Direction
from clearspan.models.inside.sites import Site

WIDTH = 4
numbers = st.floats(-2, 2, width=32)
vectors = (
    st.lists(numbers, min_size=WIDTH, max_size=WIDTH)
    .map(torch.tensor)
    .filter(lambda v: float(v.norm()) > 0.1)
)
sites = st.one_of(
    st.just(Site("embedding")),
    st.builds(Site, st.sampled_from(["attention", "mlp", "residual"]), st.integers(0, 40)),
)
directions = st.builds(
    Direction,
    st.just("d"),
    st.just("m"),
    sites,
    vectors,
    vectors,
    numbers,
    st.none() | numbers,
    st.floats(0.5, 9),
)
dials = st.builds(Dial, directions, st.sampled_from(["clamp", "add", "ablate"]), st.floats(-9, 9))


def sent(given: list[Dial]) -> str:
    return request_arguments(given, lambda _: 3.0)[ARGUMENT]


@settings(deadline=None, max_examples=60)
@given(st.lists(dials, max_size=4))
def test_what_is_sent_is_what_arrives(given: list[Dial]) -> None:
    for one, found in zip(given, decoded(sent(given)), strict=True):
        direction = one.direction
        assert (found.site, found.operation) == (direction.site, one.operation)
        assert (found.bias, found.threshold) == (direction.bias, direction.threshold)
        assert (found.target, found.limit) == (one.amount * direction.maximum, 30.0)
        assert torch.equal(found.encoder, direction.encoder)
        assert torch.equal(found.decoder, direction.decoder)


@settings(deadline=None, max_examples=60)
@given(st.lists(dials, min_size=1, max_size=3), vectors)
def test_a_batch_is_moved_as_the_plain_path_moves_it(given: list[Dial], hidden: torch.Tensor) -> None:
    for one in given:
        before = float(hidden @ one.direction.encoder) + one.direction.bias
        # At the threshold itself the last digit decides, and sums in another order differ in it.
        assume(one.direction.threshold is None or abs(before - one.direction.threshold) > 1e-4)
    spans = [(0, 1, one) for one in decoded(request_arguments(given, lambda _: 1e9)[ARGUMENT])]
    changed, _ = DialledBatch.of(spans, torch.device("cpu")).change(hidden[None])
    expected = hidden + sum(
        float(one.shift(one.direction.activation(hidden[None]))) * one.direction.decoder for one in given
    )
    assert torch.allclose(changed[0], expected, rtol=1e-4, atol=1e-3)


def entry(**changes: Any) -> str:
    (whole,) = json.loads(sent([Direction.of("d", "m", "layers.1.residual", torch.ones(WIDTH)).add(1)]))
    return json.dumps([{**whole, **changes}])


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        (entry(site="layers.3.heads"), "not the address"),
        (entry(operation="stir"), "none of clamp"),
        (entry(target=math.nan), "not finite"),
        (entry(encoder="AAAA"), "no float32"),
        (entry(encoder="***"), "base64|Only"),
        ("[{}]", "cannot be read"),
        ("3", "cannot be read"),
        ("{", "Expecting"),
        (json.dumps(json.loads(entry()) * (MOST_DIALS + 1)), f"at most {MOST_DIALS}"),
    ],
)
def test_what_is_no_dial_is_refused(argument: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        decoded(argument)
