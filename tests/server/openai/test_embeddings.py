"""Embeddings in slices: the same vectors, and nobody waits for a request whose client has left."""

import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.server.context import ServerContext
from clearspan.server.openai.embeddings import READ_CHARACTERS, SLICE_CHARACTERS, slices

if TYPE_CHECKING:
    from tests.server.conftest import Served

LONG = " ".join(f"The {number}th span of the bridge was measured again." for number in range(40))


@settings(deadline=None)
@given(st.lists(st.integers(1, 20_000), max_size=300))
def test_slices_hold_each_row_once_and_are_short(lengths: list[int]) -> None:
    found = list(slices(lengths))
    assert sorted(row for rows in found for row in rows) == list(range(len(lengths)))
    for rows in found:
        assert sum(min(lengths[row], READ_CHARACTERS) for row in rows) <= SLICE_CHARACTERS


def test_vectors_do_not_depend_on_the_slices(served: "Served") -> None:
    texts = [f"{number} {LONG}" if number % 2 else f"bridge {number}" for number in range(24)]
    answer = served.client.post("/v1/embeddings", json={"model": "minilm", "input": texts}).json()
    assert [one["index"] for one in answer["data"]] == list(range(len(texts)))
    embedder = served.workspace.embedder
    assert embedder
    for one, vector in zip(answer["data"], embedder.embed(texts), strict=True):
        assert one["embedding"] == pytest.approx(vector.tolist(), abs=2e-3)
    assert answer["usage"]["total_tokens"] == sum(embedder.token_count(text) for text in texts)


def test_a_small_request_overtakes_and_a_client_that_left_is_dropped(served: "Served") -> None:
    context: ServerContext = served.app.state.context
    body = {"model": "minilm", "input": [f"{number} {LONG}" for number in range(400)]}
    assert served.client.post("/v1/embeddings", json={**body, "input": "warm"}).status_code == 200
    begun = time.monotonic()
    served.client.post("/v1/embeddings", json={**body, "input": body["input"][:8]})
    one_slice = time.monotonic() - begun
    leaving = threading.Event()

    def leave() -> None:
        try:
            with httpx.Client(base_url=served.url, timeout=httpx.Timeout(5, read=3 * one_slice)) as client:
                client.post("/v1/embeddings", json=body)
        except httpx.ReadTimeout:
            leaving.set()

    large = threading.Thread(target=leave)
    large.start()
    begun = time.monotonic()
    assert served.client.post("/v1/embeddings", json={**body, "input": "small"}).status_code == 200
    small = time.monotonic() - begun
    large.join()
    assert leaving.is_set()
    # All of the large request would take some forty slices.
    assert small < 10 * one_slice
    begun = time.monotonic()
    while context.workers.running and time.monotonic() - begun < 60:
        time.sleep(0.05)
    assert time.monotonic() - begun < 10 * one_slice
