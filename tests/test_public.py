"""The public face: what `clearspan` names, and that naming it costs nothing."""

import subprocess
import sys

import pytest

import clearspan as cs


def test_what_is_listed_is_there_and_nothing_else() -> None:
    assert dir(cs) == sorted(cs.__all__)
    assert all(getattr(cs, name) is not None for name in cs.__all__)


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, clearspan; sys.exit(bool({'torch', 'numpy', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = cs.nothing


def test_help_looks_for_no_plugins_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, clearspan.cli.main as line; sys.argv = ['clearspan', '--help']\n"
        "try: line.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'numpy', 'pydantic', 'importlib.metadata', 'clearspan.plugins'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Answers from open-weight language models" in done.stdout
