"""The routes of Inside over the real model and a made-up dictionary."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import openai
import pytest
from openai import OpenAI

from clearspan.settings import Settings
from tests.server.conftest import events, serving
from tests.server.inside import BRIDGE, DEAD, NAME, SIZE, invent

if TYPE_CHECKING:
    from tests.server.conftest import Served

pytestmark = pytest.mark.usefixtures("nothing_ships")

HELLO = [{"role": "user", "content": "Say hello to the harbour."}]


@pytest.fixture(scope="module")
def inside(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Served"]:
    settings = Settings(home=tmp_path_factory.mktemp("inside-home"), weights=weights, embedder="")
    invent(settings)
    with serving(settings, samples=False) as one:
        yield one


def get(served: "Served", path: str, **query: Any) -> Any:
    response = served.client.get(path, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def generated(served: "Served", **body: Any) -> list[tuple[str, Any]]:
    with served.client.stream("POST", "/api/inside/generate", json=body) as response:
        assert response.status_code == 200, response.read()
        return list(events(response.iter_lines()))


def test_dictionaries_are_listed_with_their_cards(inside: "Served") -> None:
    found = get(inside, "/api/dictionaries")
    assert found["default"] == NAME
    (one,) = found["dictionaries"]
    assert (one["name"], one["model"], one["site"]) == (NAME, "smollm2-135m", "layers.15.residual")
    assert one["evidence"]
    assert one["card"]["measures"]["l0"] == 40.0


def test_the_map_has_every_feature_and_is_sent_once(inside: "Served") -> None:
    path = f"/api/dictionaries/{NAME}/map"
    response = inside.client.get(path)
    found = response.json()
    x = np.frombuffer(base64.b64decode(found["x"]), "<f4")
    clusters = np.frombuffer(base64.b64decode(found["cluster"]), "<i4")
    assert len(x) == len(clusters) == SIZE
    assert np.abs(x).max() <= 1
    assert clusters[:9].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 0]
    assert np.frombuffer(base64.b64decode(found["maximum"]), "<f4")[DEAD] == 0
    tag = response.headers["etag"]
    assert response.headers["cache-control"] == "private, no-cache"
    again = inside.client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_a_feature_has_its_evidence_and_the_range_of_its_dial(inside: "Served") -> None:
    found = get(inside, f"/api/dictionaries/{NAME}/features/{BRIDGE}")
    assert found["name"] == f"{NAME}#{BRIDGE}"
    assert found["label"]["text"] == "bridges and their spans"
    assert found["dial"] == {"recommended": 1.5, "limit": 3.0, "presets": ["spans"]}
    assert len(found["histogram"]) == 24
    assert found["neighbours"][0]["index"] == BRIDGE + 8
    assert found["neighbours"][0]["label"] == "bridges 24"
    plain = get(inside, f"/api/dictionaries/{NAME}/features/9")
    assert plain["dial"] == {"recommended": None, "limit": None, "presets": []}


def test_a_label_is_edited_and_remembers(inside: "Served") -> None:
    path = f"/api/dictionaries/{NAME}/features/10"
    before = inside.client.get(f"/api/dictionaries/{NAME}/labels")
    assert "10" not in before.json()["labels"]
    changed = inside.client.put(f"{path}/label", json={"text": "  rivers in spate "})
    assert changed.status_code == 200
    assert changed.json()["label"]["text"] == "rivers in spate"
    assert changed.json()["label"]["maker"] == "person"
    inside.client.put(f"{path}/label", json={"text": "rivers"})
    assert [one["text"] for one in get(inside, path)["history"]] == ["rivers in spate", "rivers"]
    after = inside.client.get(
        f"/api/dictionaries/{NAME}/labels", headers={"If-None-Match": before.headers["etag"]}
    )
    assert after.json()["labels"]["10"] == "rivers"
    inside.client.put(f"{path}/label", json={"text": ""})
    assert get(inside, path)["label"] is None


@pytest.mark.parametrize(
    ("query", "first"), [("bridges spans", BRIDGE), ("BRIDGE", 0), ("bread", 9), ("council", None)]
)
def test_features_are_found_by_words(inside: "Served", query: str, first: int | None) -> None:
    hits = get(inside, f"/api/dictionaries/{NAME}/find", query=query, limit=10)["hits"]
    assert len(hits) == 10
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    if first is not None:
        assert hits[0]["index"] == first
    if " " not in query:
        assert hits[0]["parts"]["examples"] == 1.0


def test_features_are_found_by_meaning(inside: "Served") -> None:
    asked = {"query": "bridges over rivers", "limit": 3, "meaning": True}
    response = inside.client.get(f"/api/dictionaries/{NAME}/find", params=asked, timeout=280)
    assert response.status_code == 200, response.text
    found = response.json()
    assert len(found["hits"]) == 3
    for hit in found["hits"]:
        assert hit["parts"].keys() >= {"responds", "promotes", "words"}
    # The features of the made-up dictionary mean nothing, and that is said.
    assert "No single feature" in found["note"]


def test_what_is_not_there(inside: "Served") -> None:
    def says(path: str, status: int, text: str, **query: Any) -> None:
        response = inside.client.get(path, params=query)
        assert response.status_code == status
        assert text in response.json()["error"]["what"]

    says("/api/dictionaries/smollm2-135m/layers.3.mlp/8k/map", 404, "no dictionary")
    says("/api/dictionaries/nonsense/map", 422, "not the name of a dictionary")
    says("/api/dictionaries//etc/map", 422, "not the name of a dictionary")
    says(f"/api/dictionaries/{NAME}/features/{SIZE}", 404, "no feature")
    says(f"/api/dictionaries/{NAME}/features/-1", 422, "index")
    says(f"/api/dictionaries/{NAME}/find", 422, "no word", query="…")
    assert get(inside, f"/api/dictionaries/{NAME}/find", query="zebra")["hits"] == []
    long = inside.client.put(f"/api/dictionaries/{NAME}/features/1/label", json={"text": "x" * 201})
    assert long.status_code == 422
    lines = inside.client.put(f"/api/dictionaries/{NAME}/features/1/label", json={"text": "a\nb"})
    assert lines.status_code == 422


def test_presets_are_listed(inside: "Served") -> None:
    (one,) = get(inside, "/api/presets")["presets"]
    assert (one["name"], one["dose"], one["measured"]) == (
        "spans",
        {"recommended": 1.5, "limit": 3.0},
        {"mentions": 0.85},
    )


def test_two_sides_stream_in_step_with_a_strip_each(inside: "Served") -> None:
    found = generated(
        inside, prompt="Tell me about the harbour.", dials=["spans=2x", "#9=+1x"], max_tokens=12
    )
    assert found[-1] == ("done", {})
    texts = {"undialled": "", "dialled": ""}
    first_strip = next(i for i, (name, _) in enumerate(found) if name == "strip")
    sides = [data["side"] for name, data in found[:first_strip] if name == "said"]
    assert set(sides) == {"undialled", "dialled"}
    for name, data in found:
        if name == "said":
            texts[data["side"]] += data["text"]
    model = inside.workspace.model
    assert texts["undialled"] == model.chat("Tell me about the harbour.", max_tokens=12).text
    assert texts["dialled"] != texts["undialled"]
    strips = {data["side"]: data for name, data in found if name == "strip"}
    for side, strip in strips.items():
        assert "".join(token["text"] for token in strip["tokens"]) == texts[side]
        assert strip["dictionary"] == NAME
    for token in strips["dialled"]["tokens"]:
        held = next(one for one in token["features"] if one["index"] == BRIDGE)
        assert held["share"] == pytest.approx(2.0, abs=0.15)  # the other dial's direction overlaps a little
    assert strips["dialled"]["labels"][str(BRIDGE)] == "bridges and their spans"


def test_without_dials_there_is_one_side(inside: "Served") -> None:
    found = generated(inside, prompt="Hello", max_tokens=3)
    assert {data["side"] for name, data in found if name != "done"} == {"undialled"}
    assert [name for name, _ in found[-3:]] == ["ended", "strip", "done"]


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"dials": ["calm"]}, 404, "no preset 'calm'"),
        ({"dials": ["spans=9x"]}, 403, "beyond the limit"),
        ({"dials": ["#1=very"]}, 422, "not a dial"),
        ({"dials": [f"#{SIZE}=1x"]}, 404, "no feature"),
        ({"dials": [f"#{DEAD}=1x"]}, 422, "cannot be dialled"),
        ({"dials": ["spans"] * 33}, 422, "dials"),
        ({"dictionary": "/etc/passwd"}, 422, "not the name"),
        ({"max_tokens": 10_000}, 422, "max_tokens"),
        ({"prompt": ""}, 422, "prompt"),
        ({"loud": True}, 422, "loud"),
    ],
)
def test_what_cannot_be_generated(inside: "Served", body: dict[str, Any], status: int, says: str) -> None:
    response = inside.client.post("/api/inside/generate", json={"prompt": "Hello", **body})
    assert response.status_code == status
    assert says in response.json()["error"]["what"]


def test_leaving_ends_both_sides(inside: "Served") -> None:
    model = inside.workspace.model
    body = {"prompt": "Write a long story about a lighthouse.", "dials": ["spans"], "max_tokens": 500}
    with (
        httpx.Client(base_url=inside.url, timeout=60) as client,
        client.stream("POST", "/api/inside/generate", json=body) as response,
    ):
        next(events(response.iter_lines()))
    deadline = time.monotonic() + 30
    while model.traffic.running:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_presets_by_name_through_openais_client(inside: "Served") -> None:
    def chat(client: OpenAI, *dials: Any, **more: Any) -> str:
        asked: dict[str, Any] = {
            "model": "smollm2-135m",
            "messages": HELLO,
            "max_tokens": 8,
            "extra_body": {"dials": list(dials)},
        }
        return client.chat.completions.create(**(asked | more)).choices[0].message.content or ""

    with OpenAI(base_url=f"{inside.url}/v1", api_key="none", max_retries=0, timeout=120) as client:
        dialled = chat(client, "spans")
        assert dialled == chat(client, "spans=1.5x") == chat(client, f"#{BRIDGE}=1.5x")
        assert chat(client, f"{NAME}#{BRIDGE}=off")
        with pytest.raises(openai.NotFoundError) as unknown:
            chat(client, "calm")
        assert unknown.value.code == "preset_not_found"
        with pytest.raises(openai.PermissionDeniedError, match="beyond the limit") as beyond:
            chat(client, "spans=3.5x")
        assert beyond.value.code == "beyond_limit"
        with pytest.raises(openai.BadRequestError, match="not a dial"):
            chat(client, "#16")


def test_without_a_dictionary_there_is_text_and_a_note(serve_with: Callable[..., "Served"]) -> None:
    bare = serve_with()
    assert get(bare, "/api/dictionaries") == {"dictionaries": [], "default": None}
    assert get(bare, "/api/presets") == {"presets": []}
    found = generated(bare, prompt="Hello", max_tokens=2)
    assert ("note", "There is no dictionary for smollm2-135m.") in [
        (name, data.get("text")) for name, data in found
    ]
    assert json.dumps(found)
