"""`clearspan plan`: scaling laws that end in a decision."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clearspan.cli.plan.options import COUNT, ledger_demand, priced, shown

if TYPE_CHECKING:
    from clearspan.economy.scaling.laws.accuracy import TaskFit
    from clearspan.economy.scaling.laws.runs import Runs
    from clearspan.economy.scaling.plans.training import Candidate

_FILE = click.Path(path_type=Path, dir_okay=False)


def _laws(command: Callable[..., None]) -> Callable[..., None]:
    """The laws a plan is read from: published ones by name, or one fitted to the user's runs."""
    named = click.option(
        "--law",
        "laws",
        multiple=True,
        help="A published law; repeat to compare, the first is recommended. Besiroglu's and Hoffmann's if none.",
    )
    own = click.option("--runs", type=_FILE, help="CSV of your runs; a law fitted to them comes first.")
    return named(own(command))


@click.group()
def plan() -> None:
    """Scaling laws that end in a decision.

    Every plan names the law it used and shows where laws disagree. Numbers may be written 7B, 2T or 5.76e23.
    """


@plan.command("fit")
@click.argument("runs", type=_FILE)
@click.option(
    "--law", default="chinchilla", show_default=True, help="chinchilla, gadre, kaplan or muennighoff."
)
@click.option("--drop-highest", type=int, default=0, show_default=True, help="Leave out the highest losses.")
@click.option("--resamples", type=click.IntRange(0, 20_000), default=500, show_default=True)
@click.option(
    "--by", type=click.Choice(["run", "group"]), default="run", show_default=True, help="Resample by."
)
@click.option("--above", type=COUNT, help="FLOP above which runs are held back to judge extrapolation.")
@shown
def fit_runs(
    runs: Path, law: str, drop_highest: int, resamples: int, by: str, above: float | None, **show: Any
) -> None:
    """Fit a law to RUNS.csv, and say what the runs leave open.

    The file has a header line with loss, and two of parameters, tokens and flops.
    """
    from clearspan.economy.scaling.laws.runs import read_runs
    from clearspan.economy.scaling.plans.fit_plan import plan_fit

    needs = ("unique_tokens",) if law == "muennighoff" else ()
    chosen = read_runs(runs, needs).without_highest(drop_highest)
    _show(plan_fit(chosen, law, resamples=resamples, by=by, above=above), **show)


@plan.command()
@click.option("--flops", type=COUNT, help="Training budget in FLOP.")
@click.option("--parameters", type=COUNT, help="Or a size ...")
@click.option("--tokens", type=COUNT, help="... and its tokens: how far past compute-optimal is it?")
@click.option("--tasks", type=_FILE, help="CSV of loss and accuracy of models: predicts accuracy as well.")
@_laws
@priced
@shown
def train(
    flops: float | None,
    parameters: float | None,
    tokens: float | None,
    tasks: Path | None,
    laws: Sequence[str],
    runs: Path | None,
    prices: Any,
    **show: Any,
) -> None:
    """How big a model, on how much data, for a compute budget."""
    from clearspan.economy.scaling.plans.training import plan_past_optimal, plan_training

    if flops is not None and parameters is None and tokens is None:
        _show(plan_training(flops, _candidates(laws, runs), prices, _task(tasks)), **show)
    elif flops is None and parameters is not None and tokens is not None:
        _show(plan_past_optimal(parameters, tokens, _candidates(laws, runs)), **show)
    else:
        raise click.UsageError("Give --flops, or --parameters with --tokens.")


@plan.command()
@click.option("--loss", type=float, help="Quality as a loss in nats per token.")
@click.option("--like", type=COUNT, help="Or as that of the compute-optimal model of this size.")
@click.option("--tokens-served", type=COUNT, help="Tokens served over the model's life.")
@click.option(
    "--from-ledger", type=float, metavar="YEARS", help="Or the ledger's traffic over so many years."
)
@click.option("--output-share", type=float, default=0.2, show_default=True, help="Output tokens among them.")
@_laws
@priced
@shown
def lifetime(
    loss: float | None,
    like: float | None,
    tokens_served: float | None,
    from_ledger: float | None,
    output_share: float,
    laws: Sequence[str],
    runs: Path | None,
    prices: Any,
    **show: Any,
) -> None:
    """The cheapest model over its life: trained once, served often."""
    from clearspan.economy.scaling.plans.lifetime import Quality
    from clearspan.economy.scaling.plans.lifetime_plan import plan_lifetime

    if (tokens_served is None) == (from_ledger is None):
        raise click.UsageError("Give either --tokens-served or --from-ledger.")
    traffic = None
    if from_ledger is not None:
        demand = ledger_demand()
        traffic, output_share = demand.over(from_ledger), demand.output_share
        tokens_served = traffic.value
    quality = Quality(loss, like)
    candidates = _candidates(laws, runs)
    _show(plan_lifetime(quality, tokens_served or 0.0, candidates, prices, output_share, traffic), **show)


