"""Every error leaves the server in one shape: OpenAI's, with what happened, why, and what to do beside it."""

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from clearspan.errors import (
    BadInput,
    Busy,
    ClearspanError,
    FetchError,
    NotFound,
    Refused,
    StorageError,
    TooLarge,
)
from clearspan.library.stopping import Stopped

RETRY_AFTER_SECONDS = 2

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class Unauthorised(ClearspanError):
    """The request carries no key or a wrong one (HTTP 401)."""

    status = 401
    code = "invalid_api_key"


class WrongKey(Unauthorised):
    """The request carries a wrong key, as opposed to none (HTTP 401)."""


class WrongMedia(ClearspanError):
    """The body is not of the type that the route reads (HTTP 415)."""

    status = 415
    code = "wrong_media_type"


class WrongMethod(ClearspanError):
    """The route exists, but not for this method (HTTP 405)."""

    status = 405
    code = "wrong_method"


class BadParameter(BadInput):
    """One parameter of the OpenAI routes cannot be used (HTTP 400).

    Args:
        param: the name of the parameter.
    """

    status = 400

    def __init__(self, what: str, *, param: str, why: str = "", do: str = "") -> None:
        super().__init__(what, why=why, do=do)
        self.param = param


class Unsupported(BadParameter):
    """A parameter of the OpenAI routes asks for something that is not done here (HTTP 400)."""

    code = "unsupported_parameter"


class UnknownPreset(NotFound):
    """No preset of that name exists (HTTP 404)."""

    code = "preset_not_found"


class UnknownModel(NotFound):
    """No model of that name is served (HTTP 404); the code is the one that OpenAI sends."""

    code = "model_not_found"


class Unexpected(ClearspanError):
    """A fault of Clearspan's own (HTTP 500)."""

    status: ClassVar[int] = 500
    code = "internal"


def unexpected() -> Unexpected:
    """What a client is told of a fault of ours; the details are in the log."""
    return Unexpected(
        "Something went wrong inside Clearspan.",
        why="This is a fault of Clearspan, not of the request; the server's log has the details.",
        do="Try again; if it happens again, report it with the log's last lines.",
    )


class ErrorShape(BaseModel):
    """OpenAI's fields of an error, with what happened, why, and what to do beside them."""

    message: str
    type: str
    param: str | None
    code: str
    what: str
    why: str
    do: str


class ErrorBody(BaseModel):
    """The body of every answer that is an error."""

    error: ErrorShape


def documented_errors() -> dict[int | str, dict[str, Any]]:
    """Every status that an error can have, as the `responses` of all routes."""
    kinds = (
        *(BadParameter, Unauthorised, Refused, NotFound, WrongMethod, TooLarge, WrongMedia, BadInput, Busy),
        *(Unexpected, FetchError, Stopped, StorageError),
    )
    said = {kind.status: (kind.__doc__ or "").partition(" (HTTP")[0] for kind in kinds}
    return {status: {"model": ErrorBody, "description": f"{text}."} for status, text in said.items()}


def error_body(error: ClearspanError) -> dict[str, dict[str, str | None]]:
    """The JSON of an error, see `ErrorBody`."""
    kind = _TYPES.get(error.status) or ("invalid_request_error" if error.status < 500 else "server_error")
    param = error.param if isinstance(error, BadParameter) else None
    shape = ErrorShape(message=str(error), type=kind, param=param, **error.as_dict())
    return ErrorBody(error=shape).model_dump()


def error_response(error: ClearspanError, path: str) -> JSONResponse:
    """An error as the answer to a request for `path`, with the headers that belong to its status."""
    status = error.status
    # OpenAI's clients know a rejected request as 400; 422 would be an exception that nobody catches.
    if status == 422 and path.startswith("/v1/"):
        status = 400
    headers: dict[str, str] = {}
    if isinstance(error, Busy):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if isinstance(error, Unauthorised):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooLarge):
        # The rest of the body stays unread, so the connection cannot carry another request.
        headers["Connection"] = "close"
    return JSONResponse(error_body(error), status, headers)


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error that routes raise in the one shape."""

    async def known(request: Request, error: Exception) -> JSONResponse:
        return error_response(cast(ClearspanError, error), request.url.path)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        return error_response(_from_validation(cast(RequestValidationError, error)), request.url.path)

    async def http(request: Request, error: Exception) -> JSONResponse:
        return error_response(_from_http(cast(HTTPException, error), request), request.url.path)

    app.add_exception_handler(ClearspanError, known)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)


def _from_validation(error: RequestValidationError) -> ClearspanError:
    first = cast(Mapping[str, Any], error.errors()[0])
    where = [str(part) for part in first["loc"]]
    if first["type"] == "json_invalid":
        return BadInput(
            "The request's body is not valid JSON.",
            why=f"{first.get('ctx', {}).get('error', 'It cannot be parsed')}, at character {where[-1]}.",
            do="Send one JSON object as the body.",
        )
    place, name = where[0], ".".join(where[1:])
    thing = f"field '{name}' of the request" if name else f"request's {place}"
    if first["type"] == "missing":
        return BadInput(f"The {thing} is missing.", do="See /docs for what this route takes.")
    return BadInput(
        f"The {thing} cannot be used.", why=f"{first['msg']}.", do="See /docs for what this route takes."
    )


def _from_http(error: HTTPException, request: Request) -> ClearspanError:
    if error.status_code == 404:
        return NotFound(
            f"There is nothing at {request.url.path[:200]}.", do="See /docs for the routes that exist."
        )
    if error.status_code == 405:
        return WrongMethod(
            f"{request.url.path[:200]} does not take {request.method}.",
            do="See /docs for the methods it takes.",
        )
    if error.status_code == 413:
        return TooLarge(error.detail, do="Send less at once.")
    return BadInput(
        "The request cannot be read.", why=error.detail, do="See /docs for what this route takes."
    )
