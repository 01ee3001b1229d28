"""The best pair, its probability, and a file that keeps both."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clearspan.errors import BadInput
from clearspan.language.sentences import Sentence
from clearspan.overview.answering.chains.model import load, shipped
from tests.overview.answering.chains.test_predictors import COMPOSER, FILM, OTHER, QUESTION, fact

FACTS = [
    fact("The Glass Harbour (film)", FILM, 0.6),
    fact("Pim Sallow", OTHER, 0.5),
    fact("Orla Quenby", COMPOSER, 0.3),
]


def test_the_sentence_that_the_first_leads_to_is_preferred_to_a_likelier_one() -> None:
    found = shipped().best(QUESTION, FACTS)
    assert found is not None
    assert (found.first, found.second, found.alike) == (0, 2, False)
    astray = shipped().best(
        Sentence("How deep is the well of Tarrow?"), [FACTS[1], replace(FACTS[2], probability=0.1)]
    )
    assert astray is None, "nothing hangs them together"
    assert found.probability > 0.6


def test_fewer_than_two_sentences_make_no_pair() -> None:
    assert shipped().best(QUESTION, FACTS[:1]) is None


def test_a_file_brings_it_back(tmp_path: Path) -> None:
    file = tmp_path / "chains.json"
    file.write_text(json.dumps(shipped().as_card()), "utf-8")
    again = load(file)
    assert np.allclose(again.weights, shipped().weights)
    assert np.allclose(again.calibration, shipped().calibration)
    assert again.rival == pytest.approx(shipped().rival, abs=1e-4)


@pytest.mark.parametrize("content", ["", "{}", '{"weights": {"first": "much"}}', "[]"])
def test_a_damaged_file_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "chains.json"
    file.write_text(content, "utf-8")
    with pytest.raises(BadInput, match="cannot be loaded"):
        load(file)
