"""Machines for a month of requests, with what they cost and draw; alone, or with an API for what is too much."""

import math
from dataclasses import dataclass

from clearspan.economy.prices import JOULES_PER_KWH
from clearspan.economy.serving.machine import Machine, most_requests, occupied
from clearspan.economy.serving.offers import ListedPrice
from clearspan.economy.serving.requests import HOURS_PER_MONTH, Requests


@dataclass(frozen=True, slots=True)
class Power:
    """What electricity costs, and what is drawn beside the accelerators.

    Attributes:
        dollars_per_kwh: of electricity.
        overhead: total energy of the site over that of the accelerators.
        included: whether the hourly price of a machine includes electricity.
    """

    dollars_per_kwh: float = 0.08
    overhead: float = 1.5
    included: bool = True


@dataclass(frozen=True, slots=True)
class Fleet:
    """Machines that are rented all month, and what is handed on to an API.

    Attributes:
        machine: what is rented.
        count: how many.
        capacity: requests a second that each takes within the limit.
        average: machines that the mean rate alone would fill.
        share: of the requests that the machines answer.
        seconds: within which 95 % of those are answered at the busiest moment.
        kwh: a month, idle time and the site included.
        dollars: a month, the API's share included.
    """

    machine: Machine
    count: int
    capacity: float
    average: float
    share: float
    seconds: float
    kwh: float
    dollars: float

    @property
    def utilisation(self) -> float:
        """Share of what the machines could take that the mean rate asks of them."""
        return self.average * self.share / self.count


def fleet(machine: Machine, requests: Requests, limit: float | None, power: Power) -> Fleet:
    """As many machines as the busiest moment needs.

    Raises:
        BadInput: the machine cannot answer within the limit at all.
    """
    capacity = most_requests(machine, requests, limit)
    return _fleet(machine, requests, capacity, power, _needed(requests, capacity))


def best_mix(
    machine: Machine, requests: Requests, limit: float | None, power: Power, offer: ListedPrice
) -> Fleet | None:
    """The cheapest number of machines that leaves the busiest moments to an API; None if one suffices for all.

    Raises:
        BadInput: the machine cannot answer within the limit at all.
    """
    capacity = most_requests(machine, requests, limit)
    most = _needed(requests, capacity)
    counts = range(1, most) if most <= 200 else sorted({max(1, most * i // 200) for i in range(1, 200)})
    mixes = [_fleet(machine, requests, capacity, power, count, offer) for count in counts]
    return min(mixes, key=lambda mix: mix.dollars, default=None)


def _needed(requests: Requests, capacity: float) -> int:
    return max(1, math.ceil(requests.rate * requests.peak / capacity - 1e-9))


def _fleet(
    machine: Machine,
    requests: Requests,
    capacity: float,
    power: Power,
    count: int,
    offer: ListedPrice | None = None,
) -> Fleet:
    share = 1.0 if count * capacity >= requests.rate * requests.peak else requests.within(count * capacity)
    kwh = _kwh(machine, requests, count, share, power.overhead)
    dollars = count * machine.dollars_per_hour * HOURS_PER_MONTH
    dollars += 0.0 if power.included else kwh * power.dollars_per_kwh
    if offer is not None:
        dollars += (1 - share) * requests.a_month * offer.dollars(requests)
    state = occupied(machine, requests, min(requests.rate * requests.peak / count, capacity))
    seconds = math.inf if state is None else state.seconds
    average = requests.rate / capacity
    return Fleet(machine, count, capacity, average, share, seconds, kwh, dollars)


def turning_volume(one: Fleet, requests: Requests, dollars_a_request: float) -> float:
    """Requests a month from which renting stays cheaper than an API; infinite if it never is.

    n machines take n·C requests a month and cost as much as n·P/p, the API's price. Owning loses between n·C and
    (n + 1)·P/p, as long as that is a gap, which it is while n < (P/p)/(C − P/p).
    """
    each = one.dollars / one.count / dollars_a_request
    most = one.capacity / requests.peak * HOURS_PER_MONTH * 3600
    if most <= each:
        return math.inf
    return max(1, math.ceil(each / (most - each) - 1e-9)) * each


def _kwh(machine: Machine, requests: Requests, count: int, share: float, overhead: float) -> float:
    """Electricity a month: what requests take at the mean occupancy, and idling while nobody asks."""
    state = occupied(machine, requests, requests.rate * share / count)
    batch = float(machine.places(requests.input.mean)) if state is None else state.batch
    busy = requests.a_month * share * machine.joules(requests, max(1.0, batch))
    idle = count * machine.idle_watts * math.exp(-batch) * HOURS_PER_MONTH * 3600
    return (busy + idle) * overhead / JOULES_PER_KWH
