"""The banks of planted texts: two sets that share nothing, each with what its libraries need."""

import pytest

from clearspan.checks.planted_texts import Split, bank

SPLITS: tuple[Split, ...] = ("dev", "heldout")


@pytest.mark.parametrize("split", SPLITS)
def test_every_subject_has_a_number_that_serious_pages_and_satire_disagree_on(split: Split) -> None:
    for subject in bank(split).subjects:
        assert all("{v}" in fact for fact in subject.facts)
        assert len(set(subject.facts)) == 3
        assert subject.true != subject.absurd
        assert subject.question.endswith("?")
        assert subject.thing
        assert subject.place


@pytest.mark.parametrize("split", SPLITS)
def test_some_subjects_are_written_of_by_satire_alone(split: Split) -> None:
    void = [subject.void for subject in bank(split).subjects]
    assert 0 < sum(void) < len(void)


@pytest.mark.parametrize("split", SPLITS)
def test_jokes_name_their_subject_and_some_jesters_tell_on_themselves(split: Split) -> None:
    found = bank(split)
    assert all(set(joke.split("{")[1:]) for joke in found.jokes if "{" in joke)
    assert any("{t}" in joke for joke in found.jokes)
    assert any("{f}" in joke for joke in found.jokes)
    assert 0 < found.telling < len(found.jesters)
    assert all(found.voices)


def test_the_two_sets_share_no_subject_and_no_publisher() -> None:
    dev, held_out = bank("dev"), bank("heldout")
    assert not {one.thing for one in dev.subjects} & {one.thing for one in held_out.subjects}
    names = [{*one.jesters, *one.magpies, *one.serious} for one in (dev, held_out)]
    assert not names[0] & names[1]
    assert len(names[0]) == len((*dev.jesters, *dev.magpies, *dev.serious))
