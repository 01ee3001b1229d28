"""`clearspan embeddings`: what a model's tokens are near to before any layer has seen them."""

import csv
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clearspan.cli.options import FILE, json_option

if TYPE_CHECKING:
    from clearspan.measure.charts import Chart
    from clearspan.models.vocabularies.comparison import Comparison
    from clearspan.models.vocabularies.mapping import Map
    from clearspan.models.vocabularies.neighbourhoods import Share
    from clearspan.models.vocabularies.vocabulary import Vocabulary


@click.group()
def embeddings() -> None:
    """Input embeddings: nearest tokens, a map of the vocabulary, two vocabularies compared."""


@embeddings.command()
@click.argument("model")
@click.argument("token")
@click.option("--count", type=click.IntRange(1, 1000), default=12, show_default=True, help="How many.")
@json_option()
def neighbours(model: str, token: str, count: int, as_json: bool) -> None:
    """The tokens nearest to TOKEN by the cosine of their vectors; a space in front of it makes a difference."""
    vocabulary = _vocabulary(model)
    number = vocabulary.number(token)
    found = vocabulary.neighbours(number, count)
    if as_json:
        of = {"number": number, "text": vocabulary.texts[number]}
        click.echo(json.dumps({"model": model, "token": of, "neighbours": [asdict(one) for one in found]}))
        return
    click.echo(f"{vocabulary.texts[number]!r} is token {number:,} of {len(vocabulary):,}. Nearest to it:")
    for one in found:
        click.echo(f"  {one.cosine:.3f}  {one.text!r}")


@embeddings.command("map")
@click.argument("model")
@click.option("--svg", type=FILE, help="Write a picture here.")
@click.option("--csv", "as_csv", type=FILE, help="Write every token's place here.")
@json_option()
def map_(model: str, svg: Path | None, as_csv: Path | None, as_json: bool) -> None:
    """The vocabulary on its two principal axes, and where words of our lists lie in it."""
    from clearspan.models.vocabularies.mapping import Map

    vocabulary = _vocabulary(model)
    made = Map.of(vocabulary)
    if svg is not None:
        from clearspan.measure.svg import as_svg

        _write(svg, as_svg(_chart(model, made)))
    if as_csv is not None:
        _write(as_csv, _table(made, vocabulary))
    words = [{"word": w.word, "list": w.name, "x": w.x, "y": w.y, "pieces": w.pieces} for w in made.words]
    if as_json:
        click.echo(json.dumps({"model": model, "explained": made.explained, "words": words}))
        return
    first, second = made.explained
    click.echo(
        f"{len(vocabulary):,} tokens; the two axes explain {first:.1%} and {second:.1%} of how their directions vary."
    )
    for name, (x, y) in made.middles().items():
        click.echo(f"  {name:12} around ({x:+.3f}, {y:+.3f})")
    for path in (svg, as_csv):
        if path is not None:
            click.echo(f"✓ {path}")
    if svg is None and as_csv is None:
        click.echo("--svg FILE draws it, --csv FILE writes every token's place.")


@embeddings.command()
@click.argument("first")
@click.argument("second")
@json_option()
def compare(first: str, second: str, as_json: bool) -> None:
    """How two vocabularies split words, and how clean their neighbourhoods are, with 95 % intervals."""
    from clearspan.models.vocabularies.comparison import Comparison

    made = Comparison.of(_vocabulary(first), _vocabulary(second))
    if as_json:
        click.echo(json.dumps({"first": first, "second": second, **made.as_dict()}))
        return
    _print_comparison(first, second, made)


def _vocabulary(reference: str) -> "Vocabulary":
    from clearspan import settings
    from clearspan.models.vocabularies.vocabulary import Vocabulary

    return Vocabulary.load(reference, settings.load())


def _chart(model: str, made: "Map") -> "Chart":
    from clearspan.measure.charts import Chart, Series
    from clearspan.models.vocabularies.neighbourhoods import LISTS

    series = tuple(
        Series(
            name,
            [word.x for word in made.words if word.name == name],
            [word.y for word in made.words if word.name == name],
            style="points",
        )
        for name in LISTS
    )
    first, second = made.explained
    return Chart(
        name="vocabulary",
        title=f"Words of five lists in the vocabulary of {model}",
        x=f"first principal axis of all tokens ({first:.1%} of the variance)",
        y=f"second ({second:.1%})",
        series=series,
        x_log=False,
        caption="Vectors of length 1; a word of several tokens stands at the mean of theirs.",
    )


def _table(made: "Map", vocabulary: "Vocabulary") -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["token", "text", "ordinary", "x", "y"])
    for number, (x, y) in enumerate(made.tokens.tolist()):
        text = vocabulary.texts[number] if number < len(vocabulary.texts) else ""
        writer.writerow([number, text, int(vocabulary.ordinary[number]), f"{x:.5f}", f"{y:.5f}"])
    return out.getvalue()


def _write(path: Path, text: str) -> None:
    from clearspan.errors import StorageError

    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise StorageError(
            f"{path} could not be written.", why=str(error), do="Name a file in a folder that is there."
        ) from error


def _print_comparison(first: str, second: str, made: "Comparison") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    names = (f"{first} ({made.sizes[0]:,})", f"{second} ({made.sizes[1]:,})")
    for column in ("measure", "words", "n", *names, "difference"):
        table.add_column(column, overflow="fold", justify="right" if column == "n" else "left")
    before = ""
    for row in made.rows:
        measure = row.measure if row.measure != before else ""
        before = row.measure
        cells = (_interval(row.first), _interval(row.second), _interval(row.difference, "+"))
        table.add_row(measure, row.words, str(row.first.words), *cells)
    Console().print(table)
    click.echo(
        "In brackets 95 % intervals over words (bootstrap). Words are ours; neighbours are sought among them."
    )


def _interval(share: "Share", sign: str = "") -> str:
    return f"{share.value:{sign}.3f} [{share.low:{sign}.3f}, {share.high:{sign}.3f}]"
