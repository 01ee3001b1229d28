"""Who should serve: own machines, somebody's API, or machines with an API for the busiest hours."""

import math
from collections.abc import Sequence

import numpy as np

from clearspan.economy.energy import ENERGY
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.economy.serving.assumptions import Effect, effects, tornado
from clearspan.economy.serving.fleet import Fleet, best_mix, turning_volume
from clearspan.economy.serving.machine import ModelledMachine
from clearspan.economy.serving.offers import ListedPrice
from clearspan.economy.serving.requests import HOURS_PER_MONTH
from clearspan.economy.serving.service import Service, assumptions, at_speed, cheapest_fleet, cheapest_offer
from clearspan.economy.serving.speed import SPEED
from clearspan.errors import BadInput
from clearspan.measure.bars import Cell, Table
from clearspan.measure.charts import Chart, Mark, Series
from clearspan.measure.estimate import Estimate, short


def plan_serve(service: Service) -> Plan:
    """Machines at the peak, their use, money and energy, beside the APIs, and where the verdict turns.

    Raises:
        BadInput: there is neither a machine nor an API, or no machine answers within the limit.
    """
    requests, offer = service.requests, cheapest_offer(service)
    own = cheapest_fleet(service)
    title = f"Who serves {short(requests.a_month)} requests a month?"
    about = (
        f"{short(requests.input.mean)} tokens in and {short(requests.output.mean)} out, {short(requests.rate)} a "
        f"second on average and {short(requests.peak, 2)} times that at the peak ({requests.how})."
    )
    numbers: dict[str, Estimate] = {}
    if offer is not None:
        dollars = requests.a_month * offer.dollars(requests)
        numbers["api_dollars_a_month"] = Estimate(dollars, "USD a month", how=f"{offer.name}, list price")
        numbers["api_dollars_a_million_tokens"] = Estimate(
            1e6 * dollars / requests.tokens_a_month, "USD", how="input and output tokens together"
        )
    if own is None:
        if offer is None:
            raise BadInput("There is nothing to serve with.", do="Name hardware, a price of an API, or both.")
        says = f"{offer.name} takes {numbers['api_dollars_a_month']}."
        return Plan(title, (about, says), numbers, (_table(service, [], None),), (), _notes(service))
    slow, fast = at_speed(service, own.machine, 1), at_speed(service, own.machine, -1)
    numbers |= _of_machines(service, own, slow, fast)
    if offer is None:
        return Plan(
            title,
            (about, _own_sentence(own, numbers)),
            numbers,
            (_table(service, [own], None),),
            (),
            _notes(service),
        )
    mix = best_mix(own.machine, requests, service.limit, service.power, offer)
    numbers |= _turning(service, own, slow, fast, offer, mix)
    moved = effects(assumptions(service, own, offer))
    ratio = own.dollars / numbers["api_dollars_a_month"].value
    rests, tornado_chart = tornado("What the verdict rests on", "own machines over the API", ratio, moved)
    summary = (about, _own_sentence(own, numbers), *_verdict(own, mix, offer, moved, numbers))
    fleets = [own] if mix is None else [own, mix]
    charts = (_volumes(service, own, offer), tornado_chart)
    return Plan(title, summary, numbers, (_table(service, fleets, offer), rests), charts, _notes(service))


def _of_machines(service: Service, own: Fleet, slow: Fleet | None, fast: Fleet | None) -> dict[str, Estimate]:
    how = f"speed known within a factor of {short(own.machine.factor)} (95 %)"
    if slow is None:
        how += "; at its slow end no number of machines answers in time"

    def interval(value: float, unit: str, ends: Sequence[float]) -> Estimate:
        return Estimate(value, unit, min(ends), max(ends), how)

    ends = [f for f in (slow, own, fast) if f is not None]
    million = 1e6 / service.requests.tokens_a_month
    return {
        "machines": interval(own.count, "", [f.count for f in ends]),
        "machines_on_average": interval(own.average, "", [f.average for f in ends]),
        "utilisation": interval(100 * own.utilisation, "%", [100 * f.utilisation for f in ends]),
        "dollars_a_month": interval(own.dollars, "USD a month", [f.dollars for f in ends]),
        "dollars_a_million_tokens": interval(
            own.dollars * million, "USD", [f.dollars * million for f in ends]
        ),
        "energy": Estimate(
            own.kwh,
            "kWh a month",
            min(f.kwh for f in ends) / ENERGY.factor,
            max(f.kwh for f in ends) * ENERGY.factor,
            f"idling and the site included; energy of a token known within a factor of {ENERGY.factor:g}",
        ),
        "seconds": Estimate(own.seconds, "s", how="95 % answered whole, at the busiest moment"),
    }


def _turning(
    service: Service,
    own: Fleet,
    slow: Fleet | None,
    fast: Fleet | None,
    offer: ListedPrice,
    mix: Fleet | None,
) -> dict[str, Estimate]:
    """The volume, the rent and the API's price at which own machines and the API cost the same."""
    requests = service.requests
    api = requests.a_month * offer.dollars(requests)
    ends = [f for f in (slow, own, fast) if f is not None]
    volumes = [turning_volume(f, requests, offer.dollars(requests)) for f in ends]
    here = turning_volume(own, requests, offer.dollars(requests))
    rents = [f.machine.dollars_per_hour * api / f.dollars for f in ends]
    prices = [1e6 * f.dollars / requests.tokens_a_month for f in ends]
    how = "the machine's speed at both ends of what is known"
    found = {
        "turning_volume": Estimate(here, "requests a month", min(volumes), max(volumes), how),
        "turning_rent": Estimate(
            own.machine.dollars_per_hour * api / own.dollars, "USD an hour", min(rents), max(rents), how
        ),
        "turning_api_price": Estimate(
            1e6 * own.dollars / requests.tokens_a_month, "USD a million tokens", min(prices), max(prices), how
        ),
    }
    if mix is not None:
        found["both_dollars_a_month"] = Estimate(
            mix.dollars,
            "USD a month",
            how=f"{mix.count} rented, {1 - mix.share:.1%} of requests to {offer.name}",
        )
    return found


