"""`clearspan features thresholds`: a TopK dictionary as one whose features decide for themselves."""

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--activations",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder of shards of its model and site.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the result."
)
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
