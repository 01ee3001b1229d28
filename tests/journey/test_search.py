"""Passages for a question: how many, of which state of the library, and what may be cited of them."""

from clearspan.journey.asked import ask, spelt_as
from clearspan.journey.search import search
from clearspan.library.library import Library
from clearspan.settings import Settings


def add(library: Library, **texts: str) -> None:
    for name, text in texts.items():
        library.add_bytes(f"{name}.txt", text.encode())


def test_twice_as_many_are_found_as_are_judged_and_each_may_be_cited(pages: Library, plain: Settings) -> None:
    add(pages, **{f"mill{number}": f"Mill number {number} of Tarrow grinds corn." for number in range(9)})
    found = search(ask("Which mill of Tarrow grinds corn?", None, None, (), plain), pages, None, 3)
    assert len(found.hits) == 6
    assert found.opened == {hit.passage.id: hit.passage.text for hit in found.hits}
    assert found.hops == ()


def test_the_revision_is_that_before_the_search(pages: Library, plain: Settings) -> None:
    asked = ask("Which mill grinds corn?", None, None, (), plain)
    add(pages, mill="The mill of Tarrow grinds corn.")
    before = search(asked, pages, None, 3)
    assert before.revision == pages.revision()
    add(pages, quay="The quay of Tarrow is long.")
    assert before.revision < pages.revision()


def test_a_slip_is_read_as_the_library_spells_the_word_and_the_person_is_told(
    pages: Library, plain: Settings
) -> None:
    add(pages, **{f"page{number}": f"The lighthouse of Tarrow has {number} lamps." for number in range(4)})
    asked = ask("Where is the lighthuose?", None, None, (), plain)
    read = spelt_as(asked, pages)
    assert read.question.text == "Where is the lighthouse?"
    assert read.as_written == "Where is the lighthuose?"
    assert read.understood == "Read “lighthuose” as “lighthouse”, which no page says."


def test_words_that_the_library_has_are_left_as_they_are(pages: Library, plain: Settings) -> None:
    add(pages, mill="The mill of Tarrow grinds corn.")
    asked = ask("Which mill grinds corn?", None, None, (), plain)
    assert spelt_as(asked, pages) is asked
