"""Errors as they leave the server: one shape, OpenAI's types, and the headers that belong to a status."""

import json

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from clearspan.errors import BadInput, Busy, ClearspanError, NotFound, Refused, TooLarge
from clearspan.server.edge.errors import (
    BadParameter,
    Unauthorised,
    UnknownModel,
    Unsupported,
    add_error_handlers,
    error_body,
    error_response,
    unexpected,
)


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        (BadInput("x"), 422, "invalid_request_error", "bad_input"),
        (NotFound("x"), 404, "not_found_error", "not_found"),
        (UnknownModel("x"), 404, "not_found_error", "model_not_found"),
        (Refused("x"), 403, "permission_error", "refused"),
        (Unauthorised("x"), 401, "authentication_error", "invalid_api_key"),
        (TooLarge("x"), 413, "invalid_request_error", "too_large"),
        (unexpected(), 500, "server_error", "internal"),
    ],
)
def test_an_error_has_one_shape(error: ClearspanError, status: int, kind: str, code: str) -> None:
    body = error_body(error)["error"]
    assert set(body) == {"message", "type", "param", "code", "what", "why", "do"}
    assert (body["type"], body["code"], body["param"], body["message"]) == (kind, code, None, str(error))
    assert error_response(error, "/api/ask").status_code == status


def test_a_parameter_is_named() -> None:
    assert error_body(BadParameter("x", param="stop"))["error"]["param"] == "stop"
    unsupported = error_body(Unsupported("x", param="n", why="w", do="d"))["error"]
    assert (unsupported["param"], unsupported["code"], unsupported["why"]) == (
        "n",
        "unsupported_parameter",
        "w",
    )


@pytest.mark.parametrize(
    ("error", "path", "status", "headers"),
    [
        (BadInput("x"), "/v1/chat/completions", 400, {}),
        (BadInput("x"), "/api/v1/", 422, {}),
        (Refused("x"), "/v1/models", 403, {}),
        (Busy("x"), "/api/ask", Busy.status, {"retry-after": "2"}),
        (Unauthorised("x"), "/api/ask", 401, {"www-authenticate": "Bearer"}),
        (TooLarge("x"), "/api/ask", 413, {"connection": "close"}),
    ],
)
def test_a_status_has_its_headers(
    error: ClearspanError, path: str, status: int, headers: dict[str, str]
) -> None:
    response = error_response(error, path)
    assert response.status_code == status
    assert {k: v for k, v in response.headers.items() if not k.startswith("content-")} == headers


class Body(BaseModel):
    question: str
    most: int = 3


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    add_error_handlers(app)

    @app.post("/ask")
    def ask(body: Body) -> str:
        raise NotFound(f"No {body.question}.", do="Look.")

    @app.get("/large")
    def large() -> str:
        raise HTTPException(413, "Too much.")

    @app.get("/odd")
    def odd() -> str:
        raise HTTPException(400, "Odd.")

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "what", "why"),
    [
        ("POST", "/ask", '{"question": "mill"}', 404, "No mill.", ""),
        ("POST", "/ask", "{", 422, "The request's body is not valid JSON.", None),
        ("POST", "/ask", "{}", 422, "The field 'question' of the request is missing.", ""),
        (
            "POST",
            "/ask",
            '{"question": "a", "most": "x"}',
            422,
            "The field 'most' of the request cannot be used.",
            None,
        ),
        ("POST", "/ask", "", 422, "The request's body is missing.", ""),
        ("GET", "/none", "", 404, "There is nothing at /none.", ""),
        ("GET", "/ask", "", 405, "/ask does not take GET.", ""),
        ("GET", "/large", "", 413, "Too much.", ""),
        ("GET", "/odd", "", 422, "The request cannot be read.", "Odd."),
    ],
)
def test_routes_answer_every_error_alike(
    method: str, path: str, body: str, status: int, what: str, why: str | None, client: TestClient
) -> None:
    response = client.request(method, path, content=body, headers={"content-type": "application/json"})
    assert response.status_code == status
    told = json.loads(response.text)["error"]
    assert told["what"] == what
    if why is not None:
        assert told["why"] == why
    assert told["do"]
