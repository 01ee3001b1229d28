"""`clearspan doctor`: what is right and what is not on this machine, and what to do about it."""

import json
import sys

import click

from clearspan.cli.options import json_option

_SIGNS = {"ok": ("✓", "green"), "note": ("!", "yellow"), "fault": ("✗", "red")}


@click.command()
@click.option("--measure", is_flag=True, help="Load the local model and measure its speed anew.")
@json_option()
def doctor(measure: bool, as_json: bool) -> None:
    """Look at this machine and at what is kept on it, and say what to do where something is not right.

    Processor, compiler, speed, weights, disk, permissions, libraries, port and versions. Nothing is fetched or
    changed, and no weights are loaded unless --measure asks for it. Exits with 1 if there is a fault.
    """
    from clearspan.doctor.examination import examine
    from clearspan.doctor.examined import Examined

    if measure:
        click.echo("The local model is loaded and measured, which takes up to a minute …", err=True)
    found: list[Examined] = []
    for one in examine(measure=measure):
        found.append(one)
        if not as_json:
            sign, colour = _SIGNS[one.state]
            click.echo(f"{click.style(sign, fg=colour)} {one.name.ljust(22)} {one.found}")
            if one.do:
                click.echo(f"{' ' * 25}→ {one.do}")
    healthy = all(one.state != "fault" for one in found)
    if as_json:
        click.echo(json.dumps({"ok": healthy, "found": [one.as_dict() for one in found]}, indent=2))
    sys.exit(0 if healthy else 1)
