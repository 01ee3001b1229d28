"""What is chosen for questions that no sentence answers alone, by the real reader, on plainly fictional pages."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clearspan.answer import Finished, journey
from clearspan.errors import FetchError
from clearspan.journey.judge import JudgedSources, judge
from clearspan.models.weights import wheels
from clearspan.receipts import Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

FILM = "The Glass Harbour is a film of 1987. The music of The Glass Harbour was composed by Orla Quenby."
COMPOSER = "Orla Quenby (born 3 May 1941) is a composer from Vandria. She keeps bees."
OTHERS = {
    "Pim Sallow": "Pim Sallow (born 9 June 1950) is a film composer from Estmark. He scored The Long Fence.",
    "The Long Fence": "The Long Fence is a film of 1990. Its music was composed by Pim Sallow.",
}

Ask = Callable[..., Receipt]


@pytest.fixture
def ask(settings: Settings, tmp_path: Path) -> Ask:
    """Asks a library of pages, by title."""

    def asked(question: str, pages: dict[str, str]) -> Receipt:
        with Workspace.open(settings) as workspace:
            for number, (title, text) in enumerate(pages.items()):
                file = tmp_path / f"page-{number}.txt"
                file.write_text(f"---\ntitle: {title}\n---\n{text}\n", "utf-8")
                workspace.library("pages").add(file)
            steps = journey(workspace, question, library="pages", generate=False, keep=False)
            return next(step.receipt for step in steps if isinstance(step, Finished))

    return asked


def test_what_leads_to_the_answer_is_told_before_it(ask: Ask) -> None:
    pages = {"The Glass Harbour": FILM, "Orla Quenby": COMPOSER, **OTHERS}
    receipt = ask("When was the composer of the film The Glass Harbour born?", pages)
    told = [(claim.role, claim.citations[0].title) for claim in receipt.overview.claims]
    assert told == [("context", "The Glass Harbour"), ("answer", "Orla Quenby")]
    answer = receipt.overview.claims[1]
    assert "1941" in answer.text
    assert [check.name for check in answer.checks].count("the best two together") == 1
    assert answer.score >= Settings().answer_threshold


def test_without_the_page_that_answers_nothing_is_made_of_what_leads_to_it(ask: Ask) -> None:
    pages = {"The Glass Harbour": FILM, **OTHERS}
    overview = ask("When was the composer of the film The Glass Harbour born?", pages).overview
    assert not [claim for claim in overview.claims if claim.role == "answer"]
    assert overview.abstention is not None


def test_a_page_that_may_be_satire_is_in_no_chain_where_others_answer(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "Orla Quenby (born 12 August 1946) is a composer from Vandria, her publisher writes."
    pages = {"The Glass Harbour": FILM, "Orla Quenby": COMPOSER, "Orla Quenby (composer)": other, **OTHERS}

    def doubting(*given: Any) -> JudgedSources:
        judged = judge(*given)
        hits = tuple(
            replace(one, source=one.source.model_copy(update={"may_be_satire": 0.9}))
            if one.source.title == "Orla Quenby (composer)"
            else one
            for one in judged.hits
        )
        return replace(judged, hits=hits)

    monkeypatch.setattr("clearspan.answer.judge", doubting)
    monkeypatch.setattr("clearspan.journey.read.judge", doubting)
    text = ask("When was the composer of the film The Glass Harbour born?", pages).overview.as_text()
    assert "1941" in text
    assert "1946" not in text


def test_that_the_close_reader_is_missing_is_told_with_the_answer_and_with_silence(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def offline(*_: object) -> Path:
        raise FetchError("The network is down.")

    monkeypatch.setattr(wheels, "_download", offline)
    alone = settings.model_copy(update={"reading": "close", "weights": tmp_path / "none", "embedder": ""})
    with Workspace.open(alone) as workspace:
        workspace.library("pages").add_bytes("mill.txt", b"The mill of Tarrow was built in 1790.")
        for question in ("When was the mill of Tarrow built?", "Who painted the doors of Castle Nowhere?"):
            steps = journey(workspace, question, library="pages", generate=False, keep=False)
            overview = next(step.receipt for step in steps if isinstance(step, Finished)).overview
            assert any("Only the small reader read this" in note for note in overview.notes), question


def test_two_pages_that_tell_the_answer_otherwise_are_both_shown(ask: Ask) -> None:
    other = "Orla Quenby (born 12 August 1946) is a composer from Vandria, her publisher writes."
    pages = {"The Glass Harbour": FILM, "Orla Quenby": COMPOSER, "Orla Quenby (composer)": other, **OTHERS}
    overview = ask("When was the composer of the film The Glass Harbour born?", pages).overview
    assert all(year in overview.as_text() for year in ("1941", "1946"))
    assert [claim.support for claim in overview.claims if claim.role == "answer"] == ["disputed"] * 2
    assert overview.claims[0].role == "context"
    assert "Orla Quenby" in overview.claims[0].text


def test_two_pages_that_only_name_the_sides_are_no_answer(ask: Ask) -> None:
    pages = {
        "Lake Quenby": "Lake Quenby is popular with anglers.",
        "Lake Sallow": "Lake Sallow has a pier.",
    }
    overview = ask("Are Lake Quenby and Lake Sallow both located in the same country?", pages).overview
    assert overview.abstention is not None
