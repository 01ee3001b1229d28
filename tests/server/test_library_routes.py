"""Library routes over the sample library, and uploads into an empty one."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from clearspan.library.documents import Document

if TYPE_CHECKING:
    from tests.server.conftest import Served

Start = Callable[..., "Served"]

HERON = b"---\ntitle: Herons of Lake Ombre\n---\n\nThe grey heron of Lake Ombre weighs 2 kilograms.\n"


def upload(served: "Served", name: str, data: bytes) -> "tuple[int, dict[str, object]]":
    response = served.client.post("/api/library/documents", files={"file": (name, data)})
    return response.status_code, response.json()


def golden_gate(served: "Served") -> Document:
    documents = served.workspace.library().documents()
    return next(one for one in documents if one.title == "The Golden Gate Bridge in figures")


def test_libraries_are_listed_with_their_sizes(served: "Served") -> None:
    listed = served.client.get("/api/libraries").json()
    assert listed["default"] == "samples"
    (samples,) = [one for one in listed["libraries"] if one["name"] == "samples"]
    documents, passages = served.workspace.library().counts()
    assert (samples["documents"], samples["passages"]) == (documents, passages)
    assert samples["searches"] == ["words", "meaning"]
    assert samples["revision"] > 0


def test_a_damaged_library_does_not_hide_the_others(serve_with: Start) -> None:
    served = serve_with()
    upload(served, "heron.md", HERON)
    (served.workspace.settings.home / "libraries" / "broken.db").write_bytes(b"not a database at all" * 100)
    broken, default = served.client.get("/api/libraries").json()["libraries"]
    assert (default["name"], default["documents"], default["problem"]) == ("default", 1, "")
    assert (broken["name"], broken["searches"]) == ("broken", [])
    assert "damaged" in broken["problem"]


def test_documents_are_listed_without_texts_or_paths(served: "Served") -> None:
    listed = served.client.get("/api/library/documents").json()["documents"]
    assert len(listed) == served.workspace.library().counts()[0]
    assert all({"id", "title", "kind", "media_type", "added_at"} <= set(one) for one in listed)
    assert not any({"text", "locator"} & set(one) for one in listed)
    satire = served.client.get("/api/library/documents", params={"kind": "satire"}).json()["documents"]
    assert satire
    assert all(one["kind"] == "satire" for one in satire)
    assert served.client.get("/api/library/documents", params={"kind": "gossip"}).status_code == 422


def test_a_document_comes_with_the_text_that_citations_count_in(served: "Served") -> None:
    wanted = golden_gate(served)
    shown = served.client.get(f"/api/library/documents/{wanted.id}").json()
    assert shown["text"] == served.workspace.library().document(wanted.id).text
    assert shown["publisher"] == "Harbour Engineering Review"
    receipt = served.ask("How long is the main span of the Golden Gate Bridge?").json()
    citation = receipt["overview"]["claims"][0]["citations"][0]
    cited = served.client.get(f"/api/library/documents/{citation['document_id']}").json()
    assert cited["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_a_pdf_tells_where_its_pages_start(served: "Served") -> None:
    (pdf,) = [one for one in served.workspace.library().documents() if one.media_type == "application/pdf"]
    starts = served.client.get(f"/api/library/documents/{pdf.id}").json()["page_starts"]
    assert starts[0] == 0
    assert starts == sorted(starts)


def test_unknown_documents_and_libraries_are_not_found(served: "Served") -> None:
    for path in ("/api/library/documents/d-0000", "/api/library/documents?library=other"):
        response = served.client.get(path)
        assert response.status_code == 404
        assert response.json()["error"]["do"]


def test_search_tells_what_found_each_passage(served: "Served") -> None:
    found = served.client.get(
        "/api/library/search", params={"query": "weight of a blue whale", "limit": 5}
    ).json()
    assert found["query"] == "weight of a blue whale"
    assert set(found["legs"]) == {"words", "meaning"}
    assert 0 < len(found["hits"]) <= 5
    first = found["hits"][0]
    assert "whale" in first["passage"]["text"].lower()
    assert {leg["name"] for leg in first["legs"]} <= {"words", "meaning"}
    assert "text" not in first["document"]
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_search_takes_any_text_and_sane_limits(served: "Served") -> None:
    for query in ('"', "NEAR(", "a AND", "*", "", "é" * 500):
        assert served.client.get("/api/library/search", params={"query": query}).status_code == 200
    for limit in (0, -1, 201, "many"):
        wrong = served.client.get("/api/library/search", params={"query": "whale", "limit": limit})
        assert wrong.status_code == 422
        assert "limit" in wrong.json()["error"]["what"]


def test_upload_ask_replace_remove(serve_with: Start) -> None:
    served = serve_with()
    status, change = upload(served, "heron.md", HERON)
    assert (status, change["outcome"], change["locator"]) == (200, "added", "upload:heron.md")
    answer = served.ask("How much does the grey heron of Lake Ombre weigh?").json()
    assert "2 kilograms" in answer["overview"]["claims"][0]["text"]

    assert upload(served, "heron.md", HERON)[1]["outcome"] == "unchanged"
    assert upload(served, "heron.md", HERON.replace(b"2 k", b"3 k"))[1]["outcome"] == "replaced"

    removed = served.client.delete(f"/api/library/documents/{change['document_id']}")
    assert (removed.status_code, removed.json()["outcome"]) == (200, "removed")
    again = served.client.delete(f"/api/library/documents/{change['document_id']}")
    assert again.status_code == 404
    assert served.client.get("/api/library/documents").json()["documents"] == []


@pytest.mark.parametrize("name", ["C:\\papers\\heron.md", "/home/someone/heron.md", "../../heron.md"])
def test_an_upload_keeps_only_its_file_name(serve_with: Start, name: str) -> None:
    assert upload(serve_with(), name, HERON)[1]["locator"] == "upload:heron.md"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("binary.txt", bytes(range(256)) * 20),
        ("broken.pdf", b"%PDF-1.7\n1 0 obj\n<<"),
        ("broken.docx", b"PK\x03\x04 and then nothing"),
        ("program.exe", b"MZ\x90\x00"),
        ("noending", b"some text"),
        ("..", b"some text"),
    ],
)
def test_files_that_cannot_be_read_are_refused_and_leave_nothing(
    serve_with: Start, name: str, data: bytes
) -> None:
    served = serve_with()
    status, answer = upload(served, name, data)
    assert status == 422
    error = answer["error"]
    assert isinstance(error, dict)
    assert error["what"]
    assert served.workspace.library().counts() == (0, 0)


def test_a_request_without_a_file_is_refused(served: "Served") -> None:
    response = served.client.post("/api/library/documents", files={"paper": ("a.md", b"text")})
    assert response.status_code == 422
    assert "'file'" in response.json()["error"]["what"]


def test_a_document_over_the_limit_is_refused(serve_with: Start) -> None:
    served = serve_with(max_document_bytes=10_000)
    assert upload(served, "long.txt", b"A plain sentence. " * 500)[0] == 200
    # Within what the envelope may add, the library counts; beyond it, the server does not read on.
    for size, status in ((1_000, 422), (100_000, 413)):
        refused, answer = upload(served, "longer.txt", b"A plain sentence. " * size)
        assert refused == status
        assert "large" in str(answer)
    assert served.workspace.library().counts()[0] == 1
