"""Where to serve: which hardware, which batch size, how many replicas, from measured throughput."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clearspan.economy.prices import JOULES_PER_KWH
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.economy.scaling.plans.queueing import Queue
from clearspan.economy.scaling.plans.traffic import Demand
from clearspan.economy.serving.curves import Point
from clearspan.errors import BadInput
from clearspan.measure.bars import Cell, Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.estimate import Estimate, positive, share, short

_MOST_REPLICAS = 100_000_000


@dataclass(frozen=True, slots=True)
class Load:
    """What must be served.

    Attributes:
        arrivals: requests a second.
        tokens: mean output tokens a request.
        variation: squared coefficient of variation of those.
        limit: seconds within which a request must be answered whole.
        percentile: share of requests that must be.
    """

    arrivals: float
    tokens: float
    limit: float
    percentile: float = 0.95
    variation: float = 1.0

    def __post_init__(self) -> None:
        positive("The arrival rate", self.arrivals)
        positive("The tokens of a request", self.tokens)
        positive("The latency limit", self.limit)
        if not 0 < share("The percentile", self.percentile) < 1:
            raise BadInput(
                f"The percentile must lie between 0 and 1, not at {short(self.percentile, 6)}.",
                do="Give the share of requests that must be answered in time, such as 0.95.",
            )


@dataclass(frozen=True, slots=True)
class Placement:
    """A way to serve the load.

    Attributes:
        point: hardware and batch size.
        replicas: how many.
        busy: share of places in use on average.
        seconds: within which the asked share of requests is answered.
        dollars_per_hour: replicas and electricity.
        joules_per_answer: electricity of an answer, idle time included.
    """

    point: Point
    replicas: int
    busy: float
    seconds: float
    dollars_per_hour: float
    joules_per_answer: float


def placements(points: Sequence[Point], load: Load, dollars_per_kwh: float) -> list[Placement]:
    """The fewest replicas of every hardware and batch size that meet the limit, cheapest first.

    Every replica offers `batch` places; a request holds one for tokens / (tokens_per_second / batch) seconds.
    """
    found = [p for p in (_fewest(point, load, dollars_per_kwh) for point in points) if p is not None]
    return sorted(found, key=lambda p: p.dollars_per_hour)


def plan_place(
    points: Sequence[Point], load: Load, dollars_per_kwh: float, demand: Demand | None = None
) -> Plan:
    """Hardware, batch size and replicas for an arrival rate and a latency limit.

    Args:
        points: measured throughput.
        load: what must be served.
        dollars_per_kwh: of electricity.
        demand: how the arrival rate was counted, if it was.

    Raises:
        BadInput: nothing measured meets the limit at any number of replicas.
    """
    positive("The price of electricity", dollars_per_kwh)
    found = placements(points, load, dollars_per_kwh)
    if not found:
        raise BadInput(_why_not(points, load), do="Allow more seconds, or measure a smaller batch.")
    best = found[0]
    numbers = _numbers(best, points, load, dollars_per_kwh, demand)
    by_hardware = {p.point.hardware: p for p in reversed(found)}
    others = [p for name, p in by_hardware.items() if name != best.point.hardware]
    summary = [
        f"{best.replicas} × {best.point.hardware} at batch {best.point.batch}: "
        f"{numbers['dollars_per_hour']}, {numbers['joules_per_answer']} an answer, "
        f"{load.percentile:.0%} answered within {short(best.seconds)} s (limit {short(load.limit, 6)} s).",
    ]
    for other in sorted(others, key=lambda p: p.dollars_per_hour):
        factor = other.dollars_per_hour / best.dollars_per_hour
        summary.append(
            f"{other.point.hardware} would take {other.replicas} at batch {other.point.batch} and cost "
            f"{short(factor, 2)} times as much."
        )
    absent = sorted({p.hardware for p in points} - set(by_hardware))
    summary += [f"{name} meets the limit at no batch size measured." for name in absent]
    return Plan(
        f"Where to serve {short(load.arrivals)} requests a second within {short(load.limit, 6)} s",
        tuple(summary),
        numbers,
        (_table(found[:12], load),),
        (_chart(points, load, dollars_per_kwh),),
        (*_NOTES, *([f"Arrivals were counted: {demand.how}."] if demand else [])),
    )


_NOTES = (
    "Queue: requests arrive at random (Poisson) and join the first free place of any replica, in their order: "
    "M/G/c by Allen and Cunneen's approximation, with replicas × batch places.",
    "A place is taken to run as slowly as in a full batch, so at light load the truth is better.",
    "Time to read the input is not modelled; put it into the measured throughput by measuring whole requests.",
    "Electricity: busy watts for the share of places in use, idle watts for the rest; site overhead excluded.",
)


def _fewest(point: Point, load: Load, dollars_per_kwh: float) -> Placement | None:
    service = load.tokens * point.batch / point.tokens_per_second
    alone = Queue(1e-9, service, 1, service_variation=load.variation)
    if alone.quantile(load.percentile) > load.limit:
        return None
    below = max(1, math.ceil(load.arrivals * service / point.batch)) - 1
    replicas = below + 1
    while not _meets(load, service, replicas * point.batch):
        if replicas > _MOST_REPLICAS:
            return None
        below, replicas = replicas, 2 * replicas
    while replicas - below > 1:
        middle = (below + replicas) // 2
        enough = _meets(load, service, middle * point.batch)
        below, replicas = (below, middle) if enough else (middle, replicas)
    queue = Queue(load.arrivals, service, replicas * point.batch, service_variation=load.variation)
    watts = replicas * (point.idle_watts + (point.watts - point.idle_watts) * queue.load)
    dollars = replicas * point.price_per_hour + watts * 3600 / JOULES_PER_KWH * dollars_per_kwh
    return Placement(
        point, replicas, queue.load, queue.quantile(load.percentile), dollars, watts / load.arrivals
    )


def _meets(load: Load, service: float, places: int) -> bool:
    queue = Queue(load.arrivals, service, places, service_variation=load.variation)
    return queue.load < 1 and queue.within(load.limit) >= load.percentile


def _numbers(
    best: Placement, points: Sequence[Point], load: Load, dollars_per_kwh: float, demand: Demand | None
) -> dict[str, Estimate]:
    """The cheapest placement with what the uncertain throughput and arrival rate make of it."""
    spread, speed = 2 * best.point.spread, best.point.tokens_per_second
    slow, fast = (
        replace(best.point, tokens_per_second=speed * max(0.05, factor))
        for factor in (1 - spread, 1 + spread)
    )
    few, many = (demand.low, demand.high) if demand else (load.arrivals, load.arrivals)
    cases = [
        _fewest(point, replace(load, arrivals=rate), dollars_per_kwh)
        for point, rate in ((fast, few), (slow, many))
    ]
    how = "throughput ± 2 standard deviations of its repeats"
    how += f", arrivals by {demand.how}" if demand else ", arrivals as given"
    known = bool(best.point.spread or demand) and all(c is not None for c in cases)
    if not known:
        how = "no interval: throughput measured once and arrivals as given" if all(cases) else "no interval"

    def interval(value: float, unit: str, ends: Sequence[float]) -> Estimate:
        return Estimate(value, unit, min(ends), max(ends), how) if known else Estimate(value, unit, how=how)

    reached = [c for c in cases if c is not None]
    return {
        "replicas": interval(best.replicas, "", [c.replicas for c in reached]),
        "batch": Estimate(best.point.batch, "", how="chosen among those measured"),
        "dollars_per_hour": interval(
            best.dollars_per_hour, "USD an hour", [c.dollars_per_hour for c in reached]
        ),
        "joules_per_answer": interval(best.joules_per_answer, "J", [c.joules_per_answer for c in reached]),
        "seconds": Estimate(best.seconds, "s", how="Allen and Cunneen's approximation"),
        "measured": Estimate(len(points), "points", how="rows of the file after averaging repeats"),
    }


def _table(found: Sequence[Placement], load: Load) -> Table:
    rows: list[Sequence[Cell]] = [
        (
            p.point.hardware,
            p.point.batch,
            p.replicas,
            f"{p.busy:.0%}",
            short(p.seconds),
            short(p.dollars_per_hour),
            short(1000 * p.dollars_per_hour / 3600 / load.arrivals),
            short(p.joules_per_answer),
        )
        for p in found
    ]
    columns = (
        "hardware",
        "batch",
        "replicas",
        "places in use",
        f"{load.percentile:.0%} within, s",
        "USD an hour",
        "USD a thousand answers",
        "J an answer",
    )
    return Table("Cheapest first", columns, rows)


def _chart(points: Sequence[Point], load: Load, dollars_per_kwh: float) -> Chart:
    limits = np.geomspace(load.limit / 4, load.limit * 8, 25)
    series: list[Series] = []
    for name in sorted({p.hardware for p in points}):
        own = [p for p in points if p.hardware == name]
        costs: list[float] = []
        for limit in limits:
            found = placements(own, replace(load, limit=float(limit)), dollars_per_kwh)
            costs.append(found[0].dollars_per_hour if found else math.nan)
        series.append(Series(name, limits.tolist(), costs))
    best = placements(points, load, dollars_per_kwh)[0]
    return Chart(
        "place",
        "What a shorter wait costs",
        f"seconds within which {load.percentile:.0%} are answered",
        "USD an hour",
        tuple(series),
        (Mark(load.limit, best.dollars_per_hour, f"{best.replicas} × batch {best.point.batch}"),),
        y_log=True,
        caption="Cheapest placement of each hardware at each limit.",
    )


def _why_not(points: Sequence[Point], load: Load) -> str:
    fastest = max(points, key=lambda p: p.tokens_per_second / p.batch)
    alone = load.tokens * fastest.batch / fastest.tokens_per_second
    return (
        f"Nothing measured answers {load.percentile:.0%} of requests within {short(load.limit, 6)} s: the fastest "
        f"({fastest.hardware}, batch {fastest.batch}) needs {short(alone)} s on average with nobody waiting."
    )
