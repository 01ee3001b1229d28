"""Which questions are asked: the held-out fold alone, in the shares of their kinds."""

from collections import Counter
from pathlib import Path

import pytest

from clearspan.checks.answers.sample import group_of, held_out, sampled
from clearspan.errors import BadInput, NotFound
from clearspan.overview.answering.reader.training.run import split_questions
from tests.checks.answers.conftest import row, write_set
from tests.checks.answers.making import question


def test_only_the_fold_that_is_left_out_of_training_is_asked(data: Path) -> None:
    folder = data / "evals" / "questions"
    asked, trained = held_out(folder), split_questions(folder).train
    assert asked
    assert trained
    titles = {page.title for one in trained for page in one.pages}
    assert not titles & {page.title for one in asked for page in one.pages}
    assert not {one.id for one in trained} & {one.id for one in asked}


def test_asking_one_set_changes_no_fold(data: Path) -> None:
    folder = data / "evals" / "questions"
    shared = [row(place, 900) for place in ("Bramek", "Ostith")]
    write_set(data, "again", [one | {"id": f"again:{place}"} for place, one in enumerate(shared)])
    together = [one.id for one in held_out(folder) if one.origin == "bridges"]
    assert [one.id for one in held_out(folder, ["bridges"])] == together


def test_what_another_question_of_the_set_answers_is_not_without_an_answer(data: Path) -> None:
    folder = data / "evals" / "questions"
    place = next(one.id.partition(":")[2] for one in held_out(folder, ["bridges"]))
    noise = {"documents": [{"title": "", "text": f"{place} has a pond."}], "evidence": [], "answers": []}
    twin = row(place, 1) | noise | {"id": "twin", "answerable": False, "evidence_how": "none"}
    write_set(data, "twins", [row(place, 1) | {"id": "told"}, twin])
    assert [one.id for one in held_out(folder, ["twins"])] == ["told"]


def test_what_cannot_be_asked_says_why(data: Path) -> None:
    folder = data / "evals" / "questions"
    with pytest.raises(NotFound, match="no set rivers"):
        held_out(folder, ["rivers"])
    with pytest.raises(NotFound, match="no sets"):
        held_out(data / "nothing")
    (folder / "silence" / "dev.jsonl.zst").write_bytes(b"no such format")
    with pytest.raises(BadInput, match="damaged"):
        held_out(folder, ["bridges"])


def test_a_set_without_held_out_questions_is_an_error(data: Path) -> None:
    folder = data / "evals" / "questions"
    outside = {one.id for one in held_out(folder)}
    kept = [row(f"Sallow{n}", n) for n in range(40)]
    path = write_set(data, "few", [])
    for one in kept:
        write_set(data, "few", [one])
        if not {each.id for each in held_out(folder)} - outside:
            break
    with pytest.raises(BadInput, match="None of the questions of few"):
        held_out(path.parents[1], ["few"])


def test_kinds_have_their_share_and_the_rare_ones_a_place() -> None:
    many = [question("x", name=f"fact-{n}") for n in range(30)]
    few = [question("x", name=f"why-{n}", kinds=("why",)) for n in range(2)]
    counted = Counter(one.kind for one in sampled([*many, *few], 8))
    assert counted == {"fact": 7, "why": 1}
    smaller = {one.id for one in sampled([*many, *few], 5)}
    assert smaller < {one.id for one in sampled([*many, *few], 8)}
    assert {one.id for one in sampled(many, 5, seed=1)} != {one.id for one in sampled(many, 5, seed=2)}
    assert len(sampled([*many, *few], 100)) == 32


def test_questions_about_one_page_stand_together() -> None:
    assert group_of(question("x", name="a")) == "Page of a"
