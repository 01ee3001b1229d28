"""`clearspan.plan.serve`: own machines, an API, or both."""

from pathlib import Path

from clearspan.economy.energy import mixture_on
from clearspan.economy.prices import hardware as named_hardware
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.economy.scaling.plans.serve import plan_serve
from clearspan.economy.serving.curves import read_curves
from clearspan.economy.serving.fleet import Power
from clearspan.economy.serving.machine import Machine, ModelledMachine, measured
from clearspan.economy.serving.offers import ListedPrice, read_offers
from clearspan.economy.serving.requests import Requests, length, load_curve, read_traffic
from clearspan.economy.serving.service import Service
from clearspan.errors import BadInput


def serve(
    *,
    requests: float | None = None,
    input_tokens: float | None = None,
    output_tokens: float | None = None,
    input_variation: float = 1.0,
    output_variation: float = 1.0,
    traffic: str | Path | None = None,
    peak: float = 3.0,
    limit: float | None = None,
    parameters: float | None = None,
    active: float | None = None,
    hardware: str = "h100",
    price_per_hour: float | None = None,
    curves: str | Path | None = None,
    input_price: float | None = None,
    output_price: float | None = None,
    offers: str | Path | None = None,
    dollars_per_kwh: float = 0.08,
    electricity_extra: bool = False,
) -> Plan:
    """Own machines, an API, or both: how many, at what use, for what money and energy, and where the verdict turns.

    Args:
        requests: a month.
        input_tokens: mean tokens read for a request.
        output_tokens: mean tokens written.
        input_variation: squared coefficient of variation of the tokens read; 0 if all requests are alike.
        output_variation: the same of those written.
        traffic: or a log, a CSV of time, input_tokens and output_tokens; its busiest hour is the peak.
        peak: the busiest rate over the mean.
        limit: seconds within which 95 % of requests must be answered whole; does not matter if None.
        parameters: of the model that own machines would serve.
        active: parameters used for each token, if it is a mixture of experts.
        hardware: h100, h200, b200 or a100.
        price_per_hour: US dollars an hour of one accelerator.
        curves: or a CSV of measured throughput of your machines; `clearspan plan place --example` prints one.
        input_price: of an API, US dollars a million tokens read.
        output_price: the same of those written.
        offers: or a price list, a CSV of name, input and output.
        dollars_per_kwh: of electricity.
        electricity_extra: whether the hourly price leaves out electricity.

    Raises:
        NotFound, BadInput: a file or a number cannot be used, or nothing is named that could serve.
    """
    asked = _requests(
        requests, (input_tokens, input_variation), (output_tokens, output_variation), peak, traffic
    )
    machines: list[Machine] = [] if curves is None else [*measured(read_curves(Path(curves)))]
    if parameters is not None:
        served = mixture_on(active or parameters, parameters, hardware)
        machines.append(ModelledMachine(served, named_hardware(hardware, price_per_hour)))
    named = [] if offers is None else read_offers(Path(offers))
    if (input_price is None) != (output_price is None):
        raise BadInput("Half a price is given.", do="Give input_price and output_price together.")
    if input_price is not None and output_price is not None:
        named.append(ListedPrice("the API", input_price, output_price, "given by you"))
    power = Power(dollars_per_kwh, included=not electricity_extra)
    return plan_serve(Service(asked, tuple(machines), tuple(named), limit, power))


def _requests(
    a_month: float | None,
    read: tuple[float | None, float],
    written: tuple[float | None, float],
    peak: float,
    traffic: str | Path | None,
) -> Requests:
    if traffic is not None:
        return read_traffic(Path(traffic), a_month)
    if a_month is None or read[0] is None or written[0] is None:
        raise BadInput(
            "The traffic is open.",
            do="Give requests with input_tokens and output_tokens, or a log as traffic.",
        )
    return Requests(
        a_month, length("input", read[0], read[1]), length("output", written[0], written[1]), load_curve(peak)
    )
