"""Which branches of the rooms that decide citations their tests take.

python benchmarks/branches.py [--json] [--write]        (make coverage)
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from clearspan.measure.bars import Bar, Report, Table, report

REPOSITORY = Path(__file__).resolve().parent.parent
SOURCE = REPOSITORY / "src" / "clearspan"
ROOMS = ("language", "overview")
TESTS = ("tests/language", "tests/overview", "tests/test_answer.py")
FLOOR = 0.9
MOST_MISSED = 12
"""Modules that the table names; those with most branches that no test takes."""


def measured(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Run the tests of the rooms; what coverage.py says of each file, by its path below `src/clearspan`.

    Raises:
        SystemExit: a test failed.
    """
    found = folder / "coverage.json"
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS]
    sources = [f"--cov=clearspan.{room}" for room in ROOMS]
    run = subprocess.run(
        [*pytest, *sources, "--cov-report=", f"--cov-report=json:{found}"], cwd=REPOSITORY, check=False
    )
    if run.returncode:
        raise SystemExit(run.returncode)
    files: dict[str, Mapping[str, Any]] = json.loads(found.read_text("utf-8"))["files"]
    return {
        str((REPOSITORY / name).resolve().relative_to(SOURCE)): each["summary"]
        for name, each in files.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace the section in docs/measurements.md")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        files = measured(Path(folder))
    rows: list[tuple[str, int, int, int, float]] = []
    bars: list[Bar] = []
    for room in ROOMS:
        inside = [each for name, each in files.items() if name.startswith(f"{room}/")]
        taken, all_of_them = (
            sum(each[key] for each in inside) for key in ("covered_branches", "num_branches")
        )
        share = taken / all_of_them
        rows.append((f"{room}/", len(inside), taken, all_of_them, share))
        bars.append(Bar(f"{room}/: share of branches that a test takes", share, FLOOR))
    missed = sorted(
        (
            (each["num_branches"] - each["covered_branches"], each["num_branches"], name)
            for name, each in files.items()
        ),
        reverse=True,
    )
    least = [(name, left, every) for left, every, name in missed[:MOST_MISSED] if left]
    result = Report(
        section="Branches that tests take",
        command="make coverage",
        tables=[
            Table("Rooms", ("room", "modules", "branches taken", "branches", "share"), rows),
            Table("Where most are left", ("module", "not taken", "branches"), least),
        ],
        bars=bars,
        notes=[
            f"coverage.py over `{' '.join(TESTS)}`; a branch is a jump that a condition or a loop may make."
        ],
    )
    return report(
        result, as_json=arguments.json, write=REPOSITORY / "docs/measurements.md" if arguments.write else None
    )


if __name__ == "__main__":
    sys.exit(main())
