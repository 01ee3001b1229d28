"""Published constants by name, each with its source and with the interval that was published, if any."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearspan.economy.scaling.laws.accuracy import ErrorOfLoss
from clearspan.economy.scaling.laws.chinchilla import Chinchilla
from clearspan.economy.scaling.laws.distillation import Distillation, Supervised
from clearspan.economy.scaling.laws.gadre import Gadre
from clearspan.economy.scaling.laws.kaplan import Kaplan
from clearspan.economy.scaling.laws.law import LossLaw
from clearspan.economy.scaling.laws.muennighoff import DataConstrained
from clearspan.errors import BadInput


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What is known of a Chinchilla law's errors, in (E, ln A, ln B, alpha, beta).

    A and B are so skewed that their errors are kept as errors of their logarithms.

    Attributes:
        errors: standard errors of (E, ln A, ln B, alpha, beta).
        correlation: their correlations.
        source: where both come from.
    """

    errors: tuple[float, float, float, float, float]
    correlation: tuple[tuple[float, ...], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Preset:
    """A law with published constants.

    Attributes:
        name: as the command line names it.
        law: the law itself.
        source: paper, and the equation or table of the constants.
        corpus: the text whose loss it predicts; losses on different corpora cannot be compared.
        uncertainty: published errors; None where none were published.
        interval: what was published about the interval, in words.
    """

    name: str
    law: LossLaw
    source: str
    corpus: str
    uncertainty: Uncertainty | None
    interval: str


_REFIT_CORRELATION = (
    (1.0, 0.58328, 0.61265, 0.57667, 0.61054),
    (0.58328, 1.0, -0.25327, 0.9993, -0.25897),
    (0.61265, -0.25327, 1.0, -0.26413, 0.99966),
    (0.57667, 0.9993, -0.26413, 1.0, -0.27031),
    (0.61054, -0.25897, 0.99966, -0.27031, 1.0),
)

_NOT_PUBLISHED = "none was published"
_HOFFMANN_INTERVAL = "none was published that is plausible"
"""For N ∝ C^a the paper gives a = 0.46 with a 10th to 90th percentile of 0.454 to 0.455 (table 2).

Besiroglu et al. 2024 show that 400 runs cannot hold an exponent so closely.
"""

MUENNIGHOFF_BASE = Chinchilla(
    E=math.exp(0.6254804), A=math.exp(6.255414), B=math.exp(7.3049974), alpha=0.3526596, beta=0.3526596
)

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "besiroglu-2024",
            Chinchilla(E=1.8172, A=482.01, B=2085.43, alpha=0.3478, beta=0.3658),
            "Besiroglu et al. 2024, arXiv 2404.10102, section 3 and table 1: Hoffmann's runs, read off a figure",
            "MassiveText",
            Uncertainty(
                errors=(0.0257, 0.258, 0.421, 0.0154, 0.0206),
                correlation=_REFIT_CORRELATION,
                source="published standard errors of E, alpha and beta; the rest from 4,000 resamples of the "
                "same runs, scaled to them",
            ),
            "standard errors .0257 (E), 124.5 (A), 1293 (B), .0154 (alpha), .0206 (beta).",
        ),
        Preset(
            "hoffmann-2022",
            Chinchilla(E=1.69, A=406.4, B=410.7, alpha=0.34, beta=0.28),
            "Hoffmann et al. 2022, arXiv 2203.15556, equation 10, as printed",
            "MassiveText",
            None,
            _HOFFMANN_INTERVAL,
        ),
        Preset(
            "hoffmann-2022-tex",
            Chinchilla(
                E=math.exp(0.5267228),
                A=math.exp(6.0073404),
                B=math.exp(6.0179186),
                alpha=0.33917084,
                beta=0.2849083,
            ),
            "Hoffmann et al. 2022, arXiv 2203.15556, the same constants at the precision of the TeX source",
            "MassiveText",
            None,
            _HOFFMANN_INTERVAL,
        ),
        Preset(
            "sardana-2024",
            Chinchilla(E=1.69, A=406.4, B=410.7, alpha=0.336, beta=0.283),
            "Sardana et al. 2024, arXiv 2401.00448, section 2: Hoffmann's constants at the exponents they use",
            "MassiveText",
            None,
            _HOFFMANN_INTERVAL,
        ),
        Preset(
            "muennighoff-2023",
            MUENNIGHOFF_BASE,
            "Muennighoff et al. 2023, arXiv 2305.16264, appendix A: fitted to C4 losses of Hoffmann et al.",
            "C4",
            None,
            _NOT_PUBLISHED,
        ),
        Preset(
            "gadre-2024-c4",
            Gadre(E=1.51, a=141.0, b=190.0, eta=0.121),
            "Gadre et al. 2024, arXiv 2403.08540, appendix, table of fitted coefficients, C4",
            "C4",
            None,
            _NOT_PUBLISHED,
        ),
        Preset(
            "gadre-2024-redpajama",
            Gadre(E=1.84, a=212.0, b=367.0, eta=0.136),
            "Gadre et al. 2024, arXiv 2403.08540, appendix, RedPajama; not checked against a second source",
            "RedPajama, evaluated on C4",
            None,
            _NOT_PUBLISHED,
        ),
        Preset(
            "gadre-2024-refinedweb",
            Gadre(E=1.73, a=157.0, b=246.0, eta=0.127),
            "Gadre et al. 2024, arXiv 2403.08540, appendix, RefinedWeb; not checked against a second source",
            "RefinedWeb, evaluated on C4",
            None,
            _NOT_PUBLISHED,
        ),
        Preset(
            "kaplan-2020",
            Kaplan(N_c=6.4e13, D_c=1.8e13, alpha_n=0.076, alpha_d=0.103),
            "Kaplan et al. 2020, arXiv 2001.08361, table 2, the joint fit; parameters without embeddings",
            "WebText2",
            None,
            _NOT_PUBLISHED,
        ),
    )
}


