"""`clearspan route`: which tier answers, learned from outcomes and used only where that is better than not to."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clearspan.cli.options import FILE, FILE_THERE, json_option
from clearspan.cli.route.inputs import embedded, outcomes_at, stored_at

if TYPE_CHECKING:
    from clearspan.economy.routing.judging import RoutingVerdict
    from clearspan.economy.routing.outcomes import Outcomes

_NAMES = ("length", "shape", "neighbours", "linear", "cascade")
_OUTCOMES = click.argument("outcomes", metavar="OUTCOMES", type=click.Path(path_type=Path))
_ROUTER = click.argument("router", metavar="ROUTER", type=FILE_THERE)


@click.group()
def route() -> None:
    """Which tier answers: routers fitted to outcomes, and a contract on their quality.

    OUTCOMES is a file of JSON Lines, CSV or Parquet with a row a question: `question`, `group`, and of each tier
    `TIER.quality` (0 to 1), `TIER.cost` and, for a cascade, `TIER.score`; or `ledger`, for the answers that
    `clearspan route judge` told the worth of.
    """


def _choosing(command: click.decorators.FC) -> click.decorators.FC:
    options = (
        click.option(
            "--router",
            "names",
            type=click.Choice(_NAMES),
            multiple=True,
            help="Among these; among all that can be.",
        ),
        click.option("--seed", type=int, default=0, show_default=True, help="Of the split."),
        click.option(
            "--held-out",
            type=click.FloatRange(0.1, 0.5),
            default=0.3,
            show_default=True,
            help="Share of the groups.",
        ),
        click.option(
            "--price",
            type=click.FloatRange(0),
            help="Quality that a unit of cost is worth; the one at which the cheapest tier and the best tie, if none.",
        ),
        json_option(),
    )
    for option in reversed(options):
        command = option(command)
    return command


@route.command()
@_OUTCOMES
@click.option(
    "--out", type=FILE, required=True, help="Where the router goes; nothing is written if none is used."
)
@_choosing
def fit(outcomes: Path, out: Path, as_json: bool, **how: object) -> None:
    """Fit routers, and keep the best one if it beats the best single tier on held-out questions."""
    from clearspan.economy.routing.outcomes import marks, split
    from clearspan.economy.routing.stored import card_of, write_router

    found, embedder, verdict = _verdict(outcomes, **how)  # pyright: ignore[reportArgumentType]
    if verdict.used:
        seed, share = int(how["seed"]), float(how["held_out"])  # pyright: ignore[reportArgumentType]
        kept, _ = split(found, share, seed)
        card = card_of(verdict, found.digest(), seed, embedder)
        write_router(out, card, verdict.routing, marks(kept.asks.questions))
    _tell(verdict, as_json, out if verdict.used else None)


@route.command()
@_OUTCOMES
@_choosing
def decline(outcomes: Path, as_json: bool, **how: object) -> None:
    """Say whether a router should be used at all; writes nothing. Ends with 1 where one should."""
    _, _, verdict = _verdict(outcomes, **how)  # pyright: ignore[reportArgumentType]
    _tell(verdict, as_json, None)
    if verdict.used:
        click.get_current_context().exit(1)


@route.command()
@_ROUTER
@_OUTCOMES
@json_option()
def evaluate(router: Path, outcomes: Path, as_json: bool) -> None:
    """How good a fitted router is on outcomes that it has not seen."""
    from clearspan.cli.route.showing import evaluation
    from clearspan.economy.routing.evaluation import evaluated

    stored = stored_at(router)
    found = evaluated(stored, embedded(outcomes_at(outcomes), stored.routing.router.needs)[0])
    click.echo(json.dumps(found.as_dict()) if as_json else evaluation(found))


@route.command()
@_ROUTER
@click.argument("question")
@json_option()
def explain(router: Path, question: str, as_json: bool) -> None:
    """Which tier a router sends a question to, and why."""
    from clearspan import settings
    from clearspan.cli.route.showing import explanation
    from clearspan.economy.routing.steering import Steering
    from clearspan.workspace.workspace import Workspace

    steering = Steering.of(stored_at(router))
    with Workspace.open(settings.load()) as workspace:
        advice = steering.first(question, lambda: workspace.embedder)
    if as_json:
        click.echo(json.dumps({"tier": advice.tier, "expected": dict(advice.expected), "why": advice.why}))
    else:
        click.echo(explanation(steering, advice))


@route.command()
@click.argument("receipt", metavar="RECEIPT")
@click.argument("quality", type=click.FloatRange(0, 1))
def judge(receipt: str, quality: float) -> None:
    """Say what the answer of a receipt was worth: 0 for wrong, 1 for as good as can be."""
    from clearspan import settings
    from clearspan.economy.routing.feedback import judged
    from clearspan.workspace.workspace import Workspace

    with Workspace.open(settings.load()) as workspace:
        found = workspace.receipt(receipt)
        workspace.ledger.record(judged(found, quality))
    click.echo(f"{found.route.tier} answered {found.question!r}: worth {quality:g}.")


@route.command()
@_ROUTER
@_OUTCOMES
@click.option("--share", type=float, default=0.98, show_default=True, help="Of the best tier's quality.")
@click.option("--confidence", type=float, default=0.95, show_default=True, help="That it is kept.")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="Until it expires.")
@click.option(
    "--shadow",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.05,
    show_default=True,
    help="Share of the answers that are judged, cheaper ones beside the best tier's.",
)
@click.option(
    "--sign", is_flag=True, help="Write the contract beside the router, which it binds from then on."
)
@json_option()
def promise(
    router: Path,
    outcomes: Path,
    share: float,
    confidence: float,
    days: int,
    shadow: float,
    sign: bool,
    as_json: bool,
) -> None:
    """Whether a share of the best tier's quality can be promised, with how many pairs, and what that saves."""
    from clearspan.cli.route.showing import promised as shown
    from clearspan.economy.routing.contract.agreement import Contract
    from clearspan.economy.routing.contract.promise import PromiseTerms
    from clearspan.economy.routing.contract.promise import promise as promised_by
    from clearspan.economy.routing.evaluation import unseen

    terms, stored = PromiseTerms(share, confidence), stored_at(router)
    fresh = unseen(stored, embedded(outcomes_at(outcomes), stored.routing.router.needs)[0])
    found = promised_by(stored.routing, fresh, terms)
    signed = None
    if sign and found.feasible:
        contract = Contract.made(found, stored.digest, fresh.digest(), days=days, shadow=shadow)
        signed = contract.write(router)
    if as_json:
        click.echo(json.dumps({**found.as_dict(), "contract": str(signed) if signed else None}))
    else:
        click.echo(shown(found, stored, signed))
    if not found.feasible:
        click.get_current_context().exit(1)


