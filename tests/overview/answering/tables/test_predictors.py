"""Predictors of derivations: one row each, in the same order, all finite, and saying what they are named for."""

import numpy as np

from clearspan.overview.answering.tables.predictors import MEANINGS, PREDICTORS
from clearspan.overview.answering.tables.ranking import read_tables
from clearspan.overview.answering.tables.table import DocumentTable
from clearspan.overview.answering.tables.wording import read_wording


def test_a_row_for_each_derivation(bridges: DocumentTable) -> None:
    wording = read_wording("Which bridge in Solano county is the longest?")
    for one in read_tables(wording, [bridges], None, None):
        table = one.predictors.table()
        assert table.shape == (len(one.derivations), len(PREDICTORS))
        assert np.isfinite(table).all()
        assert not table[:, MEANINGS].any()
        some = np.array([3, 1])
        assert np.array_equal(one.predictors.table(some), table[some])


def test_words_that_a_derivation_speaks_for_are_not_left_over(bridges: DocumentTable) -> None:
    wording = read_wording("Length of the Antioch Bridge")
    one = read_tables(wording, [bridges], None, None)[0]
    table = one.predictors.table()[:, PREDICTORS.index("left over")]
    named = [
        place
        for place, derivation in enumerate(one.derivations)
        if derivation.operation == "look up"
        and derivation.out == 2
        and one.rowsets[derivation.rows].rows == (3,)
    ]
    assert table[named].min() < 0.01
    assert table.max() > 0.5
