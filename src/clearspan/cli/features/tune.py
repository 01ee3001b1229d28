"""`clearspan features tune`: how far presets are turned up, by trying."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clearspan.cli.options import FILE_THERE, FOLDER, json_option

if TYPE_CHECKING:
    from clearspan.features.tuning.tune import Tuned
    from clearspan.settings import Settings


@click.command()
@click.argument("presets", nargs=-1)
@click.option(
    "--drafts",
    type=FILE_THERE,
    help="A JSON file of drafts: what each preset is about, or what to dial for it. All of them, or those named.",
)
@click.option("--model", help="Model of PRESETS; the settings' model by default.")
@click.option("--dictionary", help="A dictionary's name or folder; the model's default.")
@click.option(
    "--out",
    type=FOLDER,
    help="Write presets and directions beside the dictionary in this folder, not into the home folder.",
)
@json_option()
def tune(
    presets: tuple[str, ...],
    drafts: Path | None,
    model: str | None,
    dictionary: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Try doses of PRESETS on everyday prompts; keep the best of each, and the last that is still fluent.

    Several are tried together, which takes less time than one after the other. One that does not work at any dose is
    shown and not kept.
    """
    from clearspan import settings as configuration
    from clearspan.errors import BadInput, NotFound
    from clearspan.features.catalogue import open_dictionary
    from clearspan.features.presets import find_preset
    from clearspan.features.tuning.drafts import PresetDraft, read_drafts
    from clearspan.features.tuning.tune import tune as run
    from clearspan.models.serving.engine import LanguageModel

    if not presets and drafts is None:
        raise BadInput("There is nothing to tune.", do="Name presets, or a file of drafts: --drafts FILE.")
    settings = configuration.load()
    reference = model or settings.model
    wanted = (
        read_drafts(drafts, presets)
        if drafts
        else [PresetDraft.of(find_preset(name, reference, settings)) for name in presets]
    )
    try:
        opened = open_dictionary(dictionary or reference, settings)
    except NotFound:
        if dictionary:
            raise
        opened = None
    with LanguageModel.load(reference, settings) as loaded:
        tuned = run(loaded, opened, wanted, settings, lambda text: click.echo(f"… {text}", err=True))
    _keep([one for one in tuned if one.works], settings, out)
    if as_json:
        click.echo(json.dumps([one.preset.model_dump(mode="json") for one in tuned], indent=2))
    else:
        _print(tuned)


def _keep(tuned: "list[Tuned]", settings: "Settings", out: Path | None) -> None:
    from clearspan.features import presets
    from clearspan.features.directions import named
    from clearspan.models.inside.limits.measured import FILE as LIMITS
    from clearspan.models.inside.limits.measured import keep_measured

    made = [one for each in tuned for one in each.directions]
    keep_measured([one.limit for one in tuned], (settings.home if out is None else out) / LIMITS)
    if out is None:
        for direction in made:
            named.save_direction(direction, settings)
        for one in tuned:
            presets.save_preset(one.preset, settings)
        return
    before = {one.name: one for one in presets.read_presets(out / presets.FILE)}
    together = before | {one.preset.name: one.preset for one in tuned}
    if made:
        known = named.read_directions(out / named.FILE) | {one.card.name: one for one in made}
        named.write_directions(out / named.FILE, known.values())
    presets.write_presets(out / presets.FILE, list(together.values()))


def _print(tuned: "list[Tuned]") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False)
    for column in ("preset", "dials", "dose", "limit", "mention", "undialled", "fluent", "works"):
        table.add_column(column, justify="left" if column in {"preset", "dials"} else "right")
    for one in tuned:
        preset, outcome = one.preset, one.outcome
        table.add_row(
            preset.name,
            " ".join(dial.target for dial in preset.dials),
            f"{preset.dose.recommended:g}x",
            f"{preset.dose.limit:g}x",
            f"{outcome.mentions:.0%}",
            f"{preset.measured['undialled_mentions']:.0%}",
            f"{outcome.fluent:.0%}",
            "yes" if one.works else "NO",
        )
    console.print(table)
    for one in tuned:
        reply = " ".join(one.outcome.replies[0].split())
        console.print(
            f"{one.preset.name}: {reply}", style="dim", markup=False, no_wrap=True, overflow="ellipsis"
        )
    failed = sum(not one.works for one in tuned)
    if failed:
        click.echo(f"{failed} of {len(tuned)} do not work at any dose, and are not kept.")
    click.echo(
        "Measured on the prompts that doses are chosen with; 'clearspan check golden-gate' uses others."
    )
