"""Small inputs that grow: each gets a clear error or is read, within 200 MB above rest."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_BOMBS = Path(__file__).with_name("bombs.py")


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is read from /proc")
@pytest.mark.parametrize(("part", "kinds"), [("files", 20), ("http", 8)])
def test_bombs_do_not_go_off(part: str, kinds: int) -> None:
    found = subprocess.run([sys.executable, str(_BOMBS), part], capture_output=True, text=True, check=True)
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert len(rows) >= kinds
    assert {row["bomb"]: row["megabytes"] for row in rows if row["megabytes"] > 200} == {}
    gave_up = [row for row in rows if "gave up" in row["said"] or "MemoryError" in row["said"]]
    assert gave_up == []
