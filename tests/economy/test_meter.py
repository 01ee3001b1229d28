"""The meter: time by stage, tokens, and a share of processor time that adds up."""

import threading
import time

import pytest

from clearspan.economy.meter import Metering
from clearspan.tiers.base import NOTHING_SPENT, Spent


def _work(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(1000))


def test_stages_add_up_and_tokens_are_told() -> None:
    with Metering(10.0) as metering:
        for _ in range(2):
            with metering.stage("search"):
                _work(0.01)
        meter = metering.meter(Spent(31, 6))
    assert [stage.name for stage in meter.stages] == ["search"]
    assert (meter.input_tokens, meter.output_tokens) == (31, 6)
    assert meter.stages[0].seconds <= meter.seconds
    assert meter.joules == pytest.approx(meter.cpu_seconds * 10.0, rel=0.01, abs=0.01)
    assert "10 W per core" in meter.joules_how


def test_shares_of_answers_in_flight_add_up_to_what_the_process_used() -> None:
    begun = time.process_time()
    shares: list[float] = []
    ready = threading.Barrier(3)

    def answer() -> None:
        with Metering(10.0) as metering:
            ready.wait()
            _work(0.05)
            ready.wait()
            shares.append(metering.meter(NOTHING_SPENT).cpu_seconds)

    threads = [threading.Thread(target=answer) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(shares) <= time.process_time() - begun + 0.01
    assert min(shares) > 0


def test_a_failing_stage_is_still_timed() -> None:
    with Metering(10.0) as metering:
        with pytest.raises(ValueError, match="broken"), metering.stage("judge"):
            raise ValueError("broken")
        assert metering.meter(NOTHING_SPENT).stages[0].name == "judge"


def test_what_is_paid_says_how() -> None:
    with Metering(10.0) as metering:
        free = metering.meter(NOTHING_SPENT)
        meter = metering.meter(Spent(money=0.75, currency="EUR", money_how="by hand"))
    assert (free.money, free.currency) == (0, "")
    assert (meter.money, meter.currency, meter.money_how) == (0.75, "EUR", "by hand")
