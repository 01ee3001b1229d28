"""The command line's entry: quick, complete, and plain about errors."""

import importlib
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from clearspan.cli.main import COMMANDS, cli, print_error
from clearspan.errors import BadInput


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_exists_and_explains_itself(name: str) -> None:
    entry = COMMANDS[name]
    command = getattr(importlib.import_module(entry.module), entry.attribute)
    assert isinstance(command, click.Command)
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert result.output.strip()


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from clearspan.cli.main import cli; cli(['--help'], standalone_mode=False); "
        "heavy = {'torch', 'numpy', 'transformers', 'fastapi', 'pydantic', 'pint', 'rich'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_error_is_printed_in_three_parts(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(BadInput("It broke.", why="It was old.", do="Get a new one."))
    lines = capsys.readouterr().err.splitlines()
    assert [line.strip(" ✗") for line in lines] == ["It broke.", "It was old.", "Get a new one."]
