"""The page on adding a tier, followed to the letter."""

from collections.abc import Callable
from pathlib import Path

from tests.docs.following import follow, stranger
from tests.installed import Installed


def test_the_page_is_followed(environment: Callable[[str], Installed], tmp_path: Path) -> None:
    printed = follow("add/tier.md", tmp_path, stranger(environment("add-tier"), tmp_path, generate="true"))
    assert "◇" in printed[1]
