"""What the server counts, in Prometheus' format; no text of questions or documents is in it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from clearspan.receipts import Receipt
from clearspan.server.edge.workers import WorkerPool

if TYPE_CHECKING:
    from clearspan.models.backends.figures import Timing
    from clearspan.models.serving.schedule import Traffic

# From a calculator's answer to a generated one on a slow machine.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class _ModelTraffic(Collector):
    """The language model's queue, as the model counts it."""

    def __init__(self, traffic: "Callable[[], Traffic | None]") -> None:
        self._traffic = traffic

    def collect(self) -> Iterator[Metric]:
        now = self._traffic()
        running, waiting, generated = (now.running, now.waiting, now.generated) if now else (0, 0, 0)
        yield GaugeMetricFamily(
            "clearspan_model_running", "Sequences that the model writes or reads.", running
        )
        yield GaugeMetricFamily("clearspan_model_waiting", "Requests that wait for the model.", waiting)
        yield CounterMetricFamily("clearspan_generated_tokens", "Tokens that the model generated.", generated)


class _ModelSpeed(Collector):
    """How fast the language model was measured to be on this machine, each way; nothing while it was not."""

    def __init__(self, timing: "Callable[[], Timing | None]") -> None:
        self._timing = timing

    def collect(self) -> Iterator[Metric]:
        timing = self._timing()
        speeds = GaugeMetricFamily(
            "clearspan_model_tokens_per_second",
            "Speed of each way of running the model, as it was measured before one was chosen.",
            labels=("backend", "work"),
        )
        chosen = GaugeMetricFamily(
            "clearspan_model_faster",
            "1 for the way that was faster, and runs the model.",
            labels=("backend",),
        )
        for backend, measured in timing.ways.items() if timing is not None else ():
            chosen.add_metric([backend], float(timing is not None and timing.faster == backend))
            for work, speed in measured.model_dump().items():
                speeds.add_metric([backend, work], speed)
        yield speeds
        yield chosen


class Metrics:
    """The counters of one server; each server has a registry of its own.

    Args:
        workers: whose running and waiting journeys are the queue depth.
        traffic: what the language model has to do; None while it is not loaded.
        timing: how fast the language model was measured to be; None while it is not loaded, or was not measured.
    """

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(
        self,
        workers: WorkerPool,
        traffic: "Callable[[], Traffic | None]",
        timing: "Callable[[], Timing | None]",
    ) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        registry.register(_ModelTraffic(traffic))
        registry.register(_ModelSpeed(timing))
        self._requests = Counter(
            "clearspan_requests", "Requests answered.", ("route", "method", "status"), registry=registry
        )
        self._ask_seconds = Histogram(
            "clearspan_ask_seconds",
            "Seconds of one answer, by the tier that gave it.",
            ("tier",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._stage_seconds = Histogram(
            "clearspan_stage_seconds",
            "Seconds of one stage of an answer.",
            ("stage",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._abstentions = Counter(
            "clearspan_abstentions", "Answers withheld, by reason.", ("code",), registry=registry
        )
        running = Gauge("clearspan_queue_running", "Journeys that run.", registry=registry)
        running.set_function(lambda: workers.running)
        waiting = Gauge("clearspan_queue_waiting", "Journeys that wait.", registry=registry)
        waiting.set_function(lambda: workers.waiting)
        process = psutil.Process()
        resident = Gauge("clearspan_resident_bytes", "Resident memory of the server.", registry=registry)
        resident.set_function(lambda: process.memory_info().rss)

    def request(self, route: str, method: str, status: int) -> None:
        """Count one answered request."""
        self._requests.labels(route, method, str(status)).inc()

    def answer(self, receipt: Receipt) -> None:
        """Count one answer from its receipt."""
        self._ask_seconds.labels(receipt.route.tier).observe(receipt.meter.seconds)
        for stage in receipt.meter.stages:
            self._stage_seconds.labels(stage.name).observe(stage.seconds)
        if receipt.overview.abstention:
            self._abstentions.labels(receipt.overview.abstention.code).inc()

    def exposition(self) -> bytes:
        """Everything counted so far, in Prometheus' text format."""
        return generate_latest(self._registry)
