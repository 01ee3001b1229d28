"""`clearspan features list` and `show`: which dictionaries are here, and what is known of one or of one feature."""

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clearspan import settings as settings_module
from clearspan.cli.options import json_option

if TYPE_CHECKING:
    from clearspan.features.annotated import AnnotatedDictionary, Feature
    from clearspan.features.evidence.table import Example, FeatureEvidence, TokenWeight
    from clearspan.features.places import Place

_BARS = " ▁▂▃▄▅▆▇█"
_MEASURES = ("unexplained_variance", "cross_entropy_recovered", "l0", "alive")


@click.command("list")
@json_option()
def list_dictionaries(as_json: bool) -> None:
    """Dictionaries that are found by name: those that ship, and one's own, the newest first."""
    from clearspan.features.places import places

    here = places(settings_module.load())
    if as_json:
        rows = [
            {**place.card.model_dump(mode="json"), "folder": str(place.folder), "ships": place.ships}
            for place in here
        ]
        click.echo(json.dumps({"dictionaries": rows}, indent=2, ensure_ascii=False))
        return
    if not here:
        click.echo("There is no dictionary yet: 'clearspan features train' learns one.")
        return
    _print_places(here)


@click.command("show")
@click.argument("name")
@json_option()
def show(name: str, as_json: bool) -> None:
    """What is known of a dictionary (NAME, a folder or a model) or of one of its features (NAME#1234, #1234)."""
    from clearspan.features.catalogue import open_dictionary

    settings = settings_module.load()
    dictionary, sign, index = name.rpartition("#")
    if not sign:
        _show_dictionary(open_dictionary(name, settings), as_json)
        return
    opened = open_dictionary(dictionary or settings.model, settings)
    _show_feature(opened, _number(index, name), as_json)


def _number(index: str, name: str) -> int:
    from clearspan.errors import BadInput

    if not (index.isascii() and index.isdigit() and len(index) < 10):
        raise BadInput(
            f"'{name:.100}' is not the name of a feature.",
            why="After # comes its number.",
            do="Write it as 'smollm2-135m/layers.15.residual/8k#1234'.",
        )
    return int(index)


