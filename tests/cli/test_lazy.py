"""Commands that are imported when they are run: help names them all and imports none."""

import sys

import click
import pytest
from click.testing import CliRunner

from clearspan.cli.lazy import Entry, LazyGroup

ENTRIES = {
    "second": Entry("clearspan.cli.serving.serve", "serve", "Say the second."),
    "first": Entry("no.such.module", "command", "Say the first."),
    "wrong": Entry("clearspan.cli.lazy", "Entry", "No command."),
}


@pytest.fixture
def group() -> LazyGroup:
    return LazyGroup("tool", entries=ENTRIES, help="A tool.")


def test_help_lists_them_in_order_without_importing(group: LazyGroup) -> None:
    result = CliRunner().invoke(group, ["--help"])
    assert result.exit_code == 0
    said = result.output
    assert said.index("second") < said.index("first") < said.index("wrong")
    assert "Say the first." in said
    assert "no.such.module" not in sys.modules


def test_a_command_is_imported_when_it_is_asked_for(group: LazyGroup) -> None:
    context = click.Context(group)
    assert group.list_commands(context) == list(ENTRIES)
    assert isinstance(group.get_command(context, "second"), click.Command)
    assert group.get_command(context, "none") is None
    with pytest.raises(ModuleNotFoundError):
        group.get_command(context, "first")
    with pytest.raises(TypeError, match="is not a click command"):
        group.get_command(context, "wrong")


def test_an_unknown_command_is_a_usage_error(group: LazyGroup) -> None:
    result = CliRunner().invoke(group, ["none"])
    assert result.exit_code == 2
    assert "No such command 'none'" in result.output
