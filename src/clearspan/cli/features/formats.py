"""`clearspan features convert` and `import`: dictionaries and directions in the formats of others."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from clearspan import settings as settings_module
from clearspan.cli.options import PATH
from clearspan.errors import BadInput

if TYPE_CHECKING:
    from clearspan.settings import Settings

_from = click.option("--from", "source_format", help="Format of the files, where they could be of several.")


@click.command()
@click.argument("source")
@click.argument("out", type=PATH)
@click.option(
    "--to", "target_format", required=True, help="saelens, gemma-scope, …, or repeng for directions."
)
@click.option("--model", help="Model reference, for direction:NAME; the settings' model by default.")
def convert(source: str, out: Path, target_format: str, model: str | None) -> None:
    """Write a dictionary (its name or folder) or direction:NAME in another format.

    A direction becomes the control vector whose coefficient 1 is a dial of +1x.
    """
    settings = settings_module.load()
    if source.startswith("direction:"):
        _convert_direction(source.removeprefix("direction:"), out, target_format, model or settings.model)
        return
    from clearspan.features.formats.registry import write_dictionary
    from clearspan.features.formats.saelens import read_saelens
    from clearspan.features.places import locate

    dictionary = read_saelens(locate(source, settings).folder)
    write_dictionary(dictionary, out, target_format)
    click.echo(f"✓ {dictionary.card.name} as {target_format}: {out}")


@click.command("import")
@click.argument("path", type=PATH)
@click.option("--model", required=True, help="Reference of the model that it belongs to.")
@click.option("--site", help="Where it reads the model: layers.15.residual. Not for control vectors.")
@click.option(
    "--name",
    required=True,
    help="What tells it apart from others of that site, such as 16k; or the name of the directions.",
)
@_from
def import_(path: Path, model: str, site: str | None, name: str, source_format: str | None) -> None:
    """Bring a dictionary of another program, or a control vector (GGUF), into the home folder.

    Its files do not say in Clearspan's words which model and site it belongs to, so you say it. The model is fetched
    if it is not here: what does not fit it is refused.
    """
    settings = settings_module.load()
    if path.suffix == ".gguf":
        _import_directions(path, model, name, settings)
        return
    from clearspan.features.fitting import require_fit
    from clearspan.features.formats.registry import read_dictionary
    from clearspan.features.formats.saelens import write_saelens
    from clearspan.features.names import DictionaryName
    from clearspan.features.places import home_folder

    if site is None:
        raise BadInput(
            "It is not said where the dictionary reads the model.", do="Add --site layers.N.residual."
        )
    called = DictionaryName.parse(f"{model}/{site}/{name}")
    folder = home_folder(called, settings)
    dictionary = read_dictionary(path, source_format, called)
    require_fit(model, called.site, dictionary.width, settings)
    write_saelens(dictionary, folder)
    click.echo(f"✓ {called}: {dictionary.size:,} features of {dictionary.width:,} numbers, in {folder}")
    click.echo(
        f"Next: clearspan features evidence '{called}' --corpus FILE, so that its features can be dialled."
    )


def _import_directions(path: Path, model: str, name: str, settings: "Settings") -> None:
    from clearspan.features.directions.named import save_direction
    from clearspan.features.directions.repeng import read_repeng
    from clearspan.features.fitting import require_fit

    found = read_repeng(path, model, name)
    for named in found:
        require_fit(model, named.direction.site, len(named.direction.decoder), settings)
    for named in found:
        save_direction(named, settings)
        click.echo(f"✓ direction:{named.card.name} at {named.card.site} of {model}")


def _convert_direction(name: str, out: Path, target_format: str, model: str) -> None:
    from clearspan.features.directions.named import find_direction
    from clearspan.features.directions.repeng import addable, write_repeng

    if target_format != "repeng":
        raise BadInput(
            "A direction is written as 'repeng'.", do=f"Write --to repeng, not {target_format:.40}."
        )
    settings = settings_module.load()
    named = find_direction(name, model, settings)
    write_repeng([addable(named)], out, _kind(model, settings))
    click.echo(f"✓ direction:{name} as a control vector, coefficient 1 for +1x: {out}")


def _kind(model: str, settings: "Settings") -> str:
    """The architecture of a model as transformers calls it."""
    import transformers

    from clearspan.models.weights.sources import resolve

    files = resolve(model, settings)
    gguf = files.gguf.name if files.gguf else None
    return str(cast("Any", transformers).AutoConfig.from_pretrained(files.folder, gguf_file=gguf).model_type)
