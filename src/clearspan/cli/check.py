"""`clearspan check …`: Clearspan measured against its promises, on this machine."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from clearspan import settings as configuration
from clearspan.checks import PROBES
from clearspan.checks.answers import DEFAULT_SAMPLE
from clearspan.cli.options import PATH, json_option
from clearspan.measure.bars import report


@click.group()
def check() -> None:
    """Measure Clearspan against its promises; exits with 0 only if every bar holds."""


@check.command()
@click.option("--split", type=click.Choice(["dev", "heldout", "all"]), default="all", show_default=True)
@json_option("End with one line of JSON.")
@click.option("--write", type=PATH, help="Measurements document whose section is replaced.")
@click.option("--generate/--no-generate", default=True, help="Whether the local model may join quotes.")
def samples(split: str, as_json: bool, write: Path | None, generate: bool) -> None:
    """Questions with known answers on the sample library."""
    from clearspan.checks.samples import as_report, load_questions, run
    from clearspan.workspace.workspace import Workspace

    with Workspace.open(configuration.load()) as workspace:
        workspace.index_samples()
        outcomes = run(workspace, load_questions(split), generate=generate)  # pyright: ignore[reportArgumentType]
    command = "clearspan check samples" + ("" if generate else " --no-generate")
    sys.exit(report(as_report(outcomes, command), as_json=as_json, write=write))


@check.command()
@click.option(
    "--only",
    type=click.Choice(PROBES.names()),
    multiple=True,
    help="Measure with this probe alone; may be repeated.",
)
@json_option("End with one line of JSON.")
@click.option("--write", type=PATH, help="Measurements document whose sections are replaced.")
def truth(only: tuple[str, ...], as_json: bool, write: Path | None) -> None:
    """Which sources are believed, whether sentences follow from what they cite, and when there is no answer."""
    from clearspan.checks.truth import run
    from clearspan.workspace.workspace import Workspace

    with Workspace.open(configuration.load()) as workspace:
        workspace.index_samples()
        reports = list(run(workspace, only))
    status = max((report(found, write=write) for found in reports), default=0)
    if as_json:
        click.echo(json.dumps({"bars": [bar.as_dict() for found in reports for bar in found.bars]}))
    sys.exit(status)


@check.command("golden-gate")
@click.option("--preset", default="golden-gate", show_default=True, help="The preset to measure.")
@click.option("--model", help="Its model; the settings' model by default.")
@json_option("End with one line of JSON.")
@click.option("--write", type=PATH, help="Measurements document whose section is replaced.")
def golden_gate(preset: str, model: str | None, as_json: bool, write: Path | None) -> None:
    """Whether a preset is in what the model says, and what it says is still language."""
    from clearspan.checks import dialled
    from clearspan.features.presets import find_preset
    from clearspan.models.serving.engine import LanguageModel

    settings = configuration.load()
    found = find_preset(preset, model or settings.model, settings)
    with LanguageModel.load(found.model, settings) as opened:
        checked = dialled.check(opened, found, settings)
    command = "clearspan check golden-gate" + ("" if preset == "golden-gate" else f" --preset {preset}")
    sys.exit(report(dialled.as_report(checked, command), as_json=as_json, write=write))


@check.command()
@click.option(
    "--data",
    type=PATH,
    envvar="CLEARSPAN_DATA",
    default=Path("../shared"),
    show_default=True,
    help="Folder above evals/questions.",
)
@click.option("--set", "sets", multiple=True, help="Ask this set alone; may be repeated.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    default=DEFAULT_SAMPLE,
    show_default=True,
    help="Questions of a set at most, of each kind in its share.",
)
@click.option(
    "--generate/--no-generate",
    default=False,
    show_default=True,
    help="Whether the local model may join quotes.",
)
@click.option(
    "--show", type=click.IntRange(min=0), default=0, help="Print so many outputs with their verdicts."
)
@click.option("--charts", type=PATH, help="Folder for risk against coverage as SVG and CSV.")
@click.option("--keep", type=PATH, help="File for the verdicts, as --before takes it.")
@click.option("--before", type=PATH, help="Verdicts of the release before, kept by --keep.")
@json_option("End with one line of JSON.")
@click.option("--write", type=PATH, help="Measurements document whose section is replaced.")
def answers(as_json: bool, write: Path | None, **run: Any) -> None:
    """Questions that people asked of real documents: the right sentence first, stated, silent, calibrated."""
    from clearspan.checks.answers.measuring import AnswersRun, measure

    asked = AnswersRun(**run)
    command = " ".join(
        ["clearspan check answers", f"--sample {asked.sample}", *(f"--set {name}" for name in asked.sets)]
    )
    sys.exit(report(measure(asked, configuration.load(), command), as_json=as_json, write=write))


@check.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended, of each file after a copy of it.")
@json_option("End with one line of JSON.")
@click.option("--write", type=PATH, help="Measurements document whose section is replaced.")
def store(repair: bool, as_json: bool, write: Path | None) -> None:
    """Whether libraries and the ledger are as they were written: integrity, offsets, hashes, schema, versions."""
    from clearspan.checks.store import check as examined

    sys.exit(report(examined(configuration.load(), repair=repair), as_json=as_json, write=write))
