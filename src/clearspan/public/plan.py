"""Scaling laws that end in a decision: the words of `clearspan plan`, in its order.

Every plan names the law it used and shows where laws disagree. Print it, or take its `numbers`, `tables` and `charts`.
"""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Unpack

from clearspan import ledger
from clearspan.economy.prices import PriceWords, priced
from clearspan.economy.scaling.fits.fit import FAMILIES, family_named
from clearspan.economy.scaling.fits.fit import fit as fit_law
from clearspan.economy.scaling.fits.task import TaskFit, fit_accuracy
from clearspan.economy.scaling.laws.presets import (
    DATA_CONSTRAINED,
    DISTILLATION,
    PRESETS,
    THREE_CHINCHILLAS,
    data_constrained_drawn,
    presets,
)
from clearspan.economy.scaling.laws.runs import read_runs, read_tasks
from clearspan.economy.scaling.plans.data import plan_data
from clearspan.economy.scaling.plans.diet import TokenSource
from clearspan.economy.scaling.plans.distil import Teacher, plan_distil
from clearspan.economy.scaling.plans.fit_plan import plan_fit
from clearspan.economy.scaling.plans.lifetime import Quality
from clearspan.economy.scaling.plans.lifetime_plan import plan_lifetime
from clearspan.economy.scaling.plans.magnitudes import plan_magnitudes
from clearspan.economy.scaling.plans.place import Load, plan_place
from clearspan.economy.scaling.plans.plan import Plan
from clearspan.economy.scaling.plans.traffic import AnswerTokens, Demand, measure
from clearspan.economy.scaling.plans.training import (
    PlannedLaw,
    candidate,
    fitted_candidate,
    plan_past_optimal,
    plan_training,
)
from clearspan.economy.scaling.plans.worth import Option, Stakes, plan_worth
from clearspan.economy.serving.curves import read_curves
from clearspan.economy.serving.scenario import Scenario
from clearspan.errors import BadInput
from clearspan.public.serving import serve
from clearspan.settings import Settings, load

__all__ = ["data", "distil", "fit", "lifetime", "magnitudes", "place", "serve", "train", "worth"]

_LEDGER_READ = 100_000


def fit(
    runs: str | Path,
    *,
    law: str = "chinchilla",
    drop_highest: int = 0,
    resamples: int = 500,
    by: Literal["run", "group"] = "run",
    above: float | None = None,
) -> Plan:
    """A law fitted to runs, and what the runs leave open.

    Args:
        runs: CSV with a header line: loss, and two of parameters, tokens and flops.
        law: chinchilla, gadre, kaplan or muennighoff.
        drop_highest: how many of the highest losses are left out.
        resamples: bootstrap samples behind the intervals.
        by: what is resampled.
        above: FLOP above which runs are held back to judge extrapolation.

    Raises:
        NotFound, BadInput: the file is not there, or holds too little or something else.
    """
    chosen = read_runs(Path(runs), family_named(law).needs).without_highest(drop_highest)
    return plan_fit(chosen, law, resamples=resamples, by=by, above=above)


def train(
    *,
    flops: float | None = None,
    parameters: float | None = None,
    tokens: float | None = None,
    tasks: str | Path | None = None,
    ideal: float | None = None,
    unique: float | None = None,
    laws: Sequence[str] = (),
    runs: str | Path | None = None,
    **prices: Unpack[PriceWords],
) -> Plan:
    """How big a model, on how much data, for a compute budget; or how far a plan is past compute-optimal.

    Args:
        flops: training budget, FLOP.
        parameters: or a size ...
        tokens: ... and the tokens it is trained on.
        tasks: CSV of loss and accuracy of models: predicts accuracy as well.
        ideal: the lowest loss there is, at which full accuracy is taken for granted; nothing is if None.
        laws: chinchilla, gadre, kaplan or muennighoff, fitted to `runs`, and published laws, which come after them;
            the first is recommended. Where none is named, chinchilla is fitted, and besiroglu-2024, hoffmann-2022
            and hoffmann-2022-tex are shown.
        runs: CSV of runs of yours.
        unique: unique tokens at hand, which muennighoff plans for.

    Raises:
        NotFound, BadInput: a file, a law or a number cannot be used, or the runs are too few for a law.
    """
    if flops is not None and parameters is None and tokens is None:
        task = None if tasks is None else _task(Path(tasks), ideal)
        return plan_training(flops, _candidates(laws, runs, unique), priced(**prices), task)
    if flops is None and parameters is not None and tokens is not None:
        return plan_past_optimal(parameters, tokens, _candidates(laws, runs, unique))
    raise BadInput(
        "It is open what is to be planned.", do="Give flops, or else parameters together with tokens."
    )


