"""The parts of the page that have logic, under Node's own test runner, a file a test."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FILES = sorted((Path(__file__).parent / "unit").glob("*.test.js"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_unit(file: Path) -> None:
    node = shutil.which("node")
    if node is None or not (REPOSITORY / "node_modules" / "linkedom").is_dir():
        reason = "Node.js 20.19 or newer and its packages are missing: install it, then run `npm ci`"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    run = subprocess.run([node, "--test", str(file)], capture_output=True, text=True, cwd=REPOSITORY)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "# pass 0" not in run.stdout
