"""`clearspan features harvest`: read a model's activations over text into shards."""

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from clearspan import settings as settings_module
from clearspan.cli.features.bars import bars
from clearspan.cli.options import FOLDER, json_option


@click.command()
@click.option("--model", "reference", default=None, help="Model reference; by default that of the settings.")
@click.option("--site", "sites", multiple=True, required=True, help="As layers.15.residual; may be repeated.")
@click.option(
    "--corpus",
    "paths",
    multiple=True,
    required=True,
    metavar="PATH[*N]",
    help="JSONL, Parquet or text, also .zst; a folder of these; hub:NAME. *3 reads it three times. May be repeated.",
)
@click.option("--tokens", type=click.IntRange(1), required=True, help="Activations a site.")
@click.option("--out", type=FOLDER, required=True, help="Folder of the shards.")
@click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the order of the text."
)
@click.option(
    "--context", type=click.IntRange(2), default=256, show_default=True, help="Tokens read at once."
)
@click.option(
    "--holdout",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.02,
    show_default=True,
    help="Share of documents that are kept back for evaluation.",
)
@click.option(
    "--licence",
    "licences",
    multiple=True,
    metavar="CORPUS=LICENCE",
    help="Of a corpus whose documents name none, by the name of its file; goes into the manifest.",
)
@click.option(
    "--ray",
    "workers",
    type=click.IntRange(1),
    default=None,
    metavar="WORKERS",
    help="Read with so many workers on Ray: the cluster at RAY_ADDRESS, or this machine.",
)
@json_option("Print the manifest's main numbers as JSON.")
def harvest(
    reference: str | None,
    sites: Sequence[str],
    paths: Sequence[str],
    tokens: int,
    out: Path,
    seed: int,
    context: int,
    holdout: float,
    licences: Sequence[str],
    workers: int | None,
    as_json: bool,
) -> None:
    """Read a model's activations over text into shards.

    Interrupted, also by kill -9, the same command goes on where it stopped and ends in the same bytes.
    """
    from clearspan.features.harvest.chunks import load_settled
    from clearspan.features.harvest.corpora import corpora, with_licences
    from clearspan.features.harvest.run import Harvest, plan

    settings = settings_module.load()
    texts = with_licences(corpora(paths), _named(licences))
    with load_settled(reference or settings.model, settings) as model:
        asked = plan(model, sites, tokens, seed=seed, context=context, holdout=holdout)
        harvested = Harvest(out, asked, texts)
        with _progress(tokens, quiet=as_json) as seen:
            if workers is None:
                manifest = harvested.run(model, seen)
            else:
                from clearspan.features.harvest.ray_workers import on_ray

                manifest = harvested.collect(on_ray(asked, settings, workers, seen), seen)
    if as_json:
        facts = manifest.model_dump(exclude={"sites", "shards"})
        click.echo(json.dumps({**facts, "shards": len(manifest.shards)}, indent=2))
        return
    click.echo(f"✓ {manifest.rows:,} activations a site in {len(manifest.shards)} shards: {out}")
    if manifest.rows < tokens:
        click.echo(f"  The text ended before {tokens:,}; PATH*2 reads a corpus twice.")


def _named(licences: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in licences]
    wrong = next((name for name, sign, licence in pairs if not sign or not licence), None)
    if wrong is not None:
        raise click.UsageError(f"--licence takes CORPUS=LICENCE, not '{wrong}'.")
    return {name: licence for name, _, licence in pairs}


@contextmanager
def _progress(tokens: int, *, quiet: bool) -> Generator[Callable[[int], None]]:
    with bars("tokens", "{task.fields[speed]}", quiet=quiet) as progress:
        task = progress.add_task("", total=tokens, speed="")

        def seen(count: int) -> None:
            progress.update(task, advance=count)
            speed = progress.tasks[0].speed
            if speed is not None:
                progress.update(task, speed=f"{speed:,.0f} tokens/s")

        yield seen
