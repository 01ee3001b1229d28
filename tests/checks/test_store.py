"""`clearspan check store` on libraries that were damaged."""

import sqlite3
from pathlib import Path

import pytest

from clearspan.checks.store import check
from clearspan.library.library import Library
from clearspan.settings import Settings

_DAMAGES = {
    "offsets": "UPDATE passages SET start = start + 1 WHERE position = 0",
    "text": "UPDATE documents SET text = replace(text, 'orcas', 'orcaz')",
    "pages": "UPDATE documents SET page_starts = '[1, 2'",
    "index of words": "INSERT INTO passages_words (passages_words) VALUES ('delete-all')",
    "vectors": "INSERT INTO vectors (passage, vector) SELECT id, x'000000' FROM passages LIMIT 1",
}


@pytest.fixture
def library(tmp_path: Path) -> tuple[Settings, Path, Path]:
    """Settings, a library's file, and the file of its one document."""
    settings = Settings(home=tmp_path / "home", embedder="")
    source = tmp_path / "whales.md"
    source.write_text("# Whales\n\n" + "The orcas swim north in spring. " * 100)
    with Library.open("whales", settings, None) as made:
        made.add(source)
    return settings, settings.home / "libraries" / "whales.db", source


@pytest.mark.parametrize("damage", _DAMAGES)
def test_what_is_damaged_is_told_and_mended(damage: str, library: tuple[Settings, Path, Path]) -> None:
    settings, path, source = library
    assert check(settings).holds
    with sqlite3.connect(path) as raw:
        raw.execute(_DAMAGES[damage])
    raw.close()
    assert not check(settings).holds
    assert check(settings, repair=True).holds
    assert list(path.parent.glob("whales.db.*.backup"))
    with Library.open("whales", settings, None) as mended:
        mended.add(source)
        assert mended.search("orcas").hits
    assert check(settings).holds


def test_a_damaged_list_of_pages_is_a_clear_error(library: tuple[Settings, Path, Path]) -> None:
    from clearspan.errors import StorageError

    settings, path, _ = library
    with sqlite3.connect(path) as raw:
        raw.execute(_DAMAGES["pages"])
    raw.close()
    with Library.open("whales", settings, None) as damaged, pytest.raises(StorageError, match="damaged"):
        damaged.documents()


def test_a_file_that_is_no_library_is_a_flaw(library: tuple[Settings, Path, Path]) -> None:
    settings, path, _ = library
    (path.parent / "broken.db").write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 64)
    found = check(settings, repair=True)
    assert not found.holds
    assert "cannot be read" in str(found.tables)


def test_modes_are_mended_at_open(library: tuple[Settings, Path, Path]) -> None:
    settings, path, _ = library
    for wide in (path, path.parent):
        wide.chmod(0o755)
    with Library.open("whales", settings, None):
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
        assert all(side.stat().st_mode & 0o077 == 0 for side in path.parent.glob("whales.db*"))
