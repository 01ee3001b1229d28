"""Every code block of the README and of the start page is run, in order, each page in one new home folder."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs.pages import REPOSITORY, Block, blocks

README = REPOSITORY / "README.md"
START = REPOSITORY / "docs" / "start.md"


def named(page: Path) -> list[object]:
    """The blocks of a page that are run, each with what the page says that it prints, and named by its first line."""
    found = blocks(page)
    follows = [*found[1:], Block("", "", "")]
    return [
        pytest.param(
            block, next_one.code if next_one.language == "text" else "", id=block.code.splitlines()[0][:40]
        )
        for block, next_one in zip(found, follows, strict=True)
        if block.language != "text"
    ]


@pytest.fixture(scope="module")
def environment(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A new user's environment: an empty home, a free port, no screen."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = tmp_path_factory.mktemp("followed-home")
    extra = {
        "PATH": path,
        "CLEARSPAN_HOME": str(home),
        "CLEARSPAN_WEIGHTS": str(weights),
        "CLEARSPAN_PORT": "0",
        "PYTHONUNBUFFERED": "1",
    }
    return {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "MAKEFLAGS", "MAKELEVEL"}} | extra


@pytest.fixture(scope="module")
def printed() -> dict[str, str]:
    """What blocks have printed, by their code: nothing that both pages say is run twice."""
    return {}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader of the start page keeps notes."""
    return tmp_path_factory.mktemp("start")


@contextmanager
def serving(command: str, environment: dict[str, str]) -> Iterator[str]:
    """The address that a serving command prints; it is interrupted like Ctrl+C at the end."""
    server = subprocess.Popen(
        ["bash", "-c", f"exec {command}"],
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert server.stdout is not None
        address = next((m[0] for line in server.stdout if (m := re.search(r"http://[\d.:]+", line))), "")
        assert address, f"{command} ended without an address"
        yield address
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.communicate(timeout=60)


def run(arguments: list[str], environment: dict[str, str], folder: Path = REPOSITORY) -> str:
    done = subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=850
    )
    assert done.returncode == 0, f"{arguments[-1]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(("block", "said"), named(README))
def test_the_readme(block: Block, said: str, environment: dict[str, str], printed: dict[str, str]) -> None:
    assert not said
    code = block.code
    if code.strip() == "make run":
        with serving("make run", environment) as address:
            output = run(["curl", "--silent", "--fail", f"{address}/"], environment)
        assert "<title>" in output
    else:
        assert block.language == "sh"
        output = run(["bash", "-euo", "pipefail", "-c", code], environment)
        assert output
    printed[code] = output


@pytest.mark.parametrize(("block", "said"), named(START))
def test_the_start(
    block: Block, said: str, environment: dict[str, str], printed: dict[str, str], folder: Path
) -> None:
    lines = set(block.code.splitlines())
    output = next((printed[code] for code in printed if lines <= set(code.splitlines())), "")
    if not output:
        if block.code.strip() == "make run":
            pytest.skip("the README's test, which starts it, was left out")
        program = ["bash", "-euo", "pipefail", "-c"] if block.language == "sh" else [sys.executable, "-c"]
        output = run([*program, block.code], environment, folder)
    words = " ".join(output.split())
    assert words
    for line in said.splitlines():
        assert " ".join(line.split()) in words


def test_what_the_readme_points_to_is_there() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text("utf-8"))
    assert targets
    assert [target for target in targets if not (REPOSITORY / target).exists()] == []
