"""Published constants: what each preset says of itself, and how laws are drawn from what is known of them."""

import numpy as np
import pytest

from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.gadre import Gadre
from clearspan.economy.scaling.laws.kaplan import Kaplan
from clearspan.economy.scaling.laws.presets import (
    DATA_CONSTRAINED_DRAWS,
    MUENNIGHOFF_BASE,
    PRESETS,
    data_constrained_drawn,
    drawn,
    preset,
    presets,
)

FORMS = {
    "gadre-2024-c4": Gadre,
    "gadre-2024-redpajama": Gadre,
    "gadre-2024-refinedweb": Gadre,
    "kaplan-2020": Kaplan,
}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_knows_its_name_its_form_and_its_source(name: str) -> None:
    one = preset(name)
    assert one.name == name
    assert type(one.law) is FORMS.get(name, Chinchilla)
    assert "arXiv" in one.source
    assert one.corpus
    assert one.interval
    assert (one.uncertainty is not None) == (name == "besiroglu-2024")


def test_hoffmanns_constants_as_printed() -> None:
    """Hoffmann et al. 2022, equation 10."""
    assert preset("hoffmann-2022").law == Chinchilla(E=1.69, A=406.4, B=410.7, alpha=0.34, beta=0.28)


def test_what_is_known_of_errors_is_a_correlation_matrix() -> None:
    known = preset("besiroglu-2024").uncertainty
    assert known is not None
    correlation = np.array(known.correlation)
    assert known.errors == (0.0257, 0.258, 0.421, 0.0154, 0.0206)
    assert correlation.shape == (5, 5)
    assert np.array_equal(correlation, correlation.T)
    assert np.diag(correlation).tolist() == [1.0] * 5
    assert np.linalg.eigvalsh(correlation).min() > 0
    assert known.source.startswith("published standard errors")


def test_laws_are_drawn_with_their_correlations_by_a_seed() -> None:
    chosen = preset("besiroglu-2024")
    laws = [law for law in drawn(chosen, 400) if isinstance(law, Chinchilla)]
    assert len(laws) == 400
    assert drawn(chosen, 5) == drawn(chosen, 5, seed=0)
    assert drawn(chosen, 5) != drawn(chosen, 5, seed=1)
    sample = np.array([[law.E, np.log(law.A), np.log(law.B), law.alpha, law.beta] for law in laws])
    assert chosen.uncertainty is not None
    assert np.corrcoef(sample, rowvar=False) == pytest.approx(
        np.array(chosen.uncertainty.correlation), abs=0.1
    )
    assert len(drawn(chosen)) == 500
    assert drawn(preset("hoffmann-2022")) == []


def test_the_data_constrained_law_is_drawn_on_its_base() -> None:
    laws = data_constrained_drawn()
    assert len(laws) == len(DATA_CONSTRAINED_DRAWS) == 40
    assert {law.base for law in laws} == {MUENNIGHOFF_BASE}
    assert [law.R_D for law in laws] == sorted(law.R_D for law in laws)
    assert [[law.R_D, law.R_N] for law in laws] == DATA_CONSTRAINED_DRAWS.tolist()


def test_presets_are_named_in_order_without_repeats() -> None:
    names = ("kaplan-2020", "hoffmann-2022", "kaplan-2020")
    assert [one.name for one in presets(names)] == ["kaplan-2020", "hoffmann-2022"]
