"""Every example runs as its docstring says, and needs no more than is public."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clearspan.workspace.workspace import Workspace

REPOSITORY = Path(__file__).resolve().parent.parent

EXAMPLES = {
    "ask_a_folder.py": (["docs/concepts/", "What does a receipt record?"], "tier:"),
    "keep_a_library.py": (["README.md", "docs/concepts/journey.md"], "the same again"),
    "plan_a_model.py": ([], "parameters, "),
    "what_was_not_believed.py": ([], "not believed: Midland Health Courier"),
}


def test_every_example_is_run_here() -> None:
    assert {path.name for path in (REPOSITORY / "examples").glob("*.py")} == set(EXAMPLES)


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_an_example_needs_the_public_face_alone(name: str) -> None:
    code = ast.parse((REPOSITORY / "examples" / name).read_text())
    named = {
        alias.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(code)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert "clearspan" in named
    assert {module.partition(".")[0] for module in named} <= sys.stdlib_module_names | {"clearspan"}
    assert not {module for module in named if module.startswith("clearspan.")}


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
