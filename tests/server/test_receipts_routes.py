"""Receipts, replays and reader events."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from clearspan.receipts import Receipt

if TYPE_CHECKING:
    from tests.server.conftest import Served

SPAN_QUESTION = "How long is the main span of the Golden Gate Bridge?"


def asked(served: "Served") -> Receipt:
    return Receipt.model_validate_json(served.ask(SPAN_QUESTION, generate=False).content)


def test_a_receipt_is_read_as_it_was_given(served: "Served") -> None:
    receipt = asked(served)
    shown = served.client.get(f"/api/receipts/{receipt.id}")
    assert Receipt.model_validate_json(shown.content) == receipt


def test_receipts_page_on_from_the_newest(served: "Served") -> None:
    made = [asked(served) for _ in range(3)]
    page = served.client.get("/api/receipts", params={"limit": 2}).json()["receipts"]
    assert [one["id"] for one in page] == [made[2].id, made[1].id]
    following = {"limit": 1, "before": page[-1]["created_at"]}
    (third,) = served.client.get("/api/receipts", params=following).json()["receipts"]
    assert third["id"] == made[0].id


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 201}, {"before": "yesterday"}])
def test_pages_that_do_not_exist(served: "Served", wrong: dict[str, object]) -> None:
    assert served.client.get("/api/receipts", params=wrong).status_code == 422  # type: ignore[arg-type]


def test_unknown_receipts_are_not_found(served: "Served") -> None:
    for response in (
        served.client.get("/api/receipts/r-none"),
        served.client.post("/api/receipts/r-none/replay"),
    ):
        assert response.status_code == 404
        assert "r-none" in response.json()["error"]["what"]


def test_a_replay_of_an_unchanged_library_is_the_same_and_leaves_no_receipt(served: "Served") -> None:
    receipt = asked(served)
    count = served.workspace.ledger.count()
    replayed = served.client.post(f"/api/receipts/{receipt.id}/replay")
    assert replayed.status_code == 200
    assert replayed.json()["receipt_id"] == receipt.id
    assert replayed.json()["same"] is True
    assert served.workspace.ledger.count() == count


def test_a_replay_says_what_changed(serve_with: "Callable[..., Served]") -> None:
    served = serve_with(samples=True)
    receipt = asked(served)
    for claim in receipt.overview.claims:
        for citation in claim.citations:
            served.client.delete(f"/api/library/documents/{citation.document_id}")
    replayed = served.client.post(f"/api/receipts/{receipt.id}/replay").json()
    assert replayed["same"] is False
    assert any("gone" in change for change in replayed["changes"])


def test_the_same_words_from_another_document_are_a_change(serve_with: "Callable[..., Served]") -> None:
    served = serve_with()
    text = "---\ntitle: {}\n---\n\nThe grey heron of Lake Ombre weighs 2 kilograms.\n"
    upload = served.workspace.library().add_bytes
    first = upload("heron.md", text.format("Herons").encode())
    receipt = Receipt.model_validate_json(
        served.ask("How much does the grey heron of Lake Ombre weigh?").content
    )
    assert [one.title for one in receipt.overview.claims[0].citations] == ["Herons"]
    served.workspace.library().remove(str(first.document_id))
    upload("birds.md", text.format("Birds").encode())
    replayed = served.client.post(f"/api/receipts/{receipt.id}/replay").json()
    assert replayed["same"] is False
    assert any("cited from Herons and is cited from Birds" in change for change in replayed["changes"])


def test_a_receipt_is_diagnosed_against_the_right_answer(served: "Served") -> None:
    receipt = asked(served)
    path = f"/api/receipts/{receipt.id}/diagnose"
    assert served.client.post(path, json={"gold": "4,200 feet"}).json() == {"diagnoses": []}
    (wrong,) = served.client.post(path, json={"gold": "3,000 feet"}).json()["diagnoses"][:1]
    assert wrong["fault"] == "wrong_source"
    assert wrong["evidence"][0]["document_id"] == receipt.overview.claims[0].citations[0].document_id
    assert served.client.post("/api/receipts/r-none/diagnose", json={}).status_code == 404
    assert served.client.post(path, json={"golden": "x"}).status_code == 422
