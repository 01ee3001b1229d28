"""What the commands of `clearspan route` print."""

import math
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from clearspan.measure.estimate import for_json, short

if TYPE_CHECKING:
    from clearspan.economy.routing.contract.agreement import Contract
    from clearspan.economy.routing.contract.promise import Promised
    from clearspan.economy.routing.evaluation import Evaluation
    from clearspan.economy.routing.judging import RoutingVerdict
    from clearspan.economy.routing.steering import Advice, Steering
    from clearspan.economy.routing.stored import Stored
    from clearspan.measure.estimate import Estimate


def as_dict(verdict: "RoutingVerdict") -> dict[str, Any]:
    """A verdict for JSON, without what is fitted."""
    return {
        "used": verdict.used,
        "why": verdict.why,
        "router": verdict.chosen.name,
        "single": verdict.single,
        "tiers": list(verdict.tiers),
        "price": verdict.price,
        "fitted": verdict.fitted,
        "held": verdict.held,
        "groups": verdict.groups,
        "judged": [for_json(one) for one in verdict.judged],
    }


def verdict_in_words(verdict: "RoutingVerdict", out: Path | None) -> str:
    """The routers on held-out questions, and which one is used, if any."""
    table = _table("router", "worth more than the best single tier", "quality", "cost", *verdict.tiers)
    for one in verdict.judged:
        mark = " ←" if one.name == verdict.chosen.name else ""
        shares = (f"{share:.0%}" for share in one.shares)
        table.add_row(f"{one.name}{mark}", _signed(one.gain), f"{one.quality:.3f}", short(one.cost), *shares)
    lines = [
        f"Fitted to {verdict.fitted:,} questions, judged on {verdict.held:,} of {verdict.groups:,} other groups.",
        f"A unit of cost is taken to be worth {short(verdict.price)} of quality; the best single tier is then"
        f" '{verdict.single}'.",
        "",
        _text(table),
        f"{'Used' if verdict.used else 'Declined'}: {verdict.why}.",
    ]
    if out is not None:
        lines.append(f"The router is in {out}. CLEARSPAN_ROUTER={out} makes `clearspan ask` use it.")
    elif not verdict.used:
        lines.append("The route stays as it was; with more outcomes a router may yet show that it is better.")
    return "\n".join(lines)


def evaluation(found: "Evaluation") -> str:
    """A router on new outcomes."""
    table = _table("", "share routed there", "quality alone", "cost alone")
    for tier, share, quality, cost in found.tiers:
        table.add_row(tier, f"{share:.1%}", f"{quality:.3f}", short(cost))
    table.add_row("routed", "", f"{found.quality:.3f}", short(found.cost))
    left = f"; {found.left_out:,} that it was fitted to are left out" if found.left_out else ""
    lines = [
        f"{found.questions:,} questions{left}.",
        "",
        _text(table),
        f"Worth {_signed(found.gain)} a question more than always '{found.single}'.",
    ]
    if found.recovered is not None:
        gap = found.recovered
        lines.append(
            f"Of the gap between the two tiers it recovers {gap.apgr} on average (chance: 0.5), half with"
            f" {gap.cpt50.value:.0%} of the questions sent to the better one, 80 % with {gap.cpt80.value:.0%}."
        )
    return "\n".join(lines)


def explanation(steering: "Steering", advice: "Advice") -> str:
    """Where a question goes."""
    card = steering.stored.card
    lines = [f"{advice.tier}: {advice.why}."]
    for tier, cost in zip(card.tiers, card.cost, strict=True):
        expected = advice.expected.get(tier)
        if expected is not None:
            lines.append(
                f"  {tier}: quality {expected:.3f}, cost {short(cost)}, worth {expected - card.price * cost:.3f}"
            )
    gain = f"{card.gain:+.4f} [{card.gain_low or 0:+.4f}, {card.gain_high or 0:+.4f}]"
    lines.append(
        f"A {card.router} router, fitted to {card.fitted:,} questions; on {card.held:,} others worth {gain} a question"
        f" more than always '{card.single}'."
    )
    return "\n".join(lines)


def promised(found: "Promised", stored: "Stored", signed: Path | None) -> str:
    """Whether a promise can be made, and what it saves."""
    terms, best = found.terms, stored.card.best
    asked = f"{terms.share:.0%} of the quality of '{best}', {terms.confidence:.0%} sure"
    table = _table("cheaper answers", "loss, mean", "p", "pairs needed, about")
    for one in found.candidates[:: max(1, len(found.candidates) // 10)]:
        needed = f"{one.pairs:,.0f}" if math.isfinite(one.pairs) else "never"
        table.add_row(f"{one.cheaper:.0%}", f"{one.loss:+.4f}", f"{one.p:.3g}", needed)
    lines = [
        f"Asked: {asked}, from {found.pairs:,} labelled pairs.",
        f"Were the cheaper answers exactly as good, it would take about {terms.fewest:,}; fewer if they are better.",
        "",
        _text(table),
    ]
    if found.chosen is None:
        wanted = found.pairs_wanted
        more = (
            f"about {wanted:,.0f} labelled pairs may be enough, going by these"
            if wanted > found.pairs and math.isfinite(wanted)
            else "going by these no number of pairs is: no margin keeps the loss below 0"
            if not math.isfinite(wanted)
            else "the first step already fails on these pairs"
        )
        return "\n".join([*lines, f"Not feasible: {more}. '{best}' answers everything, or promise less."])
    saving = found.saving
    interval = "" if saving.low is None or saving.high is None else f" [{saving.low:.1%}, {saving.high:.1%}]"
    lines.append(
        f"Feasible: {found.chosen.cheaper:.1%} of the answers come from cheaper tiers, which saves"
        f" {saving.value:.1%}{interval} of what '{best}' costs for everything."
    )
    if signed is not None:
        lines.append(f"The contract is in {signed}; feed it with `clearspan route watch`.")
    else:
        lines.append("Nothing is written; --sign makes it a contract.")
    return "\n".join(lines)


def watched(contract: "Contract") -> str:
    """How a contract stands."""
    ended = contract.ended()
    holds = f"The contract holds; it expires on {contract.expires_at:%Y-%m-%d}."
    return (
        f"{contract.samples:,} shadow samples, evidence against the promise {contract.evidence:.3g} (20 ends it).\n"
        + (f"Ended: {ended}. The best tier answers everything." if ended else holds)
    )


def _signed(gain: "Estimate") -> str:
    if gain.low is None or gain.high is None:
        return f"{gain.value:+.4f}"
    return f"{gain.value:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]"


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place == 0 else "right")
    return table


def _text(table: Table) -> str:
    out = StringIO()
    Console(file=out, highlight=False, width=110).print(table)
    return out.getvalue()
