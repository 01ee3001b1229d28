"""`clearspan features find`: the features that mean a thing, with every part of each score."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from clearspan.cli.options import FILE_THERE, json_option
from clearspan.errors import BadInput

if TYPE_CHECKING:
    from clearspan.features.finding import Findings, FoundFeature, SteeringEffect
    from clearspan.models.serving.engine import LanguageModel


@click.command()
@click.argument("text", default="")
@click.option("--like", type=FILE_THERE, help="A file of texts that have it, one a line.")
@click.option("--unlike", type=FILE_THERE, help="A file of texts that do not; neutral ones by default.")
@click.option(
    "--write",
    is_flag=True,
    help="Let the model write texts about TEXT and about other things first, and learn from them: slower, and the "
    "directions steer better.",
)
@click.option(
    "--dictionary", help="A dictionary's name or folder, or a model; the settings' model by default."
)
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--keep", metavar="NAME", help="Keep the better direction under this name, to be dialled.")
@json_option()
def find(
    text: str,
    like: Path | None,
    unlike: Path | None,
    write: bool,
    dictionary: str | None,
    limit: int,
    keep: str | None,
    as_json: bool,
) -> None:
    """Find the features that mean TEXT ('the Golden Gate Bridge'), or what --like texts have in common.

    The best are dialled, and listened to: what a feature responds to is not always what it makes the model say.
    """
    from clearspan import settings as configuration
    from clearspan.features.catalogue import open_dictionary
    from clearspan.features.directions.named import NAME, save_direction
    from clearspan.features.finding import written
    from clearspan.models.serving.engine import LanguageModel

    if unlike and not like:
        raise BadInput(
            "--unlike has nothing to stand against.",
            why="What texts lack can only be told beside texts that have it.",
            do="Give --like too.",
        )
    if write and like:
        raise BadInput(
            "There are example texts already.",
            why="--like gives them, and --write would have the model write others.",
            do="Leave one of the two away.",
        )
    if keep and not NAME.fullmatch(keep):
        raise BadInput(f"'{keep:.60}' cannot be the name of a direction.", do="Write it as 'golden-gate'.")
    settings = configuration.load()
    opened = open_dictionary(dictionary or settings.model, settings)
    with LanguageModel.load(opened.card.parsed_name.model, settings) as model:
        if write:
            meaning = written(model, text)
            found = opened.find(text, like=meaning.like, unlike=meaning.unlike, model=model, limit=limit)
        else:
            found = opened.find(text, like=_lines(like), unlike=_lines(unlike), model=model, limit=limit)
        beyond = _beyond(model, found, keep)
    if keep:
        save_direction(found.directions[0].named.renamed(keep), settings)
    if as_json:
        click.echo(json.dumps(_as_json(found), indent=2, ensure_ascii=False))
    else:
        _print(found, opened.card.name, keep)
        if beyond:
            click.echo(beyond)


def _beyond(model: "LanguageModel", found: "Findings", kept: str | None) -> str:
    """That the dial which is recommended may not be set so far; empty where it may, or none is recommended."""
    from clearspan.models.inside.limits.overrides import measuring

    offered = found.directions[0]
    if found.is_single:
        dial = found[0].clamp(found[0].said.dose if found[0].said else 1.0)
    elif kept:
        dial = offered.clamp(offered.said.dose)
    else:
        return ""
    with measuring("how far a dial may go"):
        verdict = model.dose(dial)
    if verdict.holds:
        return ""
    share = min(1.0, verdict.limit / verdict.reach)
    return (
        f"At this dose it is beyond its limit: {verdict.beyond}. About {share:.0%} of the dose is within. "
        "`clearspan features tune` measures how far it may go."
    )


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path} is not text.", why=str(error), do="Give a UTF-8 file, a text a line."
        ) from error
    if not lines:
        raise BadInput(f"{path} is empty.", do="Give a few texts, one a line.")
    return lines


def _print(found: "Findings", dictionary: str, kept: str | None) -> None:
    from clearspan.features.finding import ENOUGH

    console = Console(highlight=False)
    console.print(f"{dictionary}: {_sought(found)}", style="bold", markup=False)
    console.print(_features_table(found))
    console.print(_directions_table(found))
    console.print(
        "says: what it makes the model say when it is turned up, at the dose in 'at' (– not tried) · responds: how "
        "much more active on texts about it · promotes: what its decoder row alone raises · words: label and examples",
        style="dim",
        markup=False,
    )
    if found.is_single:
        console.print(f"\nDial it: clearspan dial '{found[0].name}={_dose(found[0])}x'", markup=False)
    else:
        console.print(
            f"\nNo single feature means this: the best score is {found[0].score if found else 0:.2f}, and {ENOUGH:g} "
            "would be needed. A direction made from the same texts may do.",
            markup=False,
        )
    offered = found.directions[0]
    if kept:
        console.print(f"Kept: clearspan dial 'direction:{kept}={offered.said.dose:g}x'", markup=False)
    elif not found.is_single:
        console.print(f"Keep the direction: add --keep {offered.named.card.name}", markup=False)


def _features_table(found: "Findings") -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("feature", "score", "says", "at", "responds", "promotes", "words"):
        table.add_column(column, justify="left" if column == "feature" else "right", no_wrap=True)
    table.add_column("label")
    for one in found:
        says = ("–", "–") if one.said is None else (f"{one.said.score:.2f}", f"{one.said.dose:g}x")
        table.add_row(
            f"#{one.index}",
            f"{one.score:.2f}",
            *says,
            f"{one.responds:.2f}",
            f"{one.promotes:.2f}",
            f"{one.words:.2f}",
            _cropped(one.label.text if one.label else ""),
        )
    return table


def _directions_table(found: "Findings") -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("direction", "says", "at"):
        table.add_column(column, justify="left" if column == "direction" else "right", no_wrap=True)
    table.add_column("made of")
    for one in found.directions:
        card = one.named.card
        made_of = (
            ", ".join(f"#{index}" for index in card.features) or f"{card.like:,} and {card.unlike:,} tokens"
        )
        method = f"{len(card.features)} features together" if card.features else card.method.replace("_", " ")
        table.add_row(method, f"{one.said.score:.2f}", f"{one.said.dose:g}x", _cropped(made_of))
    return table


def _cropped(text: str) -> Text:
    """What gives way where a row is too long for one line; columns of numbers do not."""

    return Text(text, no_wrap=True, overflow="ellipsis")


def _sought(found: "Findings") -> str:
    meaning = found.meaning
    return meaning.text or f"texts that say {', '.join(meaning.keywords)}"


def _dose(found: "FoundFeature") -> str:
    return f"{found.said.dose:g}" if found.said else "1"


def _as_json(found: "Findings") -> dict[str, Any]:
    return {
        "text": found.meaning.text,
        "keywords": found.meaning.keywords,
        "is_single": found.is_single,
        "features": [
            {
                "name": one.name,
                "label": one.label.text if one.label else None,
                "score": one.score,
                "responds": one.responds,
                "promotes": one.promotes,
                "words": one.words,
                "said": _said(one.said) if one.said else None,
            }
            for one in found
        ],
        "directions": [
            {**one.named.card.model_dump(mode="json"), "said": _said(one.said)} for one in found.directions
        ],
    }


def _said(said: "SteeringEffect") -> dict[str, Any]:
    return {"score": said.score, **asdict(said)}
