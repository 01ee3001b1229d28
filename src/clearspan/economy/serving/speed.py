"""How long a step of generation takes on accelerators, by the requests that share it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clearspan.economy.energy import EnergyProblem, Measurements, Serving, bytes_read
from clearspan.economy.prices import hardware
from clearspan.economy.scaling.laws.minimise import minimise
from clearspan.measure.estimate import Array

_FIXED_SECONDS = 1e-3
_EACH_SECONDS = 1e-4
_DELTA = 0.1
"""Residual in log seconds at which the Huber loss of the fit turns linear."""


@dataclass(frozen=True, slots=True)
class SpeedModel:
    """Seconds of one step, in which every request of the batch gets one token.

    T = w·(bytes of weights read / bandwidth) + c·(2·N_active·batch / peak FLOP/s) + f·1 ms + r·batch·0.1 ms, the
    first two shared by the accelerators. What a request adds beside its arithmetic (its cache is read, its token
    chosen, short prompts of others are read in between) hardly follows the size of the model.

    Attributes:
        weights: w, a pure number; 1 would be perfect use of the memory.
        compute: c, a pure number; 1 would be peak FLOP/s.
        fixed: f, a pure number.
        each: r, a pure number.
        factor: factor within which 95 % of configurations of models not fitted lie.
        source: what it was fitted to.
    """

    weights: float
    compute: float
    fixed: float
    each: float
    factor: float
    source: str

    def step(self, serving: Serving, batch: float) -> float:
        """Seconds of a step that so many requests share."""
        kind = hardware(serving.gpu)
        read = 2 * serving.total * (1 - (1 - serving.active / serving.total) ** batch)
        shared = self.weights * read / kind.bytes_per_second
        shared += self.compute * 2 * serving.active * batch / kind.flops_per_second
        return shared / serving.gpus + self.shared_by_none(batch)

    def shared_by_none(self, batch: float) -> float:
        """Seconds of a step that more accelerators do not shorten."""
        return self.fixed * _FIXED_SECONDS + self.each * batch * _EACH_SECONDS


def fit_speed(servings: Sequence[Serving], steps: Array, models: Sequence[str]) -> Array:
    """(weights, compute, fixed, each) that fit ln(seconds of a step), every model counting alike."""
    batches = np.array([s.batch or 1.0 for s in servings])
    problem = EnergyProblem(_parts(servings, batches), np.log(steps))
    weight = np.array([1 / list(models).count(name) for name in models])
    theta, cost = minimise(problem, problem.starts(), weight, _DELTA)
    return problem.values(theta[int(cost.argmin())][None])[0]


def seconds_of_a_step(measured: Measurements) -> Array:
    """What a step took in each configuration: the requests that share it, over the tokens that all get in a second."""
    return np.array([s.batch or 1.0 for s in measured.servings]) / measured.tokens_per_second


def speed_errors_on_unseen(measured: Measurements) -> Array:
    """ln(predicted / measured) seconds of a step of each configuration, by a model fitted to all others, (n,)."""
    names, batches = np.array(measured.models), np.array([s.batch or 1.0 for s in measured.servings])
    steps = seconds_of_a_step(measured)
    parts, errors = _parts(measured.servings, batches), np.zeros(len(names))
    for name in sorted(set(measured.models)):
        kept = [i for i, other in enumerate(measured.models) if other != name]
        constants = fit_speed(
            [measured.servings[i] for i in kept], steps[kept], [measured.models[i] for i in kept]
        )
        held = names == name
        errors[held] = np.log(parts[held] @ constants / steps[held])
    return errors


SPEED = SpeedModel(
    weights=1.362,
    compute=1.275,
    fixed=3.557,
    each=0.811,
    factor=1.6,
    source="173 configurations of nine chat models on H100 and B200, ML.ENERGY leaderboard, read 2026; the factor "
    "by leaving out one model at a time",
)
"""Fitted with `fit_speed`; `benchmarks/planner.py` fits it again and prints the error on unseen models."""


def cache_bytes_per_token(parameters: float) -> float:
    """Bytes that a dense model with grouped-query attention keeps of each token, at 16 bits.

    131 kB at 8B, growing with the power 0.42 of size: within a third of Llama 3's 1B, 8B, 70B and 405B (model
    configurations, 2024). Models without grouped queries keep several times that.
    """
    return 131_072 * (parameters / 8e9) ** 0.42


def most_at_once(serving: Serving, tokens: float) -> int:
    """Requests of so many tokens each that memory holds beside the weights; nine tenths of it is used."""
    memory = 0.9 * hardware(serving.gpu).memory * serving.gpus - 2 * serving.total
    return max(0, math.floor(memory / (cache_bytes_per_token(serving.total) * tokens)))


def _parts(servings: Sequence[Serving], batches: Array) -> Array:
    """The four terms, seconds, (n, 4)."""
    kinds = [hardware(s.gpu) for s in servings]
    gpus = np.array([float(s.gpus) for s in servings])
    bandwidth = gpus * np.array([h.bytes_per_second for h in kinds])
    peak = gpus * np.array([h.flops_per_second for h in kinds])
    active = np.array([s.active for s in servings])
    return np.stack(
        [
            bytes_read(servings, batches) / bandwidth,
            2 * active * batches / peak,
            np.full(len(batches), _FIXED_SECONDS),
            batches * _EACH_SECONDS,
        ],
        1,
    )
