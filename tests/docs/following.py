"""A page followed to the letter: its files are written, its commands run, and what it says they print is looked for."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.docs.pages import REPOSITORY, Block, blocks
from tests.installed import Installed, outside

HOST = Path(sys.executable).parent
QUIET = {"CLEARSPAN_EMBEDDER": "", "CLEARSPAN_GENERATE": "false"}
"""Nothing is asked of a model unless the page needs one."""


def stranger(installed: Installed, folder: Path, **settings: str) -> dict[str, str]:
    """The variables of somebody who has Clearspan installed, and a home in the folder."""
    return (
        outside()
        | QUIET
        | {
            "PATH": os.pathsep.join([str(installed.folder / "bin"), str(HOST), os.environ["PATH"]]),
            "CLEARSPAN_HOME": str(folder / "home"),
            # pip is the one of these tests; it installs for the stranger, and without a network.
            "PIP_PYTHON": str(installed.python),
            "PIP_NO_INDEX": "1",
            "PIP_NO_DEPS": "1",
            "PIP_NO_BUILD_ISOLATION": "false",
            "PIP_QUIET": "1",
        }
        | {f"CLEARSPAN_{name.upper()}": value for name, value in settings.items()}
    )


def developer(folder: Path) -> dict[str, str]:
    """The variables of somebody who works in a copy of the repository, which is made in the folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "src", "tests", "docs", "*.toml", "*.json", "*.config.js", "Makefile"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REPOSITORY / name, folder / name)
    path = os.pathsep.join([str(HOST), os.environ["PATH"]])
    home = {"CLEARSPAN_HOME": str(folder / "home"), "PYTHONPATH": str(folder / "src")}
    return outside() | QUIET | {"PATH": path} | home


def follow(page: str, folder: Path, variables: Mapping[str, str]) -> list[str]:
    """Do what a page of docs/ says, in a folder; what its commands printed, block by block.

    A block with a title is that file, and one of `diff` a change to it. A block of `sh` is run, and lines of a block
    of `text` behind it must stand in what it prints, in order.
    """
    printed: list[str] = []
    for block in blocks(REPOSITORY / "docs" / page):
        if block.title:
            _write(block, folder / block.title)
        elif block.language == "sh":
            printed.append(_run(block.code, folder, variables))
        elif block.language == "text":
            _said(block.code, printed[-1])
    return printed


def _write(block: Block, path: Path) -> None:
    if block.language != "diff":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code)
        return
    lines = block.code.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    text = path.read_text("utf-8")
    assert text.count(before) == 1, f"{block.title} has these lines {text.count(before)} times:\n{before}"
    path.write_text(text.replace(before, after))


def _run(code: str, folder: Path, variables: Mapping[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", code],
        cwd=folder,
        env=dict(variables),
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
