"""Readers who are counted, readers who are not, and the holdout."""

import json
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from clearspan.receipts import Receipt

if TYPE_CHECKING:
    from tests.server.conftest import Served

SPAN_QUESTION = "How long is the main span of the Golden Gate Bridge?"


@pytest.fixture
def session() -> str:
    return secrets.token_hex(16)


def told(
    served: "Served", session: str, question: str = SPAN_QUESTION, **headers: str
) -> list[tuple[str, Any]]:
    body = {"question": question, "stream": True, "session": session}
    with served.client.stream("POST", "/api/ask", json=body, headers=headers) as response:
        assert response.status_code == 200, response.read()
        return list(_events(response.iter_lines()))


def _events(lines: Any) -> Any:
    from tests.server.conftest import events

    return events(lines)


def act(served: "Served", session: str, *acts: dict[str, Any], **headers: str) -> int:
    body = {"session": session, "acts": list(acts)}
    return served.client.post("/api/readers/acts", json=body, headers=headers).status_code


def test_a_visit_is_counted_from_question_to_citation(served: "Served", session: str) -> None:
    before = len(served.workspace.ledger.events())
    steps = told(served, session)
    names = [name for name, _ in steps]
    assert names[-2:] == ["view", "receipt"]
    view = dict(steps)["view"]["view"]
    opened = {"view": view, "kind": "citation_opened", "citation": 1}
    assert act(served, session, {"view": view, "kind": "shown"}, opened) == 204
    events = served.workspace.ledger.events()[before:]
    assert [event.kind for event in events] == ["asked", "shown", "citation_opened"]
    first = events[0]
    assert (first.arm, first.query_type, first.outcome) == ("overview", "number", "answered")
    assert first.citations == len(
        {c["number"] for claim in dict(steps)["receipt"]["overview"]["claims"] for c in claim["citations"]}
    )
    kept = " ".join(event.model_dump_json() for event in events)
    receipt = dict(steps)["receipt"]
    for trace in (
        session,
        receipt["id"],
        "Golden",
        *(source["document_id"] for source in receipt["sources"]),
    ):
        assert trace not in kept

    found = served.client.get("/api/readers", params={"since": "1d"}).json()
    rows = {
        (measure["name"], row["query_type"], row["side"]): row
        for measure in found["report"]["measures"]
        for row in measure["rows"]
    }
    assert rows["citation_click_through", "number", "overview"]["estimate"]["value"] > 0
    assert found["policy"]["recorded"] is True
    file = served.client.get("/api/readers.csv")
    assert file.headers["content-type"].startswith("text/csv")
    assert "citation_click_through,number,overview" in file.text


@pytest.mark.parametrize("asks_not_to", [{"DNT": "1"}, {"Sec-GPC": "1"}])
def test_a_browser_that_asks_not_to_be_counted_is_not(
    served: "Served", session: str, asks_not_to: dict[str, str]
) -> None:
    before = len(served.workspace.ledger.events())
    assert "view" not in dict(told(served, session, **asks_not_to))
    view = dict(told(served, session))["view"]["view"]
    assert act(served, session, {"view": view, "kind": "shown"}, **asks_not_to) == 204
    assert [event.kind for event in served.workspace.ledger.events()[before:]] == ["asked"]


def test_the_setting_switches_recording_off(serve_with: "Callable[..., Served]", session: str) -> None:
    served = serve_with(samples=True, readers_recorded=False, readers_holdout=0.5)
    for _ in range(4):
        names = [name for name, _ in told(served, secrets.token_hex(16))]
        assert names[-1] == "receipt"
        assert "view" not in names
    act(served, session, {"view": f"v-{'0' * 16}", "kind": "shown"})
    assert list(served.workspace.ledger.events()) == []
    assert served.client.get("/api/readers").json()["policy"]["holdout"] == 0


def test_a_visit_that_is_held_out_sees_results_and_leaves_no_receipt(
    serve_with: "Callable[..., Served]",
) -> None:
    served = serve_with(samples=True, readers_holdout=0.5)
    sides: dict[str, str] = {}
    for number in range(12):
        session = f"{number:032x}"
        steps = told(served, session)
        sides[session] = steps[-1][0]
    assert set(sides.values()) == {"receipt", "results"}
    held = next(session for session, last in sides.items() if last == "results")
    receipts = served.workspace.ledger.count()
    steps = dict(told(served, held, "When did the Golden Gate Bridge open?"))
    assert served.workspace.ledger.count() == receipts
    assert steps["results"]["hits"]
    assert "overview" not in json.dumps(steps)
    event = served.workspace.ledger.events()[-1]
    assert (event.arm, event.outcome, event.query_type) == ("results", "results", "time")
    # Whoever asks without a session, a program for example, is answered.
    assert Receipt.model_validate_json(served.ask(SPAN_QUESTION).content)
    refused = served.client.post("/api/ask", json={"question": " ", "stream": True, "session": held})
    assert refused.status_code == 422


def test_an_answer_does_not_fail_because_recording_does(
    serve_with: "Callable[..., Served]", session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from clearspan.errors import StorageError

    served = serve_with(samples=True)

    def fail(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(served.workspace.ledger, "record", fail)
    assert [name for name, _ in told(served, session)][-1] == "receipt"


def test_a_session_needs_a_stream(served: "Served", session: str) -> None:
    response = served.ask(SPAN_QUESTION, session=session)
    assert response.status_code == 422
    assert "stream" in response.json()["error"]["do"]


VIEW = f"v-{'a' * 16}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"acts": [{"view": VIEW, "kind": "shown"}]},
        {"session": "ada@example.org", "acts": []},
        {"session": "0" * 32, "acts": [{"view": VIEW, "kind": "mouse_moved"}]},
        {"session": "0" * 32, "acts": [{"view": VIEW, "kind": "asked"}]},
        {"session": "0" * 32, "acts": [{"view": VIEW, "kind": "shown", "name": "Ada"}]},
        {"session": "0" * 32, "acts": [{"view": VIEW, "kind": "dwell", "seconds": -1}]},
        {"session": "0" * 32, "acts": [{"view": VIEW, "kind": "shown"}] * 65},
        {"session": "0" * 32, "acts": [], "receipt_id": "r-1"},
    ],
)
def test_events_hold_nothing_else(served: "Served", wrong: dict[str, object]) -> None:
    count = len(served.workspace.ledger.events())
    assert served.client.post("/api/readers/acts", json=wrong).status_code == 422
    assert len(served.workspace.ledger.events()) == count


def test_a_day_that_is_none_is_refused(served: "Served") -> None:
    response = served.client.get("/api/readers", params={"since": "lately"})
    assert response.status_code == 422
    assert "30d" in response.json()["error"]["do"]
