"""The command line's entry: names commands, imports each only when it runs, and prints errors in three parts."""

import importlib
import sys
from dataclasses import dataclass

import click

from clearspan.errors import ClearspanError
from clearspan.version import __version__


@dataclass(frozen=True, slots=True)
class _Entry:
    module: str
    attribute: str
    summary: str


COMMANDS = {
    "up": _Entry("clearspan.cli.up", "up", "Fetch weights, index the sample library, and open the Studio."),
    "ask": _Entry("clearspan.cli.ask", "ask", "Answer a question from a library."),
    "library": _Entry("clearspan.cli.library", "library", "Documents in, passages out."),
    "sources": _Entry(
        "clearspan.cli.sources", "sources", "Who publishes what, and how far they are believed."
    ),
    "receipts": _Entry("clearspan.cli.receipts", "receipts", "List, show and replay receipts."),
    "diagnose": _Entry("clearspan.cli.diagnose", "diagnose", "Tell a wrong reference from a hallucination."),
    "usage": _Entry("clearspan.cli.usage", "usage", "What readers do with answers, counted."),
    "models": _Entry("clearspan.cli.models", "models", "Open models: where they come from, what is here."),
    "embeddings": _Entry(
        "clearspan.cli.embeddings", "embeddings", "What tokens are near to: the input embeddings."
    ),
    "plan": _Entry("clearspan.cli.plan", "plan", "Scaling laws that end in a decision."),
    "serve": _Entry("clearspan.cli.serve", "serve", "Serve the HTTP routes and the Studio."),
    "check": _Entry("clearspan.cli.check", "check", "Measure Clearspan against its promises."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are run, so that `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = getattr(importlib.import_module(entry.module), entry.attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{entry.module}:{entry.attribute} is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
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
