"""The one check: what is allowed, what is refused and why, and that no allowed set is beyond a bound."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from clearspan.errors import BadInput, Refused
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.limits.dose import DEFAULT_REACH, BeyondLimit, DoseLimits
from clearspan.models.inside.limits.gauge import FileGauge, write_gauge
from clearspan.models.inside.limits.measured import MeasuredDose, keep_measured, measured_doses, read_measured
from clearspan.models.inside.limits.overrides import exceeding, measuring
from clearspan.models.inside.limits.pushes import pushes, reach, reach_along
from clearspan.settings import Settings
from tests.models.inside.limits.test_pushes import NEXT, SITE, WIDTH, Gauged, dials, hidden

GAUGE = Gauged(hidden(7))
NORM = GAUGE.statistics.norm
KEY = "sixteen letters at least"


def unit(*numbers: float) -> torch.Tensor:
    vector = torch.zeros(WIDTH)
    vector[: len(numbers)] = torch.tensor(numbers)
    return vector / vector.norm()


def direction(vector: torch.Tensor, site: object = SITE) -> Direction:
    """One unit of it reaches as far as one median norm."""
    return Direction.of("direction", "tiny", site, NORM * vector)  # type: ignore[arg-type]


GATE = direction(unit(1, 2, 3))


def recorded(
    amount: float, *more: Dial, weights: str = "w", probes: tuple[str, ...] = ("fluency",)
) -> MeasuredDose:
    return MeasuredDose("gate", "tiny", weights, (GATE.add(amount), *more), probes, (("fluent", 0.9),))


def limits(*measured: MeasuredDose, weights: str = "w") -> DoseLimits:
    return DoseLimits(GAUGE, measured, lambda: weights)


def test_below_the_default_reach_anything_goes_and_above_it_nothing() -> None:
    found = limits().require([GATE.add(0.9 * DEFAULT_REACH)])
    assert found.reach == pytest.approx(0.9 * DEFAULT_REACH)
    assert (found.basis, found.holds) == ("default", True)
    assert found.guard_rails.startswith("Not audited")
    with pytest.raises(BeyondLimit, match="may reach"):
        limits().require([GATE.add(1.1 * DEFAULT_REACH)])


def test_what_was_measured_may_go_as_far_as_it_was() -> None:
    held = limits(recorded(0.6))
    found = held.require([GATE.add(0.6)])
    assert (found.basis, found.measured_as) == ("measured", "gate")
    assert len(found.measurement) == 64
    assert "only fluency was measured" in found.guard_rails
    assert held.require([GATE.add(0.3)]).limit == pytest.approx(0.6)
    for beyond in ([GATE.add(0.61)], [GATE.add(-0.6)], [GATE.add(0.3)] * 2 + [GATE.add(0.01)]):
        with pytest.raises(BeyondLimit):
            held.require(beyond)


def test_a_smaller_amount_that_pushes_farther_is_not_what_was_measured() -> None:
    """A clamp to nothing takes away what is there."""
    there = float(GAUGE.statistics.mean @ GATE.decoder / GATE.decoder.norm())
    toward = GATE if there > 0 else direction(-unit(1, 2, 3))
    level = abs(there) / float(GATE.decoder.norm())
    measured = MeasuredDose("gate", "tiny", "w", (toward.clamp(level),), ("fluency",))
    found = limits(measured).verdict([toward.clamp(level)])
    assert found.basis == "measured"
    nothing = limits(measured).verdict([toward.clamp(0.0)])
    assert nothing.reach > found.reach
    assert nothing.basis == "default"


def test_guard_rails_are_said_to_be_audited_only_where_refusals_were_looked_at() -> None:
    found = limits(recorded(0.6, probes=("fluency", "refusal"))).require([GATE.add(0.6)])
    assert found.guard_rails == "Audited at this dose: fluency, refusal stayed within their margins."


def test_a_low_limit_holds_below_the_default() -> None:
    held = limits(recorded(0.1))
    held.require([direction(unit(3, 0, -1)).add(0.9 * DEFAULT_REACH)])
    for beyond in (
        [GATE.add(0.12)],
        [GATE.add(0.06), direction(unit(1, 2, 3), NEXT).add(0.06)],
        [direction(unit(1, 2, 3) + 0.2 * unit(0, 0, 0, 1)).add(0.12)],
    ):
        with pytest.raises(BeyondLimit, match="measured as 'gate'"):
            held.require(beyond)


def test_what_is_not_a_number_is_beyond_everything() -> None:
    huge = Direction("huge", "tiny", SITE, unit(1), unit(1) * 1e30, maximum=1e306)
    some = [Dial(huge, "add", amount) for amount in (900.0, -900.0)]
    with pytest.raises(BeyondLimit):
        limits().require(some)


def test_each_dial_of_what_was_measured_has_its_own_share() -> None:
    other = direction(unit(0, 0, 0, 1))
    held = limits(recorded(0.1, other.add(0.2)))
    held.require([GATE.add(0.1), other.add(0.2)])
    held.require([GATE.add(0.05), other.add(0.1)])
    with pytest.raises(BeyondLimit, match="measured as 'gate'"):
        held.require([GATE.add(0.2)])


def test_together_means_all_of_them_by_one_share() -> None:
    other = direction(unit(0, 0, 0, 1))
    held = limits(recorded(0.4, other.add(0.4)))
    held.require([other.add(0.3), GATE.add(0.3)])
    for different in (
        [GATE.add(0.4), other.add(0.1)],
        [GATE.add(0.4)],
        [GATE.add(0.3), other.add(0.3), other.add(0.1)],
    ):
        with pytest.raises(BeyondLimit):
            held.require(different)


def test_a_measurement_expires_with_the_weights_and_with_the_vector() -> None:
    with pytest.raises(BeyondLimit, match="other weights"):
        limits(recorded(0.6), weights="others").require([GATE.add(0.5)])
    turned = direction(unit(1, 2, 3.2))
    with pytest.raises(BeyondLimit):
        limits(recorded(0.6)).require([turned.add(0.5)])


def test_the_record_has_another_hash_whatever_changes_in_it() -> None:
    one = recorded(0.6)
    others = [
        recorded(0.5),
        recorded(0.6, weights="v"),
        recorded(0.6, probes=("fluency", "refusal")),
        replace(one, figures=(("fluent", 0.8),)),
        replace(one, dials=(direction(unit(1, 2, 3.0001)).add(0.6),)),
    ]
    assert len({one.sha256, *(other.sha256 for other in others)}) == 6
    assert recorded(0.6).sha256 == one.sha256


def test_records_are_kept_and_read_again(tmp_path: Path) -> None:
    feature = Direction("f", "tiny", SITE, unit(1, 1), unit(0, 1), -0.5, 0.25, 3.0)
    made = recorded(0.6, feature.clamp(2.0), GATE.ablate())
    path = tmp_path / "limits.safetensors"
    keep_measured([made], path)
    keep_measured([replace(made, name="other")], path)
    keep_measured([made], path)
    found = read_measured(path)
    assert [one.name for one in found] == ["other", "gate"]
    assert found[1].share_of([GATE.add(0.3), feature.clamp(1.0), GATE.ablate()]) == pytest.approx(0.5)
    assert found[1].share_of([GATE.add(0.6), feature.clamp(1.0), GATE.ablate()]) is None
    keep_measured([made], tmp_path / "home" / "limits.safetensors")
    home = Settings(home=tmp_path / "home")
    assert [one.name for one in measured_doses("tiny", home)] == ["gate"]
    assert measured_doses("another", home) == []


@pytest.mark.parametrize("content", [b"", b"{}", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      ", b"[" * 5000])
def test_a_damaged_file_is_said_to_be_one(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "limits.safetensors"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="cannot be read"):
        read_measured(path)
    with pytest.raises(BadInput, match="gauge"):
        FileGauge.read(path)


def test_a_gauge_goes_through_a_file(tmp_path: Path) -> None:
    write_gauge(tmp_path / "gauge", "tiny", {SITE: GAUGE.statistics}, "w")
    found = FileGauge.read(tmp_path / "gauge")
    assert (found.model, found.fingerprint) == ("tiny", "w")
    some = [GATE.clamp(0.2), Direction("f", "tiny", SITE, unit(1, 1), unit(0, 1), -0.5, 0.25, 3.0).ablate()]
    assert reach(pushes(some, found)) == pytest.approx(reach(pushes(some, GAUGE)))
    with pytest.raises(BadInput, match="another model"):
        found.at(NEXT)


def test_leave_needs_the_key_and_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    held, beyond = limits(), [GATE.add(3)]
    keyed = Settings(home=tmp_path, limit_key=KEY)
    with exceeding(KEY, keyed, "a test"), caplog.at_level(logging.WARNING, "clearspan.models.inside.limits"):
        found = held.require(beyond)
    assert (found.holds, found.override) == (False, "with the limit key, by a test")
    assert "exceeded with the limit key, by a test" in caplog.text
    assert KEY not in caplog.text + found.model_dump_json()
    with pytest.raises(BeyondLimit):
        held.require(beyond)
    for settings, key in ((keyed, "sixteen letters at mosd"), (keyed, ""), (Settings(home=tmp_path), "")):
        with pytest.raises(Refused), exceeding(key, settings, "a test"):
            held.require(beyond)
    with measuring("a thing"):
        assert held.require(beyond).override == "to measure a thing"


def test_a_key_that_is_soon_guessed_is_none(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="limit_key"):
        Settings(home=tmp_path, limit_key="short")


@given(st.lists(dials(), min_size=1, max_size=6), st.floats(0.05, 1))
@examples(max_examples=200, deadline=None)
def test_sums_of_allowed_dials_are_bounded(some: list[Dial], limit: float) -> None:
    measured = recorded(limit)
    held = limits(measured)
    if not held.verdict(some).holds:
        with pytest.raises(BeyondLimit):
            held.require(some)
        return
    made = pushes(some, GAUGE)
    assert reach(made) <= DEFAULT_REACH * 1.001
    axis = unit(1, 2, 3).double()
    assert (
        reach_along(made, axis)[0] <= max(reach_along(pushes(measured.dials, GAUGE), axis)[0], 0.01) * 1.001
    )
    # Twice as much of what is at its limit is beyond it, in one request or in two that are sent as one.
    if reach(made) > 0.6 * DEFAULT_REACH and all(one.operation == "add" for one in some):
        assert not held.verdict([*some, *some]).holds
