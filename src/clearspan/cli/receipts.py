"""`clearspan receipts`: list, show and replay what answers left behind."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from clearspan.cli.options import json_option
from clearspan.receipts import Citation, Claim, ClaimPart, Offer, Receipt, Source

if TYPE_CHECKING:
    from clearspan.public.client import Client

_WIDTH = 76


@click.group()
def receipts() -> None:
    """Receipts: the record of every answer."""


@receipts.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many.")
@json_option()
def list_receipts(limit: int, as_json: bool) -> None:
    """List the newest receipts."""
    with _client() as client:
        found = client.receipts(limit)
        total = client.workspace.ledger.count()
    if as_json:
        click.echo(json.dumps({"receipts": [one.model_dump(mode="json") for one in found]}))
        return
    if not found:
        click.echo('There are no receipts yet. Ask something: clearspan ask "…"')
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("receipt", "when (UTC)", "tier", "sentences", "question"):
        table.add_column(heading, no_wrap=heading != "question", overflow="fold")
    for one in found:
        table.add_row(
            one.id,
            f"{one.created_at:%Y-%m-%d %H:%M}",
            one.route.tier,
            str(len(one.overview.claims)) if one.overview.claims else "none",
            _plain(one.question),
        )
    console = Console(highlight=False)
    console.print(table)
    console.print(f"{len(found)} of {total:,} receipts.", style="dim")


@receipts.command()
@click.argument("receipt_id", metavar="ID")
@json_option()
def show(receipt_id: str, as_json: bool) -> None:
    """Show one receipt."""
    with _client() as client:
        receipt = client.receipt(receipt_id)
    if as_json:
        click.echo(receipt.model_dump_json())
    else:
        Console(highlight=False).print(till_receipt(receipt))


@receipts.command()
@click.argument("receipt_id", metavar="ID")
@json_option()
def replay(receipt_id: str, as_json: bool) -> None:
    """Ask a receipt's question again and say what changed since."""
    with _client() as client:
        again = client.replay(receipt_id)
    if as_json:
        click.echo(again.model_dump_json())
    elif again.same:
        click.echo(f"The same answer as in {receipt_id}.")
    else:
        click.echo(f"Changed since {receipt_id}:")
        for change in again.changes:
            click.echo(f"  • {_line(change)}")


def _client() -> "Client":
    from clearspan.public.client import Client

    return Client()


def till_receipt(receipt: Receipt) -> RenderableType:
    """A receipt as a till would print it: what was bought, where it came from, what was checked, the sum."""
    parts = [
        *_head(receipt),
        *_overview(receipt),
        *_sources(receipt),
        *_dropped(receipt),
        *_inside(receipt),
        *_diagnoses(receipt),
        *_sum(receipt),
    ]
    return _Narrow(Group(*parts))


class _Narrow:
    """Keeps what is inside to the width of a receipt on wide terminals."""

    def __init__(self, inside: RenderableType) -> None:
        self._inside = inside

    def __rich_console__(self, console: Console, options: object) -> Iterator[RenderableType]:
        del options
        yield Padding(self._inside, (0, max(0, console.width - _WIDTH), 0, 0))


