"""The structure of the source: circles of imports, crowded folders, long modules, rooms without a contract.

python benchmarks/house.py [--json] [--write]
"""

import argparse
import ast
import statistics
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from clearspan.measure.bars import Bar, Report, Table, report

REPOSITORY = Path(__file__).resolve().parent.parent
SOURCE = REPOSITORY / "src" / "clearspan"
MOST_FILES, MOST_LINES = 16, 350
CODE = {".py", ".js", ".css", ".cpp", ".h"}
PYTHON_BEFORE, JAVASCRIPT_BEFORE = 50_024, 6_044
"""Lines before the rooms were sorted."""


def modules() -> dict[str, Path]:
    """Dotted name of every module → its file."""
    found: dict[str, Path] = {}
    for path in SOURCE.rglob("*.py"):
        parts = ("clearspan", *path.relative_to(SOURCE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def circle() -> tuple[str, ...]:
    """A circle of imports, those inside functions counted; empty when there is none.

    What only a type checker imports is left out: it runs nothing.
    """
    known = modules()
    graph = {
        name: {one for one in _imports(ast.parse(path.read_text("utf-8")), known) if one != name}
        for name, path in known.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return ()


def _imports(tree: ast.AST, known: dict[str, Path]) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("clearspan"):
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                yield inner if inner in known else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)
        else:
            yield from _imports(node, known)


def folders() -> dict[str, int]:
    """Files of code that stand directly in each folder."""
    found = [SOURCE, *(path for path in SOURCE.rglob("*") if path.is_dir())]
    return {str(one.relative_to(SOURCE)): sum(f.suffix in CODE for f in one.iterdir()) for one in found}


def lengths(suffix: str) -> dict[str, int]:
    """Lines of each file with a suffix."""
    return {
        str(path.relative_to(SOURCE)): len(path.read_text("utf-8").splitlines())
        for path in SOURCE.rglob(f"*{suffix}")
    }


def rooms_without_a_contract() -> list[str]:
    """Packages that no contract of import-linter names."""
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    listed: set[str] = set()
    for contract in settings["tool"]["importlinter"]["contracts"]:
        names = [
            name.strip(" ()")
            for layer in (*contract.get("layers", ()), *contract.get("modules", ()))
            for name in layer.replace(":", "|").split("|")
        ]
        prefixes = [f"{container}." for container in contract.get("containers", ())] or [""]
        listed |= {prefix + name for prefix in prefixes for name in names}
    # A folder that only holds rooms, each of which is listed, needs no line of its own.
    holders = {name.rpartition(".")[0] for name in listed}
    packages = (
        {name for name, path in modules().items() if path.name == "__init__.py"} - {"clearspan"} - holders
    )
    return sorted(packages - listed)


def shared_names() -> dict[str, list[str]]:
    """Names that more than one class has → the modules that define one: a word means one thing."""
    found: dict[str, list[str]] = {}
    for module, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(module)
    return {name: where for name, where in sorted(found.items()) if len(where) > 1}


def help_seconds(runs: int = 9) -> list[float]:
    """How long `clearspan --help` takes, a process each."""
    command = [sys.executable, "-m", "clearspan", "--help"]
    found: list[float] = []
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        found.append(time.perf_counter() - began)
    return found


def measured() -> Report:
    """Every bar of the structure."""
    python, script, crowd = lengths(".py"), lengths(".js"), folders()
    found = circle()
    alone = rooms_without_a_contract()
    seconds = help_seconds()
    largest = sorted(crowd.items(), key=lambda pair: -pair[1])[:8]
    longest = sorted((python | script).items(), key=lambda pair: -pair[1])[:8]
    return Report(
        section="The structure of the source",
        command="python benchmarks/house.py --write",
        tables=(
            Table("Folders with most files of code", ("folder", "files"), largest),
            Table("Longest modules", ("module", "lines"), longest),
        ),
        bars=(
            Bar("circles of imports, those inside functions counted", float(bool(found)), 0, "=="),
            Bar("files of code in the fullest folder", max(crowd.values()), MOST_FILES, "<="),
            Bar("lines of the longest module", max((python | script).values()), MOST_LINES, "<="),
            Bar("packages that no contract of import-linter names", len(alone), 0, "=="),
            Bar("names that more than one class has", len(shared_names()), 0, "=="),
            Bar("lines of Python in src", sum(python.values()), PYTHON_BEFORE, "<="),
            Bar("lines of JavaScript in src", sum(script.values()), JAVASCRIPT_BEFORE, "<="),
            Bar("`clearspan --help`, seconds, median of 9", statistics.median(seconds), 0.4, "<="),
        ),
        notes=tuple(
            [f"A circle: {' → '.join(found)}."] * bool(found)
            + [f"Without a contract: {', '.join(alone)}."] * bool(alone)
        ),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/measurements.md")
    asked = parser.parse_args()
    document = REPOSITORY / "docs" / "measurements.md" if asked.write else None
    sys.exit(report(measured(), as_json=asked.json, write=document))
