"""The parser's file: what is written is read again, and what ships reads what it was made for."""

import json
from pathlib import Path

import numpy as np

from clearspan.overview.answering.tables.model import OPERATIONS, Parser, load, save, shipped, trained
from clearspan.overview.answering.tables.predictors import OUTCOMES, PREDICTORS
from clearspan.overview.answering.tables.ranking import MEASURES

WIDTH = len(OPERATIONS) + len(OUTCOMES)


def some_parser() -> Parser:
    random = np.random.default_rng(0)

    def array(*shape: int) -> np.ndarray:
        return random.standard_normal(shape).astype(np.float16).astype(np.float32)

    return Parser(
        index={"how many": 0, "^ which": 1},
        linear=array(len(PREDICTORS)),
        inner=array(len(PREDICTORS), 4),
        inner_bias=array(4),
        outer=array(4),
        words=array(2, WIDTH),
        vector=array(384, WIDTH),
        calibration=array(len(MEASURES) + 1),
    )


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = some_parser()
    save(made, tmp_path / "parser.npz")
    found = load(tmp_path / "parser.npz")
    assert found.index == made.index
    for name in ("linear", "inner", "inner_bias", "outer", "words", "vector", "calibration"):
        assert np.array_equal(getattr(found, name), getattr(made, name))


def test_words_and_meaning_speak_for_operations() -> None:
    parser = some_parser()
    one = parser.said(frozenset({"how many"}), None)
    assert np.allclose(one, parser.words[0])
    both = parser.said(frozenset({"how many", "^ which", "unheard of"}), None)
    assert np.allclose(both, parser.words.sum(0) / np.sqrt(2))
    whole = np.ones(384, np.float32)
    assert np.allclose(parser.said(frozenset(), whole), parser.vector.sum(0), atol=1e-3)


def test_the_one_that_ships_fits_its_predictors_and_has_a_card() -> None:
    parser = trained()
    assert parser.linear.shape == (len(PREDICTORS),)
    assert parser.words.shape == (len(parser.index), WIDTH)
    assert parser.calibration.shape == (len(MEASURES) + 1,)
    assert shipped().stat().st_size < 1_000_000
    card = json.loads(shipped().with_suffix(".json").read_text("utf-8"))
    assert set(card) >= {"trained on", "data", "seed", "folds", "recipe", "held out", "licences"}


def test_a_surer_answer_has_a_higher_probability() -> None:
    parser = trained()
    measures = np.array((np.log(0.9), np.log(0.9 / 0.05), 0.0, 0.0, 0.0, np.log(3)), np.float32)
    doubtful = np.array((np.log(0.2), np.log(0.2 / 0.19), 0.5, 0.0, 0.0, np.log(60)), np.float32)
    assert 0 < parser.sureness(doubtful) < parser.sureness(measures) < 1
