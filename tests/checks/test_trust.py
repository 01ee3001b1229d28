"""The planted libraries: made the same each time, of plainly invented publishers, and judged right."""

from pathlib import Path

from clearspan.checks.planted import plant
from clearspan.checks.trust import judge_pages, opened
from clearspan.settings import Settings


def test_a_planted_library_is_large_enough_and_the_same_again() -> None:
    planted = plant("heldout")
    assert planted == plant("heldout")
    assert planted != plant("heldout", seed=1)
    assert len(planted.pages) >= 150
    assert len({page.publisher for page in planted.pages}) == 40
    assert all(".example/" in page.url for page in planted.pages)


def test_the_sets_share_no_subject_no_publisher_and_no_sentence() -> None:
    dev, heldout = plant("dev"), plant("heldout")
    assert not {page.publisher for page in dev.pages} & {page.publisher for page in heldout.pages}
    assert not {subject.thing for subject in dev.subjects} & {subject.thing for subject in heldout.subjects}
    texts = [{line for page in each.pages for line in page.text.split("\n\n")} for each in (dev, heldout)]
    assert not texts[0] & texts[1]


def test_satire_and_its_copies_are_rejected_and_serious_pages_are_not(settings: Settings) -> None:
    wordy = settings.model_copy(update={"embedder": ""})
    judged = judge_pages(wordy, plant("heldout", seed=1))
    assert {page.role for page, _ in judged} == {"satire", "copy", "serious", "about"}
    assert [page.name for page, source in judged if source.believed != (page.role == "serious")] == []


def test_a_check_leaves_the_users_home_alone(settings: Settings, tmp_path: Path) -> None:
    elsewhere = settings.model_copy(update={"store": f"sqlite:{tmp_path / 'kept'}"})
    with opened(elsewhere, ["The quay is long."], "") as workspace:
        own = workspace.settings
        assert own.home != settings.home
        assert own.store_address == own.ledger_address == f"sqlite:{own.home}"
    assert not (tmp_path / "kept").exists()
    assert not settings.home.exists()
