"""How far answers can be trusted, as measured."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import Response

from clearspan.checks import abstaining
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.overview.answering.answerability import curves
from clearspan.server.context import FromServer, ServerContext
from clearspan.server.plan_routes import chart_file

router = APIRouter(prefix="/api/truth", tags=["truth"])


@router.get("")
def truth(server: FromServer) -> Plan:
    """What abstaining more or less often costs and saves, with the place where these settings stand."""
    return _measured(server)


@router.get("/charts/{name}.{ending}", response_class=Response)
def truth_chart(
    name: Annotated[str, Path(max_length=60)], ending: Literal["svg", "csv"], server: FromServer
) -> Response:
    """A risk-coverage curve as SVG, or its data as CSV."""
    return chart_file(_measured(server), name, ending)


def _measured(server: ServerContext) -> Plan:
    held_out = {str(fault): found for fault, found in curves.shipped().items()}
    return abstaining.measured(held_out, server.workspace.settings.answer_threshold)
