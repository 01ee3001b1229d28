"""What routes work with, handed to them by FastAPI."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Annotated, cast

from fastapi import Depends, FastAPI, Request

from clearspan.errors import NotFound
from clearspan.library.library import Library
from clearspan.readers.acts import Readers
from clearspan.readers.report import ReadersReport, first_day, report_on
from clearspan.server.edge.metrics import Metrics
from clearspan.server.edge.workers import WorkerPool
from clearspan.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ServerContext:
    """What one server works with; without `readers`, nothing of them is recorded."""

    workspace: Workspace
    workers: WorkerPool
    metrics: Metrics
    readers: Readers | None

    def library_name(self, name: str | None) -> str:
        """The library that a request means; see `library_named`."""
        return library_named(self.workspace, name)

    def library(self, name: str | None) -> Library:
        """The library that a request means, open."""
        return self.workspace.library(self.library_name(name))

    def readers_report(self, since: str | None) -> ReadersReport:
        """What readers did from a day on. Raises BadInput if `since` names no day."""
        day = first_day(since) if since else None
        begin = datetime.combine(day, time(), UTC) if day else None
        return report_on(self.workspace.ledger.events(begin), day)


def library_named(workspace: Workspace, name: str | None) -> str:
    """The library that somebody else's program means.

    A library reference can also be a folder, which is then indexed; from outside only the names of libraries that
    exist are taken, so that a request cannot have any folder of this machine read.

    Raises:
        NotFound: no library has this name.
    """
    default = workspace.settings.library
    if name is None or name == default:
        return default
    if name not in workspace.libraries():
        raise NotFound(
            f"There is no library named {name[:100]!r} here.",
            do="See GET /api/libraries for those that exist; `clearspan library add` makes new ones.",
        )
    return name


def context_of(app: FastAPI) -> ServerContext:
    """What the routes of an application work with."""
    return cast(ServerContext, app.state.context)


def _context(request: Request) -> ServerContext:
    return context_of(request.app)


FromServer = Annotated[ServerContext, Depends(_context)]
