"""The server: its routes, pages and middleware over one workspace."""

from fastapi import FastAPI
from fastapi.responses import Response

from clearspan.readers.acts import Readers
from clearspan.server import (
    asking,
    library_routes,
    plan_routes,
    readers_routes,
    receipts_routes,
    truth_routes,
)
from clearspan.server.ask_events import AskEvent
from clearspan.server.context import FromServer, ServerContext
from clearspan.server.edge.errors import add_error_handlers, documented_errors
from clearspan.server.edge.leave import Leave
from clearspan.server.edge.limits import BodyLimit
from clearspan.server.edge.metrics import Metrics
from clearspan.server.edge.openapi import DocumentedApi
from clearspan.server.edge.pages import add_pages
from clearspan.server.edge.request_log import RequestLog
from clearspan.server.edge.security import Security, SecurityHeaders, check_binding
from clearspan.server.edge.workers import WorkerPool
from clearspan.server.inside import generate as inside_generate
from clearspan.server.inside import routes as inside_routes
from clearspan.server.inside.events import GenerateEvent
from clearspan.server.openai import routes as openai_routes
from clearspan.version import __version__
from clearspan.workspace.workspace import Workspace

_DESCRIPTION = "Answers from open-weight language models that can be seen through."


def create_app(workspace: Workspace) -> FastAPI:
    """The HTTP routes and the Studio over a workspace, which stays the caller's to close.

    Raises:
        Refused: the settings would open the server to others without a key.
    """
    settings = workspace.settings
    check_binding(settings)
    app = DocumentedApi(
        streams={"AskEvent": AskEvent, "GenerateEvent": GenerateEvent},
        title="Clearspan",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        responses=documented_errors(),
    )
    workers = WorkerPool()
    metrics = Metrics(workers, workspace.traffic, workspace.timing)
    readers = Readers(workspace.ledger, settings.readers_holdout, settings.readers_days)
    app.state.context = ServerContext(
        workspace, workers, metrics, readers if settings.readers_recorded else None
    )
    app.add_api_route("/healthz", health, tags=["server"])
    app.add_api_route("/metrics", prometheus, tags=["server"], response_class=Response)
    for routes in (
        asking,
        library_routes,
        inside_routes,
        inside_generate,
        receipts_routes,
        readers_routes,
        truth_routes,
        plan_routes,
        openai_routes,
    ):
        app.include_router(routes.router)
    add_pages(app)
    add_error_handlers(app)
    # The one added last is outermost: every request is logged, refused ones too.
    app.add_middleware(BodyLimit, upload_bytes=settings.max_document_bytes)
    app.add_middleware(Leave, settings=settings)
    app.add_middleware(Security, settings=settings)
    app.add_middleware(RequestLog, metrics=metrics)
    app.add_middleware(SecurityHeaders)
    return app


def health(server: FromServer) -> dict[str, str | dict[str, str]]:
    """Whether the server runs, and which of its parts are ready."""
    return {"status": "ok", "version": __version__, "readiness": server.workspace.readiness()}


def prometheus(server: FromServer) -> Response:
    """Counters in Prometheus' text format."""
    return Response(server.metrics.exposition(), media_type=Metrics.content_type)
