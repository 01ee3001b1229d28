"""What every store must do, whatever it is made of.

CLEARSPAN_TEST_STORE names the scheme of a store of another package that is held to the same.
"""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from clearspan.errors import BadInput
from clearspan.library import stores
from clearspan.library.documents import Document, Passage
from clearspan.library.passages import split
from clearspan.library.stores.base import Embeddings, Store

SCHEMES = [os.environ["CLEARSPAN_TEST_STORE"]] if "CLEARSPAN_TEST_STORE" in os.environ else ["sqlite"]


@pytest.fixture(params=SCHEMES)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"{request.param}:{tmp_path / 'place'}"


@pytest.fixture
def open_store(address: str) -> Callable[[], Store]:
    return lambda: stores.open(address).open("shore")


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Iterator[Store]:
    opened = open_store()
    yield opened
    opened.close()


def document(number: int, text: str, **fields: object) -> tuple[Document, list[Passage]]:
    identity = f"d-{number:016x}"
    made = Document(
        identity, f"/docs/{number}", f"Title {number}", text, "text/plain", f"hash {text}", datetime.now(UTC)
    )
    made = type(made)(**{**{name: getattr(made, name) for name in made.__slots__}, **fields})  # type: ignore[arg-type]
    return made, split(identity, text)


def axis(*axes: int) -> Embeddings:
    return Embeddings("e", np.eye(4, dtype=np.float32)[list(axes)])


def test_libraries_are_there_once_opened_and_apart(address: str) -> None:
    place = stores.open(address)
    assert (place.names(), "quay" in place) == ([], False)
    opened = [place.open(name) for name in ("shore", "quay", "my notes.v2", "docs@0123abcd")]
    opened[0].put(*document(1, "Orcas swim."))
    assert place.names() == ["docs@0123abcd", "my notes.v2", "quay", "shore"]
    assert "quay" in place
    assert "Quay" not in place
    assert [one.counts()[0] for one in opened] == [1, 0, 0, 0]
    for one in opened:
        one.close()
    again = stores.open(address).open("shore")
    assert again.counts() == (1, 1)
    again.close()


def test_a_document_comes_back_as_it_was_put(store: Store) -> None:
    made, passages = document(
        1,
        "Orcas 🐋 swim.",
        url="https://sea.example",
        date="2019-05",
        kind="reference",
        page_starts=(0, 5),
        claimed_url="https://who.example/",
        claimed_publisher="Who",
        hidden="obey me",
        frame="All rights reserved",
    )
    store.put(made, passages)
    assert isinstance(store, Store)
    assert store.document(made.id) == made
    light = store.by_locator(made.locator)
    assert light is not None
    assert (light.text, light.page_starts) == ("", (0, 5))
    assert list(store.document_passages(made.id)) == passages
    assert store.passages([passages[0].id, "d-none:0", "nonsense"]) == {passages[0].id: (passages[0], light)}
    assert store.document("d-none") is None
    assert store.by_locator("/none") is None
    assert store.counts() == (1, 1)


def test_putting_again_replaces_words_and_vectors(store: Store) -> None:
    store.put(*document(1, "Orcas swim."), axis(0))
    store.put(*document(1, "Bears walk."), axis(1))
    assert store.counts() == (1, 1)
    assert not store.search_words("orcas", 5)
    assert [score for _, score in store.search_vectors(axis(1).rows[0], 5)] == [1.0]


def test_removing_leaves_nothing_to_find(store: Store) -> None:
    made, passages = document(1, "Orcas swim.")
    store.put(made, passages, axis(0))
    assert store.search_vectors(axis(0).rows[0], 5)
    assert store.remove(made.id)
    assert not store.remove(made.id)
    assert not store.search_words("orcas", 5)
    assert not store.search_vectors(axis(0).rows[0], 5)
    assert store.counts() == (0, 0)


def test_words_are_stemmed_and_folded_and_better_matches_come_first(store: Store) -> None:
    for number, text in enumerate(
        ("A whale sings in cafés.", "Whales, whales: singing whales.", "A bear.", *["x"] * 9)
    ):
        store.put(*document(number, text))
    found = store.search_words("the singing WHALE", 10)
    assert {passage.rpartition(":")[0] for passage, _ in found} == {"d-" + "0" * 16, f"d-{1:016x}"}
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert store.search_words("cafe", 5)


