"""The lifetime planner over HTTP: plans as JSON, their charts as SVG and CSV."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import Response

from clearspan.economy.prices import HARDWARE, Prices, hardware
from clearspan.economy.scaling.laws.presets import PRESETS, THREE_CHINCHILLAS, presets
from clearspan.economy.scaling.plans.lifetime import Quality
from clearspan.economy.scaling.plans.lifetime_plan import plan_lifetime
from clearspan.economy.scaling.plans.magnitudes import plan_magnitudes
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.economy.scaling.plans.training import candidate
from clearspan.economy.serving.scenario import Scenario
from clearspan.errors import BadInput, NotFound
from clearspan.measure.charts import as_csv
from clearspan.measure.svg import as_svg
from clearspan.public import plan as plans

router = APIRouter(prefix="/api/plan", tags=["plan"])

_DRAWS = 120
_MOST_LAWS = 6


def asked_prices(
    accelerator: Annotated[str, Query(alias="hardware", max_length=20)] = "h100",
    price_per_hour: Annotated[float | None, Query(ge=1e-6, le=1e6, description="USD an hour")] = None,
    training_utilisation: Annotated[float, Query(ge=1e-6, le=1)] = 0.40,
    input_utilisation: Annotated[float, Query(ge=1e-6, le=1)] = 0.50,
    dollars_per_kwh: Annotated[float, Query(ge=1e-6, le=1e3)] = 0.08,
) -> Prices:
    """The prices that a request names; the planner's own for the rest."""
    chosen = hardware(accelerator, price_per_hour)
    return Prices(chosen, chosen, training_utilisation, input_utilisation, dollars_per_kwh)


AskedPrices = Annotated[Prices, Depends(asked_prices)]


def asked_lifetime(
    prices: AskedPrices,
    tokens_served: Annotated[float, Query(ge=0, le=1e20, description="over its life")] = 2e12,
    like: Annotated[
        float | None, Query(ge=1e6, le=1e15, description="quality of the compute-optimal model of this size")
    ] = None,
    loss: Annotated[
        float | None, Query(ge=1e-3, le=20, description="or quality as a loss, nats per token")
    ] = None,
    output_share: Annotated[float, Query(ge=0, le=1)] = 0.2,
    batch: Annotated[float, Query(ge=1, le=1e5, description="requests at once on a machine")] = 96.0,
    peak: Annotated[float, Query(ge=1, le=100, description="the busiest rate over the mean")] = 3.0,
    law: Annotated[list[str] | None, Query(description="published laws; the first is recommended")] = None,
    served: Annotated[str | None, Query(include_in_schema=False)] = None,
    output_utilisation: Annotated[str | None, Query(include_in_schema=False)] = None,
) -> Plan:
    """The lifetime plan that a request asks for."""
    if served is not None:
        # Left out in silence, a request of before would be answered for other traffic than it names.
        raise BadInput("There is no word 'served'.", why="It was renamed.", do="Say 'tokens_served'.")
    if output_utilisation is not None:
        raise BadInput(
            "There is no word 'output_utilisation'.",
            why="What output tokens reach of the peak follows from the requests at once.",
            do="Say 'batch'.",
        )
    names = law or list(THREE_CHINCHILLAS)
    if len(names) > _MOST_LAWS:
        raise BadInput(
            f"{len(names)} laws are more than one plan compares.", do=f"Name at most {_MOST_LAWS}."
        )
    candidates = [candidate(chosen, _DRAWS) for chosen in presets(names)]
    quality = Quality(loss, 13e9 if loss is None and like is None else like)
    return plan_lifetime(quality, tokens_served, candidates, Scenario(prices, output_share, batch, peak))


