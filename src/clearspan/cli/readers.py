"""`clearspan readers`: what readers do with answers, and what overviews change."""

import json
import math
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import click
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from clearspan.cli.options import json_option

if TYPE_CHECKING:
    from clearspan.measure.estimate import Estimate
    from clearspan.readers.report import Measure, ReadersReport, Unit


@click.command()
@click.option("--since", help="Count from here on: a number of days, as 30d, or a date, as 2026-03-01.")
@json_option()
def readers(since: str | None, as_json: bool) -> None:
    """What readers of the Studio do with answers, with 95 % intervals.

    Clicks on citations and results, questions a visit, with and without overviews. docs/guides/readers.md says what
    is kept.
    """
    from clearspan import ledger
    from clearspan import settings as configuration
    from clearspan.measure.estimate import for_json
    from clearspan.readers.report import first_day, report_on

    day = first_day(since) if since else None
    with closing(ledger.open(configuration.load().ledger_address)) as opened:
        report = report_on(opened.events(datetime.combine(day, time(), UTC) if day else None), day)
    if as_json:
        click.echo(json.dumps(for_json(report)))
        return
    console = Console(highlight=False)
    for part in _page(report):
        console.print(part)


def _page(report: "ReadersReport") -> "Iterator[RenderableType]":
    begin = f"since {report.since}" if report.since else "all that is kept"
    visits, questions = report.sessions, report.questions
    yield Text(f"What readers did, {begin}", style="bold")
    yield f"with overviews: {visits['overview']:,} visits, {questions['overview']:,} questions"
    yield f"held out:       {visits['results']:,} visits, {questions['results']:,} questions"
    if any(visits.values()):
        for measure in report.measures:
            yield ""
            yield Text(measure.title, style="bold")
            yield Text(measure.how, style="dim")
            yield _table(measure)
    yield ""
    for note in report.notes:
        yield Text(note, style="dim")


def _table(measure: "Measure") -> Table:
    sides = list(dict.fromkeys(row.side for row in measure.rows))
    names = {"overview": "with overview", "results": "held out", "difference": "difference"}
    table = Table(box=None, pad_edge=False)
    table.add_column("question")
    for side in sides:
        table.add_column(names[side], justify="right")
    for kind in dict.fromkeys(row.query_type for row in measure.rows):
        found = {row.side: row.estimate for row in measure.rows if row.query_type == kind}
        table.add_row(kind, *(_written(found[side], measure.unit) if side in found else "" for side in sides))
    return table


def _written(estimate: "Estimate", unit: "Unit") -> str:
    if math.isnan(estimate.value):
        return "–"
    value = _number(estimate.value, unit)
    if estimate.low is None or estimate.high is None:
        return f"{value} [too few]"
    return f"{value} [{_number(estimate.low, unit)} to {_number(estimate.high, unit)}]"


def _number(value: float, unit: "Unit") -> str:
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:.0f} s" if unit == "seconds" else f"{value:.2f}"
