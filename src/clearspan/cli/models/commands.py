"""`clearspan models`: which weights are known, which are here, and whether they are whole."""

import json
import sys
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import cast

import click
from rich.console import Console
from rich.table import Table

from clearspan import settings as settings_module
from clearspan.cli.models.fetching import fetch_weights
from clearspan.cli.models.gauge import gauge
from clearspan.cli.models.tiers import tiers
from clearspan.cli.options import json_option
from clearspan.errors import StorageError
from clearspan.models.backends import figures
from clearspan.models.backends.figures import Timing
from clearspan.models.weights.cache import CachedModel, WeightsCache
from clearspan.models.weights.catalogue import Member
from clearspan.models.weights.sources import Pinned, cached, catalogue, resolve
from clearspan.settings import Settings


@click.group()
def models() -> None:
    """Open models: where they come from, what is here."""


models.add_command(tiers)
models.add_command(gauge)


@models.command("list")
@json_option()
def list_models(as_json: bool) -> None:
    """Models that are known by name, and everything in the cache."""
    settings = settings_module.load()
    known = [_describe_pinned(pinned, settings) for pinned in catalogue()]
    names = {pinned.reference for pinned in catalogue()}
    entries = WeightsCache(settings.models_dir).entries()
    others = [_describe_entry(entry) for entry in entries if entry.facts.get("reference") not in names]
    rows = [*known, *others]
    if as_json:
        click.echo(json.dumps({"folder": str(settings.models_dir), "models": rows}, indent=2))
        return
    _print_table(rows)
    click.echo(
        f"Weights are kept in {settings.models_dir}. Others: hub:organisation/name, gguf:PATH, dir:PATH."
    )


@models.command()
@click.argument("references", nargs=-1, required=True, metavar="REFERENCE…")
@click.option("--accept-terms", is_flag=True, help="Accept the terms that some models come under.")
@json_option()
def fetch(references: Sequence[str], accept_terms: bool, as_json: bool) -> None:
    """Fetch weights and verify them; nothing happens for those that are here already."""
    settings = settings_module.load()
    rows = [
        fetch_weights(reference, settings, accept_terms=_accepted(reference, settings, accept_terms))
        for reference in references
    ]
    if as_json:
        click.echo(json.dumps({"models": rows}, indent=2))
        return
    for row in rows:
        click.echo(f"✓ {row['reference']}: {row['folder']}")


@models.command()
@json_option()
def verify(as_json: bool) -> None:
    """Hash everything in the cache again; what is damaged is taken out, and fetched again at its next use."""
    cache = WeightsCache(settings_module.load().models_dir)
    rows: list[dict[str, object]] = []
    for entry in cache.entries():
        damaged = cache.damaged(entry)
        if damaged:
            cache.discard(entry)
        rows.append({**_describe_entry(entry), "whole": not damaged, "damaged": damaged})
    if as_json:
        click.echo(json.dumps({"models": rows}, indent=2))
    else:
        for row in rows:
            click.echo(f"{'✓' if row['whole'] else '✗'} {row['reference']}")
        if not rows:
            click.echo("Nothing is in the cache yet; 'clearspan models fetch REFERENCE' fills it.")
    broken = [str(row["reference"]) for row in rows if not row["whole"]]
    if broken:
        raise StorageError(
            f"Damaged and taken out of the cache: {', '.join(broken)}.",
            why="The files no longer have the hashes that were recorded when they were written.",
            do="They are fetched again at their next use; if it repeats, check the disk.",
        )


@models.command()
@click.argument("reference")
@json_option()
def show(reference: str, as_json: bool) -> None:
    """Where a model comes from, its licence and hashes, where it is, and how fast it was measured; fetches nothing."""
    settings = settings_module.load()
    facts = _show(reference, settings)
    timings = figures.of_model(reference, settings)
    if as_json:
        measured = [{**timing.model_dump(mode="json"), "faster": timing.faster} for timing in timings]
        click.echo(json.dumps({**facts, "measured": measured}, indent=2))
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        if isinstance(value, dict):
            click.echo(f"{name}:")
            for file, digest in cast("dict[str, str]", value).items():
                click.echo(f"  {digest}  {file}")
        else:
            click.echo(f"{name.ljust(width)}  {'–' if value is None else value}")
    if timings:
        _print_timings(timings)
    elif reference == settings.model:
        click.echo("Its speed was not measured yet; 'clearspan doctor --measure' does so.")


