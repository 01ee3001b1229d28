"""`clearspan train` where nobody sees a terminal."""

from pathlib import Path

from click.testing import CliRunner

from clearspan.cli.train import train
from tests.checks.answers.conftest import row, write_set


def test_where_it_stands_is_told_in_lines_on_standard_error(tmp_path: Path) -> None:
    write_set(tmp_path, "bridges", [row(f"Sallow{number}", number) for number in range(9)])
    told = CliRunner().invoke(train, ["reader", "--data", str(tmp_path), "--out", str(tmp_path / "out")])
    assert told.exit_code != 0
    assert told.stderr.splitlines()[0] == "reading questions"
    assert not told.stdout
