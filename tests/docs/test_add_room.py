"""The page on adding a room, followed to the letter; what it adds has the types and the style of the page."""

import subprocess
from pathlib import Path

import pytest

from tests.docs.following import developer, follow
from tests.docs.pages import REPOSITORY

pytestmark = pytest.mark.browser


def test_the_page_is_followed(tmp_path: Path) -> None:
    assert "2 passed" in follow("add/room.md", tmp_path, developer(tmp_path))[-1]
    tools = REPOSITORY / "node_modules"
    if not tools.exists():
        pytest.skip("followed, but its types were not checked: `make check` installs what checks them")
    (tmp_path / "node_modules").symlink_to(tools)
    for tool in ("tsc", "eslint"):
        command = [tools / ".bin" / tool]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