@models.command()
@click.argument("reference", metavar="MODEL")
@json_option()
def sites(reference: str, as_json: bool) -> None:
    """Where the activations of a language model can be read and dialled, with their shapes."""
    from clearspan.models.inside.anatomy import Anatomy
    from clearspan.models.serving.runtime import preferred_dtype
    from clearspan.models.weights.loading import load_weights

    settings = settings_module.load()
    loaded = load_weights(resolve(reference, settings), settings, preferred_dtype())
    anatomy = Anatomy.of(loaded.model)
    if as_json:
        rows = [{"site": str(shape.site), "width": shape.width} for shape in anatomy.sites()]
        found = {"model": reference, "layers": len(anatomy.layers), "width": anatomy.width, "sites": rows}
        click.echo(json.dumps(found, indent=2))
        return
    _print_sites(len(anatomy.layers), anatomy.width)


def _print_timings(timings: Sequence[Timing]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in (
        "measured (UTC)",
        "on",
        "threads",
        "kernel",
        "backend",
        "reading",
        "alone",
        "together",
        "",
    ):
        table.add_column(column, justify="right" if column in {"reading", "alone", "together"} else "left")
    for timing in timings:
        head = (f"{timing.measured_at:%Y-%m-%d %H:%M}", timing.processor, str(timing.threads), timing.kernel)
        for backend, speeds in timing.ways.items():
            numbers = (f"{speed:.3g}" for speed in (speeds.reading, speeds.alone, speeds.together))
            table.add_row(*head, backend, *numbers, "faster" if backend == timing.faster else "")
            head = ("", "", "", "")
    Console().print(table)
    click.echo("Tokens per second; 'together' is of several sequences in all. The faster way runs the model.")


def _print_sites(layers: int, width: int) -> None:
    table = Table("site", "shape", "what is there", box=None, pad_edge=False)
    shape = f"(positions, {width})"
    table.add_row("embedding", shape, "what enters the first layer")
    table.add_row("layers.N.attention", shape, "what layer N's attention adds to the residual stream")
    table.add_row("layers.N.mlp", shape, "what layer N's feed-forward part adds to it")
    table.add_row("layers.N.residual", shape, "the residual stream after layer N")
    Console().print(table)
    click.echo(f"N is a number from 0 to {layers - 1}.")


def _accepted(reference: str, settings: Settings, flag: bool) -> bool:
    """Whether the terms of a model are accepted: by the flag, or by a person who is shown them and asked."""
    pinned = next((pinned for pinned in catalogue() if pinned.reference == reference), None)
    if pinned is None or pinned.terms is None or cached(reference, settings) is not None:
        return False
    terms = pinned.terms
    click.echo(f"{reference} comes under the {terms.name}: {terms.address}", err=True)
    click.echo(f"{terms.gist} The text is kept beside the weights as {terms.file}.", err=True)
    return flag or (sys.stdin.isatty() and click.confirm("Do you accept these terms?", err=True))


def _show(reference: str, settings: Settings) -> dict[str, object]:
    pinned = next((pinned for pinned in catalogue() if pinned.reference == reference), None)
    entry = cached(reference, settings)
    if pinned is not None:
        hashes = {_file_of(member): member.sha256 for member in pinned.kept}
        facts = {**_describe_pinned(pinned, settings), "wheel_sha256": pinned.wheel_sha256}
        if pinned.parts:
            facts["part_sha256"] = {part.requirement: part.sha256 for part in pinned.parts}
        if pinned.terms is not None:
            facts["terms"] = pinned.terms.address
        return {**facts, "files": hashes}
    if entry is not None:
        return {**_describe_entry(entry), "files": {name: file.sha256 for name, file in entry.files.items()}}
    if reference.startswith("hub:"):
        return {"reference": reference, "source": "the hub; not fetched yet", "folder": None}
    files = resolve(reference, settings)
    return {"reference": reference, "format": files.format, "folder": str(files.folder)}


def _file_of(member: Member) -> str:
    # A part of a file goes by the name that it has in its wheel.
    return member.name if member.path.endswith(member.name) else PurePosixPath(member.path).name


def _describe_pinned(pinned: Pinned, settings: Settings) -> dict[str, object]:
    entry = cached(pinned.reference, settings)
    return {
        "reference": pinned.reference,
        "purpose": pinned.purpose,
        "source": pinned.requirement,
        "licence": pinned.licence,
        "bytes": pinned.size,
        "folder": str(entry.folder) if entry is not None else None,
    }


def _describe_entry(entry: CachedModel) -> dict[str, object]:
    return {
        "reference": entry.facts.get("reference", entry.folder.name),
        "purpose": None,
        "source": entry.facts.get("source"),
        "licence": entry.facts.get("licence"),
        "bytes": entry.size,
        "folder": str(entry.folder),
    }


def _print_table(rows: Sequence[dict[str, object]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("model", "for", "size", "licence", "here"):
        table.add_column(column, justify="right" if column == "size" else "left")
    for row in rows:
        size = f"{int(str(row['bytes'])) / 1e6:,.0f} MB"
        here = "yes" if row["folder"] else "no"
        table.add_row(str(row["reference"]), str(row["purpose"] or "–"), size, str(row["licence"]), here)
    Console().print(table)
