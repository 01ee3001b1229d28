"""Energy of a generated token on accelerators: a small physical model, and EcoLogits' formula beside it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clearspan.economy.prices import hardware
from clearspan.economy.scaling.laws.minimise import minimise
from clearspan.economy.scaling.laws.runs import number, read_columns
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, Estimate, positive, short

_BYTES_PER_WEIGHT = 2.0
_OVERHEAD_SECONDS = 1e-4
_DELTA = 0.1
"""Residual in log joules at which the Huber loss of the fit turns linear."""

_COLUMNS = (
    "model_id",
    "gpu_model",
    "num_gpus",
    "avg_batch_size",
    "activated_params_billions",
    "total_params_billions",
    "energy_per_token_joules",
    "output_throughput_tokens_per_sec",
)


@dataclass(frozen=True, slots=True)
class Serving:
    """A model on accelerators.

    Attributes:
        active: parameters used for each token.
        total: parameters held in memory; as many as `active` for a dense model.
        gpu: a name in `prices.HARDWARE`.
        gpus: accelerators that share the model.
        batch: requests served at once on average; None if not known.
    """

    active: float
    total: float
    gpu: str
    gpus: int
    batch: float | None = None

    def __post_init__(self) -> None:
        positive("Active parameters", self.active)
        positive("Total parameters", self.total)
        if self.active > self.total * (1 + 1e-9):
            raise BadInput(
                f"{short(self.active)} active parameters are more than {short(self.total)} in all.",
                do="Give the parameters used for each token, and those held in memory.",
            )
        hardware(self.gpu)
        if self.gpus < 1:
            raise BadInput(
                f"There must be at least one accelerator, not {self.gpus}.",
                do="Give how many share the model.",
            )
        if self.batch is not None:
            positive("The batch size", self.batch)


def served_on(parameters: float, gpu: str, batch: float | None = None) -> Serving:
    """A dense model on as many accelerators as its 16-bit weights need with a fifth to spare, a power of two."""
    return mixture_on(parameters, parameters, gpu, batch)


def mixture_on(active: float, total: float, gpu: str, batch: float | None = None) -> Serving:
    """A mixture of experts on as many accelerators as all of its weights need, though a token uses a part."""
    memory = hardware(gpu).memory
    needed = 1.2 * _BYTES_PER_WEIGHT * positive("Parameters", total) / memory
    return Serving(active, total, gpu, 2 ** max(0, math.ceil(math.log2(needed))), batch)


@dataclass(frozen=True, slots=True)
class EnergyModel:
    """Joules of a generated token, of the accelerators alone.

    E = w·(bytes of weights read / bandwidth)·P/batch + c·(2·N_active / peak FLOP/s)·P + k·gpus·P·0.1 ms,
    with P the rated power of one accelerator. The weights read in a step of a mixture of experts are
    total·(1 − (1 − active/total)^batch), counted at two bytes whatever the precision: on the measurements it
    was fitted to, FP8 weights took as much energy as 16-bit ones.

    Attributes:
        weights: w, a pure number; 1 would be perfect use of the memory at rated power.
        compute: c, a pure number; 1 would be peak FLOP/s at rated power.
        overhead: k, a pure number: what a token costs however it is batched.
        usual_batch: batch size that is taken where none is known.
        factor: factor within which 95 % of configurations of models not fitted lie, batch size known.
        factor_unknown: the same with the batch size unknown.
        source: what it was fitted to.
    """

    weights: float
    compute: float
    overhead: float
    usual_batch: float
    factor: float
    factor_unknown: float
    source: str

    def joules_per_token(self, serving: Serving) -> Estimate:
        """Joules of one output token; its interval held 95 % of configurations of unseen models."""
        batch = self.usual_batch if serving.batch is None else serving.batch
        parts = _predictors([serving], np.array([batch]))
        value = float((parts @ np.array([self.weights, self.compute, self.overhead]))[0])
        factor = self.factor_unknown if serving.batch is None else self.factor
        known = "batch size known" if serving.batch is not None else f"batch size unknown, {batch:.0f} taken"
        how = (
            f"{known}; within a factor of {short(factor, 2)} for 95 % of models not fitted; accelerators only"
        )
        return Estimate(value, "J", value / factor, value * factor, how)


@dataclass(frozen=True, slots=True)
class Measurements:
    """n measured configurations: what ran, joules of an output token, and output tokens a second of all requests."""

    models: tuple[str, ...]
    servings: tuple[Serving, ...]
    joules: Array
    tokens_per_second: Array


def read_measurements(path: Path) -> Measurements:
    """Measurements in the columns of the ML.ENERGY leaderboard's configurations.

    Raises:
        NotFound: there is no such file.
        BadInput: a column is missing or a cell is not a positive number.
    """
    table = read_columns(path, _COLUMNS)
    rows = len(table["model_id"])

    def column(name: str) -> list[float]:
        return [number(path, name, row, cell) for row, cell in enumerate(table[name])]

    active, total, batch = (
        column(c) for c in ("activated_params_billions", "total_params_billions", "avg_batch_size")
    )
    gpus = column("num_gpus")
    servings = [
        Serving(1e9 * active[i], 1e9 * total[i], table["gpu_model"][i].lower(), int(gpus[i]), batch[i])
        for i in range(rows)
    ]
    return Measurements(
        tuple(table["model_id"]),
        tuple(servings),
        np.array(column("energy_per_token_joules")),
        np.array(column("output_throughput_tokens_per_sec")),
    )


def fit_energy(measured: Measurements) -> tuple[float, float, float]:
    """(weights, compute, overhead) that fit ln(joules), every model counting alike.

    Huber regression of the logarithm, so that one strange model does not bend the rest.
    """
    batches = np.array([s.batch or 1.0 for s in measured.servings])
    problem = EnergyProblem(_predictors(measured.servings, batches), np.log(measured.joules))
    counts = {name: measured.models.count(name) for name in measured.models}
    weight = np.array([1 / counts[name] for name in measured.models])
    theta, cost = minimise(problem, problem.starts(), weight, _DELTA)
    weights, compute, overhead = (float(v) for v in problem.values(theta[int(cost.argmin())][None])[0])
    return weights, compute, overhead


class EnergyProblem:
    """Log joules as the logarithm of a weighted sum of the three terms, in the logarithms of their weights.

    Args:
        parts: the three terms, J, (n, 3).
        target: ln(joules), (n,).
    """

    names = ("weights", "compute", "overhead")

    def __init__(self, parts: Array, target: Array) -> None:
        self._parts = parts
        self.target: Array = target
        self.lower = np.full(parts.shape[1], -12.0)
        self.upper = np.full(parts.shape[1], 12.0)

    def predict(self, theta: Array) -> tuple[Array, Array]:
        """ln(joules) (starts, n) and its derivatives (starts, n, 3) at unknowns (starts, 3)."""
        shares = self._parts * np.exp(theta)[:, None, :]
        total = shares.sum(-1)
        return np.log(total), shares / total[..., None]

    def starts(self) -> Array:
        return np.repeat(np.array([[-2.0], [0.0], [1.0]]), self._parts.shape[1], axis=1)

    def values(self, theta: Array) -> Array:
        """(weights, compute, overhead) for unknowns (starts, 3)."""
        return np.exp(theta)


def errors_on_unseen(measured: Measurements, batch_known: bool = True) -> Array:
    """ln(predicted / measured) of each configuration, by a model fitted to all other models, (n,).

    Where the batch size is not known, the median of the fitted configurations is taken.
    """
    names = np.array(measured.models)
    errors = np.zeros(len(names))
    for name in sorted(set(measured.models)):
        held = names == name
        fitted = _only(measured, ~held)
        constants = np.array(fit_energy(fitted))
        own = [s for s, out in zip(measured.servings, held, strict=True) if out]
        usual = float(np.median([s.batch or 1.0 for s in fitted.servings]))
        batches = np.array([(s.batch or 1.0) if batch_known else usual for s in own])
        errors[held] = np.log(_predictors(own, batches) @ constants) - np.log(measured.joules[held])
    return errors


def error_factor(errors: Array) -> float:
    """exp(mean |ln(predicted / measured)|): by what factor a prediction is off on average; 1 is perfect."""
    return float(np.exp(np.abs(errors).mean()))


def ecologits_joules(serving: Serving, batch: float) -> float:
    """EcoLogits' accelerator energy of one output token, J.

    Per accelerator alpha·e^(beta·batch)·(active/1e9) + gamma Wh, times the accelerators that 1.2 × 2 bytes a
    parameter need at 80 GB each, rounded up to a power of two.

    Source: EcoLogits, methodology of November 2025 (impacts/llm.py), regression on ML.ENERGY's H100 rows.
    """
    alpha, beta, gamma = 1.1665273170451914e-06, -0.011205921025579175, 4.052928146734005e-05
    needed = math.ceil(1.2 * serving.total / 1e9 * 16 / 8 / 80)
    gpus = 2 ** math.ceil(math.log2(needed))
    watt_hours = alpha * math.exp(beta * batch) * serving.active / 1e9 + gamma
    return gpus * watt_hours * 3600


ECOLOGITS_BATCH = 10.0
"""Middle of the 4 to 16 requests that EcoLogits assumes where no batch size is known."""


def comparison(measured: Measurements) -> list[tuple[str, float, float]]:
    """(model, mean error factor with the batch size known, and unknown) on the same configurations."""
    truth = np.log(measured.joules)

    def eco(batch: Callable[[Serving], float]) -> float:
        predicted = [ecologits_joules(s, batch(s)) for s in measured.servings]
        return error_factor(np.log(np.array(predicted)) - truth)

    mean = np.log(np.exp(truth.mean()))
    return [
        (
            "Clearspan, models not fitted",
            error_factor(errors_on_unseen(measured)),
            error_factor(errors_on_unseen(measured, batch_known=False)),
        ),
        ("EcoLogits", eco(lambda s: s.batch or 1.0), eco(lambda _: ECOLOGITS_BATCH)),
        ("the mean of all rows", error_factor(mean - truth), error_factor(mean - truth)),
    ]


ENERGY = EnergyModel(
    weights=1.194,
    compute=1.762,
    overhead=0.583,
    usual_batch=96.0,
    factor=1.7,
    factor_unknown=5.8,
    source="173 configurations of nine chat models on H100 and B200, ML.ENERGY leaderboard, read 2026; factors "
    "by leaving out one model at a time",
)
"""Fitted with `fit_energy`; `benchmarks/planner.py` fits it again and prints the error on unseen models."""


def bytes_read(servings: Sequence[Serving], batches: Array) -> Array:
    """Bytes of weights that a step reads, (n,): all of a dense model, the experts that a batch meets of a mixture."""
    active = np.array([s.active for s in servings])
    total = np.array([s.total for s in servings])
    return total * (1 - (1 - active / total) ** batches) * _BYTES_PER_WEIGHT


def _predictors(servings: Sequence[Serving], batches: Array) -> Array:
    """The three physical terms, J, (n, 3)."""
    active = np.array([s.active for s in servings])
    gpus = np.array([float(s.gpus) for s in servings])
    kinds = [hardware(s.gpu) for s in servings]
    watts = np.array([h.watts for h in kinds])
    return np.stack(
        [
            bytes_read(servings, batches) / np.array([h.bytes_per_second for h in kinds]) * watts / batches,
            2 * active / np.array([h.flops_per_second for h in kinds]) * watts,
            gpus * watts * _OVERHEAD_SECONDS,
        ],
        1,
    )


def _only(measured: Measurements, keep: NDArray[np.bool_]) -> Measurements:
    chosen = np.flatnonzero(keep)
    return Measurements(
        tuple(measured.models[int(i)] for i in chosen),
        tuple(measured.servings[int(i)] for i in chosen),
        measured.joules[chosen],
        measured.tokens_per_second[chosen],
    )
