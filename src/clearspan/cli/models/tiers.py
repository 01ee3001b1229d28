"""`clearspan models tiers`: the remote tiers of the settings, and whether one answers."""

import json
import os
import time
from collections.abc import Sequence

import click

from clearspan import settings as configuration
from clearspan.cli.options import json_option
from clearspan.settings import RemoteTier, Settings

_QUESTION = "Say the word yes."


@click.command()
@click.option("--check", metavar="NAME", help="Ask a tier for one word; a tier with a price charges for it.")
@json_option()
def tiers(check: str | None, as_json: bool) -> None:
    """Models on other servers, as [tiers.NAME] tables of config.toml set them up."""
    settings = configuration.load()
    if check is not None:
        _print_check(_checked(check, settings), as_json)
        return
    rows = [_described(name, tier, settings) for name, tier in settings.tiers.items()]
    if as_json:
        click.echo(json.dumps({"tiers": rows}, indent=2))
    elif rows:
        _print_table(rows)
    else:
        file = settings.home / "config.toml"
        click.echo(f"No tiers yet. Add a table [tiers.NAME] with base_url and model to {file}.")


def _described(name: str, tier: RemoteTier, settings: Settings) -> dict[str, object]:
    # Whether there is a key, never the key.
    key = "none" if not tier.api_key_env else ("set" if os.environ.get(tier.api_key_env) else "not set")
    writes = name == settings.generate_tier
    return {"name": name, **tier.model_dump(mode="json"), "key": key, "writes": writes}


def _checked(name: str, settings: Settings) -> dict[str, object]:
    from clearspan.models.remote.model import RemoteModel

    with RemoteModel.of(name, settings) as model:
        started = time.perf_counter()
        first = None
        finish = None
        for delta in model.stream_chat(_QUESTION, max_tokens=8):
            first = first or time.perf_counter() - started
            finish = delta.finish
    text, read, written = (finish.text, finish.input_tokens, finish.output_tokens) if finish else ("", 0, 0)
    return {
        "name": name,
        "model": model.tier.model,
        "text": text,
        "first_seconds": round(first or 0.0, 3),
        "seconds": round(time.perf_counter() - started, 3),
        "input_tokens": read,
        "output_tokens": written,
        "price": model.tier.cost(read, written),
        "currency": model.tier.currency,
    }


def _print_check(found: dict[str, object], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"✓ {found['name']} answers: {str(found['text']).strip()!r}")
    click.echo(
        f"  first piece after {found['first_seconds']} s, all after {found['seconds']} s; "
        f"{found['input_tokens']} tokens read, {found['output_tokens']} written, "
        f"{found['price']:.2g} {found['currency']}"
    )


def _print_table(rows: Sequence[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("tier", "model", "address", "per million in, out", "key", "writes"):
        table.add_column(column, overflow="fold")
    for row in rows:
        price = f"{row['price_in']:g}, {row['price_out']:g} {row['currency']}"
        key = f"{row['api_key_env']}: {row['key']}" if row["api_key_env"] else "none"
        writes = "yes" if row["writes"] else "no"
        table.add_row(str(row["name"]), str(row["model"]), str(row["base_url"]), price, key, writes)
    Console().print(table)