def _head(receipt: Receipt) -> Iterator[RenderableType]:
    yield Rule(_plain(f"receipt {receipt.id}"))
    rows = [
        ("asked", f"{receipt.created_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("question", receipt.question),
        ("library", f"{receipt.library}, revision {receipt.versions.library_revision}"),
        ("route", f"{receipt.route.tier}: {receipt.route.why}"),
    ]
    if receipt.route.escalated_from:
        rows.append(("", f"after {receipt.route.escalated_from} was not good enough"))
    if receipt.route.tried:
        rows.append(("", f"after {receipt.route.tried} was tried in vain"))
    if receipt.meter.loaded:
        rows.append(("loaded first", ", ".join(receipt.meter.loaded)))
    rows.extend(("", _offer(offer)) for offer in receipt.route.offers)
    yield _pairs(rows)


def _offer(offer: Offer) -> str:
    price = f", {offer.money:.2g} {offer.currency}" if offer.currency else ""
    cost = f"{offer.seconds:.2g} s, {offer.joules:.2g} J{price}"
    why_not = f"; not taken: {offer.why_not}" if offer.why_not else ""
    return f"{offer.tier}: good enough {offer.quality:.0%}, {cost}{why_not}"


def _overview(receipt: Receipt) -> Iterator[RenderableType]:
    yield Rule("overview")
    overview = receipt.overview
    for claim in overview.claims:
        yield _claim(claim)
    if overview.abstention:
        withheld = overview.abstention
        rows = [("no answer", f"{withheld.message} ({withheld.code})")]
        rows += [("searched", one) for one in withheld.searched]
        rows += [
            (name, value)
            for name, value in (("found", withheld.found), ("would help", withheld.would_help))
            if value
        ]
        yield _pairs(rows)
    for note in overview.notes:
        yield Text(f"note: {_line(note)}", style="italic")


def _claim(claim: Claim) -> RenderableType:
    lines = [
        Text(_line(claim.text), style="bold"),
        Text(f"{claim.origin}, {claim.support} {claim.score:.2f}"),
    ]
    if claim.calculation:
        lines.append(Text(f"{_line(claim.calculation.expression)} → {_line(claim.calculation.result)}"))
    lines += [_check(check.name, check.score, check.detail) for check in claim.checks]
    lines += [_part(part) for part in claim.parts]
    lines += [Text(_cited(citation)) for citation in claim.citations]
    return Padding(Group(lines[0], Padding(Group(*lines[1:]), (0, 0, 0, 2))), (0, 0, 1, 0))


def _part(part: ClaimPart) -> Text:
    said = f"{part.probability:5.2f}  {part.decision}: “{_line(part.text)}” ({part.kind})"
    return Text(f"{said}, {_line(part.decided_by)}" if part.decided_by else said, style="dim")


def _check(name: str, score: float, detail: str) -> Text:
    return Text(f"{score:5.2f}  {_line(name)}" + (f": {_line(detail)}" if detail else ""), style="dim")


def _cited(citation: Citation) -> str:
    where = f"characters {citation.start:,} to {citation.end:,}"
    page = f", page {citation.page}" if citation.page else ""
    return f"[{citation.number}] {_line(citation.title)}{page}, {where}"


def _sources(receipt: Receipt) -> Iterator[RenderableType]:
    if not receipt.sources:
        return
    yield Rule("sources")
    for source in receipt.sources:
        yield _source(source)


def _source(source: Source) -> RenderableType:
    mark = f"[{source.number}]" if source.number else ("[–]" if source.believed else "[✗]")
    details = [source.publisher, source.date, source.kind if source.kind != "unknown" else None]
    about = ", ".join(_line(detail) for detail in details if detail)
    title = f"{_line(source.title)} ({about})" if about else _line(source.title)
    lines: list[RenderableType] = [Text(f"{mark} {title}", style="" if source.believed else "dim")]
    if not source.believed:
        reasons = list(source.reasons) or ["not believed"]
        lines += [Padding(Text(_line(reason), style="dim"), (0, 0, 0, 4)) for reason in reasons]
    return Group(*lines)


def _dropped(receipt: Receipt) -> Iterator[RenderableType]:
    if not receipt.dropped:
        return
    yield Rule("considered, not shown")
    for one in receipt.dropped:
        yield Text(f"{_line(one.text)}")
        yield Padding(Text(f"{one.origin}: {_line(one.why)}", style="dim"), (0, 0, 0, 2))


def _inside(receipt: Receipt) -> Iterator[RenderableType]:
    if not receipt.features and not receipt.dials:
        return
    yield Rule("inside")
    if receipt.dials:
        yield Text(f"Written under the dials {', '.join(map(_line, receipt.dials))}")
    if dose := receipt.dose:
        reach = f"reach {dose.reach:.2f} of {dose.limit:.2f}"
        leave = f", exceeded {dose.override}: {_line(dose.beyond)}" if dose.override else ""
        named = (
            f", measured as {_line(dose.measured_as)}, {dose.measurement[:12]}" if dose.measured_as else ""
        )
        yield Padding(Text(f"{reach}{named}{leave}. {dose.guard_rails}", style="dim"), (0, 0, 0, 2))
    for one in receipt.features:
        yield Text(f"{_line(one.label)}  {one.share:.0%} of its maximum")
        yield Padding(Text(f"{one.feature}, sentence {one.claim + 1}", style="dim"), (0, 0, 0, 2))


def _diagnoses(receipt: Receipt) -> Iterator[RenderableType]:
    if not receipt.diagnoses:
        return
    yield Rule("diagnosis")
    for one in receipt.diagnoses:
        yield Text(f"{one.fault.replace('_', ' ')}: {_line(one.sentence)}")
        yield Padding(Text(_line(one.why), style="dim"), (0, 0, 0, 2))


def _sum(receipt: Receipt) -> Iterator[RenderableType]:
    yield Rule("what it cost")
    meter, versions = receipt.meter, receipt.versions
    table = Table.grid(expand=True)
    table.add_column()
    table.add_column(justify="right")
    for stage in meter.stages:
        table.add_row(_plain(stage.name), f"{stage.seconds:.3f} s")
    table.add_row(Text("total", style="bold"), Text(f"{meter.seconds:.3f} s", style="bold"))
    table.add_row("processor", f"{meter.cpu_seconds:.3f} s")
    table.add_row("tokens in, out", f"{meter.input_tokens:,}, {meter.output_tokens:,}")
    table.add_row("energy", f"{meter.joules:.3g} J")
    if meter.currency:
        table.add_row("price", f"{meter.money:.3g} {meter.currency}")
    yield table
    if meter.joules_how:
        yield Text(f"energy: {_line(meter.joules_how)}", style="dim")
    if meter.money_how:
        yield Text(f"price: {_line(meter.money_how)}", style="dim")
    used = [
        f"clearspan {versions.clearspan}",
        versions.model or "no model",
        versions.embedder or "no embeddings",
    ]
    yield Rule()
    yield Text(_line(", ".join(used)), style="dim")


def _pairs(rows: list[tuple[str, str]]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, _plain(value))
    return table


def _plain(text: str) -> Text:
    return Text(_line(text))


def _line(text: str) -> str:
    # Text from documents may hold escape sequences that would write over the terminal.
    return "".join(sign if sign.isprintable() else " " for sign in text)
