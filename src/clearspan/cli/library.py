"""`clearspan library`: documents in, passages out."""

import dataclasses
import json
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clearspan import settings
from clearspan.cli.options import PATH, json_option
from clearspan.receipts import Kind

if TYPE_CHECKING:
    from clearspan.library.documents import Change, Document, SearchResult
    from clearspan.library.library import Library

_LIBRARY = click.option(
    "--library", "name", metavar="NAME", help="A library's name, or a folder; `library` in the settings."
)
_KIND = click.Choice(get_args(Kind))
_MARKS = {
    "added": ("+", "green"),
    "replaced": ("~", "yellow"),
    "unchanged": ("=", "dim"),
    "skipped": ("·", "dim"),
    "removed": ("-", "yellow"),
    "vanished": ("?", "yellow"),
    "failed": ("✗", "red"),
}


@click.group()
def library() -> None:
    """Documents in, passages out."""


@library.command()
@click.argument("sources", metavar="PATH|URL...", nargs=-1, required=True)
@click.option("--kind", type=_KIND, help="What kind of publisher they come from.")
@_LIBRARY
@json_option()
def add(sources: Sequence[str], kind: Kind | None, name: str | None, as_json: bool) -> None:
    """Add files, folders and web addresses; what has not changed is skipped."""
    with _opened(name, embeds=True, creates=True) as opened:
        _report(lambda tell: opened.add(*sources, kind=kind, progress=tell), as_json)


@library.command()
@click.argument("folder", type=PATH)
@click.option("--remove-vanished", is_flag=True, help="Remove documents whose files are gone.")
@_LIBRARY
@json_option()
def sync(folder: Path, remove_vanished: bool, name: str | None, as_json: bool) -> None:
    """Add what is new or changed in a folder, and report what has vanished from it."""
    with _opened(name, embeds=True, creates=True) as opened:
        _report(lambda tell: opened.sync(folder, remove_vanished=remove_vanished, progress=tell), as_json)


@library.command("list")
@click.option("--kind", type=_KIND, help="Only documents of this kind.")
@_LIBRARY
@json_option()
def list_documents(kind: Kind | None, name: str | None, as_json: bool) -> None:
    """List the documents of a library."""
    with _opened(name) as opened:
        found = opened.documents(kind)
        passages = opened.counts()[1]
    if as_json:
        click.echo(json.dumps({"library": opened.name, "documents": [_fields(one) for one in found]}))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("id", no_wrap=True)
    for heading in ("title", "publisher", "date", "kind"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(
            one.id, *(Text(cell) for cell in (one.title, one.publisher or "", one.date or "", one.kind))
        )
    console = Console(highlight=False)
    if found:
        console.print(table)
    console.print(
        Text(
            f"{len(found):,} documents in the library {opened.name}, which has {passages:,} passages.", "dim"
        )
    )


@library.command()
@click.argument("document")
@_LIBRARY
@json_option()
def show(document: str, name: str | None, as_json: bool) -> None:
    """Show one document, by its id, path or address."""
    with _opened(name) as opened:
        found = opened.document(document)
        passages = len(opened.passages_of(found.id))
    if as_json:
        click.echo(json.dumps(_fields(found, text=True)))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for field, value in [*_fields(found).items(), ("passages", passages)]:
        if value not in (None, "", []):
            table.add_row(Text(field.replace("_", " "), "dim"), Text(str(value)))
    Console(highlight=False).print(table)
    click.echo(f"\n{found.text}")


@library.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 200), default=5, show_default=True, help="Passages shown.")
@_LIBRARY
@json_option()
def search(query: str, limit: int, name: str | None, as_json: bool) -> None:
    """Find passages by words and by meaning."""
    with _opened(name, embeds=True) as opened:
        result = opened.search(query, limit)
    if as_json:
        click.echo(json.dumps(_result_fields(result)))
    else:
        _print_hits(result)


@library.command()
@click.argument("document")
@_LIBRARY
@json_option()
def remove(document: str, name: str | None, as_json: bool) -> None:
    """Remove one document, by its id, path or address."""
    with _opened(name) as opened:
        _report(lambda tell: _told(opened.remove(document), tell), as_json)


