"""`clearspan features`: learn the features of a model, see what they respond to, and find one."""

import click

from clearspan.cli.lazy import Entry, LazyGroup

COMMANDS = {
    "sample": Entry(
        "clearspan.cli.features.sample", "sample", "Let a model write text to train a dictionary on."
    ),
    "harvest": Entry(
        "clearspan.cli.features.harvest", "harvest", "Read a model's activations over text into shards."
    ),
    "list": Entry("clearspan.cli.features.show", "list_dictionaries", "Dictionaries that are found by name."),
    "show": Entry(
        "clearspan.cli.features.show", "show", "What is known of a dictionary, or of one of its features."
    ),
    "convert": Entry("clearspan.cli.features.formats", "convert", "Write a dictionary in another format."),
    "import": Entry("clearspan.cli.features.formats", "import_", "Bring in a dictionary of another program."),
    "remove": Entry("clearspan.cli.features.remove", "remove", "Remove a dictionary of one's own."),
    "train": Entry("clearspan.cli.features.train", "train", "Train a dictionary on activations."),
    "thresholds": Entry(
        "clearspan.cli.features.thresholds",
        "thresholds",
        "Give a TopK dictionary a threshold, to be dialled.",
    ),
    "label": Entry("clearspan.cli.features.evidence", "label", "Name what features are about."),
    "evidence": Entry(
        "clearspan.cli.features.evidence", "evidence", "Read held-out text and keep what features respond to."
    ),
    "find": Entry("clearspan.cli.features.find", "find", "Find the features that mean a thing."),
    "tune": Entry("clearspan.cli.features.tune", "tune", "Find the doses of presets, and what they do."),
}


@click.group(cls=LazyGroup, entries=COMMANDS)
def features() -> None:
    """Features of a model: harvest, train, gather evidence, find."""