def _own_sentence(own: Fleet, numbers: dict[str, Estimate]) -> str:
    return (
        f"Own machines: {short(own.average)} × ({own.machine.name}) would hold the mean, and {numbers['machines']} "
        f"hold the peak, {own.utilisation:.0%} in use: {numbers['dollars_a_month']}, "
        f"{numbers['dollars_a_million_tokens']} a million tokens, {numbers['energy']}."
    )


def _verdict(
    own: Fleet,
    mix: Fleet | None,
    offer: ListedPrice,
    moved: Sequence[Effect],
    numbers: dict[str, Estimate],
) -> list[str]:
    api = numbers["api_dollars_a_month"].value
    said = f"{offer.name}: {short(api)} USD a month."
    flips = [e for e in moved if e.passes(1.0)]
    cheaper = "own machines" if own.dollars < api else offer.name
    if flips:
        verdict = f"Which is cheaper depends on {_listed([str(e.assumption) for e in flips])}."
    else:
        verdict = f"Cheaper: {cheaper}, wherever in its range each assumption lies."
    if mix is not None and mix.dollars < min(own.dollars, api):
        verdict += (
            f" Cheapest as assumed are both: {mix.count} rented, and {1 - mix.share:.1%} of requests, those of the "
            f"busiest moments, to {offer.name}: {short(mix.dollars)} USD a month."
        )
    volume = numbers["turning_volume"]
    turns = (
        f"Own machines stay cheaper from {volume} on"
        if math.isfinite(volume.value)
        else "At these prices no volume makes own machines cheaper"
    )
    turns += (
        f"; at this volume, below {numbers['turning_rent']} of rent, or where an API asks more than "
        f"{numbers['turning_api_price']}."
    )
    return [said, verdict, turns]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _table(service: Service, fleets: Sequence[Fleet], offer: ListedPrice | None) -> Table:
    requests = service.requests
    rows: list[Sequence[Cell]] = []
    for f in fleets:
        name = f.machine.name if f.share == 1 else f"{f.machine.name} and {offer.name if offer else ''}"
        rows.append(
            (
                name,
                f.count,
                f"{f.utilisation:.0%}",
                f"{f.share:.1%}",
                short(f.dollars),
                short(1e6 * f.dollars / requests.tokens_a_month),
                short(f.kwh),
                short(f.seconds),
            )
        )
    for o in sorted(service.offers, key=lambda o: o.dollars(requests)):
        dollars = requests.a_month * o.dollars(requests)
        million = short(1e6 * dollars / requests.tokens_a_month)
        rows.append((o.name, "–", "–", "0.0%", short(dollars), million, "–", "–"))
    columns = (
        "way",
        "machines",
        "in use",
        "served by them",
        "USD a month",
        "USD a million tokens",
        "kWh a month",
        "95 % within, s",
    )
    return Table("Ways to serve it", columns, rows)


def _volumes(service: Service, own: Fleet, offer: ListedPrice) -> Chart:
    requests = service.requests
    volumes = np.geomspace(requests.a_month / 30, requests.a_month * 30, 121)
    a_machine = own.dollars / own.count
    most = own.capacity / requests.peak * HOURS_PER_MONTH * 3600

    def rented(factor: float) -> list[float]:
        return [a_machine * max(1, math.ceil(v * factor / most)) for v in volumes]

    each = offer.dollars(requests)
    ends = (rented(1 / own.machine.factor), rented(own.machine.factor))
    return Chart(
        "serve",
        "What a volume costs",
        "requests a month",
        "USD a month",
        (
            Series(f"own: {own.machine.name}", volumes.tolist(), rented(1.0), *ends),
            Series(offer.name, volumes.tolist(), (each * volumes).tolist(), style="dashed"),
        ),
        (Mark(requests.a_month, own.dollars, f"{own.count} machines"),),
        y_log=True,
        caption="Band: the speed of a machine, 95 % of what is known.",
    )


def _notes(service: Service) -> tuple[str, ...]:
    kinds = [m for m in service.machines if isinstance(m, ModelledMachine)]
    speed = (
        f"Speed: a step's time from weights, arithmetic and requests, fitted to {SPEED.source}. Input is read at a "
        f"share of peak of {kinds[0].reading:.0%}; the cache of a request from the sizes of Llama 3."
        if kinds
        else "Speed: as measured, interpolated between batch sizes; reading takes no time unless it was measured."
    )
    said = [
        "A machine takes as many requests as leave 95 % of answers within the limit and a free place at 95 % of "
        "moments; it runs at the speed of the requests that it has, not of a full batch.",
        speed,
        "Machines are rented all month for the busiest moment. Nothing is counted for people who run them.",
        *(
            f"{m.kind.name.upper()}: {short(m.kind.price_per_hour, 6)} USD an hour ({m.kind.price_source})."
            for m in kinds
        ),
        *(
            f"{o.name}: {short(o.input, 6)} USD a million tokens in, {short(o.output, 6)} out ({o.source})."
            for o in service.offers
        ),
    ]
    return tuple(said)
