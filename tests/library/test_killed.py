"""`kill -9` at random moments while documents are added: what was committed is whole, and a second run completes."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from clearspan.library.library import Library
from clearspan.settings import Settings

_FILES = 60
_ADD = """
import sys
from pathlib import Path
import numpy as np
from clearspan.library.library import Library
from clearspan.settings import Settings

class Fixed:
    reference = "fixed"
    dimension = 8
    def embed(self, texts):
        return np.full((len(texts), 8), 8 ** -0.5, np.float32)

library = Library.open("killed", Settings(home=Path(sys.argv[1])), Fixed() if sys.argv[3] == "on" else None)
print("open", flush=True)
library.add(Path(sys.argv[2]), progress=lambda change: print(change.locator, flush=True))
"""


def test_twenty_kills(settings: Settings, tmp_path: Path, check_whole: Callable[[Path], None]) -> None:
    chance = random.Random(4)
    texts = tmp_path / "texts"
    texts.mkdir()
    database = settings.home / "libraries" / "killed.db"
    for run in range(20):
        # New content each time, so that every run replaces as well as adds.
        for number in range(_FILES):
            (texts / f"{number}.md").write_text(f"# Text {number}\n\n" + f"Run {run} of the orcas. " * 60)
        reported = _killed_after(chance, settings.home, texts, embeds=run % 4 == 0)
        if database.exists():
            with Library.open("killed", settings, None) as library:
                held = {one.locator for one in library.documents()}
            assert set(reported) <= held
            check_whole(database)
    with Library.open("killed", settings, None) as library:
        library.add(texts)
        assert library.counts()[0] == _FILES
    check_whole(database)


def _killed_after(chance: random.Random, home: Path, texts: Path, *, embeds: bool) -> list[str]:
    """Start adding, kill it after a random number of reports; the sources that were reported as stored."""
    process = subprocess.Popen(
        [sys.executable, "-c", _ADD, str(home), str(texts), "on" if embeds else "off"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    reported: list[str] = []
    stop = chance.randrange(0, _FILES - 5)
    for line in process.stdout:
        if line.strip() != "open":
            reported.append(line.strip())
        if len(reported) >= stop:
            break
    os.kill(process.pid, signal.SIGKILL)
    reported += [line.strip() for line in process.stdout if line.endswith("\n") and line.strip() != "open"]
    process.stdout.close()
    process.wait()
    return reported