def lifetime(
    *,
    loss: float | None = None,
    like: float | None = None,
    tokens_served: float | None = None,
    from_ledger: float | None = None,
    output_share: float = 0.2,
    batch: float = 96.0,
    peak: float = 3.0,
    laws: Sequence[str] = (),
    runs: str | Path | None = None,
    settings: Settings | None = None,
    **prices: Unpack[PriceWords],
) -> Plan:
    """The cheapest model over its life: trained once, served often.

    Args:
        loss: quality as a loss, nats per token.
        like: or as that of the compute-optimal model of this size.
        tokens_served: tokens served over the model's life.
        from_ledger: or the ledger's traffic over so many years.
        output_share: share of output tokens among those served; the ledger's own with `from_ledger`.
        batch: requests that share a machine at once.
        peak: the busiest rate over the mean; machines are rented for it.
        laws: chinchilla, gadre or kaplan, fitted to `runs`, and published laws, which come after them; the first is
            recommended. Where none is named, chinchilla is fitted, and besiroglu-2024, hoffmann-2022 and
            hoffmann-2022-tex are shown.
        runs: CSV of runs of yours.
        settings: say which ledger; taken from file and environment when None.

    Raises:
        NotFound, BadInput: a file, a law or a number cannot be used, or the ledger holds too few answers.
    """
    if (tokens_served is None) == (from_ledger is None):
        raise BadInput("The traffic is open.", do="Give either tokens_served or from_ledger.")
    traffic = None
    if from_ledger is not None:
        demand = _ledger_demand(settings)
        traffic, output_share = demand.over(from_ledger), demand.output_share
        tokens_served = traffic.value
    return plan_lifetime(
        Quality(loss, like),
        tokens_served or 0.0,
        _candidates(laws, runs),
        Scenario(priced(**prices), output_share, batch, peak),
        traffic,
    )


def data(
    *,
    unique: float,
    flops: float,
    loss: float | None = None,
    gather_price: float = 1.0,
    synthetic_price: float = 0.3,
    synthetic_quality: float = 0.5,
    **prices: Unpack[PriceWords],
) -> Plan:
    """Too little data: repeat it, gather more, or synthesise?

    Args:
        unique: unique tokens at hand.
        flops: training budget, FLOP.
        loss: to compare costs at, nats per token.
        gather_price: US dollars a million tokens gathered.
        synthetic_price: US dollars a million tokens made.
        synthetic_quality: unique tokens that a synthetic one is worth; an assumption of yours.

    Raises:
        BadInput: a number cannot be used.
    """
    sources = (
        TokenSource("gather", gather_price / 1e6),
        TokenSource("synthesise", synthetic_price / 1e6, synthetic_quality),
    )
    return plan_data(
        DATA_CONSTRAINED, data_constrained_drawn(), unique, flops, sources, priced(**prices), loss
    )


def distil(
    *,
    student: float,
    teacher: float,
    teacher_tokens: float,
    flops: float,
    exists: bool = False,
    students: int = 1,
    stored: bool = False,
    task_tokens: float = 0.0,
) -> Plan:
    """A large teacher's cost in a small model's account.

    Args:
        student: parameters of the student.
        teacher: parameters of the teacher.
        teacher_tokens: tokens the teacher is trained on.
        flops: total budget of the student's account, FLOP.
        exists: whether the teacher's training is already paid for.
        students: how many share the teacher.
        stored: whether the teacher's outputs are stored and shared as well.
        task_tokens: that teacher and student are tuned on after pre-training, every pass counted.

    Raises:
        BadInput: a number cannot be used, or the budget does not pay for the teacher's share and for tuning.
    """
    taught_by = Teacher(teacher, teacher_tokens, exists, students, stored, task_tokens)
    return plan_distil(DISTILLATION, taught_by, student, flops)


