"""`clearspan plan`: scaling laws that end in a decision."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clearspan.cli.options import FILE
from clearspan.cli.plan.options import COUNT, priced, shown

if TYPE_CHECKING:
    from clearspan.economy.scaling.plans.plan import Plan


def _laws(command: Callable[..., None]) -> Callable[..., None]:
    """The laws a plan is read from: published ones by name, or one fitted to the user's runs."""
    named = click.option(
        "--law",
        "laws",
        multiple=True,
        help="chinchilla, gadre, kaplan or muennighoff, fitted to --runs, or a published law; repeat to compare, those "
        "fitted come first. If none is named: chinchilla if there are runs, and besiroglu-2024, hoffmann-2022 and "
        "hoffmann-2022-tex.",
    )
    own = click.option("--runs", type=FILE, help="CSV of your runs, which a law is fitted to.")
    return named(own(command))


def _example(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the example of a file of throughput, instead of a plan."""
    if wanted:
        from clearspan.economy.serving.curves import EXAMPLE

        click.echo(EXAMPLE.read_text("utf-8"), nl=False)
        ctx.exit()


@click.group()
def plan() -> None:
    """Scaling laws that end in a decision.

    Every plan names the law it used and shows where laws disagree. Numbers may be written 7B, 2T or 5.76e23.
    """


@plan.command("fit")
@click.argument("runs", type=FILE)
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
def fit_runs(**words: Any) -> None:
    """Fit a law to RUNS.csv, and say what the runs leave open.

    The file has a header line with loss, and two of parameters, tokens and flops.
    """
    _show("fit", **words)


@plan.command()
@click.option("--flops", type=COUNT, help="Training budget in FLOP.")
@click.option("--parameters", type=COUNT, help="Or a size ...")
@click.option("--tokens", type=COUNT, help="... and its tokens: how far past compute-optimal is it?")
@click.option("--tasks", type=FILE, help="CSV of loss and accuracy of models: predicts accuracy as well.")
@click.option("--ideal", type=float, help="The lowest loss there is, where accuracy is taken to be full.")
@click.option("--unique", type=COUNT, help="Unique tokens at hand, which muennighoff plans for.")
@_laws
@priced
@shown
def train(**words: Any) -> None:
    """How big a model, on how much data, for a compute budget."""
    _show("train", **words)


@plan.command()
@click.option("--loss", type=float, help="Quality as a loss in nats per token.")
@click.option("--like", type=COUNT, help="Or as that of the compute-optimal model of this size.")
@click.option("--tokens-served", type=COUNT, help="Tokens served over the model's life.")
@click.option(
    "--from-ledger", type=float, metavar="YEARS", help="Or the ledger's traffic over so many years."
)
@click.option("--output-share", type=float, default=0.2, show_default=True, help="Output tokens among them.")
@click.option("--batch", type=float, default=96.0, show_default=True, help="Requests at once on a machine.")
@click.option("--peak", type=float, default=3.0, show_default=True, help="The busiest rate over the mean.")
@_laws
@priced
@shown
def lifetime(**words: Any) -> None:
    """The cheapest model over its life: trained once, served often."""
    _show("lifetime", **words)


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
def data(**words: Any) -> None:
    """Too little data: repeat it, gather more, or synthesise?"""
    _show("data", **words)


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
@click.option(
    "--task-tokens", type=COUNT, default=0.0, help="Tokens that both are tuned on after pre-training."
)
@shown
def distil(**words: Any) -> None:
    """A large teacher's cost in a small model's account."""
    _show("distil", **words)


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
def worth(**words: Any) -> None:
    """Is the bigger model paid for by what it adds, and when?"""
    _show("worth", **words)


@plan.command()
@click.option("--curves", type=FILE, required=True, help="CSV of measured throughput; see --example.")
@click.option(
    "--example",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_example,
    help="Print an example of such a file (its figures are invented).",
)
@click.option("--arrivals", type=float, help="Requests a second.")
@click.option("--from-ledger", is_flag=True, help="Or the ledger's rate and lengths.")
@click.option("--tokens", type=COUNT, help="Mean output tokens of a request.")
@click.option("--variation", type=float, help="Squared coefficient of variation of those; 1 if not known.")
@click.option(
    "--limit", type=float, required=True, help="Seconds within which a request must be answered whole."
)
@click.option(
    "--percentile", type=float, default=0.95, show_default=True, help="Share of requests that must be."
)
@click.option("--dollars-per-kwh", type=float, default=0.08, show_default=True, help="Of electricity.")
@shown
def place(**words: Any) -> None:
    """Hardware, batch and replicas for a rate and a latency limit."""
    _show("place", **words)


@plan.command()
@click.option("--requests", type=COUNT, help="Requests a month.")
@click.option("--input-tokens", type=COUNT, help="Mean tokens read for a request.")
@click.option("--output-tokens", type=COUNT, help="Mean tokens written.")
@click.option(
    "--input-variation",
    type=float,
    default=1.0,
    show_default=True,
    help="Squared coefficient of variation of those read.",
)
@click.option(
    "--output-variation", type=float, default=1.0, show_default=True, help="The same of those written."
)
@click.option(
    "--traffic",
    type=FILE,
    help="Or a log: CSV of time, input_tokens, output_tokens; its busiest hour is the peak.",
)
@click.option("--peak", type=float, default=3.0, show_default=True, help="The busiest rate over the mean.")
@click.option("--limit", type=float, help="Seconds within which 95 % must be answered whole.")
@click.option("--parameters", type=COUNT, help="Of the model that own machines would serve.")
@click.option("--active", type=COUNT, help="Used for each token, if it is a mixture of experts.")
@click.option("--hardware", default="h100", show_default=True, help="h100, h200, b200 or a100.")
@click.option("--price-per-hour", type=float, help="USD an hour of one accelerator.")
@click.option("--curves", type=FILE, help="CSV of measured throughput of your machines; see place --example.")
@click.option("--input-price", type=float, help="Of an API, USD a million tokens read ...")
@click.option("--output-price", type=float, help="... and written.")
@click.option("--offers", type=FILE, help="Or a price list: CSV of name, input, output.")
@click.option("--dollars-per-kwh", type=float, default=0.08, show_default=True, help="Of electricity.")
@click.option("--electricity-extra", is_flag=True, help="The hourly price leaves out electricity.")
@shown
def serve(**words: Any) -> None:
    """Own machines, an API, or both, for a month of requests."""
    _show("serve", **words)


@plan.command()
@click.option("--parameters", type=COUNT, help="Of your plan.")
@click.option("--tokens", type=COUNT, help="Of your plan.")
@priced
@shown
def magnitudes(**words: Any) -> None:
    """Named models and your plan: compute, data, energy, money."""
    _show("magnitudes", **words)


def _show(name: str, as_json: bool, charts: Path | None, **words: Any) -> None:
    """Make the plan of this name, and print it; the words of a command are the keywords of its function."""
    from clearspan.cli.plan.options import print_plan, write_charts
    from clearspan.measure.estimate import for_json
    from clearspan.public import plan as plans

    found: Plan = getattr(plans, name)(**words)
    written = write_charts(found, charts) if charts is not None else []
    if as_json:
        click.echo(json.dumps({**for_json(found), "files": [str(path) for path in written]}))
        return
    print_plan(found)
    for path in written:
        click.echo(f"Wrote {path}")