@plan.command()
@click.option("--unique", type=COUNT, required=True, help="Unique tokens at hand.")
@click.option("--flops", type=COUNT, required=True, help="Training budget in FLOP.")
@click.option("--loss", type=float, help="Loss to compare costs at.")
@click.option(
    "--gather-price", type=float, default=1.0, show_default=True, help="USD a million tokens gathered."
)
@click.option("--synthetic-price", type=float, default=0.3, show_default=True, help="USD a million made.")
@click.option(
    "--synthetic-quality",
    type=float,
    default=0.5,
    show_default=True,
    help="Unique tokens that a synthetic one is worth; an assumption of yours.",
)
@priced
@shown
def data(
    unique: float,
    flops: float,
    loss: float | None,
    gather_price: float,
    synthetic_price: float,
    synthetic_quality: float,
    prices: Any,
    **show: Any,
) -> None:
    """Too little data: repeat it, gather more, or synthesise?"""
    from clearspan.economy.scaling.laws.presets import DATA_CONSTRAINED, data_constrained_drawn
    from clearspan.economy.scaling.plans.data import plan_data
    from clearspan.economy.scaling.plans.diet import Source

    sources = (
        Source("gather", gather_price / 1e6),
        Source("synthesise", synthetic_price / 1e6, synthetic_quality),
    )
    drawn = data_constrained_drawn()
    _show(plan_data(DATA_CONSTRAINED, drawn, unique, flops, sources, prices, loss), **show)


@plan.command()
@click.option("--student", type=COUNT, required=True, help="Parameters of the student.")
@click.option("--teacher", type=COUNT, required=True, help="Parameters of the teacher.")
@click.option("--teacher-tokens", type=COUNT, required=True, help="Tokens the teacher is trained on.")
@click.option("--flops", type=COUNT, required=True, help="Total budget of the student's account in FLOP.")
@click.option("--exists", is_flag=True, help="The teacher's training is already paid for.")
@click.option(
    "--students", type=click.IntRange(1), default=1, show_default=True, help="That share the teacher."
)
@click.option("--stored", is_flag=True, help="The teacher's outputs are stored and shared as well.")
@shown
def distil(
    student: float,
    teacher: float,
    teacher_tokens: float,
    flops: float,
    exists: bool,
    students: int,
    stored: bool,
    **show: Any,
) -> None:
    """A large teacher's cost in a small model's account."""
    from clearspan.economy.scaling.laws.presets import DISTILLATION
    from clearspan.economy.scaling.plans.distil import Teacher, plan_distil

    taught_by = Teacher(teacher, teacher_tokens, exists, students, stored)
    _show(plan_distil(DISTILLATION, taught_by, student, flops), **show)


@plan.command()
@click.option(
    "--small-accuracy", type=float, required=True, help="Share of tasks the smaller model gets right."
)
@click.option("--small-cost", type=float, required=True, help="USD of one of its answers.")
@click.option("--large-accuracy", type=float, required=True, help="The same of the larger model.")
@click.option("--large-cost", type=float, required=True, help="USD of one of its answers.")
@click.option(
    "--tested", type=click.IntRange(0), default=0, help="Tasks each was tested on; gives an interval."
)
@click.option("--value", type=float, required=True, help="USD that a right answer is worth.")
@click.option("--harm", type=float, default=0.0, show_default=True, help="USD that a wrong one costs on top.")
@click.option(
    "--fixed-cost", type=float, default=0.0, show_default=True, help="USD to have the larger at all."
)
@click.option("--questions", type=COUNT, help="Questions over its life.")
@shown
def worth(
    small_accuracy: float,
    small_cost: float,
    large_accuracy: float,
    large_cost: float,
    tested: int,
    value: float,
    harm: float,
    fixed_cost: float,
    questions: float | None,
    **show: Any,
) -> None:
    """Is the bigger model paid for by what it adds, and when?"""
    from clearspan.economy.scaling.plans.worth import Option, Stakes, plan_worth

    small = Option("the smaller model", small_accuracy, small_cost, tested)
    large = Option("the larger model", large_accuracy, large_cost, tested)
    _show(plan_worth(small, large, Stakes(value, harm, fixed_cost, questions)), **show)


