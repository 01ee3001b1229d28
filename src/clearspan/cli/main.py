"""The command line's entry: names commands, imports each only when it runs, and prints errors in three parts."""

import sys

import click

from clearspan.cli.lazy import Entry, LazyGroup
from clearspan.errors import ClearspanError
from clearspan.version import __version__

COMMANDS = {
    "up": Entry(
        "clearspan.cli.serving.up", "up", "Fetch weights, index the sample library, and open the Studio."
    ),
    "ask": Entry("clearspan.cli.ask", "ask", "Answer a question from a library."),
    "library": Entry("clearspan.cli.library", "library", "Documents in, passages out."),
    "sources": Entry(
        "clearspan.cli.sources", "sources", "Who publishes what, and how far they are believed."
    ),
    "receipts": Entry("clearspan.cli.receipts", "receipts", "List, show and replay receipts."),
    "diagnose": Entry("clearspan.cli.diagnose", "diagnose", "Tell a wrong reference from a hallucination."),
    "readers": Entry(
        "clearspan.cli.readers", "readers", "What readers do with answers, and what overviews change."
    ),
    "models": Entry(
        "clearspan.cli.models.commands", "models", "Open models: where they come from, what is here."
    ),
    "embeddings": Entry(
        "clearspan.cli.models.embeddings", "embeddings", "What tokens are near to: the input embeddings."
    ),
    "features": Entry("clearspan.cli.features.group", "features", "What a model has learned: its features."),
    "dial": Entry("clearspan.cli.dial", "dial", "Talk to a model with features turned up."),
    "plan": Entry("clearspan.cli.plan.commands", "plan", "Scaling laws that end in a decision."),
    "route": Entry("clearspan.cli.route.commands", "route", "Which tier answers: fitted, judged, promised."),
    "train": Entry("clearspan.cli.train", "train", "Train what Clearspan has learned."),
    "serve": Entry("clearspan.cli.serving.serve", "serve", "Serve the HTTP routes and the Studio."),
    "mcp": Entry(
        "clearspan.cli.serving.mcp", "mcp", "Tools for assistants of other programs: ask, search, check."
    ),
    "doctor": Entry(
        "clearspan.cli.doctor.command", "doctor", "What is right and wrong on this machine, and what to do."
    ),
    "check": Entry("clearspan.cli.check", "check", "Measure Clearspan against its promises."),
    "uninstall": Entry(
        "clearspan.cli.uninstall", "uninstall", "Remove what Clearspan keeps on this machine."
    ),
}


@click.group(cls=LazyGroup, entries=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="clearspan")
def cli() -> None:
    """Answers from open-weight language models that can be seen through."""


def main() -> None:
    """Run the command line; an error a person can act on is printed without a traceback."""
    try:
        cli(prog_name="clearspan")
    except ClearspanError as error:
        print_error(error)
        sys.exit(error.exit_code)


def print_error(error: ClearspanError) -> None:
    """What happened, why, and what to do, each on a line of its own."""
    click.secho(f"✗ {error.what}", fg="red", err=True)
    for part in (error.why, error.do):
        if part:
            click.echo(f"  {part}", err=True)
