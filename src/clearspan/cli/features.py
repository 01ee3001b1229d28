"""`clearspan features`: learn the features of a model, see what they respond to, and find one."""

import click

from clearspan.cli.lazy import Entry, LazyGroup

COMMANDS = {
    "harvest": Entry(
        "clearspan.cli.features_harvest", "harvest", "Read a model's activations over text into shards."
    ),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def features() -> None:
    """Features of a model: harvest, train, gather evidence, find."""
