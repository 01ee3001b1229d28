import pytest

from clearspan.errors import BadInput
from clearspan.features.finding.texts import described, exemplified, telling_words


def test_a_description_stands_in_every_text_that_is_like_it_and_in_no_other() -> None:
    meaning = described("  the Golden Gate   Bridge. ")
    assert meaning.keywords == ("golden", "gate", "bridge")
    assert all("golden gate bridge" in one.lower() for one in meaning.like)
    # Other bridges are not told apart from it: a feature of bridges should be found too.
    assert not any("bridge" in one.lower() for one in meaning.unlike)
    assert len(meaning.unlike) > 40


def test_words_that_begin_descriptions_are_not_looked_for() -> None:
    assert described("references to rental services").keywords == ("rental", "services")


@pytest.mark.parametrize("text", ["", "  ", "the of and", "references to"])
def test_a_description_without_a_telling_word_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="describes nothing"):
        described(text)


def test_examples_are_told_by_what_they_share() -> None:
    like = [
        "The ferry left the harbour at nine.",
        "A harbour without a ferry is quiet.",
        "The ferry was late.",
    ]
    unlike = ["The train left at nine.", "A station without a train is quiet."]
    assert telling_words(like, unlike)[:2] == ("ferry", "harbour")
    assert exemplified(like, unlike).keywords[:2] == ("ferry", "harbour")
    assert exemplified(like, []).unlike  # neutral sentences stand in


def test_examples_without_text_are_refused() -> None:
    with pytest.raises(BadInput, match="no text that is like it"):
        exemplified(["", "  "], ["something"])
