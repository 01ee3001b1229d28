"""POST /api/ask, in one piece and as a stream."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from clearspan.receipts import Claim, Receipt, RouteDecision, Source
from clearspan.server.context import ServerContext
from clearspan.server.edge.workers import WorkerPool
from tests import long_quote

if TYPE_CHECKING:
    from tests.server.conftest import Served

SPAN_QUESTION = "How long is the main span of the Golden Gate Bridge?"


def desk_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "clearspan-worker"]


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)


def test_an_answer_is_the_receipt_that_the_ledger_holds(served: "Served") -> None:
    response = served.ask(SPAN_QUESTION)
    assert response.status_code == 200
    receipt = Receipt.model_validate_json(response.content)
    assert "1,280" in receipt.overview.claims[0].text
    assert receipt.library == "samples"
    assert served.workspace.ledger.receipt(receipt.id) == receipt


def test_dials_are_checked_before_anything_is_written(served: "Served") -> None:
    unknown = served.ask("What is 15% of 240?", dials=["no-such-preset"])
    assert unknown.status_code == 404
    assert "no-such-preset" in unknown.text
    malformed = served.ask("What is 15% of 240?", dials=["#12"])
    assert malformed.status_code == 422
    assert "is not a dial" in malformed.text


def test_a_stream_tells_the_steps_in_order(served: "Served") -> None:
    with served.streamed(SPAN_QUESTION) as stream:
        told = list(stream)
    names = [name for name, _ in told]
    claims = [Claim.model_validate(data) for name, data in told if name == "claim"]
    assert names == ["route", "sources", "shape", *["claim"] * len(claims), "receipt"]
    RouteDecision.model_validate(told[0][1])
    sources = [Source.model_validate(one) for one in told[1][1]]
    receipt = Receipt.model_validate(told[-1][1])
    assert receipt.overview.claims == tuple(claims)
    assert receipt.sources == tuple(sources)
    assert claims


def test_a_stream_says_when_a_quote_turns_out_too_long(serve_with: "Callable[..., Served]") -> None:
    served = serve_with(generate=True)
    served.workspace.library().add_bytes("mill.md", long_quote.DOCUMENT.encode())
    with served.streamed(long_quote.QUESTION) as stream:
        told = list(stream)
    assert [name for name, _ in told][:5] == ["route", "sources", "shape", "claim", "route"]
    routes = [RouteDecision.model_validate(data) for name, data in told if name == "route"]
    assert [route.escalated_from for route in routes] == [None, "quote"]
    ran = Receipt.model_validate(told[-1][1]).route
    assert routes[1].tier in (ran.tier, ran.tried)


def test_the_receipt_is_in_the_ledger_when_it_is_sent_and_not_sent_before(served: "Served") -> None:
    ledger = served.workspace.ledger
    before = ledger.count()
    with served.streamed(SPAN_QUESTION, generate=False) as stream:
        with served.ledger_held():
            assert next(stream)[0] == "route"
            assert next(stream)[0] == "sources"
            assert next(stream)[0] == "shape"
            assert next(stream)[0] == "claim"
            assert ledger.count() == before
        name, data = next((name, data) for name, data in stream if name != "claim")
        assert name == "receipt"
        assert ledger.receipt(data["id"]) == Receipt.model_validate(data)


def test_a_calculation_needs_no_sources(served: "Served") -> None:
    receipt = served.ask("What is 12 * 12?").json()
    assert receipt["route"]["tier"] == "calculator"
    assert receipt["overview"]["claims"][0]["origin"] == "calculated"
    assert "144" in receipt["overview"]["claims"][0]["text"]


def test_no_answer_is_an_answer_with_a_reason(served: "Served") -> None:
    receipt = served.ask("What is the boiling point of tungsten hexafluoride?", generate=False).json()
    assert receipt["overview"]["claims"] == []
    assert receipt["overview"]["abstention"]["code"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ("", 422, "bad_input"),
        (" \n\t ", 422, "bad_input"),
        ("What\x00 is it?", 422, "bad_input"),
        ("Ring \x07 the \x1b[31mbell", 422, "bad_input"),
        ("why " * 1_000, 413, "too_large"),
        ("w" * 1_100_000, 413, "too_large"),
    ],
)
def test_questions_that_cannot_be_asked(
    served: "Served", question: str, status: int, code: str, stream: bool
) -> None:
    before = served.workspace.ledger.count()
    response = served.ask(question, stream=stream)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (status, code)
    assert error["what"]
    assert error["do"]
    assert error["param"] is None
    assert served.workspace.ledger.count() == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"question": ', "not valid JSON"),
        (b"[]", "cannot be used"),
        (b'{"question": 7}', "'question'"),
        (b'{"question": "why?", "colour": "red"}', "'colour'"),
        (b"{}", "'question'"),
        (b"\xff\xfe", "not valid JSON"),
        (b"", "body"),
    ],
)
def test_bodies_that_are_no_question(served: "Served", content: bytes, says: str) -> None:
    response = served.client.post("/api/ask", content=content, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}
    assert says in response.json()["error"]["what"]


def test_a_folder_is_not_a_library_over_http(served: "Served") -> None:
    for name in ("/etc", "..", "src", "other"):
        response = served.ask(SPAN_QUESTION, library=name)
        assert response.status_code == 404
        assert response.json()["error"]["code"] == "not_found"


def test_a_client_that_leaves_frees_its_place(served: "Served") -> None:
    context: ServerContext = served.app.state.context
    for _ in range(3):
        with httpx.Client(base_url=served.url, timeout=60) as leaving:
            body = {"question": "How does a suspension bridge carry its load?", "stream": True}
            with leaving.stream("POST", "/api/ask", json=body) as response:
                next(response.iter_lines())
    wait_until(lambda: context.workers.running == 0)
    wait_until(lambda: not desk_threads())
    assert served.client.get("/healthz").json()["status"] == "ok"
    assert served.ask(SPAN_QUESTION, generate=False).status_code == 200


def test_past_the_bound_questions_are_refused_and_later_answered(served: "Served") -> None:
    context: ServerContext = served.app.state.context
    served.app.state.context = replace(context, workers=WorkerPool(run=1, wait=0))
    try:
        with served.streamed(SPAN_QUESTION, generate=False) as stream:
            with served.ledger_held():
                next(stream)
                for more in ({}, {"stream": True}):
                    refused = served.ask(SPAN_QUESTION, **more)
                    assert refused.status_code == 429
                    assert int(refused.headers["Retry-After"]) >= 1
                    assert refused.json()["error"]["type"] == "rate_limit_error"
            assert list(stream)[-1][0] == "receipt"
        wait_until(lambda: served.app.state.context.workers.running == 0)
        assert served.ask(SPAN_QUESTION, generate=False).status_code == 200
    finally:
        served.app.state.context = context


def test_thirty_two_at_once_are_all_answered(served: "Served") -> None:
    before = served.workspace.ledger.count()
    receipts: list[Receipt] = []

    def ask() -> None:
        with httpx.Client(base_url=served.url, timeout=120) as client:
            body = {"question": SPAN_QUESTION, "generate": False}
            receipts.append(Receipt.model_validate_json(client.post("/api/ask", json=body).content))

    threads = [threading.Thread(target=ask) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({receipt.id for receipt in receipts}) == 32
    assert all(served.workspace.ledger.receipt(receipt.id) == receipt for receipt in receipts)
    assert served.workspace.ledger.count() == before + 32
