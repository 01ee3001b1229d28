"""Clearspan as a stranger has it: its wheel in an environment of its own, with other packages beside it."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with the wheel of this repository; everything that the wheel needs comes from outside it."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def install(self, *sources: Path) -> None:
        """Install wheels and folders of packages, without a network."""
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(self.python),
            "install",
            "--quiet",
            "--no-index",
            "--no-compile",
        ]
        run([*pip, "--no-deps", "--no-build-isolation", *map(str, sources)])

    def clearspan(self, *arguments: str | Path, home: Path, **settings: str) -> str:
        """What the command prints."""
        extra = {f"CLEARSPAN_{name.upper()}": value for name, value in settings.items()}
        environment = outside() | {"CLEARSPAN_HOME": str(home), "CLEARSPAN_EMBEDDER": ""} | extra
        return run([self.python, "-m", "clearspan", *arguments], environment)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)])
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Installed]:
    """Makes an environment that holds the wheel and nothing else."""

    def make(name: str) -> Installed:
        folder = tmp_path_factory.mktemp(name)
        run([sys.executable, "-m", "venv", "--without-pip", str(folder)])
        (packages,) = folder.glob("lib/python*/site-packages")
        # The paths in it come after the environment's own packages.
        (packages / "outside.pth").write_text(sysconfig.get_path("purelib"))
        installed = Installed(folder)
        installed.install(wheel)
        return installed

    return make


def outside() -> dict[str, str]:
    """The environment variables, without those that lead to the sources of this repository."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def run(arguments: list[str | Path], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        arguments, cwd=REPOSITORY, env=environment or outside(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout
