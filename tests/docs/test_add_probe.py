"""The page on adding a probe, followed to the letter."""

from collections.abc import Callable
from pathlib import Path

from tests.docs.following import follow, stranger
from tests.installed import Installed


def test_the_page_is_followed(environment: Callable[[str], Installed], tmp_path: Path) -> None:
    printed = follow("add/probe.md", tmp_path, stranger(environment("add-probe"), tmp_path))
    assert len(printed) == 2