def worth(
    *,
    small_accuracy: float,
    small_cost: float,
    large_accuracy: float,
    large_cost: float,
    tested: int = 0,
    value: float,
    harm: float = 0.0,
    fixed_cost: float = 0.0,
    questions: float | None = None,
) -> Plan:
    """Is the bigger model paid for by what it adds, and when?

    Args:
        small_accuracy: share of tasks the smaller model gets right.
        small_cost: US dollars of one of its answers.
        large_accuracy: the same of the larger model.
        large_cost: US dollars of one of its answers.
        tested: tasks each was tested on; gives an interval.
        value: US dollars that a right answer is worth.
        harm: US dollars that a wrong one costs on top.
        fixed_cost: US dollars to have the larger model at all.
        questions: over its life.

    Raises:
        BadInput: a number cannot be used.
    """
    small = Option("the smaller model", small_accuracy, small_cost, tested)
    large = Option("the larger model", large_accuracy, large_cost, tested)
    return plan_worth(small, large, Stakes(value, harm, fixed_cost, questions))


def place(
    *,
    curves: str | Path,
    arrivals: float | None = None,
    from_ledger: bool = False,
    tokens: float | None = None,
    variation: float | None = None,
    limit: float,
    percentile: float = 0.95,
    dollars_per_kwh: float = 0.08,
    settings: Settings | None = None,
) -> Plan:
    """Hardware, batch and replicas for a rate and a latency limit.

    Args:
        curves: CSV of measured throughput; `clearspan plan place --example` prints one.
        arrivals: requests a second.
        from_ledger: or the ledger's rate and lengths.
        tokens: mean output tokens of a request.
        variation: squared coefficient of variation of those; 1 if not known.
        limit: seconds within which a request must be answered whole.
        percentile: share of requests that must be.
        dollars_per_kwh: of electricity.
        settings: say which ledger; taken from file and environment when None.

    Raises:
        NotFound, BadInput: the file or a number cannot be used, or the ledger holds too few answers.
    """
    demand = _ledger_demand(settings) if from_ledger else None
    if demand is not None:
        arrivals, tokens, variation = demand.rate, tokens or demand.tokens, variation or demand.variation
    if arrivals is None or tokens is None:
        raise BadInput("The traffic is open.", do="Give arrivals with tokens, or from_ledger.")
    load = Load(arrivals, tokens, limit, percentile, 1.0 if variation is None else variation)
    return plan_place(read_curves(Path(curves)), load, dollars_per_kwh, demand)


def magnitudes(
    *, parameters: float | None = None, tokens: float | None = None, **prices: Unpack[PriceWords]
) -> Plan:
    """Named models and a plan of yours: compute, data, energy, money.

    Args:
        parameters: of your plan.
        tokens: of your plan.

    Raises:
        BadInput: a number cannot be used, or only one of them is given.
    """
    if (parameters is None) != (tokens is None):
        raise BadInput("Half a plan is given.", do="Give parameters and tokens together, or neither.")
    return plan_magnitudes(parameters, tokens, priced(**prices))


def _task(path: Path, ideal: float | None) -> TaskFit:
    return fit_accuracy(path.stem, *read_tasks(path), ideal=ideal)


def _candidates(
    laws: Sequence[str], runs: str | Path | None, unique: float | None = None
) -> list[PlannedLaw]:
    forms = [name for name in dict.fromkeys(laws) if name in FAMILIES]
    published = [
        candidate(chosen) for chosen in presets([n for n in laws if n not in FAMILIES] or THREE_CHINCHILLAS)
    ]
    if runs is None:
        if forms:
            raise BadInput(
                f"'{forms[0]}' is a law to fit, and there are no runs to fit it to.",
                do=f"Give runs, or a published law: {', '.join(PRESETS)}.",
            )
        return published
    path = Path(runs)
    fitted = [
        fitted_candidate(fit_law(read_runs(path, family_named(name).needs), name), path.stem, unique)
        for name in forms or ["chinchilla"]
    ]
    return [*fitted, *published]


def _ledger_demand(settings: Settings | None) -> Demand:
    with closing(ledger.open((settings or load()).ledger_address)) as opened:
        receipts = opened.receipts(limit=_LEDGER_READ)
    answers = [AnswerTokens(r.created_at, r.meter.input_tokens, r.meter.output_tokens) for r in receipts]
    return measure(answers, datetime.now(UTC))
