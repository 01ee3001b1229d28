"""`clearspan features remove`: a dictionary of one's own goes."""

import click

from clearspan import settings as settings_module


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Delete the dictionary NAME of the home folder, evidence and labels with it, or forget one that lies elsewhere."""
    from clearspan.features.names import DictionaryName
    from clearspan.features.places import forget

    called = DictionaryName.parse(name)
    if not yes:
        click.confirm(f"Remove {called}?", abort=True)
    folder = forget(called, settings_module.load())
    ended = "is forgotten; its files stay in" if folder.exists() else "is gone from"
    click.echo(f"✓ {called} {ended} {folder}.")
