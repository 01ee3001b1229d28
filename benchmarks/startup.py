"""What it takes to begin: `clearspan ask` from the shell, and a server until everything is loaded.

Each question is a process of its own, on weights and a sample library that are there already. Seconds are the clock's
and the processor's; memory is the most that the process held at any time.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from serving import served_samples

from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY

REPOSITORY = Path(__file__).resolve().parent.parent
QUESTION = "How long is the main span of the Golden Gate Bridge?"
READINGS = ("close", "quick")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the clock and of the processor, and MB at the most."""

    seconds: float
    processor: float
    megabytes: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5, help="times the question is asked")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--write", action="store_true", help="write the section of docs/measurements.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="clearspan-startup-") as folder:
        settings = Settings(home=Path(folder), weights=Settings().models_dir, library=SAMPLES_LIBRARY)
        # The first start indexes the samples and compiles what is missing.
        with served_samples(settings):
            pass
        began = time.perf_counter()
        with served_samples(settings) as (_, process):
            ready, resident = time.perf_counter() - began, _megabytes(process.memory_info().rss)
        asked = {reading: _asked(settings, reading, given.repeats) for reading in READINGS}
    return report(
        summarise(asked, ready, resident),
        as_json=given.json,
        write=REPOSITORY / "docs/measurements.md" if given.write else None,
    )


def summarise(asked: dict[str, list[Cost]], ready: float, resident: float) -> Report:
    """Medians of the questions, and what the server took."""
    medians = {
        reading: Cost(
            statistics.median(cost.seconds for cost in costs),
            statistics.median(cost.processor for cost in costs),
            max(cost.megabytes for cost in costs),
        )
        for reading, costs in asked.items()
    }
    rows = [
        (f"ask, reading = {reading}", len(asked[reading]), cost.seconds, cost.processor, cost.megabytes)
        for reading, cost in medians.items()
    ]
    rows.append(("server, second start", 1, ready, None, resident))
    bars = [
        bar
        for reading, cost in medians.items()
        for bar in (
            Bar(f"ask, reading = {reading}, median, s", cost.seconds, 1.5, "<="),
            Bar(f"ask, reading = {reading}, at the most, MB", cost.megabytes, 350.0, "<="),
        )
    ]
    bars.append(Bar("server ready on the second start, s", ready, 3.0, "<="))
    bars.append(Bar("server with model, embedder and samples, MB", resident, 700.0, "<="))
    columns = ("", "runs", "median, s", "processor, s", "at the most, MB")
    return Report(
        section="Starting",
        command="python benchmarks/startup.py",
        tables=[Table("From nothing to an answer, and to a server that is ready", columns, rows)],
        bars=bars,
        notes=[
            f"'{QUESTION}' on {os.cpu_count()} cores, `clearspan ask --no-generate` in a process of its own each time, "
            "after one that is not counted. The server's memory is what it holds once it is ready."
        ],
    )


def _asked(settings: Settings, reading: str, repeats: int) -> list[Cost]:
    environment = {
        **os.environ,
        "CLEARSPAN_HOME": str(settings.home),
        "CLEARSPAN_WEIGHTS": str(settings.models_dir),
        "CLEARSPAN_LIBRARY": settings.library,
        "CLEARSPAN_READING": reading,
    }
    return [_cost(environment) for _ in range(repeats + 1)][1:]


def _cost(environment: dict[str, str]) -> Cost:
    command = [sys.executable, "-m", "clearspan", "ask", QUESTION, "--no-generate"]
    began = time.perf_counter()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit("The question was not answered; ask it in the shell to see why.")
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(seconds, used.ru_utime + used.ru_stime, _megabytes(used.ru_maxrss * unit))


def _megabytes(size: int) -> float:
    return size / 1e6


if __name__ == "__main__":
    sys.exit(main())