DATA_CONSTRAINED = DataConstrained(MUENNIGHOFF_BASE, R_D=15.387756, R_N=5.309743)
"""Muennighoff et al. 2023, arXiv 2305.16264, section 6 (printed as 15.39 and 5.31), digits of the notebook."""

DATA_CONSTRAINED_DRAWS = (
    (6.76, 13.8),
    (6.89, 11.4),
    (6.93, 11.3),
    (7.65, 11.2),
    (11.2, 9.27),
    (12, 8.48),
    (12.3, 6.8),
    (13.9, 5.52),
    (15.4, 5.4),
    (16.7, 5.48),
    (16.9, 5.46),
    (21.5, 2.45),
    (22.4, 1.78),
    (22.5, 2.95),
    (23.4, 1.99),
    (25.4, 1.81),
    (27.5, 3.96),
    (27.9, 1.71),
    (29.1, 1.69),
    (56.3, 2.3),
    (58.4, 2.28),
    (61.2, 2.26),
    (99.4, 1.68),
    (178, 1.43),
    (184, 1.43),
    (236, 0.304),
    (545, 0.397),
    (580, 0.986),
    (833, 0.385),
    (1000, 0.467),
    (1000, 0.37),
    (1000, 0.359),
    (1000, 0.378),
    (1000, 0.683),
    (1000, 0.357),
    (1000, 0.362),
    (1000, 0.573),
    (1000, 1.07),
    (1000, 0.377),
    (1000, 0.368),
)
"""(R_D*, R_N*) of 40 resamples of the study's 182 runs, the search open up to 1,000 (see `fit`).

Sorted by R_D*. They show how loosely the runs hold the two: R_D* from 5 to the end of the search.
"""

ERROR_C4 = ErrorOfLoss(epsilon=0.850, k=2.08, gamma=0.756)
"""Gadre et al. 2024, arXiv 2403.08540, appendix: average top-1 error of 17 tasks from the loss on C4."""

DISTILLATION = Distillation(
    supervised=Supervised(E=1.220, A=3355.0, B=18186.0, alpha=0.408, beta=0.431, gamma=0.452),
    A=2243.0,
    B=24181.0,
    alpha=0.321,
    beta=0.637,
    gamma=0.764,
    c0=2.549,
    c1=522.61,
    f1=0.090,
    d1=1.315,
)
"""Busbridge et al. 2025, arXiv 2502.08606, appendix, table of fitted coefficients (C4).

Parameters are counted without embeddings. No second source prints these constants, so a slip in copying them would
show only where they contradict the paper's findings, which tests hold: one student does not pay for a teacher, a
teacher far better than its student stops helping.
"""

THREE_CHINCHILLAS = ("besiroglu-2024", "hoffmann-2022", "hoffmann-2022-tex")
"""Three readings of one experiment: plans compare them where no law is named, and recommend by the first."""


def preset(name: str) -> Preset:
    """The preset of a name.

    Raises:
        BadInput: there is none; lists what there is.
    """
    if name not in PRESETS:
        raise BadInput(f"There is no law '{name}'.", do=f"Choose one of: {', '.join(PRESETS)}.")
    return PRESETS[name]


def presets(names: Sequence[str]) -> list[Preset]:
    """The presets of several names, in their order and without repeats."""
    return [preset(name) for name in dict.fromkeys(names)]


def data_constrained_drawn() -> list[DataConstrained]:
    """The data-constrained law at each of the resampled constants."""
    return [DataConstrained(MUENNIGHOFF_BASE, repeat, excess) for repeat, excess in DATA_CONSTRAINED_DRAWS]


def drawn(chosen: Preset, count: int = 500, seed: int = 0) -> list[LossLaw]:
    """Laws drawn from a preset's published uncertainty; empty where none was published.

    (E, ln A, ln B, alpha, beta) are drawn from a normal distribution;
    draws with an exponent or a floor below zero are left out.
    """
    law, known = chosen.law, chosen.uncertainty
    if known is None or not isinstance(law, Chinchilla):
        return []
    mean = np.array([law.E, math.log(law.A), math.log(law.B), law.alpha, law.beta])
    errors = np.array(known.errors)
    covariance = np.outer(errors, errors) * np.array(known.correlation)
    samples = np.random.default_rng(seed).multivariate_normal(mean, covariance, size=count)
    laws: list[LossLaw] = []
    for e, a, b, alpha, beta in samples:
        if e > 0 and alpha > 0.01 and beta > 0.01:
            laws.append(Chinchilla(float(e), math.exp(a), math.exp(b), float(alpha), float(beta)))
    return laws
