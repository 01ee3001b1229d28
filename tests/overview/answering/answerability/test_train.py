"""Training of the answerability models: folds keep subjects together, and a model is judged by what it has not seen."""

import json
from pathlib import Path

import numpy as np
import pytest

from clearspan.errors import NotFound
from clearspan.overview.answering.answerability.grams import grams, rows, vocabulary
from clearspan.overview.answering.answerability.model import SHIPPED, Fault, Head, save, shipped
from clearspan.overview.answering.answerability.train import (
    FOLDS,
    Questions,
    folds,
    held_out,
    logistic,
    read,
    train,
)


def data(folder: Path) -> Path:
    selfaware = folder / "evals/selfaware_dev/selfaware_half_seed0.jsonl"
    falseqa = folder / "evals/falseqa_train/falseqa_train.csv"
    for file in (selfaware, falseqa):
        file.parent.mkdir(parents=True)
    told = [
        {"question": " Why is there anything? ", "answerable": False},
        {"question": "Who won?", "answerable": True},
    ]
    selfaware.write_text("\n".join(json.dumps(row) for row in told) + "\n\n")
    falseqa.write_text(
        "question,label\nHow many eyes has the sun?,1\nWhen did Rome eat?,1\n"
        "How many eyes has a horse?,0\nWhen did Rome fall?,0\n"
    )
    return folder


def test_false_premises_come_with_the_question_that_each_was_made_from(tmp_path: Path) -> None:
    found = read("false_premise", data(tmp_path))
    assert list(found.texts) == [
        "How many eyes has the sun?",
        "When did Rome eat?",
        "How many eyes has a horse?",
        "When did Rome fall?",
    ]
    assert found.faulty.tolist() == [True, True, False, False]
    assert found.twins.tolist() == [2, 3, 0, 1]
    assert found.own.all()


def test_unknowable_questions_are_read_beside_ordinary_ones_from_elsewhere(tmp_path: Path) -> None:
    found = read("unknowable", data(tmp_path))
    assert list(found.texts) == [
        "Why is there anything?",
        "Who won?",
        "How many eyes has a horse?",
        "When did Rome fall?",
    ]
    assert found.faulty.tolist() == [True, False, False, False]
    assert found.twins.tolist() == [0, 1, 2, 3]
    assert found.own.tolist() == [True, True, False, False]


@pytest.mark.parametrize("fault", ["unknowable", "false_premise"])
def test_a_set_that_is_not_there_is_named(fault: Fault, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is missing"):
        read(fault, tmp_path)


def drawn(count: int = 160) -> tuple[Questions, np.ndarray]:
    """Questions in pairs, of which the one that asks 'why' has the fault; and vectors that know nothing of it."""
    generator = np.random.default_rng(1)
    texts = [
        f"{'Why does' if n % 2 else 'When did'} thing {n // 2 % 9} {'a b c d'.split()[n // 2 % 4]}?"
        for n in range(count)
    ]
    faulty = np.array([n % 2 == 1 for n in range(count)])
    vectors = generator.normal(size=(count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    twins = np.arange(count) ^ 1
    return Questions(texts, faulty, twins, np.ones(count, bool)), vectors


def test_folds_keep_twins_together_and_use_all_of_them() -> None:
    questions, vectors = drawn()
    fold = folds(questions, vectors)
    assert (fold == fold[questions.twins]).all()
    assert set(fold.tolist()) == set(range(FOLDS))
    assert (fold == folds(questions, vectors)).all()


@pytest.mark.parametrize("with_vectors", [True, False])
def test_a_question_is_judged_by_models_that_have_not_seen_its_subject(with_vectors: bool) -> None:
    questions, vectors = drawn()
    probability = held_out(questions, vectors, with_vectors)
    assert probability.shape == (160,)
    assert probability[questions.faulty].min() > 0.8
    assert probability[~questions.faulty].max() < 0.2


def test_what_cannot_be_known_from_words_is_left_at_its_share() -> None:
    questions, vectors = drawn()
    blind = Questions(["Why does it?"] * 160, questions.faulty, questions.twins, questions.own)
    assert held_out(blind, vectors, False) == pytest.approx(0.5, abs=0.05)


def test_a_trained_model_survives_its_file(tmp_path: Path) -> None:
    questions, vectors = drawn()
    head = train(questions, vectors, with_vectors=True)
    assert head.base == 0.5
    assert head.vector.shape == head.centre.shape == (8,)
    words = train(questions, vectors, with_vectors=False)
    assert words.vector.shape == words.centre.shape == (0,)
    assert words.probability("Why does thing 3 a?", None) > 0.9
    heads: dict[tuple[Fault, bool], Head] = {
        (fault, kind): (head if kind else words)
        for fault in ("unknowable", "false_premise")
        for kind in (True, False)
    }
    save(heads, tmp_path / "saved.npz")
    with np.load(tmp_path / "saved.npz", allow_pickle=False) as arrays:
        assert {name.rpartition(".")[2] for name in arrays} == {
            "grams",
            "words",
            "vector",
            "centre",
            "scalars",
        }
    assert SHIPPED.endswith(".npz")
    assert set(shipped(True)) == {"unknowable", "false_premise"}


def test_ridge_regression_finds_what_the_sample_allows() -> None:
    table = np.array([[1.0], [1.0], [0.0], [0.0]])
    truth = np.array([True, True, False, False])
    tight, loose = (logistic(table, truth, np.array([penalty])) for penalty in (10.0, 1e-3))
    assert 0 < tight[0] < 1 < loose[0]
    base = logistic(np.zeros((4, 1)), np.array([True, False, False, False]), np.array([1.0]))
    assert base == pytest.approx([0.0, np.log(1 / 3)], abs=1e-4)


@pytest.mark.parametrize(
    ("question", "expected", "absent"),
    [
        ("Why?", {"^", "why", "?", "^ why", "why ?", "^ why ?"}, {"why why"}),
        ("In 1999, 12 won", {"0000", "in 0000", "0", ", 0 won"}, {"1999", "12"}),
        ("Doesn’t it", {"doesn't", "doesn't it", "^ doesn't it"}, {"doesn"}),
    ],
)
def test_runs_of_words_of_a_question(question: str, expected: set[str], absent: set[str]) -> None:
    found = grams(question)
    assert expected <= found
    assert not absent & found


def test_rows_have_unit_length_and_know_only_what_occurs_often_enough() -> None:
    seen = [frozenset({"a", "b"}), frozenset({"a"}), frozenset({"c"})]
    assert vocabulary(seen, 1) == {"a": 0, "b": 1, "c": 2}
    index = vocabulary(seen, 2)
    assert index == {"a": 0}
    table = rows([*seen, frozenset()], {"a": 0, "b": 1})
    assert table.tolist() == [[pytest.approx(0.5**0.5)] * 2, [1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
