"""`clearspan models gauge`: what is usual inside a model, for a vLLM server that holds dials against it."""

from pathlib import Path

import click

from clearspan import settings as settings_module
from clearspan.cli.options import FILE


@click.command()
@click.argument("reference")
@click.argument("out", type=FILE)
def gauge(reference: str, out: Path) -> None:
    """Measure what is usual at every site of a model, and write it to a file for CLEARSPAN_DIAL_GAUGE."""
    from clearspan.models.inside.limits.gauge import write_gauge
    from clearspan.models.serving.engine import LanguageModel

    with LanguageModel.load(reference, settings_module.load()) as model:
        sites = {shape.site: model.statistics(shape.site) for shape in model.sites()}
        write_gauge(out, model.reference, sites, model.fingerprint)
    click.echo(f"✓ {len(sites)} sites of {reference}: {out}")
