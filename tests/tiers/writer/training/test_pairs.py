"""Which pairs are learned from, what they ask, and which are held out."""

from pathlib import Path

import pytest

from clearspan.errors import NotFound
from clearspan.tiers.rewriting import ToldStatement
from clearspan.tiers.writer.training.pairs import WritingPair, content_hash, read_pairs
from tests.tiers.writer.training.making import HOUSES, write_pairs, write_questions


@pytest.fixture
def evals(tmp_path: Path) -> Path:
    write_pairs(tmp_path)
    write_questions(tmp_path)
    return tmp_path


def _of(pairs: list[WritingPair], name: str) -> list[WritingPair]:
    return [one for one in pairs if one.id.startswith(name)]


def test_held_out_questions_never_train(evals: Path) -> None:
    apart = [f"why was the {house} of tarrow closed" for house in HOUSES[:4]]
    pairs = read_pairs(evals, apart)
    assert not {one.question for one in pairs.train} & set(apart)
    assert {one.question for one in _of(pairs.held_out, "rewrite_clapnq")} == set(apart)
    ids = [{one.id for one in half} for half in (pairs.train, pairs.held_out)]
    assert not ids[0] & ids[1]


def test_an_answer_has_no_more_sentences_than_are_asked_for_and_the_title_of_its_page(evals: Path) -> None:
    """Of a question why that is one; the line after it is left out with the rest."""
    one = next(each for each in _of(read_pairs(evals, []).train, "rewrite_clapnq") if "mill" in each.question)
    assert one.answer == "The mill was closed in 1870."
    assert ToldStatement("Tarrow mill", "Its roof had fallen in.") in one.statements


def test_two_sentences_that_were_made_one_are_asked_for_by_name(evals: Path) -> None:
    for one in _of(read_pairs(evals, []).train, "rewrite_wikisplit"):
        name = one.answer.split(" was")[0]
        assert name in one.question
        assert sum(each.title == name for each in one.statements) == 2


def test_cells_that_a_longer_line_says_too_are_told_once(evals: Path) -> None:
    for one in _of(read_pairs(evals, []).train, "rewrite_fetaqa"):
        assert [each.text.count("Keeper") for each in one.statements] == [1]
        assert one.statements[0].title.startswith("Tarrow: Keepers")


def test_the_same_seed_gives_the_same_pairs(evals: Path) -> None:
    assert content_hash(read_pairs(evals, [], 3).train) == content_hash(read_pairs(evals, [], 3).train)
    assert content_hash(read_pairs(evals, [], 3).train) != content_hash(read_pairs(evals, [], 4).train)


def test_a_pair_is_kept_as_a_line() -> None:
    pair = WritingPair("made:1", "Why?", (ToldStatement("Tarrow", "A “quote”.\nTwo lines."),), "Because.")
    assert "\n" not in pair.as_json()
    assert WritingPair.from_json(pair.as_json()) == pair


def test_a_missing_set_says_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="rewrite_wikisplit"):
        read_pairs(tmp_path, [])
