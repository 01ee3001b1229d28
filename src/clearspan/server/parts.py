"""What routes work with, handed to them by FastAPI."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from clearspan.errors import NotFound
from clearspan.library.library import Library
from clearspan.server.desk import Desk
from clearspan.server.metrics import Metrics
from clearspan.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one server."""

    workspace: Workspace
    desk: Desk
    metrics: Metrics

    def library_name(self, name: str | None) -> str:
        """The library that a request means.

        A library reference can also be a folder, which is then indexed; over HTTP only the names of libraries
        that exist are taken, so that a request cannot have any folder of this machine read.
        """
        default = self.workspace.settings.library
        if name is None or name == default:
            return default
        if name not in self.workspace.libraries():
            raise NotFound(
                f"There is no library named {name[:100]!r} here.",
                do="See GET /api/libraries for those that exist; `clearspan library add` makes new ones.",
            )
        return name

    def library(self, name: str | None) -> Library:
        """The library that a request means, open."""
        return self.workspace.library(self.library_name(name))


def _parts(request: Request) -> Parts:
    return cast(Parts, request.app.state.parts)


FromServer = Annotated[Parts, Depends(_parts)]
