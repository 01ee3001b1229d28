"""Published constants by name, each with its source and with the interval that was published, if any."""

import math
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

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
class PublishedLaw:
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


_LAWS: dict[str, Callable[..., LossLaw]] = {"chinchilla": Chinchilla, "gadre": Gadre, "kaplan": Kaplan}


def _read() -> Iterator[PublishedLaw]:
    tables = tomllib.loads(Path(__file__).with_name("presets.toml").read_text("utf-8"))
    for name, table in tables.items():
        errors = table.get("errors")
        known = errors and Uncertainty(
            tuple(errors), tuple(map(tuple, table["correlation"])), table["errors_source"]
        )
        law = _LAWS[table["form"]](**table["constants"])
        yield PublishedLaw(name, law, table["source"], table["corpus"], known or None, table["interval"])


PRESETS: dict[str, PublishedLaw] = {preset.name: preset for preset in _read()}

MUENNIGHOFF_BASE = cast(Chinchilla, PRESETS["muennighoff-2023"].law)

DATA_CONSTRAINED = DataConstrained(MUENNIGHOFF_BASE, R_D=15.387756, R_N=5.309743)
"""Muennighoff et al. 2023, arXiv 2305.16264, section 6 (printed as 15.39 and 5.31), digits of the notebook."""

DATA_CONSTRAINED_DRAWS = np.loadtxt(
    Path(__file__).with_name("muennighoff_draws.csv"), delimiter=",", skiprows=1
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


def preset(name: str) -> PublishedLaw:
    """The preset of a name.

    Raises:
        BadInput: there is none; lists what there is.
    """
    if name not in PRESETS:
        raise BadInput(f"There is no law '{name}'.", do=f"Choose one of: {', '.join(PRESETS)}.")
    return PRESETS[name]


def presets(names: Sequence[str]) -> list[PublishedLaw]:
    """The presets of several names, in their order and without repeats."""
    return [preset(name) for name in dict.fromkeys(names)]


def data_constrained_drawn() -> list[DataConstrained]:
    """The data-constrained law at each of the resampled constants."""
    return [DataConstrained(MUENNIGHOFF_BASE, float(r), float(e)) for r, e in DATA_CONSTRAINED_DRAWS]


def drawn(chosen: PublishedLaw, count: int = 500, seed: int = 0) -> list[LossLaw]:
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
