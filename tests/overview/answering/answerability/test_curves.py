"""Predictions for questions that the models had not seen, as they ship."""

import numpy as np
import pytest

from clearspan.overview.answering.answerability.curves import shipped
from clearspan.overview.answering.answerability.model import FAULTS, Fault


@pytest.mark.parametrize("fault", FAULTS)
def test_held_out_probabilities_tell_the_fault(fault: Fault) -> None:
    probability, faulty = shipped()[fault]
    assert probability.shape == faulty.shape
    assert probability.dtype == np.float32
    assert faulty.dtype == np.bool_
    assert len(probability) > 500
    assert ((probability >= 0) & (probability <= 1)).all()
    assert probability[faulty].mean() > probability[~faulty].mean() + 0.03
    # Calibrated: as many have it as the probabilities say.
    assert probability.mean() == pytest.approx(faulty.mean(), abs=0.05)
