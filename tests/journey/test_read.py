"""Searching again for what the best sentences name: when, for which names, and where the new passages stand."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from clearspan.journey.asked import Asked, ask
from clearspan.journey.judge import judge
from clearspan.journey.read import Scored, follow, read
from clearspan.journey.search import Found, search
from clearspan.library.library import Library
from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.overview.trust.judge import Judge
from clearspan.settings import Settings

QUESTION = "When was the composer of the film The Glass Harbour born?"
FILM = "The Glass Harbour is a film of 1987. The music of The Glass Harbour was composed by Orla Quenby."
COMPOSER = "Orla Quenby (3 May 1941) comes from Vandria, as does Ede Marrow."
NEIGHBOUR = "Ede Marrow keeps bees in a garden behind the harbour."
SEVERAL: Mapping[AskedFor, float] = {"multi_hop": 0.4, "compare": 0.2}

Follow = Callable[..., tuple[Found, Found, Scored]]


@pytest.fixture
def followed(pages: Library, plain: Settings, small_reader: EvidenceReader) -> Follow:
    """Searches once and again; what was found first, what was found in the end, and how it was scored."""

    def go(
        texts: Mapping[str, str], kinds: Mapping[AskedFor, float], first: int = 1
    ) -> tuple[Found, Found, Scored]:
        for title, text in texts.items():
            pages.add_bytes(f"{title}.txt", f"---\ntitle: {title}\n---\n{text}\n".encode())
        judges = Judge(pages)
        asked: Asked = ask(QUESTION, None, None, (), plain)
        found = search(asked, pages, None, first)
        found = replace(found, hits=found.hits[:first])
        scored = read(asked, judge(asked, found, judges, first), small_reader)
        again, last = follow(asked, found, replace(scored, kinds=kinds), judges, small_reader, first)
        return found, again, last

    return go


def test_a_question_of_one_hop_is_left_as_it_is(followed: Follow) -> None:
    found, again, _ = followed(
        {"The Glass Harbour": FILM, "Orla Quenby": COMPOSER}, {"multi_hop": 0.3, "compare": 0.1}
    )
    assert again is found


def test_what_a_sentence_names_is_searched_for_and_so_is_what_that_names(followed: Follow) -> None:
    texts = {"The Glass Harbour": FILM, "Orla Quenby": COMPOSER, "Ede Marrow": NEIGHBOUR}
    found, again, scored = followed(texts, SEVERAL)
    assert [hit.document.title for hit in found.hits] == ["The Glass Harbour"]
    assert {hit.document.title for hit in again.hits} == set(texts)
    assert "Orla Quenby" in [hop.name for hop in again.hops]
    assert any("1941" in one.text for one in scored.candidates)
    assert len({hit.passage.id for hit in again.hits}) == len(again.hits), "none is found twice"


def test_a_name_of_the_question_is_not_followed_and_none_is_followed_twice(followed: Follow) -> None:
    _, again, _ = followed({"The Glass Harbour": FILM, "Orla Quenby": COMPOSER}, SEVERAL)
    names = [hop.name for hop in again.hops]
    assert "The Glass Harbour" not in names
    assert len(set(names)) == len(names)


def test_names_that_lead_nowhere_leave_no_hop(followed: Follow) -> None:
    found, again, _ = followed({"The Glass Harbour": FILM}, SEVERAL)
    assert again.hits == found.hits
    assert again.hops == ()