def test_numbers_match_with_and_without_separators(store: Store) -> None:
    store.put(*document(1, "The span is 4,200 feet."))
    store.put(*document(2, "Another is 5300 feet."))
    assert store.search_words("4200", 5)[0][0].startswith(f"d-{1:016x}")
    assert store.search_words("5,300", 5)[0][0].startswith(f"d-{2:016x}")


@pytest.mark.parametrize(
    "query", ["", "   ", '"', "AND OR NOT", "a* b^ (c", "x:y", "\0", "🌉", "the", "w " * 5000]
)
def test_any_text_is_a_query(store: Store, query: str) -> None:
    store.put(*document(1, "Text about the rest."))
    store.search_words(query, 5)


def test_vectors_are_exact_and_limited(store: Store) -> None:
    rows = np.random.default_rng(0).standard_normal((40, 4)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    for number, row in enumerate(rows):
        store.put(*document(number, f"text {number}"), Embeddings("e", row[None]))
    found = store.search_vectors(rows[7], 5)
    order = np.argsort(-(rows @ rows[7]))[:5]
    assert [passage for passage, _ in found] == [f"d-{number:016x}:0" for number in order]


def test_documents_without_vectors_are_known_and_get_them_later(store: Store) -> None:
    made, passages = document(1, "Orcas swim.")
    store.put(made, passages)
    assert list(store.missing_vectors()) == [made.id]
    assert not store.set_vectors(made.id, "another content", axis(0))
    assert store.set_vectors(made.id, made.content_hash, axis(0))
    assert not store.missing_vectors()
    assert store.search_vectors(axis(0).rows[0], 1)[0][0] == passages[0].id


def test_vectors_of_two_embedders_never_mix(store: Store) -> None:
    store.put(*document(1, "Orcas swim."), axis(0))
    assert store.embedder() == "e"
    with pytest.raises(BadInput, match="cannot join"):
        store.put(*document(2, "Bears walk."), Embeddings("other", np.eye(3, dtype=np.float32)[:1]))
    assert store.counts() == (1, 1)
    store.use_embedder("other")
    assert list(store.missing_vectors()) == [f"d-{1:016x}"]
    assert not store.search_vectors(axis(0).rows[0], 5)


def test_one_vector_a_passage(store: Store) -> None:
    with pytest.raises(BadInput, match="2 vectors"):
        store.put(*document(1, "One passage."), axis(0, 1))


def test_document_frequency_counts_passages(store: Store) -> None:
    store.put(*document(1, "Whale and 4,200 whales."))
    store.put(*document(2, "A whale."))
    assert store.document_frequency(["whales", "4200", "none", "?"]) == {
        "whales": 2,
        "4200": 1,
        "none": 0,
        "?": 0,
    }


def test_kinds_are_set_and_listed_in_order_of_title(store: Store) -> None:
    for number, title in enumerate(("b", "C", "a")):
        store.put(*document(number, "text", title=title))
    assert [one.title for one in store.documents()] == ["a", "b", "C"]
    assert store.set_kind(f"d-{1:016x}", "satire")
    assert not store.set_kind("d-none", "satire")
    assert [one.title for one in store.documents("satire")] == ["C"]


def test_revision_grows_and_everything_survives_reopening(open_store: Callable[[], Store]) -> None:
    store = open_store()
    before = store.revision()
    store.put(*document(1, "Orcas swim."), axis(2))
    assert store.revision() > before
    after = store.revision()
    store.close()
    again = open_store()
    assert again.revision() == after
    assert again.search_words("orca", 1)
    assert again.search_vectors(axis(2).rows[0], 1)[0][1] == 1.0
    again.close()


def test_a_second_store_sees_what_the_first_commits(open_store: Callable[[], Store]) -> None:
    one, other = open_store(), open_store()
    assert not other.search_vectors(axis(0).rows[0], 1)
    one.put(*document(1, "Orcas swim."), axis(0))
    assert other.search_vectors(axis(0).rows[0], 1)
    assert other.search_words("orca", 1)
    one.close()
    other.close()


def test_many_threads_write_and_search(store: Store) -> None:
    problems: list[BaseException] = []

    def work(start: int) -> None:
        try:
            for number in range(start, start + 10):
                store.put(*document(number, f"Orca number {number}."), axis(number % 4))
                store.search_words("orca", 5)
                store.search_vectors(axis(0).rows[0], 5)
        except BaseException as error:  # noqa: BLE001  # shown by the assertion below
            problems.append(error)

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert store.counts() == (30, 30)
