"""How long the readers take, and how often what answers is among the windows that are read again.

Data: a folder `evals/questions` with a folder a set, in each dev.jsonl.zst with a question a line, its documents,
answers and evidence, as `clearspan train reader` takes it.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from clearspan import settings
from clearspan.measure.bars import Bar, Report, Table, processor, report
from clearspan.measure.intervals import wilson
from clearspan.overview.answering.reader.close import CloseReader
from clearspan.overview.answering.reader.reader import GRAPH, SHIPPED, EvidenceReader
from clearspan.overview.answering.reader.session import VOCABULARY, Session
from clearspan.overview.answering.reader.training.examples import LabelledWindows, Laid
from clearspan.overview.answering.reader.training.run import split_questions
from clearspan.overview.answering.reader.windows import WindowCutter

REPOSITORY = Path(__file__).resolve().parent.parent
WINDOWS = 40
AGAIN = (3, 6, 12)
"""Windows that are read again, of which the share that holds what answers is counted."""


def enough(windows: WindowCutter, question: str, laid: Sequence[Laid]) -> list[tuple[str, str]]:
    """Passages of as many windows as are read for a question; those of a question with fewer come again."""
    found: list[tuple[str, str]] = []
    count = 0
    while count < WINDOWS:
        for one in laid:
            # Told apart, so that nothing that was read is remembered.
            place, text = f"{len(found)} {one.place}", one.text
            count += len(windows.of(question, place, windows.body(text)))
            if count > WINDOWS:
                return found
            found.append((place, text))
    return found


def seconds(reader: EvidenceReader, asked: Sequence[tuple[str, list[tuple[str, str]]]]) -> list[float]:
    """What reading each question takes."""
    took: list[float] = []
    for question, passages in asked:
        began = time.perf_counter()
        reader.read(question, passages)
        took.append(time.perf_counter() - began)
    return took


def held(reader: EvidenceReader, question: str, laid: Sequence[Laid]) -> bool:
    """Whether a right sentence is among those that are read again."""
    again = reader.shown(question, [(one.place, one.text) for one in laid]).again
    return bool((again & np.array([each for one in laid for each in one.right], np.bool_)).any())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    default = os.environ.get("CLEARSPAN_DATA", str(REPOSITORY.parent / "shared"))
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--questions", type=int, default=200, help="how many held-out questions to read")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.data / "evals" / "questions"
    if not folder.is_dir():
        sys.exit(f"The data is not at {folder}.\n{__doc__}")
    held_out = [one for one in split_questions(folder).held_out if one.answerable]
    chosen = random.Random(0).sample(held_out, min(len(held_out), arguments.questions))
    windows = WindowCutter(Tokenizer.from_file(str(SHIPPED / VOCABULARY)))
    examples = LabelledWindows(chosen, windows)
    laid = [examples.laid(index) for index in range(len(chosen))]
    close = CloseReader.load(SHIPPED, settings.load())
    timed = [
        (one.question, passages)
        for one, own in zip(chosen[:60], laid, strict=False)
        if own and (passages := enough(windows, one.question, own))
    ]
    small, both = EvidenceReader.load(), EvidenceReader.load(close=close)
    took = {"the small reader": seconds(small, timed), "both readers": seconds(both, timed)}
    # Which windows are read again does not depend on who reads them: here the small one does, which is quicker.
    quick = Session((SHIPPED / GRAPH).read_bytes())
    able = [
        (one.question, own)
        for one, own in zip(chosen, laid, strict=True)
        if any(any(each.right) for each in own)
    ]
    shares: list[tuple[str | int | float, ...]] = []
    for most in AGAIN:
        reader = EvidenceReader.load(close=replace(close, session=quick, most=most))
        right = sum(held(reader, question, own) for question, own in able)
        shares.append((most, right / len(able), *wilson(right, len(able))))
        reader.close()
    median = {name: statistics.median(values) for name, values in took.items()}
    fast = "AVX-512" in processor() or "AMX" in processor()
    found = Report(
        section="Reading",
        command="python benchmarks/reading.py",
        tables=(
            Table(
                f"{WINDOWS} windows, {len(timed)} questions",
                ("", "median s", "p95 s"),
                [(name, median[name], float(np.quantile(values, 0.95))) for name, values in took.items()],
            ),
            Table(
                f"A right sentence is among what is read again, {len(able)} held-out questions",
                ("windows", "share", "from", "up to"),
                shares,
            ),
        ),
        bars=(
            Bar(f"{WINDOWS} windows read, median s", median["the small reader"], 0.35 if fast else 0.7, "<="),
        ),
        notes=(
            "Windows are of at most 256 tokens. A right sentence is marked, or says the words of an answer. The load "
            f" average was {os.getloadavg()[0]:.1f}.",
        ),
    )
    small.close()
    both.close()
    return report(
        found,
        as_json=arguments.json,
        write=REPOSITORY / "docs" / "measurements.md" if arguments.write else None,
    )


if __name__ == "__main__":
    sys.exit(main())
