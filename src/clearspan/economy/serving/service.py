"""What is to be served and by what, and what its cost rests on."""

import math
from dataclasses import dataclass, replace

from clearspan.economy.serving.assumptions import Assumption
from clearspan.economy.serving.fleet import Fleet, Power, fleet
from clearspan.economy.serving.machine import Machine, MeasuredMachine, ModelledMachine
from clearspan.economy.serving.offers import ListedPrice
from clearspan.economy.serving.requests import Requests, load_curve
from clearspan.errors import BadInput


@dataclass(frozen=True, slots=True)
class Service:
    """What is to be served, and by what it may be.

    Attributes:
        requests: what is asked.
        machines: kinds that can be rented; may be empty.
        offers: APIs; may be empty.
        limit: seconds within which 95 % of requests must be answered whole; None if it does not matter.
        power: what electricity costs.
    """

    requests: Requests
    machines: tuple[Machine, ...]
    offers: tuple[ListedPrice, ...]
    limit: float | None
    power: Power


def cheapest_offer(service: Service) -> ListedPrice | None:
    """The API that asks least for these requests."""
    return min(service.offers, key=lambda o: o.dollars(service.requests), default=None)


def cheapest_fleet(service: Service) -> Fleet | None:
    """The cheapest kind of machine; machines that cannot meet the limit are passed over while others can."""
    found: list[Fleet] = []
    refused: BadInput | None = None
    for machine in service.machines:
        try:
            found.append(fleet(machine, service.requests, service.limit, service.power))
        except BadInput as error:
            refused = error
    if not found and refused is not None:
        raise refused
    return min(found, key=lambda f: f.dollars, default=None)


def _slower(machine: Machine, factor: float) -> Machine:
    if isinstance(machine, ModelledMachine | MeasuredMachine):
        return replace(machine, slower=machine.slower * factor)
    return machine


def at_speed(service: Service, machine: Machine, end: int) -> Fleet | None:
    """The fleet where the machine is as slow (1) or as fast (-1) as what is known of it allows."""
    try:
        moved = _slower(machine, machine.factor**end)
        return fleet(moved, service.requests, service.limit, service.power)
    except BadInput:
        return None


def assumptions(service: Service, own: Fleet, offer: ListedPrice) -> list[Assumption]:
    """What is assumed, with its range; each result is the cost of own machines over that of the API."""
    requests, machine = service.requests, own.machine

    def ratio(asked: Requests, with_machine: Machine, rent: float = 1.0, api: float = 1.0) -> float:
        try:
            found = fleet(with_machine, asked, service.limit, service.power)
        except BadInput:
            return math.inf
        return found.dollars * rent / (asked.a_month * offer.dollars(asked) * api)

    def longer(factor: float) -> Requests:
        written = replace(
            requests.output, mean=requests.output.mean * factor, high=requests.output.high * factor
        )
        return replace(requests, output=written)

    def peaked(peak: float) -> Requests:
        return replace(requests, levels=load_curve(peak))

    peak = requests.peak
    return [
        Assumption(
            "speed of a machine over the model's",
            1 / machine.factor,
            machine.factor,
            lambda x: ratio(requests, _slower(machine, 1 / x)),
        ),
        Assumption(
            "peak over the mean",
            max(1.0, peak / 1.5),
            min(100.0, peak * 1.5),
            lambda x: ratio(peaked(x), machine),
        ),
        Assumption("output tokens over those given", 0.75, 1.33, lambda x: ratio(longer(x), machine)),
        Assumption("rent over the price given", 0.75, 1.33, lambda x: ratio(requests, machine, rent=x)),
        Assumption("the API's price over its list", 0.5, 1.5, lambda x: ratio(requests, machine, api=x)),
    ]
