"""One option for JSON, the same for every command that has it."""

from pathlib import Path

import click
from click.testing import CliRunner

from clearspan import cli
from clearspan.cli.options import json_option


def test_it_is_a_flag_and_says_what_it_does() -> None:
    @click.command()
    @json_option("End with one line of JSON.")
    def command(as_json: bool) -> None:
        click.echo(as_json)

    assert CliRunner().invoke(command, ["--json"]).output == "True\n"
    assert CliRunner().invoke(command, []).output == "False\n"
    assert "End with one line of JSON." in CliRunner().invoke(command, ["--help"]).output


def test_it_is_declared_in_one_place() -> None:
    room = Path(next(iter(cli.__path__)))
    declared = [path.name for path in room.rglob("*.py") if '"--json"' in path.read_text("utf-8")]
    assert declared == ["options.py"]
