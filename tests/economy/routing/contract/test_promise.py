"""Promises: kept as often as they say, refused where they cannot be, and ended when they are no longer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from clearspan.economy.routing.contract.agreement import Contract, beside, contract_of
from clearspan.economy.routing.contract.promise import Promised, PromiseTerms, by_group, losses, promise
from clearspan.economy.routing.contract.watch import ALPHA, Watch
from clearspan.economy.routing.evaluation import watched_by
from clearspan.economy.routing.outcomes import Outcomes
from clearspan.economy.routing.routing import Routing
from clearspan.errors import BadInput
from tests.economy.routing.outcomes_made import outcomes
from tests.economy.routing.test_stored import stored

TERMS = PromiseTerms(0.95, 0.9)


@pytest.fixture(scope="module")
def routing(tmp_path_factory: pytest.TempPathFactory) -> Routing:
    return stored(tmp_path_factory.mktemp("router")).routing


@pytest.fixture(scope="module")
def traffic() -> Outcomes:
    return outcomes(20_000, seed=7)


def true_loss(routing: Routing, traffic: Outcomes, margin: float, terms: PromiseTerms) -> float:
    chosen = replace(routing.policy, margin=margin).choose(routing.expected(traffic.asks), routing.cost)
    return float(losses(traffic, chosen, routing.policy.best, terms.share).mean()) - terms.bound


def test_a_promise_is_broken_as_seldom_as_it_says(routing: Routing, traffic: Outcomes) -> None:
    random = np.random.default_rng(0)
    broken = feasible = 0
    for seed in range(60):
        found = promise(routing, traffic.where(random.integers(0, len(traffic), 800)), TERMS, seed)
        feasible += found.feasible
        broken += found.chosen is not None and true_loss(routing, traffic, found.chosen.margin, TERMS) > 0
    assert feasible > 50
    assert broken <= 11  # of 60 at a level of .1: more with a probability of .02


def test_pairs_of_one_group_are_one_draw() -> None:
    columns = np.array([[0.0, 1.0], [1.0, 1.0], [0.5, 0.0]])
    np.testing.assert_allclose(by_group(columns, ("b", "b", "a")), [[0.5, 0.0], [0.5, 1.0]])


def test_copies_of_the_same_pairs_promise_nothing_more(routing: Routing, traffic: Outcomes) -> None:
    few = traffic.where(np.arange(60))
    copied = few.where(np.tile(np.arange(60), 40))
    terms = TERMS
    assert promise(routing, copied, terms).pairs == promise(routing, few, terms).pairs
    assert promise(routing, copied, terms).feasible == promise(routing, few, terms).feasible


def test_it_saves_what_it_says(routing: Routing, traffic: Outcomes) -> None:
    found = promise(routing, traffic.where(np.arange(3_000)), TERMS)
    assert found.chosen is not None
    # Half of the questions are easy, and one answer of the small tier costs a tenth.
    assert 0.42 < found.saving.value < 0.54
    assert found.saving.low is not None
    assert found.saving.low < found.saving.value
    assert found.as_dict()["feasible"] is True


def test_what_cannot_be_promised_is_refused(routing: Routing, traffic: Outcomes) -> None:
    few = promise(routing, traffic.where(np.arange(40)), PromiseTerms(0.98, 0.95))
    assert not few.feasible
    assert few.terms.fewest > 100
    strict = promise(routing, traffic.where(np.arange(2_000)), PromiseTerms(0.9999, 0.95))
    assert not strict.feasible
    with pytest.raises(BadInput, match="infeasible"):
        Contract.made(few, "", "", days=90, shadow=0.1)
    for share in (0.0, 1.0, 1.2):
        with pytest.raises(BadInput, match="between 0 and 1"):
            PromiseTerms(share)


def test_fewest_pairs_are_those_of_a_tier_that_never_errs() -> None:
    terms = PromiseTerms(0.98, 0.95)
    never = np.full((terms.fewest, 1), (terms.share - 1 + 1) / (1 + terms.share))
    from clearspan.economy.routing.contract.bounds import betting_p

    assert betting_p(never[: terms.fewest // 2], terms.bound, 0.05)[0] > 0.05
    assert betting_p(np.tile(never, (2, 1)), terms.bound, 0.05)[0] <= 0.05


@pytest.fixture
def signed(tmp_path: Path) -> tuple[Path, Contract]:
    router = stored(tmp_path)
    found: Promised = promise(router.routing, outcomes(2_000, seed=3), TERMS)
    contract = Contract.made(found, router.digest, "data", days=30, shadow=0.2)
    contract.write(router.path)
    return router.path, contract


def test_a_contract_comes_back_and_belongs_to_its_router(signed: tuple[Path, Contract]) -> None:
    path, contract = signed
    assert contract_of(path, contract.router) == contract
    with pytest.raises(BadInput, match="another router"):
        contract_of(path, "0" * 64)
    beside(path).write_text("{}")
    with pytest.raises(BadInput, match="no contract"):
        contract_of(path, contract.router)
    beside(path).unlink()
    assert contract_of(path, contract.router) is None


def test_it_expires_into_the_best_tier(signed: tuple[Path, Contract], routing: Routing) -> None:
    _, contract = signed
    assert contract.ended() == ""
    assert "expired" in contract.ended(datetime.now(UTC) + timedelta(days=31))
    past = contract.model_copy(update={"expires_at": datetime.now(UTC)})
    expected = routing.expected(outcomes(50).asks)
    assert (past.policy(routing).choose(expected, routing.cost) == routing.policy.best).all()
    assert (contract.policy(routing).choose(expected, routing.cost) != routing.policy.best).any()


def test_shadow_samples_are_the_share_that_it_states(signed: tuple[Path, Contract]) -> None:
    drawn = [signed[1].shadows(f"r-{number}") for number in range(5_000)]
    assert np.mean(drawn) == pytest.approx(0.2, abs=0.02)


def test_a_drift_ends_it_and_quiet_does_not(signed: tuple[Path, Contract]) -> None:
    from clearspan.economy.routing.stored import read_router

    path, contract = signed
    router = read_router(path)
    quiet = watched_by(router, outcomes(2_000, seed=11))
    assert (quiet.samples, quiet.ended()) == (2_000, "")
    found = outcomes(200, seed=12)
    failing = found.quality.copy()
    failing[:, 0] = 0
    ended = quiet.after(router.routing, replace(found, quality=failing))
    assert "shadow samples spoke against it" in ended.ended()
    assert ended.samples - quiet.samples < 200
    ended.write(path)
    assert contract_of(path, contract.router) == ended
    assert ended.after(router.routing, found) == ended


def test_a_promise_that_just_holds_is_seldom_ended() -> None:
    """Losses whose mean is the bound, of three kinds: 2 % of the runs at most were ended, and α bounds it."""
    random = np.random.default_rng(0)
    ended = 0
    for run in range(150):
        bound = (0.5, 0.51, 0.3)[run % 3]
        values = (
            (random.random(1_500) < bound).astype(float)
            if run % 2
            else np.clip(random.normal(bound, 0.05, 1_500), 0, 1)
        )
        ended += Watch().after(values.tolist(), bound).violated
    assert ended <= ALPHA * 150 + 8


def test_in_parts_it_is_as_at_once() -> None:
    values = np.random.default_rng(0).random(300).tolist()
    whole = Watch().after(values, 0.6)
    parts = Watch().after(values[:77], 0.6).after(values[77:], 0.6)
    assert parts == whole
    assert 0 < whole.evidence < 1 / ALPHA
    assert Watch().evidence == pytest.approx(1)