@library.command()
@click.argument("document")
@click.argument("kind", type=_KIND)
@_LIBRARY
def tag(document: str, kind: Kind, name: str | None) -> None:
    """Say what kind of publisher a document comes from."""
    with _opened(name) as opened:
        opened.tag(document, kind)
    click.echo(f"{document} is tagged {kind}.")


@library.command()
@_LIBRARY
def embed(name: str | None) -> None:
    """Make all vectors anew with the embedder in the settings."""
    with _opened(name, embeds=True) as opened:
        total = opened.counts()[0]
        done = opened.embed(lambda count: click.echo(f"\r{count:,} of {total:,}", nl=False, err=True))
    click.echo(f"\r{done:,} documents have new vectors.")


@contextmanager
def _opened(name: str | None, *, embeds: bool = False, creates: bool = False) -> "Generator[Library]":
    from clearspan.library.library import Library
    from clearspan.workspace.workspace import Workspace

    with Workspace.open(settings.load()) as workspace:
        if creates or embeds:
            yield workspace.library(name) if creates else workspace.existing_library(name)
            return
        # Reading and removing need no vectors, and so no weights.
        quick = Workspace(settings.load(embedder=""), workspace.ledger)
        opened: Library = quick.existing_library(name)
        try:
            yield opened
        finally:
            opened.close()


def _told(change: "Change", tell: "Callable[[Change], None]") -> "list[Change]":
    tell(change)
    return [change]


def _report(work: "Callable[[Callable[[Change], None]], Iterable[Change]]", as_json: bool) -> None:
    """Do the work, print each change as it comes and their sum, and exit with 1 if any failed."""
    console = Console(highlight=False, quiet=as_json)
    changes = list(work(lambda change: _print_change(console, change)))
    if as_json:
        click.echo(json.dumps({"changes": [dataclasses.asdict(change) for change in changes]}))
    else:
        counted = Counter(change.outcome for change in changes)
        summed = ", ".join(f"{count:,} {outcome}" for outcome, count in counted.items())
        console.print(Text(summed or "Nothing to do.", "bold"))
    if any(change.outcome == "failed" for change in changes):
        sys.exit(1)


def _print_change(console: Console, change: "Change") -> None:
    mark, style = _MARKS[change.outcome]
    quiet = change.outcome in {"unchanged", "skipped"}
    line = Text(f"{mark} ", style).append(change.locator, "dim" if quiet else "")
    if change.passages:
        line.append(f"  {change.passages:,} passages", "dim")
    console.print(line, soft_wrap=True)
    for part in (change.problem, change.remedy):
        if part and not quiet:
            console.print(Text(f"  {part}"), soft_wrap=True)


def _print_hits(result: "SearchResult") -> None:
    console = Console(highlight=False)
    if result.note:
        console.print(Text(result.note, "dim"))
    if not result.hits:
        console.print("Nothing was found.")
    for number, hit in enumerate(result.hits, start=1):
        legs = ", ".join(f"{leg.name} {leg.rank}" for leg in hit.legs)
        place = f"  page {hit.passage.page}" if hit.passage.page else ""
        console.print(
            Text(f"{number}. ", "bold").append(hit.document.title, "bold").append(f"{place}  {legs}", "dim")
        )
        console.print(Text(hit.passage.text), "", sep="\n")


def _fields(document: "Document", *, text: bool = False) -> dict[str, object]:
    fields = dataclasses.asdict(document)
    fields["added_at"] = document.added_at.isoformat()
    fields["page_starts"] = list(document.page_starts)
    if not text:
        del fields["text"]
        del fields["page_starts"]
    return fields


def _result_fields(result: "SearchResult") -> dict[str, object]:
    return {
        "query": result.query,
        "legs": list(result.legs),
        "note": result.note,
        "hits": [
            {
                "document": _fields(hit.document),
                "passage": dataclasses.asdict(hit.passage),
                "score": hit.score,
                "legs": [dataclasses.asdict(leg) for leg in hit.legs],
            }
            for hit in result.hits
        ],
    }
