"""`clearspan sources`: who publishes what, and how far they are believed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clearspan import settings
from clearspan.cli.options import FILE, json_option
from clearspan.errors import BadInput, NotFound
from clearspan.overview.trust.publishers import files as lists
from clearspan.overview.trust.publishers import registry
from clearspan.overview.trust.publishers.addresses import parse, readable
from clearspan.overview.trust.publishers.files import Publisher
from clearspan.receipts import Kind

_KIND = click.Choice(get_args(Kind))


@click.group()
def sources() -> None:
    """Who publishes what, and how far they are believed.

    Your own list stands above the one that ships with Clearspan. A publisher on neither is unknown, not trusted.
    """


@sources.command("list")
@click.option("--mine", is_flag=True, help="Only what you have set.")
@click.option("--kind", type=_KIND, help="Only publishers of this kind.")
@click.option("--label", help="Only those with this label, e.g. satire, fake or clickbait.")
@click.option("--find", "part", default="", help="Only those whose address or name holds this text.")
@json_option()
def list_publishers(mine: bool, kind: Kind | None, label: str | None, part: str, as_json: bool) -> None:
    """List the publishers that are known."""

    own = list(_publishers().mine())
    theirs = [] if mine else [one for one in registry.shipped() if one.key not in {each.key for each in own}]
    found = [
        one
        for one in (*own, *sorted(theirs, key=lambda one: one.key))
        if (kind is None or one.kind == kind)
        and (label is None or label in one.labels)
        and part.casefold() in f"{one.domain} {one.name}".casefold()
    ]
    if as_json:
        click.echo(json.dumps({"publishers": [_fields(one) for one in found]}, ensure_ascii=False))
        return
    _table(found)


@sources.command()
@click.argument("publisher", metavar="ADDRESS|NAME")
@json_option()
def show(publisher: str, as_json: bool) -> None:
    """Show what is known of a publisher, by the address of one of its pages, its domain, or its name."""

    is_address = parse(publisher) is not None
    found = _publishers().find(publisher if is_address else None, publisher)
    if as_json:
        click.echo(json.dumps(_listing_fields(publisher, found), ensure_ascii=False))
    elif found is None:
        click.echo(f"{publisher} is on no list: it is unknown, which is neither trusted nor rejected.")
    else:
        one = found.publisher
        click.secho(found.described(), bold=True)
        click.echo(f"Matched by its {found.by}; standing {found.standing:g} of 1.")
        for said in (
            one.note,
            f"Taken over on {one.listed_on}." if one.listed_by else f"Set on {one.listed_on}.",
        ):
            if said:
                click.echo(said)


@sources.command("set")
@click.argument("publisher", metavar="ADDRESS|NAME")
@click.option("--kind", type=_KIND, help="What kind of publisher it is.")
@click.option("--standing", type=click.FloatRange(0, 1), help="How far it is believed; 0 is not at all.")
@click.option("--label", "labels", multiple=True, help="E.g. retracted, for one page; may be repeated.")
@click.option("--name", default="", help="What the publisher of this address calls itself.")
@click.option("--note", default="", help="Why, in your words.")
@json_option()
def set_publisher(
    publisher: str,
    kind: Kind | None,
    standing: float | None,
    labels: Sequence[str],
    name: str,
    note: str,
    as_json: bool,
) -> None:
    """Say what you know of a publisher: a domain, one page or part of a site, or a name."""

    if kind is None and standing is None and not labels:
        raise click.UsageError("Say at least one of --kind, --standing and --label.")
    if unknown := [label for label in labels if label not in lists.TAGS]:
        raise BadInput(f"'{unknown[0]}' is not a label.", do=f"Choose out of: {', '.join(lists.TAGS)}.")
    address = parse(publisher)
    entry = lists.Publisher(
        domain=str(address) if address else "",
        name=" ".join((name if address else publisher).split()),
        kind=kind or lists.kind_of(labels),
        standing=standing,
        labels=tuple(labels),
        listed_on=lists.today(),
        note=" ".join(note.split()),
    )
    lists.update(_own_file(), lambda entries: entries.update({entry.key: entry}))
    if as_json:
        click.echo(json.dumps(_fields(entry), ensure_ascii=False))
    else:
        click.echo(f"{entry.key} is {_said(entry)}, standing {entry.believed:g} of 1.")


@sources.command()
@click.argument("publisher", metavar="ADDRESS|NAME")
@json_option()
def unset(publisher: str, as_json: bool) -> None:
    """Take back what you have said of a publisher."""

    key = str(parse(publisher) or registry.plain_name(publisher))

    def remove(entries: dict[str, Publisher]) -> None:
        known = next((each for each in entries if each == key or registry.plain_name(each) == key), None)
        if known is None:
            raise NotFound(
                f"You have said nothing of {publisher}.",
                do="See your list with `clearspan sources list --mine`.",
            )
        del entries[known]

    lists.update(_own_file(), remove)
    click.echo(json.dumps({"unset": key}) if as_json else f"{publisher} is no longer on your list.")


@sources.command("import")
@click.argument("file", type=FILE)
@json_option()
def import_list(file: Path, as_json: bool) -> None:
    """Take over a CSV list into your own; all of it, or nothing if a line is faulty.

    Columns: domain or name, and kind, standing, labels (or tags), note. An entry that you have already is replaced.
    """

    found = lists.read(file, listed_by=file.stem, listed_on=lists.today())
    lists.update(_own_file(), lambda entries: entries.update({one.key: one for one in found}))
    keys = len({one.key for one in found})
    if as_json:
        click.echo(json.dumps({"imported": keys, "lines": len(found)}))
    else:
        click.echo(f"{keys:,} publishers of {file.name} are on your list.")


@sources.command()
@click.argument("file", type=FILE)
@click.option("--listed-by", required=True, help="The list's name, as reasons give it.")
@click.option("--origin", required=True, help="Where it is published, with its version.")
@click.option(
    "--licence", required=True, help="Under what terms; only lists that may be passed on are packed."
)
@click.option("--out", type=FILE, help="Where to; the list that ships with Clearspan if none.")
def pack(file: Path, listed_by: str, origin: str, licence: str, out: Path | None) -> None:
    """Make the list that ships with Clearspan from a CSV of domains and tags."""

    read = lists.read(file, listed_by, lists.today())
    told = sorted((one for one in read if one.labels or one.kind != "unknown"), key=lambda one: one.key)
    comments = [
        f"# Publishers and what a public list says of them. Packed {lists.today()} by `clearspan sources pack`.",
        f"# From {origin}, {licence}. Changed: kinds and dates added; entries that say nothing left out.",
    ]
    target = out or registry.SHIPPED
    target.write_text(lists.as_csv(told, comments), "utf-8")
    click.echo(f"{len(told):,} publishers, {target.stat().st_size:,} bytes: {target.name}")


@sources.command("train-style")
@click.option(
    "--data", type=FILE, required=True, help="CSV of headlines: text, label (1 is satire); or .zst."
)
@click.option("--out", type=FILE, help="Where to; the model that ships with Clearspan if none.")
@json_option()
def train_style(data: Path, out: Path | None, as_json: bool) -> None:
    """Train the judge of style on headlines, and say how far it can be trusted."""
    from clearspan.models.serving.embedder import Embedder
    from clearspan.overview.trust import style
    from clearspan.overview.trust.training import style as style_training

    configured = settings.load()
    headlines = style_training.read_headlines(data)
    embedder = Embedder.load(configured.embedder or "minilm", configured)
    trained = style_training.train(headlines, embedder)
    target = out or style.SHIPPED
    style.save(trained.style, target)
    if as_json:
        click.echo(json.dumps(trained.as_dict() | {"file": str(target), "bytes": target.stat().st_size}))
        return
    click.echo(f"{len(headlines.texts):,} headlines; {target.stat().st_size:,} bytes: {target.name}")
    for name, value in trained.as_dict().items():
        click.echo(f"  {name}: {value}")


def _publishers() -> registry.Publishers:
    return registry.Publishers(settings.load().home)


def _own_file() -> Path:
    return settings.load().home / registry.OVERRIDES


def _said(one: Publisher) -> str:
    return "/".join(dict.fromkeys((one.kind, *one.labels)))


def _table(found: Sequence[Publisher]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in ("publisher", "kind", "labels", "standing", "listed by", "since"):
        table.add_column(heading, overflow="fold")
    for one in found:
        host, slash, path = one.domain.partition("/")
        key = f"{readable(host)}{slash}{path}" if host else one.name
        cells = (
            key,
            one.kind,
            ", ".join(one.labels),
            f"{one.believed:g}",
            one.listed_by or "you",
            one.listed_on,
        )
        table.add_row(*(Text(cell) for cell in cells))
    console = Console(highlight=False)
    if found:
        console.print(table)
    console.print(Text(f"{len(found):,} publishers.", "dim"))


def _fields(one: Publisher) -> dict[str, object]:
    return {
        "domain": one.domain,
        "name": one.name,
        "kind": one.kind,
        "standing": one.believed,
        "labels": list(one.labels),
        "listed_by": one.listed_by,
        "listed_on": one.listed_on,
        "note": one.note,
    }


def _listing_fields(asked: str, found: registry.Listing | None) -> dict[str, object]:
    if found is None:
        return {"publisher": asked, "known": False, "kind": "unknown"}
    said: dict[str, object] = {"publisher": asked, "known": True, "matched_by": found.by, "mine": found.mine}
    return said | {"entry": _fields(found.publisher), "said": found.described()}
