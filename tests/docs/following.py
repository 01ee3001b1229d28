"""A page followed to the letter: its files are written, its commands run, and what it says they print is looked for."""

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import REPOSITORY, blocks
from tests.packages.conftest import Installed, outside

HOST = Path(sys.executable).parent


def follow(page: str, folder: Path, installed: Installed, **settings: str) -> list[str]:
    """Do what a page of docs/ says, in a folder; what its commands printed, block by block.

    A block with a title is that file. A block of `sh` is run, and lines of a block of `text` behind it must
    stand in what it prints, in order.
    """
    variables = outside() | {
        "PATH": os.pathsep.join([str(installed.folder / "bin"), str(HOST), os.environ["PATH"]]),
        "CLEARSPAN_HOME": str(folder / "home"),
        "CLEARSPAN_EMBEDDER": "",
        "CLEARSPAN_GENERATE": "false",
        # pip is the one of these tests; it installs for the stranger, and without a network.
        "PIP_PYTHON": str(installed.python),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "false",
        "PIP_QUIET": "1",
        **{f"CLEARSPAN_{name.upper()}": value for name, value in settings.items()},
    }
    printed: list[str] = []
    for block in blocks(REPOSITORY / "docs" / page):
        if block.title:
            path = folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code)
        elif block.language == "sh":
            printed.append(_run(block.code, folder, variables))
        elif block.language == "text":
            _said(block.code, printed[-1])
    return printed


def _run(code: str, folder: Path, variables: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{code}\n{done.stdout}"
    return done.stdout


def _said(promised: str, printed: str) -> None:
    """Lines are compared by their words, since tables are as wide as the terminal."""
    rest = " ".join(printed.split())
    for line in promised.splitlines():
        words = " ".join(line.split())
        assert words in rest, (
            f"The page promises: {words}\nAfter what was found already, this is printed: {rest}"
        )
        rest = rest.partition(words)[2]
