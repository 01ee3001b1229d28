"""`clearspan uninstall`: what Clearspan keeps on this machine, and taking it away."""

import sys
from itertools import pairwise
from pathlib import Path

import click


@click.command()
@click.option("--yes", is_flag=True, help="Take it away; without this, what would go is only shown.")
@click.option("--keep-weights", is_flag=True, help="Leave the weights, which take longest to fetch again.")
def uninstall(yes: bool, keep_weights: bool) -> None:
    """Remove what Clearspan keeps: libraries, receipts, settings, weights; and say how the program itself goes.

    Documents that were read stay where they are, and so does what is not Clearspan's in the home folder. Weights that
    the settings keep elsewhere stay, since other homes may share them.
    """
    from clearspan import settings as configuration
    from clearspan.workspace import removing

    settings = configuration.load()
    kept = removing.kept(settings, weights=not keep_weights)
    total = _megabytes(sum(one.size for one in kept))
    if yes:
        removing.remove(settings, kept)
    for one in kept:
        click.echo(f"{_megabytes(one.size):>12}  {one.path}")
    if not kept:
        click.echo(f"There is nothing of Clearspan's in {settings.home}.")
    elif yes:
        click.echo(f"{total} went.")
    else:
        click.echo(f"{total} would go, and nothing has yet: `clearspan uninstall --yes` takes it away.")
    for left in removing.others(settings) if kept else ():
        click.echo(f"Not Clearspan's, and left: {left}")
    click.echo(f"The program itself goes with: {_program()}")


def _program() -> str:
    """The command that takes the program away, after the way in which it was installed."""
    parts = Path(sys.prefix).parts
    if "pipx" in parts:
        return "pipx uninstall clearspan"
    if ("uv", "tools") in pairwise(parts):
        return "uv tool uninstall clearspan"
    return f"{sys.executable} -m pip uninstall clearspan"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
