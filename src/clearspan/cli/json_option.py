"""`--json`, which every command has whose results a program may read."""

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])


def json_option(help: str = "Print JSON for programs.") -> Callable[[Command], Command]:
    """The flag `--json`, as the argument `as_json`.

    Args:
        help: what it does to a command that does not simply print JSON instead of text.
    """
    return click.option("--json", "as_json", is_flag=True, help=help)
