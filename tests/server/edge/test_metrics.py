"""What /metrics tells of the model's speed."""

from prometheus_client.parser import text_string_to_metric_families

from clearspan.models.backends.figures import Timing
from clearspan.server.edge.metrics import Metrics
from clearspan.server.edge.workers import WorkerPool
from tests.conftest import timed


def told(timing: Timing | None) -> dict[tuple[str, ...], float]:
    text = Metrics(WorkerPool(), lambda: None, lambda: timing).exposition().decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name in {"clearspan_model_tokens_per_second", "clearspan_model_faster"}
    }


def test_nothing_is_told_while_nothing_was_measured() -> None:
    assert told(None) == {}


def test_the_speeds_of_both_ways_and_which_is_faster() -> None:
    found = told(timed("a", plain=7.25, native=31.5))
    assert found[("clearspan_model_tokens_per_second", "plain", "alone")] == 7.25
    assert found[("clearspan_model_tokens_per_second", "native", "reading")] == 31.5
    assert len(found) == 6 + 2
    assert found[("clearspan_model_faster", "native")] == 1
    assert found[("clearspan_model_faster", "plain")] == 0
