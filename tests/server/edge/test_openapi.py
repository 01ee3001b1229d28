"""The OpenAPI document says what is sent and taken, streams and errors among it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.server.conftest import Served


@pytest.fixture
def document(serve_with: "Callable[..., Served]") -> dict[str, Any]:
    return serve_with().client.get("/openapi.json").json()


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        yield from (found for value in part.values() for found in references(value))
    elif isinstance(part, list):
        yield from (found for one in part for found in references(one))


def test_it_is_whole_and_names_what_streams_carry(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert {one.rpartition("/")[2] for one in references(document)} <= set(schemas)
    for path, name, events in (
        (
            "/api/ask",
            "AskEvent",
            {"route", "sources", "shape", "claim", "view", "results", "receipt", "error"},
        ),
        ("/api/inside/generate", "GenerateEvent", {"said", "ended", "strip", "note", "done", "error"}),
    ):
        sent = document["paths"][path]["post"]["responses"]["200"]["content"]["text/event-stream"]
        assert sent["schema"]["$ref"].endswith(f"/{name}")
        assert set(schemas[name]["discriminator"]["mapping"]) == events


def test_what_is_sent_has_every_field_and_what_is_taken_may_leave_defaults_out(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    for name in ("Receipt", "Offer", "Plan", "Estimate", "ReadersReport", "FeaturePage", "Change"):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"])
    assert schemas["AskRequest"]["required"] == ["question"]
    assert schemas["ReaderAct"]["required"] == ["view", "kind"]


def test_every_route_says_the_shape_of_its_errors(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for route in methods.values():
            errors = {code for code in route["responses"] if code.startswith(("4", "5"))}
            assert {"401", "403", "404", "413", "415", "422", "429", "500", "503", "507"} <= errors, path
            for error in errors:
                content = route["responses"][error]["content"]["application/json"]
                assert content["schema"]["$ref"].endswith("/ErrorBody"), path
    assert not {"HTTPValidationError", "ValidationError"} & set(document["components"]["schemas"])