@route.command()
@_ROUTER
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=1_000, show_default=True, help="Newest receipts."
)
def shadow(router: Path, limit: int) -> None:
    """Print the receipts that the contract wants judged: a line of JSON each, with the tier to ask, too."""
    from clearspan import settings
    from clearspan.economy.routing.steering import Steering
    from clearspan.workspace.workspace import Workspace

    steering = Steering.of(stored_at(router))
    with Workspace.open(settings.load()) as workspace:
        for receipt in workspace.ledger.receipts(limit):
            if steering.shadows(receipt):
                line = {"receipt": receipt.id, "question": receipt.question, "tier": receipt.route.tier}
                click.echo(json.dumps({**line, "ask": steering.stored.card.best}, ensure_ascii=False))


@route.command()
@_ROUTER
@_OUTCOMES
@json_option()
def watch(router: Path, outcomes: Path, as_json: bool) -> None:
    """Hold new shadow samples against the contract. Ends with 1 once it has ended; then the best tier answers all."""
    from clearspan.cli.route.showing import watched
    from clearspan.economy.routing.evaluation import watched_by

    stored = stored_at(router)
    found = outcomes_at(outcomes, fewest=1)
    contract = watched_by(stored, embedded(found, stored.routing.router.needs)[0])
    contract.write(router)
    click.echo(contract.model_dump_json() if as_json else watched(contract))
    if contract.ended():
        click.get_current_context().exit(1)


def _verdict(
    outcomes: Path, names: tuple[str, ...], seed: int, held_out: float, price: float | None
) -> "tuple[Outcomes, str, RoutingVerdict]":
    from clearspan.cli.route.inputs import usable
    from clearspan.economy.routing.judging import judge as judge_routers

    read = outcomes_at(outcomes)
    wanted = names or usable(read, _NAMES)
    found, embedder = embedded(read, {"vectors"} if {"neighbours", "linear"} & set(wanted) else set())

    def told(name: str) -> None:
        click.echo(f"fitting {name}", err=True)

    return found, embedder, judge_routers(found, wanted, seed, held_out, price, told)


def _tell(verdict: "RoutingVerdict", as_json: bool, out: Path | None) -> None:
    from clearspan.cli.route.showing import as_dict, verdict_in_words

    if as_json:
        click.echo(json.dumps({**as_dict(verdict), "file": str(out) if out else None}))
    else:
        click.echo(verdict_in_words(verdict, out))
