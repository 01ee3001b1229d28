"""Regressions of the laws: they predict what the law says, know their slopes, and begin their search within bounds."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from clearspan.economy.scaling.laws.accuracy import AccuracyProblem, SigmoidOfLoss
from clearspan.economy.scaling.laws.chinchilla import Chinchilla, ChinchillaProblem
from clearspan.economy.scaling.laws.gadre import Gadre, GadreProblem
from clearspan.economy.scaling.laws.kaplan import Kaplan, KaplanProblem
from clearspan.economy.scaling.laws.law import LossLaw
from clearspan.economy.scaling.laws.minimise import HUBER_DELTA, Problem, huber, minimise
from clearspan.economy.scaling.laws.muennighoff import DataConstrained, DataConstrainedProblem
from clearspan.economy.scaling.laws.presets import DATA_CONSTRAINED, MUENNIGHOFF_BASE
from clearspan.economy.scaling.laws.runs import Runs


@pytest.fixture(scope="module")
def runs() -> Runs:
    generator = np.random.default_rng(1)
    size = 10 ** generator.uniform(8, 10, 24)
    unique = 10 ** generator.uniform(9, 11, 24)
    tokens = unique * 10 ** generator.uniform(0, 1.5, 24)
    loss = DATA_CONSTRAINED.loss(size, tokens, unique)
    return Runs(size, tokens, loss, unique, tuple(str(i % 4) for i in range(24)))


PROBLEMS: dict[str, tuple[Callable[[Runs], Problem], Callable[..., LossLaw]]] = {
    "chinchilla": (ChinchillaProblem, Chinchilla),
    "gadre": (GadreProblem, Gadre),
    "kaplan": (KaplanProblem, Kaplan),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_problem_predicts_the_logarithm_of_its_laws_loss(name: str, runs: Runs) -> None:
    make, law = PROBLEMS[name]
    problem = make(runs)
    starts = problem.starts()
    predicted, _ = problem.predict(starts)
    assert predicted.shape == (len(starts), 24)
    for theta, values in zip(predicted, problem.values(starts), strict=True):
        assert theta == pytest.approx(np.log(law(*values).loss(runs.parameters, runs.tokens)), rel=1e-9)
    assert problem.target == pytest.approx(np.log(runs.loss))
    assert problem.values(starts).shape == (len(starts), len(problem.names))


def test_the_data_constrained_problem_predicts_its_law(runs: Runs) -> None:
    problem = DataConstrainedProblem(runs, MUENNIGHOFF_BASE)
    theta = np.log([[4.0, 7.0], [15.0, 5.0]])
    predicted, _ = problem.predict(theta)
    for row, (repeat, excess) in zip(predicted, [(4.0, 7.0), (15.0, 5.0)], strict=True):
        law = DataConstrained(MUENNIGHOFF_BASE, repeat, excess)
        assert row == pytest.approx(np.log(law.loss(runs.parameters, runs.tokens, runs.unique_tokens)))
    assert problem.values(theta) == pytest.approx(np.array([[4.0, 7.0], [15.0, 5.0]]))


def test_the_accuracy_problem_predicts_its_sigmoid() -> None:
    losses = np.linspace(1.5, 4, 9)
    problem = AccuracyProblem(losses, np.full(9, 0.5))
    starts = problem.starts()
    predicted, _ = problem.predict(starts)
    for row, (low, span, k, middle) in zip(predicted, problem.values(starts), strict=True):
        assert row == pytest.approx(SigmoidOfLoss(low, span, k, middle).accuracy(losses))


def problems(runs: Runs) -> dict[str, Problem]:
    made: dict[str, Problem] = {name: make(runs) for name, (make, _) in PROBLEMS.items()}
    made["muennighoff"] = DataConstrainedProblem(runs, MUENNIGHOFF_BASE)
    made["accuracy"] = AccuracyProblem(np.linspace(1.5, 4, 24), np.linspace(0.9, 0.3, 24))
    return made


@pytest.mark.parametrize("name", [*PROBLEMS, "muennighoff", "accuracy"])
def test_a_problem_knows_its_slopes(name: str, runs: Runs) -> None:
    problem = problems(runs)[name]
    theta = problem.starts()[[0, len(problem.starts()) // 2, -1]]
    _, jacobian = problem.predict(theta)
    assert jacobian.shape == (3, 24, theta.shape[1])
    for i in range(theta.shape[1]):
        step = np.zeros(theta.shape[1])
        step[i] = 1e-5
        numeric = (problem.predict(theta + step)[0] - problem.predict(theta - step)[0]) / 2e-5
        assert jacobian[..., i] == pytest.approx(numeric, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize(
    ("name", "starts", "lower", "upper"),
    [
        ("chinchilla", 36, [-50, -50, -50, 1e-3, 1e-3], [50, 50, 50, 5, 5]),
        ("gadre", 6, [-50, -50, -50, 1e-3], [50, 50, 50, 5]),
        ("kaplan", 36, [-50, -50, -5, -8], [200, 200, 3, 2]),
        ("muennighoff", 36, [math.log(0.05)] * 2, [math.log(20)] * 2),
        (
            "accuracy",
            18,
            [0, 1e-6, math.log(0.05), 0.01],
            [0.99, 1, math.log(50), 20],
        ),
    ],
)
def test_a_search_begins_everywhere_within_its_bounds(
    name: str, starts: int, lower: list[float], upper: list[float], runs: Runs
) -> None:
    problem = problems(runs)[name]
    grid = problem.starts()
    assert grid.shape == (starts, len(lower))
    assert len(np.unique(grid, axis=0)) == starts
    assert problem.lower == pytest.approx(np.array(lower, float))
    assert problem.upper == pytest.approx(np.array(upper, float))
    assert (grid >= problem.lower).all()
    assert (grid <= problem.upper).all()


def test_starts_of_the_chinchilla_problem_fit_their_exponents(runs: Runs) -> None:
    """E, A and B of each start are the best for its exponents; with the law's own, they are the law's."""
    law = Chinchilla(1.8, 480.0, 2000.0, 0.43, 0.43)
    exact = Runs(
        runs.parameters, runs.tokens, law.loss(runs.parameters, runs.tokens), runs.tokens, runs.group
    )
    problem = ChinchillaProblem(exact, tied=True)
    alphas = problem.starts()[:, 3]
    assert alphas == pytest.approx(np.linspace(0.05, 1.0, 6))
    near = problem.values(problem.starts())[2]
    assert near == pytest.approx([1.8, 480.0, 2000.0, 0.43, 0.43], rel=1e-6)


def test_starts_of_the_kaplan_problem_lie_beyond_the_runs(runs: Runs) -> None:
    size, data = float(np.log(runs.parameters).mean()), float(np.log(runs.tokens).mean())
    grid = KaplanProblem(runs).starts()
    assert set(np.round(grid[:, 0] - size, 6).tolist()) == {5.0, 15.0}
    assert set(np.round(grid[:, 1] - data, 6).tolist()) == {5.0, 15.0}
    assert np.unique(np.round(np.exp(grid[:, 2]), 6)).tolist() == [0.5, 1.0, 1.5]
    assert np.unique(np.round(np.exp(grid[:, 3]), 6)).tolist() == [0.05, 0.1, 0.2]


def test_starts_of_the_accuracy_problem_reach_up_from_the_lowest() -> None:
    problem = AccuracyProblem(np.array([1.0, 2.0, 4.0]), np.array([0.9, 0.6, 0.4]))
    grid = problem.starts()
    assert set(grid[:, 0].tolist()) == {0.4}
    assert np.unique(np.round(np.cbrt(grid[:, 1]), 6)).tolist() == [0.3, 0.6, 0.95]
    assert np.unique(np.round(np.exp(grid[:, 2]), 6)).tolist() == [1.0, 3.0, 8.0]
    assert np.unique(grid[:, 3]).tolist() == [1.6, 2.0]
    assert problem.values(np.array([[0.5, 1.0, 0.0, 2.0]])).tolist() == [[0.5, 0.5, 1.0, 2.0]]


def test_hubers_loss_is_a_parabola_and_then_a_line() -> None:
    found = huber(np.array([-3.0, -1.0, 0.0, 0.5, 1.0, 2.0]), 1.0)
    assert found == pytest.approx(np.array([2.5, 0.5, 0.0, 0.125, 0.5, 1.5]))
    assert HUBER_DELTA == 1e-3


class Line:
    """y = a·x + b, in its own unknowns."""

    names = ("a", "b")

    def __init__(self, x: np.ndarray, y: np.ndarray, upper: float = 50.0) -> None:
        self.x, self.target = x, y
        self.lower, self.upper = np.array([-50.0, -50.0]), np.array([upper, 50.0])

    def predict(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        value = theta[:, :1] * self.x + theta[:, 1:]
        return value, np.broadcast_to(np.stack([self.x, np.ones_like(self.x)], -1), (*value.shape, 2))

    def starts(self) -> np.ndarray:
        return np.array([[0.0, 0.0], [30.0, -30.0]])

    def values(self, theta: np.ndarray) -> np.ndarray:
        return theta


def test_an_outlier_counts_little_and_a_weight_counts_as_so_many_runs() -> None:
    x = np.linspace(0, 1, 12)
    y = 2 * x + 1
    y[5] += 30
    problem = Line(x, y)
    theta, objective = minimise(problem, problem.starts(), np.ones(12), 1e-3)
    assert theta == pytest.approx(np.array([[2.0, 1.0]] * 2), abs=1e-3)
    assert objective == pytest.approx(huber(problem.predict(theta)[0] - y, 1e-3).sum(1))
    without = np.ones(12)
    without[5] = 0
    exact, left = minimise(problem, problem.starts()[:1], without, 1e-3)
    assert exact[0] == pytest.approx([2.0, 1.0], abs=1e-6)
    assert left[0] == pytest.approx(0.0, abs=1e-12)


def test_each_start_may_have_weights_of_its_own() -> None:
    x = np.array([0.0, 1.0, 0.0, 1.0])
    problem = Line(x, np.array([0.0, 1.0, 5.0, 8.0]))
    weights = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]])
    theta, _ = minimise(problem, problem.starts(), weights, 1.0)
    assert theta == pytest.approx(np.array([[1.0, 0.0], [3.0, 5.0]]), abs=1e-6)


def test_a_bound_is_kept() -> None:
    x = np.linspace(0, 1, 9)
    problem = Line(x, 4 * x, upper=3.0)
    theta, _ = minimise(problem, problem.starts(), np.ones(9), 1.0)
    assert theta[:, 0] == pytest.approx([3.0, 3.0])


@pytest.mark.parametrize("law", [MUENNIGHOFF_BASE, Kaplan(6e13, 2e13, 0.08, 0.1), Gadre(1.8, 200, 300, 0.13)])
def test_losses_have_the_shape_of_sizes_against_data(
    law: Chinchilla | Kaplan | Gadre,
) -> None:
    size, data = np.geomspace(1e8, 1e10, 3)[:, None], np.geomspace(1e9, 1e11, 4)[None, :]
    whole = law.loss(size, data)
    assert whole.shape == (3, 4)
    assert whole[1, 2] == pytest.approx(float(law.loss(float(size[1, 0]), float(data[0, 2]))))


def test_slopes_of_the_loss_by_size_and_data() -> None:
    by_size, by_data = MUENNIGHOFF_BASE.slopes(1e9, 1e10)
    loss = MUENNIGHOFF_BASE.loss
    assert float(by_size) == pytest.approx(
        float(loss(1e9 + 1e4, 1e10) - loss(1e9 - 1e4, 1e10)) / 2e4, rel=1e-5
    )
    assert float(by_data) == pytest.approx(
        float(loss(1e9, 1e10 + 1e5) - loss(1e9, 1e10 - 1e5)) / 2e5, rel=1e-5
    )


def test_a_loss_at_the_floor_is_never_reached() -> None:
    law = MUENNIGHOFF_BASE
    assert law.optimal_for_loss(law.E) == (math.inf, math.inf)
    assert law.smallest_for(law.E) == math.inf
    assert law.tokens_for(law.E, 1e9) == math.inf
    kaplan = Kaplan(6e13, 2e13, 0.08, 0.1)
    assert kaplan.optimal_for_loss(0.0) == (math.inf, math.inf)
    assert kaplan.smallest_for(0.0) == math.inf
