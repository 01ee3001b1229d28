"""What the server tells of itself: health, metrics, log lines, the reference of routes and the page."""

import json
import logging
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from clearspan import __version__
from clearspan.server.edge.pages import reference_page

if TYPE_CHECKING:
    from tests.server.conftest import Served

SPAN_QUESTION = "How long is the main span of the Golden Gate Bridge?"


def samples(served: "Served") -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    text = served.client.get("/metrics").text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_health_tells_what_is_ready(served: "Served") -> None:
    served.ask(SPAN_QUESTION)
    health = served.client.get("/healthz").json()
    assert (health["status"], health["version"]) == ("ok", __version__)
    assert health["readiness"]["embedder"] == "ready"
    assert {"library", "model"} <= set(health["readiness"])


def test_metrics_count_requests_answers_stages_and_abstentions(served: "Served") -> None:
    before = samples(served)
    served.ask(SPAN_QUESTION, generate=False)
    abstained = served.ask("Who painted the doors of Castle Nowhere?", generate=False).json()
    served.client.get("/api/receipts/r-none")
    served.client.get("/nowhere/at/all")
    after = samples(served)

    def grown(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return after.get(key, 0) - before.get(key, 0)

    ask = {"route": "/api/ask", "method": "POST", "status": "200"}
    assert grown("clearspan_requests_total", **ask) == 2
    by_pattern = {"route": "/api/receipts/{receipt_id}", "method": "GET", "status": "404"}
    assert grown("clearspan_requests_total", **by_pattern) == 1
    assert grown("clearspan_requests_total", route="unmatched", method="GET", status="404") == 1
    assert grown("clearspan_ask_seconds_count", tier="quote") == 2
    assert grown("clearspan_stage_seconds_count", stage="search") == 2
    code = abstained["overview"]["abstention"]["code"]
    assert grown("clearspan_abstentions_total", code=code) == 1
    assert after[("clearspan_resident_bytes", ())] > 10_000_000
    assert after[("clearspan_queue_running", ())] == after[("clearspan_queue_waiting", ())] == 0


def test_a_request_leaves_one_line_without_personal_data(
    served: "Served", caplog: pytest.LogCaptureFixture
) -> None:
    secret = "Where did my neighbour Ottoline Brask bury the harpsichord?"
    with caplog.at_level(logging.INFO, logger="clearspan.requests"):
        receipt = served.ask(secret, generate=False).json()
        served.client.get(f"/api/receipts/{receipt['id']}?Ottoline")
    lines = [json.loads(record.message) for record in caplog.records if record.name == "clearspan.requests"]
    assert [line["route"] for line in lines] == ["/api/ask", "/api/receipts/{receipt_id}"]
    assert all(set(line) == {"at", "method", "route", "status", "seconds", "bytes"} for line in lines)
    assert lines[0]["bytes"] > 100
    logged = " ".join(record.getMessage() for record in caplog.records)
    assert "Ottoline" not in logged
    assert "harpsichord" not in logged
    assert receipt["id"] not in logged


def test_a_fault_of_ours_is_told_without_its_inside(
    served: "Served", monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise ZeroDivisionError("the secret inside")

    monkeypatch.setattr(served.workspace, "readiness", broken)
    response = served.client.get("/healthz")
    assert response.status_code == 500
    assert response.json()["error"]["type"] == "server_error"
    assert "secret" not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_reference_lists_every_route(served: "Served") -> None:
    schema = served.client.get("/openapi.json").json()
    page = served.client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path in (
        "/healthz",
        "/metrics",
        "/api/ask",
        "/api/libraries",
        "/api/library/documents",
        "/api/library/documents/{document}",
        "/api/library/search",
        "/api/receipts",
        "/api/receipts/{receipt_id}",
        "/api/receipts/{receipt_id}/replay",
        "/api/readers/acts",
        "/v1/models",
        "/v1/chat/completions",
        "/v1/embeddings",
    ):
        assert path in schema["paths"]
        assert path in page.text
    assert "<script" not in page.text
    assert "//" not in page.text.replace("text/event-stream", "")


def test_the_reference_escapes_what_it_shows() -> None:
    schema = {
        "info": {"title": "<b>", "version": "1", "description": "<script>"},
        "paths": {"/<x>": {"get": {"description": "<img>", "parameters": [{"name": "<q>", "schema": {}}]}}},
    }
    page = reference_page(schema)
    assert not any(tag in page for tag in ("<b>", "<script>", "<x>", "<img>", "<q>"))


def test_the_studio_is_served_with_its_types(served: "Served") -> None:
    page = served.client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert 'src="/studio/app.js"' in page.text
    script = served.client.get("/studio/app.js")
    assert "javascript" in script.headers["content-type"]
    assert served.client.get("/studio/none.js").status_code == 404


def test_methods_that_a_route_does_not_take(served: "Served") -> None:
    response = served.client.get("/api/ask")
    assert response.status_code == 405
    assert response.json()["error"]["code"] == "wrong_method"