def asked_serve(
    requests: Annotated[float, Query(ge=1, le=1e15, description="a month")] = 40e6,
    input_tokens: Annotated[float, Query(ge=1e-3, le=1e7, description="mean of a request")] = 900,
    output_tokens: Annotated[float, Query(ge=1e-3, le=1e7, description="mean of a request")] = 250,
    input_variation: Annotated[float, Query(ge=0, le=100, description="squared, of the mean")] = 1.0,
    output_variation: Annotated[float, Query(ge=0, le=100, description="squared, of the mean")] = 1.0,
    peak: Annotated[float, Query(ge=1, le=100, description="the busiest rate over the mean")] = 3.0,
    limit: Annotated[
        float | None, Query(ge=1e-3, le=1e5, description="seconds within which 95 % must be answered whole")
    ] = None,
    parameters: Annotated[
        float | None, Query(ge=1e6, le=1e14, description="of the model that own machines would serve")
    ] = None,
    active: Annotated[
        float | None, Query(ge=1e6, le=1e14, description="used for each token of a mixture of experts")
    ] = None,
    accelerator: Annotated[str, Query(alias="hardware", max_length=20)] = "h100",
    price_per_hour: Annotated[float | None, Query(ge=1e-6, le=1e6, description="USD an hour")] = None,
    input_price: Annotated[
        float | None, Query(ge=1e-6, le=1e6, description="of an API, USD a million tokens read")
    ] = None,
    output_price: Annotated[float | None, Query(ge=1e-6, le=1e6, description="and written")] = None,
    dollars_per_kwh: Annotated[float, Query(ge=1e-6, le=1e3)] = 0.08,
) -> Plan:
    """The plan of serving that a request asks for."""
    return plans.serve(
        requests=requests,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        input_variation=input_variation,
        output_variation=output_variation,
        peak=peak,
        limit=limit,
        parameters=parameters,
        active=active,
        hardware=accelerator,
        price_per_hour=price_per_hour,
        input_price=input_price,
        output_price=output_price,
        dollars_per_kwh=dollars_per_kwh,
    )


def asked_magnitudes(
    prices: AskedPrices,
    parameters: Annotated[float | None, Query(ge=1, le=1e18)] = None,
    tokens: Annotated[float | None, Query(ge=1, le=1e20)] = None,
) -> Plan:
    """The orders of magnitude that a request asks for."""
    return plan_magnitudes(parameters, tokens, prices)


AskedLifetime = Annotated[Plan, Depends(asked_lifetime)]
AskedServe = Annotated[Plan, Depends(asked_serve)]
AskedMagnitudes = Annotated[Plan, Depends(asked_magnitudes)]
ChartName = Annotated[str, Path(max_length=60)]
Ending = Literal["svg", "csv"]


@router.get("/laws")
def laws() -> dict[str, list[dict[str, str]]]:
    """The published laws and the hardware that plans can name, with their sources."""
    return {
        "laws": [
            {"name": p.name, "source": p.source, "corpus": p.corpus, "interval": p.interval}
            for p in PRESETS.values()
        ],
        "hardware": [
            {
                "name": h.name,
                "source": h.source,
                "price_per_hour": f"{h.price_per_hour:g}",
                "price_source": h.price_source,
            }
            for h in HARDWARE.values()
        ],
    }


@router.get("/lifetime")
def lifetime(plan: AskedLifetime) -> Plan:
    """The cheapest model over its life for a quality and its traffic, by each law."""
    return plan


@router.get("/lifetime/charts/{name}.{ending}", response_class=Response)
def lifetime_chart(name: ChartName, ending: Ending, plan: AskedLifetime) -> Response:
    """A chart of a lifetime plan as SVG, or its data as CSV."""
    return chart_file(plan, name, ending)


@router.get("/serve")
def serve(plan: AskedServe) -> Plan:
    """Own machines, an API, or both, for a month of requests; name a model, an API's prices, or both."""
    return plan


@router.get("/serve/charts/{name}.{ending}", response_class=Response)
def serve_chart(name: ChartName, ending: Ending, plan: AskedServe) -> Response:
    """A chart of a plan of serving as SVG, or its data as CSV."""
    return chart_file(plan, name, ending)


@router.get("/magnitudes")
def magnitudes(plan: AskedMagnitudes) -> Plan:
    """Named models, and a plan among them, in compute, data, energy and money."""
    return plan


@router.get("/magnitudes/charts/{name}.{ending}", response_class=Response)
def magnitudes_chart(name: ChartName, ending: Ending, plan: AskedMagnitudes) -> Response:
    """A chart of orders of magnitude as SVG, or its data as CSV."""
    return chart_file(plan, name, ending)


def chart_file(plan: Plan, name: str, ending: Ending) -> Response:
    """A chart of a plan as a file. Raises NotFound if the plan has none of that name."""
    chart = next((one for one in plan.charts if one.name == name), None)
    if chart is None:
        known = ", ".join(one.name for one in plan.charts)
        raise NotFound(f"This plan has no chart {name!r}.", do=f"It has: {known}.")
    text, media_type = (
        (as_svg(chart), "image/svg+xml") if ending == "svg" else (as_csv(chart), "text/csv; charset=utf-8")
    )
    headers = {"Content-Disposition": f'attachment; filename="{chart.name}.{ending}"'}
    return Response(text, media_type=media_type, headers=headers)
