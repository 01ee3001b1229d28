"""The engine: speed of writing and reading, agreement, load, memory.

Each part is a module of its own beside this one, engine_NAME.py, with a function `measure(data, settings)` that
returns its reports; `--only NAME` runs one part. `agreement` and `reading` need the folder `corpus` of the data.
"""

import argparse
import importlib
import json
import os
import sys
from pathlib import Path

from clearspan import settings
from clearspan.measure.bars import Report, report

REPOSITORY = Path(__file__).resolve().parent.parent
PARTS = ("speed", "agreement", "reading", "load", "gpu")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("CLEARSPAN_DATA", str(REPOSITORY.parent / "shared"))
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part; may be repeated")
    parser.add_argument("--json", action="store_true", help="end with the bars as one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace these sections of docs/measurements.md")
    given = parser.parse_args()
    write = REPOSITORY / "docs" / "measurements.md" if given.write else None
    measured: list[Report] = []
    for part in given.only or PARTS:
        for found in importlib.import_module(f"engine_{part}").measure(given.data, settings.load()):
            report(found, write=write)
            measured.append(found)
    if given.json:
        print(json.dumps({"bars": [bar.as_dict() for found in measured for bar in found.bars]}))
    return 0 if all(found.holds for found in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
