"""`clearspan features thresholds`: a TopK dictionary as one whose features decide for themselves."""

from pathlib import Path

import click

from clearspan.cli.options import FOLDER, FOLDER_THERE


@click.command()
@click.argument("folder", type=FOLDER_THERE)
@click.option(
    "--activations", type=FOLDER_THERE, required=True, help="Folder of shards of its model and site."
)
@click.option("--out", type=FOLDER, required=True, help="Folder of the result.")
def thresholds(folder: Path, activations: Path, out: Path) -> None:
    """Give the TopK dictionary in FOLDER a threshold, so that its features can be dialled.

    As many features are then active at a position as before, on average.
    """
    from clearspan.features.formats.saelens import read_saelens, write_saelens
    from clearspan.features.harvest.shards import ShardSource
    from clearspan.features.training.thresholds import with_threshold

    dictionary = read_saelens(folder)
    name = dictionary.card.parsed_name
    source = ShardSource(activations, str(name.site))
    made = with_threshold(dictionary, source)
    write_saelens(made, out)
    threshold = float(made.thresholds[0])
    click.echo(f"✓ {made.card.name}: active above {threshold:.4g} in {out}")
