"""The command line as pages, one for each command that `clearspan --help` lists."""

import inspect
import re
from collections.abc import Iterator

import click
from made.markdown import plain, table

from clearspan.cli.main import cli

_ROOT = click.Context(cli, info_name="clearspan")


def names() -> list[str]:
    """The commands, in the order of `clearspan --help`."""
    return cli.list_commands(_ROOT)


def path(name: str) -> str:
    """Where a command's page lies."""
    return f"reference/commands/{name}.md"


def pages() -> dict[str, str]:
    """Every page by its path."""
    return {path(name): "\n\n".join(_described(name, _ROOT)) + "\n" for name in names()}


def _described(name: str, parent: click.Context, level: int = 1) -> Iterator[str]:
    group = parent.command
    assert isinstance(group, click.Group)
    command = group.get_command(parent, name)
    assert command is not None
    context = click.Context(command, info_name=name, parent=parent)
    yield f"{'#' * level} {context.command_path}"
    yield "\n".join(
        ["```text", " ".join([context.command_path, *command.collect_usage_pieces(context)]), "```"]
    )
    yield from _paragraphs(command.help or "")
    records = [parameter.get_help_record(context) for parameter in command.params]
    options = [record for record in records if record and record[1]]
    if options:
        yield table(("option", "what it does"), [(f"`{flag}`", plain(text)) for flag, text in options])
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            yield from _described(child, context, level + 1)


def _paragraphs(text: str) -> Iterator[str]:
    """A docstring as `--help` shows it: `\\b` opens a paragraph whose lines stay as they are, `\\f` ends the text."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text).partition("\f")[0].strip()):
        if paragraph.startswith("\b"):
            yield "\n".join(["```text", paragraph.removeprefix("\b").strip("\n"), "```"])
        elif paragraph:
            yield plain(paragraph)
