"""An answer prints well in a terminal and in a notebook."""

import html
from pathlib import Path

import pytest

import clearspan as cs
from clearspan.public.answer import Answer
from clearspan.settings import Settings


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    page = (
        "---\ntitle: The <mill>\ndate: 2019\n---\n\nThe old mill in Tarrow has four floors & a slate roof.\n"
    )
    (folder / "mill.md").write_text(page)
    return folder


def test_an_answer_from_a_folder_prints_with_its_citations(settings: Settings, notes: Path) -> None:
    plain = settings.model_copy(update={"embedder": "", "generate": False})
    answer = cs.ask("How many floors does the old mill in Tarrow have?", library=notes, settings=plain)
    assert answer.claims[0].citations[0].quote == "The old mill in Tarrow has four floors & a slate roof."
    assert answer.receipt.meter.joules >= 0
    assert answer.sources[0].title == "The <mill>"
    assert "[1] The <mill> (2019)" in str(answer)
    page = answer._repr_html_()
    assert "<mill>" not in page
    assert "four floors &amp; a slate roof" in page


def test_an_abstention_prints_what_would_help(settings: Settings, notes: Path) -> None:
    plain = settings.model_copy(update={"embedder": "", "generate": False})
    answer = cs.ask("Who designed the Akashi Kaikyo Bridge?", library=notes, settings=plain)
    assert answer.abstention is not None
    assert answer.abstention.would_help in str(answer)
    assert answer.abstention.message in answer._repr_html_()


def test_a_notebook_shows_every_line_that_a_terminal_does(settings: Settings, notes: Path) -> None:
    plain = settings.model_copy(update={"embedder": "", "generate": False})
    asked = ("Who painted the old mill in Tarrow?", "How many floors does the old mill in Tarrow have?")
    for question in asked:
        receipt = cs.ask(question, library=notes, settings=plain).receipt
        withheld = receipt.overview.abstention
        if withheld is not None:
            withheld = withheld.model_copy(update={"found": "It has four floors & a roof."})
        overview = receipt.overview.model_copy(
            update={"notes": ("Only words were searched.", "Two <sources> disagree."), "abstention": withheld}
        )
        answer = Answer(receipt.model_copy(update={"overview": overview}))
        page = answer._repr_html_()
        lines = [
            *overview.notes,
            *((withheld.message, withheld.found, withheld.would_help) if withheld else ()),
        ]
        assert [line for line in lines if line not in str(answer)] == []
        assert [line for line in lines if html.escape(line) not in page] == []