def _print_places(here: "list[Place]") -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("name", overflow="fold")
    for column in ("tokens", "unexplained", "active"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("ships", no_wrap=True)
    for place in here:
        card = place.card
        unexplained, active = card.measures.get("unexplained_variance"), card.measures.get("l0")
        table.add_row(
            card.name,
            f"{card.tokens:,}" if card.tokens else "–",
            "–" if unexplained is None else f"{unexplained:.3f}",
            "–" if active is None else f"{active:.1f}",
            "yes" if place.ships else "",
        )
    Console().print(table)
    click.echo(
        "Tokens: read in training. Unexplained: share of the variance, held-out text. Active: features a token."
    )


def _show_dictionary(opened: "AnnotatedDictionary", as_json: bool) -> None:
    from clearspan.errors import NotFound

    card = opened.card
    try:
        read: int | None = opened.evidence.tokens
        alive: int | None = int((opened.evidence.maxima > 0).sum())
    except NotFound:
        read, alive = None, None
    facts = {
        **card.model_dump(mode="json"),
        "features": len(opened),
        "width": opened.dictionary.width,
        "folder": str(opened.folder),
        "labelled": len(opened.labels.all()),
        "evidence_tokens": read,
        "active_over_evidence": alive,
    }
    if as_json:
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    trained = f" (trained as {card.trained_as})" if card.trained_as else ""
    lines = {
        "features": f"{len(opened):,}",
        "architecture": f"{card.architecture}{trained}",
        "site": f"{card.parsed_name.site} of {card.parsed_name.model}, {opened.dictionary.width:,} numbers",
        "trained on": f"{card.tokens:,} tokens" if card.tokens else "not said",
        **{f"  {share.name}": f"{share.tokens:,} {share.licence}".rstrip() for share in card.corpora},
        **{name.replace("_", " "): f"{value:g}" for name, value in _ordered(card.measures).items()},
        "evidence": "none yet: 'clearspan features evidence' gathers it"
        if read is None
        else f"{read:,} tokens, {alive:,} features active",
        "labelled": f"{facts['labelled']:,}",
        "made by": " · ".join(part for part in (card.maker, card.command) if part) or "not said",
        "folder": str(opened.folder),
    }
    click.secho(card.name, bold=True)
    width = max(len(name) for name in lines)
    for name, value in lines.items():
        click.echo(f"{name.ljust(width)}  {value}")


def _ordered(measures: dict[str, float]) -> dict[str, float]:
    first = {name: measures[name] for name in _MEASURES if name in measures}
    return first | measures


def _show_feature(opened: "AnnotatedDictionary", index: int, as_json: bool) -> None:
    feature = opened.feature(index)
    evidence, label = feature.evidence, feature.label
    if as_json:
        found = {
            "name": feature.name,
            "label": label.model_dump(mode="json") if label else None,
            "read_back": feature.direction.read_back if evidence.maximum > 0 else None,
            **asdict(evidence),
        }
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    console.print(feature.name, style="bold", markup=False)
    if label:
        score = "" if label.score is None else f", score {label.score:.2f}"
        console.print(f"{label.text}  ({label.maker}{score})", markup=False)
    _print_evidence(console, opened, feature, evidence)


def _print_evidence(
    console: Console, opened: "AnnotatedDictionary", feature: "Feature", evidence: "FeatureEvidence"
) -> None:
    if evidence.maximum <= 0:
        console.print(f"Never active over {opened.evidence.tokens:,} tokens of evidence.", markup=False)
        return
    console.print(
        f"active at {evidence.density:.4%} of tokens · maximum {evidence.maximum:.3g} · mean {evidence.mean:.3g}",
        markup=False,
    )
    console.print(
        f"dialled to 1 ×, it is written at its maximum and read there at {feature.direction.read_back:.2f} of it",
        markup=False,
    )
    console.print(
        f"0 {_bars(evidence.histogram)} {evidence.maximum:.3g}  (tokens, log scale)\n", markup=False
    )
    band = ""
    for example in evidence.examples:
        if example.band != band:
            band = example.band
            title = "Highest activations" if band == "top" else "From the middle of its range"
            console.print(title, style="bold")
        console.print(_marked(example, evidence.maximum, plain=not console.is_terminal))
    console.print()
    console.print("more likely  ", _tokens(evidence.promoted), markup=False)
    console.print("less likely  ", _tokens(evidence.suppressed), markup=False)
    near = (f"#{one.index}{_said(opened, one.index)} ({one.cosine:.2f})" for one in evidence.neighbours[:5])
    console.print("near it      ", " · ".join(near), markup=False)
    console.print(f"\nDial it: clearspan dial '{feature.name}=2x'", markup=False)


def _said(opened: "AnnotatedDictionary", index: int) -> str:
    label = opened.labels.of(index)
    return f" {label.text}" if label else ""


def _bars(histogram: tuple[int, ...]) -> str:
    most = math.log1p(max(histogram, default=0))
    if most == 0:
        return " " * len(histogram)
    # What is there at all is seen, however little.
    heights = (math.ceil(math.log1p(count) / most * (len(_BARS) - 1)) for count in histogram)
    return "".join(_BARS[height] for height in heights)


def _marked(example: "Example", maximum: float, *, plain: bool) -> Text:
    """An example with its tokens the brighter the more active the feature is; « » where there are no colours."""

    line = Text("  ")
    for place, (token, activation) in enumerate(zip(example.tokens, example.activations, strict=True)):
        shown = token.replace("\n", "⏎")
        if plain and place == example.peak:
            shown = f"«{shown}»"
        share = max(0.0, min(1.0, activation / maximum))
        style = f"black on rgb(255,{230 - int(110 * share)},{190 - int(160 * share)})" if share > 0 else ""
        line.append(shown, f"bold {style}" if place == example.peak else style)
    if example.written_by:
        line.append(" ◇", "dim")
    if example.source:
        line.append(f"  – {example.source}", "dim")
    if example.written_by:
        line.append(f" · written by {example.written_by}", "dim")
    return line


def _tokens(weights: "tuple[TokenWeight, ...]") -> str:
    return " ".join(f"'{one.token}' {one.weight:+.2f}" for one in weights[:8])
