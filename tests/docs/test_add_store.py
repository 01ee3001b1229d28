"""The page on adding a store, followed to the letter."""

import re
from collections.abc import Callable
from pathlib import Path

from tests.docs.following import follow, stranger
from tests.docs.pages import REPOSITORY
from tests.installed import Installed


def test_the_page_is_followed(environment: Callable[[str], Installed], tmp_path: Path) -> None:
    (tmp_path / "clearspan").symlink_to(REPOSITORY)
    printed = follow("add/store.md", tmp_path, stranger(environment("add-store"), tmp_path))
    assert re.search(r"\b[1-9]\d passed", printed[-1])
    assert "failed" not in printed[-1]
    assert (tmp_path / "libraries" / "default.json").exists()
