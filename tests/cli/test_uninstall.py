"""`clearspan uninstall`: what would go, what went, and what is left alone."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.cli.main import cli


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    (folder / "libraries").mkdir(parents=True)
    (folder / "libraries" / "samples.db").write_bytes(b"x" * 2_000_000)
    (folder / "ledger.db").write_bytes(b"receipts")
    (folder / "ledger.db-wal").write_bytes(b"more")
    (folder / "models" / "one").mkdir(parents=True)
    (folder / "models" / "one" / "weights").write_bytes(b"w" * 3_000_000)
    monkeypatch.setenv("CLEARSPAN_HOME", str(folder))
    return folder


def uninstall(*options: str) -> str:
    result = CliRunner().invoke(cli, ["uninstall", *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_what_would_go_is_shown_and_stays(home: Path) -> None:
    said = uninstall()
    assert "5.0 MB would go" in said
    assert str(home / "ledger.db-wal") in said
    assert "pip uninstall clearspan" in said
    assert (home / "ledger.db").exists()


def test_what_went_is_said_and_the_home_goes_with_it(home: Path) -> None:
    assert "5.0 MB went" in uninstall("--yes")
    assert not home.exists()
    assert "nothing of Clearspan's" in uninstall("--yes")


def test_what_is_not_clearspans_is_named_and_left(home: Path, tmp_path: Path) -> None:
    (home / "diary.txt").write_text("mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    (home / "presets").symlink_to(elsewhere)
    said = uninstall("--yes")
    assert f"left: {home / 'diary.txt'}" in said
    assert (home / "diary.txt").read_text() == "mine"
    assert (elsewhere / "kept").exists()
    assert not (home / "presets").exists()


def test_weights_can_be_kept(home: Path) -> None:
    said = uninstall("--yes", "--keep-weights")
    assert "2.0 MB went" in said
    assert "left:" not in said
    assert (home / "models" / "one" / "weights").exists()
    assert not (home / "libraries").exists()
