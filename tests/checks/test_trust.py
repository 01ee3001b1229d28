"""The planted libraries: made the same each time, of plainly invented publishers, and judged right."""

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


def test_a_check_leaves_the_users_home_alone(settings: Settings) -> None:
    assert settings.libraries_dir.parent == settings.ledger_path.parent  # worked out, and so remembered
    with opened(settings, ["The quay is long."], "") as workspace:
        assert workspace.settings.home != settings.home
        assert workspace.settings.libraries_dir.is_relative_to(workspace.settings.home)
        assert workspace.settings.ledger_path.is_relative_to(workspace.settings.home)
    assert not settings.home.exists()
