"""The page on adding a room, followed to the letter."""

from pathlib import Path

import pytest

from tests.docs.following import developer, follow

pytestmark = pytest.mark.browser


def test_the_page_is_followed(tmp_path: Path) -> None:
    assert "2 passed" in follow("add/room.md", tmp_path, developer(tmp_path))[-1]
