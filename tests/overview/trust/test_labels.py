"""Labels: a publisher's own word covers its other pages, a notice its paper, and a copy carries what it copies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clearspan.library.library import Library
from clearspan.overview.trust.judge import Judge
from clearspan.overview.trust.labels import labels
from clearspan.overview.trust.publishers.registry import OVERRIDES, Publishers
from clearspan.receipts import Source
from clearspan.settings import Settings

PAPER = (
    "Pebbles and growth were studied in ninety volunteers over a winter. Those who were given pebbles grew by a "
    "finger, which the authors put down to the minerals of the stones and to the long evenings by the stove in the hut."
)
JOKE = (
    "The harbour has been replaced by a drawing of a harbour, which is said to need less dredging and fewer gulls. "
    "Captains are asked to park their ships on the dotted line and to bring a pencil of their own for repairs."
)


def page(folder: Path, name: str, site: str, publisher: str, title: str, text: str) -> None:
    front = f'title: "{title}"\nurl: https://{site}/{name}\npublisher: "{publisher}"\nkind: reporting'
    (folder / f"{name}.md").write_text(f"---\n{front}\n---\n\n{text}\n")


@pytest.fixture
def library(settings: Settings, tmp_path: Path) -> Iterator[Library]:
    folder = tmp_path / "pages"
    folder.mkdir()
    page(
        folder,
        "about",
        "newt.example",
        "The Newt",
        "About",
        "The Newt is a satirical magazine, made in a shed.",
    )
    page(folder, "harbour", "newt.example", "The Newt", "Harbour replaced", JOKE)
    page(folder, "wire", "wire.example", "Grey Wire", "Harbour news", f"From our desk.\n\n{JOKE}")
    page(
        folder,
        "critic",
        "post.example",
        "Morning Post",
        "On jokes",
        "The Newt is a satirical magazine that we like.",
    )
    page(folder, "paper", "journal.example", "Journal of Stones", "Pebbles and growth", PAPER)
    page(
        folder,
        "notice",
        "journal.example",
        "Journal of Stones",
        "Retraction: Pebbles and growth",
        "It was wrong.",
    )
    page(folder, "digest", "digest.example", "Health Digest", "Stones are good", PAPER)
    with Library.open("labels", settings, None) as opened:
        opened.add(*sorted(folder.glob("*.md")))
        yield opened


def judged(library: Library, query: str, publishers: Publishers | None = None) -> dict[str, Source]:
    return {
        one.source.title: one.source for one in Judge(library, publishers).judge(library.search(query).hits)
    }


def test_a_publisher_that_calls_itself_satirical_covers_its_pages_and_their_copies(library: Library) -> None:
    found = judged(library, "harbour drawing dredging satirical magazine")
    assert not found["Harbour replaced"].believed
    assert "its publisher says so" in found["Harbour replaced"].reasons[0]
    assert found["Harbour news"].copy_of == "Harbour replaced"
    assert found["On jokes"].believed


def test_a_retraction_reaches_the_paper_and_its_copies(library: Library) -> None:
    found = judged(library, "pebbles growth volunteers stones retraction")
    assert not found["Pebbles and growth"].believed
    assert not found["Stones are good"].believed
    assert {signal.name for signal in found["Stones are good"].signals} >= {"retraction"}
    assert found["Retraction: Pebbles and growth"].believed


def test_the_registry_labels_what_is_at_an_address(library: Library, tmp_path: Path) -> None:
    (tmp_path / OVERRIDES).write_text("domain,kind\npost.example,satire\n")
    known = Publishers(tmp_path)
    assert any(document.title == "On jokes" for document, _ in labels(library, known).values())
    judge = Judge(library, known)
    hits = [hit for hit in library.search("satirical magazine").hits if hit.document.title == "On jokes"]
    assert not judge.judge(hits)[0].source.believed
    (tmp_path / OVERRIDES).write_text("domain,kind,note\npost.example,reporting,changed my mind\n")
    assert judge.judge(hits)[0].source.believed


def test_a_publisher_that_the_user_trusts_is_not_made_a_joke_by_one_page(
    library: Library, tmp_path: Path
) -> None:
    (tmp_path / OVERRIDES).write_text("domain,name,kind\nnewt.example,The Newt,reporting\n")
    found = labels(library, Publishers(tmp_path))
    assert "Harbour replaced" not in {document.title for document, _ in found.values()}
