"""Options that many commands have: `--json`, `--beyond-limit`, and the kinds of paths that they take."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])

PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
FILE_THERE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER_THERE = click.Path(path_type=Path, exists=True, file_okay=False)


def json_option(help: str = "Print JSON for programs.") -> Callable[[Command], Command]:
    """The flag `--json`, as the argument `as_json`.

    Args:
        help: what it does to a command that does not simply print JSON instead of text.
    """
    return click.option("--json", "as_json", is_flag=True, help=help)


def leave_option(command: Command) -> Command:
    """The option `--beyond-limit`, as the argument `limit_key`."""
    wrapped = click.option(
        "--beyond-limit",
        "limit_key",
        metavar="KEY",
        help="Let dials exceed their limits, with the limit_key of the settings; recorded.",
    )
    return wrapped(command)