@plan.command()
@click.option("--curves", type=_FILE, help="CSV of measured throughput; see --example.")
@click.option("--example", is_flag=True, help="Print an example of such a file (its figures are invented).")
@click.option("--arrivals", type=float, help="Requests a second.")
@click.option("--from-ledger", is_flag=True, help="Or the ledger's rate and lengths.")
@click.option("--tokens", type=COUNT, help="Mean output tokens of a request.")
@click.option("--variation", type=float, help="Squared coefficient of variation of those; 1 if not known.")
@click.option("--limit", type=float, help="Seconds within which a request must be answered whole.")
@click.option(
    "--percentile", type=float, default=0.95, show_default=True, help="Share of requests that must be."
)
@click.option("--dollars-per-kwh", type=float, default=0.08, show_default=True, help="Of electricity.")
@shown
def place(
    curves: Path | None,
    example: bool,
    arrivals: float | None,
    from_ledger: bool,
    tokens: float | None,
    variation: float | None,
    limit: float | None,
    percentile: float,
    dollars_per_kwh: float,
    **show: Any,
) -> None:
    """Hardware, batch and replicas for a rate and a latency limit."""
    from clearspan.economy.scaling.plans.curves import EXAMPLE, read_curves
    from clearspan.economy.scaling.plans.place import Load, plan_place

    if example:
        click.echo(EXAMPLE.read_text("utf-8"), nl=False)
        return
    demand = ledger_demand() if from_ledger else None
    if demand is not None:
        arrivals, tokens, variation = demand.rate, tokens or demand.tokens, variation or demand.variation
    if curves is None or arrivals is None or tokens is None or limit is None:
        raise click.UsageError(
            "Give --curves and --limit, and either --arrivals with --tokens or --from-ledger."
        )
    load = Load(arrivals, tokens, limit, percentile, 1.0 if variation is None else variation)
    _show(plan_place(read_curves(curves), load, dollars_per_kwh, demand), **show)


@plan.command()
@click.option("--parameters", type=COUNT, help="Of your plan.")
@click.option("--tokens", type=COUNT, help="Of your plan.")
@priced
@shown
def magnitudes(parameters: float | None, tokens: float | None, prices: Any, **show: Any) -> None:
    """Named models and your plan: compute, data, energy, money."""
    from clearspan.economy.scaling.plans.magnitudes import plan_magnitudes

    if (parameters is None) != (tokens is None):
        raise click.UsageError("Give --parameters and --tokens together, or neither.")
    _show(plan_magnitudes(parameters, tokens, prices), **show)


def _candidates(laws: Sequence[str], runs: Path | None) -> "list[Candidate]":
    from clearspan.economy.scaling.laws.presets import THREE_CHINCHILLAS, presets
    from clearspan.economy.scaling.plans.training import candidate, fitted_candidate

    named = [candidate(chosen) for chosen in presets(laws or THREE_CHINCHILLAS)]
    if runs is None:
        return named
    from clearspan.economy.scaling.fits.fit import fit

    return [fitted_candidate(fit(_read(runs)), runs.stem), *named]


def _task(path: Path | None) -> "TaskFit | None":
    from clearspan.economy.scaling.laws.accuracy import fit_accuracy
    from clearspan.economy.scaling.laws.runs import read_tasks

    return None if path is None else fit_accuracy(path.stem, *read_tasks(path))


def _read(path: Path) -> "Runs":
    from clearspan.economy.scaling.laws.runs import read_runs

    return read_runs(path)


def _show(found: Any, as_json: bool, charts: Path | None) -> None:
    from clearspan.cli.plan.options import print_plan, write_charts
    from clearspan.measure.estimate import for_json

    written = write_charts(found, charts) if charts is not None else []
    if as_json:
        click.echo(json.dumps({**for_json(found), "files": [str(path) for path in written]}))
        return
    print_plan(found)
    for path in written:
        click.echo(f"Wrote {path}")
