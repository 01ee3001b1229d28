"""Answers to questions that people asked, on sets with their documents, beside four baselines in the same run.

`clearspan check answers` with the repository's places: the figures stand in docs/measurements.md, and the release
before in benchmarks/verdicts/answers_before.jsonl, question by question.
"""

import argparse
import os
import sys
from pathlib import Path

from clearspan.checks.answers import DEFAULT_SAMPLE
from clearspan.checks.answers.measuring import AnswersRun, measure
from clearspan.errors import NotFound
from clearspan.measure.bars import report
from clearspan.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
BEFORE = REPOSITORY / "benchmarks" / "verdicts" / "answers_before.jsonl"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY / "../shared"))
    )
    parser.add_argument("--set", dest="sets", action="append", help="ask this set alone; may be repeated")
    parser.add_argument("--sample", type=int, default=DEFAULT_SAMPLE, help="questions of a set at most")
    parser.add_argument("--generate", action="store_true", help="let the local model join quotes")
    parser.add_argument("--show", type=int, default=0, help="print so many outputs with their verdicts")
    parser.add_argument("--charts", type=Path, help="folder for risk against coverage as SVG and CSV")
    parser.add_argument("--keep", type=Path, help="file for the verdicts, as --before takes it")
    parser.add_argument("--before", type=Path, default=BEFORE if BEFORE.exists() else None)
    parser.add_argument("--json", action="store_true", help="end with the bars as one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace this section of docs/measurements.md")
    given = vars(parser.parse_args())
    as_json, write = given.pop("json"), REPOSITORY / "docs/measurements.md" if given.pop("write") else None
    given["sets"] = tuple(given["sets"] or ())
    command = f"python benchmarks/answers.py --sample {given['sample']} --write"
    try:
        found = measure(AnswersRun(**given), Settings(), command)
    except NotFound as error:
        print(error, file=sys.stderr)
        return 2
    return report(found, as_json=as_json, write=write)


if __name__ == "__main__":
    sys.exit(main())
