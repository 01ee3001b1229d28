"""Every code block of the README is run, in order, in one new home folder."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = BLOCK.findall((REPOSITORY / "README.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def environment(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A new user's environment: an empty home, a free port, no screen."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = tmp_path_factory.mktemp("readme-home")
    extra = {
        "PATH": path,
        "CLEARSPAN_HOME": str(home),
        "CLEARSPAN_WEIGHTS": str(weights),
        "CLEARSPAN_PORT": "0",
        "PYTHONUNBUFFERED": "1",
    }
    return {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "MAKEFLAGS", "MAKELEVEL"}} | extra


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


def run(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        arguments, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, f"{arguments[-1]}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.parametrize(("language", "code"), BLOCKS, ids=[code.splitlines()[0][:40] for _, code in BLOCKS])
def test_block(language: str, code: str, environment: dict[str, str]) -> None:
    if code.strip() == "make run":
        with serving("make run", environment) as address:
            assert "<title>" in run(["curl", "--silent", "--fail", f"{address}/"], environment)
    elif code.strip() == "make test":
        # The tests are running already: collecting them shows that the command works from here.
        collected = run(["make", "test"], environment | {"PYTEST_ADDOPTS": "--collect-only -q"})
        assert "test_readme.py" in collected
    elif language == "sh":
        assert run(["bash", "-euo", "pipefail", "-c", code], environment)
    elif "127.0.0.1:8710" in code:
        with serving("clearspan serve --library samples", environment) as address:
            output = run([sys.executable, "-c", code.replace("http://127.0.0.1:8710", address)], environment)
        assert "27 May 1937" in output
    else:
        assert language == "python"
        output = run([sys.executable, "-c", code], environment)
        assert "4,200 feet" in output


def test_what_the_readme_points_to_is_there() -> None:
    text = (REPOSITORY / "README.md").read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert targets
    assert [target for target in targets if not (REPOSITORY / target).exists()] == []
