"""Truth on public evaluation sets: judging sources, verifying sentences, and what becomes of an answer.

Each part is a module of its own beside this one, truth_NAME.py, with a function `measure(data, settings)` that returns
its reports; `--only NAME` runs one part. What needs no evaluation set is in `clearspan check truth`.
"""

import argparse
import importlib
import json
import os
import sys
from pathlib import Path

from clearspan.measure.bars import Report, report
from clearspan.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
PARTS = ("sources", "verification", "cost", "outcomes")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY / "../shared"))
    )
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part; may be repeated")
    parser.add_argument("--json", action="store_true", help="end with the bars as one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace these sections of docs/measurements.md")
    given = parser.parse_args()
    if not (given.data / "evals").is_dir():
        print(
            f"Not measured: {given.data / 'evals'} is missing. It is expected to hold attributionbench_dev, scifact, "
            "climate_fever_dev, onion_or_not, ramdocs_dev, selfaware_dev and falseqa_train as they are published, "
            "as JSON lines; name the folder above it with --data.",
            file=sys.stderr,
        )
        return 2
    write = REPOSITORY / "docs/measurements.md" if given.write else None
    measured: list[Report] = []
    for part in given.only or PARTS:
        for found in importlib.import_module(f"truth_{part}").measure(given.data, Settings()):
            report(found, write=write)
            measured.append(found)
    if given.json:
        print(json.dumps({"bars": [bar.as_dict() for found in measured for bar in found.bars]}))
    return 0 if all(found.holds for found in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
