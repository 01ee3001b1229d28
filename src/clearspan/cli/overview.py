"""An overview in a terminal: quoted sentences in italics, generated ones plain, calculated ones after '='."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from clearspan.faults import Conflict
from clearspan.receipts import CitedTable, Claim, Receipt, beginning

_MARKS = {"supported": ("●", "green"), "disputed": ("◐", "yellow"), "contradicted": ("○", "red")}
_MOST_TABLES, _MOST_ROWS = 4, 8
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def print_overview(receipt: Receipt, console: Console | None = None) -> None:
    """Print an overview: sentences, sources, those not believed, and one line of costs."""
    out = console or Console(highlight=False)
    abstention = receipt.overview.abstention
    if abstention:
        out.print(Text(abstention.message, style="bold"))
        for line in (abstention.found, abstention.would_help):
            if line:
                out.print(Padding(Text(line), (0, 0, 0, 2)))
    if verdict := receipt.overview.verdict:
        sure = Text(f"  read in what follows, probability {verdict.probability:.2f}", style="dim")
        out.print(Text(verdict.words, style="bold").append(sure))
    for claim in receipt.overview.claims:
        _print_claim(claim, out)
    if receipt.overview.more:
        out.print(Text("… and perhaps more: the source's list goes on."))
    for line in receipt.overview.missing:
        out.print(Text(line, style="yellow"))
    conflict = receipt.overview.conflict
    if conflict:
        out.print(_sides(conflict, receipt))
    for note in receipt.overview.notes:
        # The table of the sides says what this note says.
        if conflict is None or note != conflict.note:
            out.print(Text(note, style="yellow"))
    _print_sources(receipt, out)
    meter = receipt.meter
    tokens = meter.input_tokens + meter.output_tokens
    dialled = f" · dialled {', '.join(receipt.dials)}" if receipt.dials else ""
    price = f" · {meter.money:.2g} {meter.currency}" if meter.currency else ""
    cost = f"{meter.seconds:.1f} s · {tokens} tokens · {meter.joules:.0f} J{price}{dialled}"
    out.print(Text(f"{receipt.route.tier} tier · {cost} · {receipt.id}", style="dim"))


def _print_claim(claim: Claim, out: Console) -> None:
    """A sentence, and below it the rows of tables that it cites."""
    out.print(_line(claim))
    for citation in claim.citations[:_MOST_TABLES]:
        if citation.table:
            out.print(Padding(_rows(citation.table), (0, 0, 0, 2)))


def _line(claim: Claim) -> Text:
    mark, colour = _MARKS.get(claim.support, ("○", "red"))
    numbers = sorted({citation.number for citation in claim.citations})
    superscripts = " ".join(str(number).translate(_SUPERSCRIPTS) for number in numbers)
    line = Text()
    if claim.origin == "quoted":
        line.append("│ ", style="dim").append(beginning(claim)).append_text(_quote(claim))
        if claim.attribution:
            line.append(f" {claim.attribution}", style="yellow")
    elif claim.origin == "calculated":
        line.append("= ", style="dim").append(claim.text)
    else:
        line.append(claim.text).append(" ◇", style="dim")
    return line.append(" ").append(mark, style=colour).append(superscripts)


def _quote(claim: Claim) -> Text:
    """A quote in italics, the short answer in it bold; of a row, which is shown below, the cells that answer."""
    table = claim.citations[0].table if claim.citations else None
    cells = [table.rows[row][column] for row, column in table.marked if row >= 0] if table else []
    if cells:
        return Text(f"“{', '.join(cells)}”", style="italic bold")
    quote = Text(f"“{claim.text}”", style="italic")
    if claim.emphasis:
        start, end = claim.emphasis
        quote.stylize("bold", start + 1, end + 1)
    return quote


def _rows(cited: CitedTable) -> Table:
    """The quoted rows under their header, marked cells in bold; of many rows those with a marked cell."""
    marked = set(cited.marked)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column, name in enumerate(cited.header):
        table.add_column(Text(name, style="bold" if (-1, column) in marked else ""), overflow="fold")
    with_mark = [row for row in range(len(cited.rows)) if any(place == row for place, _ in marked)]
    shown = range(len(cited.rows)) if len(cited.rows) <= _MOST_ROWS else with_mark
    for row in list(shown)[:_MOST_ROWS]:
        cells = enumerate(cited.rows[row])
        table.add_row(
            *(Text(cell, style="bold" if (row, column) in marked else "") for column, cell in cells)
        )
    left = len(cited.rows) - min(len(shown), _MOST_ROWS)
    if left:
        table.add_row(Text(f"… {left} more rows", style="dim"))
    return table


def _sides(conflict: Conflict, receipt: Receipt) -> Table:
    """Who says what, when, how far they are believed, and how many independent ones say it."""
    title = "The question has several meanings" if conflict.cause == "readings" else "The sources disagree"
    table = Table(title=title, title_justify="left", title_style="yellow", box=None, pad_edge=False)
    for heading in ("it says", "of", "dated", "believed", "witnesses", "source"):
        if heading != "of" or conflict.cause == "readings":
            table.add_column(heading, overflow="fold")
    names = {source.number: source.publisher or source.title for source in receipt.sources}
    for side in conflict.sides:
        filled = round(side.standing * 4)
        cells = [
            side.value,
            *([side.subject] if conflict.cause == "readings" else []),
            side.date or "no date",
            "▮" * filled + "▯" * (4 - filled),
            str(side.witnesses),
            ", ".join(names.get(number) or str(number) for number in side.sources),
        ]
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _print_sources(receipt: Receipt, out: Console) -> None:
    cited = {citation.number for claim in receipt.overview.claims for citation in claim.citations}
    shown = [source for source in receipt.sources if source.number in cited]
    rejected = [source for source in receipt.sources if not source.believed]
    if shown:
        out.print()
    for source in shown:
        behind = ", ".join(part for part in (source.publisher, source.kind, source.date) if part)
        out.print(Text(f"{source.number}. {source.title} ({behind})"))
    if rejected:
        out.print(Text("Not believed", style="bold"))
    for source in rejected:
        name = source.publisher or source.title
        out.print(Padding(Text(f"⚠ {name}: {source.title}. {source.reasons[0]}."), (0, 0, 0, 2)))
