"""Every example runs as its docstring says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from clearspan.workspace.workspace import Workspace

REPOSITORY = Path(__file__).resolve().parent.parent

EXAMPLES = {
    "ask_a_folder.py": (["docs/", "What does a receipt record?"], "tier:"),
    "what_was_not_believed.py": ([], "not believed: Midland Health Courier"),
}


def test_every_example_is_run_here() -> None:
    assert {path.name for path in (REPOSITORY / "examples").glob("*.py")} == set(EXAMPLES)


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_example(name: str, samples: Workspace) -> None:
    arguments, expected = EXAMPLES[name]
    environment = os.environ | {
        "CLEARSPAN_HOME": str(samples.settings.home),
        "CLEARSPAN_WEIGHTS": str(samples.settings.models_dir),
        "CLEARSPAN_GENERATE": "false",
    }
    done = subprocess.run(
        [sys.executable, str(REPOSITORY / "examples" / name), *arguments],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout
