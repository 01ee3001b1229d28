"""How long an answer takes: the first quoted sentence and the whole overview, over the served sample library.

A server is started in a process of its own with the sample library, warmed up, and asked one question after
the other over HTTP with server-sent events. The parts of the time are the stages of the receipts.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from serving import served_samples

from clearspan.checks.samples import load_questions
from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds from sending a question to its first quote (None without one) and to its receipt."""

    tier: str
    first_quote: float | None
    whole: float
    stages: dict[str, float]
    generated: bool


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=2, help="times each question is asked")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--write", action="store_true", help="write the section of docs/measurements.md")
    given = parser.parse_args()
    questions = [q.question for q in load_questions("all") if q.type != "calculator"]
    with tempfile.TemporaryDirectory(prefix="clearspan-ask-") as folder:
        settings = Settings(home=Path(folder), weights=Settings().models_dir, library=SAMPLES_LIBRARY)
        with (
            served_samples(settings) as (address, _),
            httpx.Client(base_url=address, timeout=120.0) as client,
        ):
            for question in questions[:5]:
                ask(client, question)
            timings = [ask(client, question) for _ in range(given.repeats) for question in questions]
    return report(
        summarise(timings, len(questions)),
        as_json=given.json,
        write=REPOSITORY / "docs/measurements.md" if given.write else None,
    )


def summarise(timings: list[Timing], questions: int) -> Report:
    """Medians and 95th percentiles, in all and by tier, and the parts of the time."""
    first = [t.first_quote for t in timings if t.first_quote is not None]
    whole = [t.whole for t in timings]
    written = [t.whole for t in timings if t.generated]
    rows = [
        ("first quoted sentence", len(first), *spread(first)),
        ("whole overview", len(whole), *spread(whole)),
    ]
    rows += [
        (f"whole overview, {tier} tier", len(times), *spread(times))
        for tier in sorted({t.tier for t in timings})
        if (times := [t.whole for t in timings if t.tier == tier])
    ]
    if written:
        rows.append(("whole overview with a generated sentence", len(written), *spread(written)))
    names = sorted({name for t in timings for name in t.stages})
    stages = [
        (name, len(times), *spread(times))
        for name in names
        if (times := [t.stages[name] for t in timings if name in t.stages])
    ]
    columns = ("", "answers", "median, s", "p95, s")
    return Report(
        section="Asking",
        command="python benchmarks/ask.py",
        tables=[
            Table("Time as the client sees it", columns, rows),
            Table("Parts of the time, from the receipts", columns, stages),
        ],
        bars=[
            Bar("first quoted sentence, median, s", statistics.median(first), 0.3, "<="),
            Bar("whole overview, median, s", statistics.median(whole), 4.0, "<="),
        ],
        notes=[
            f"{questions} questions of the sample suite that are no calculations, asked one after the other of a warm "
            f"server on {os.cpu_count()} cores. Most are questions for one fact, which the quote tier answers alone; "
            "the rows by tier show what a generated sentence adds. Sentences whose vectors were made for an earlier "
            "question are not read again, so a library that is asked often answers faster than a new one: the 95th "
            "percentile is nearer to a first question."
        ],
    )


def spread(times: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def ask(client: httpx.Client, question: str) -> Timing:
    """Ask one question, streamed, and time its events."""
    start = time.perf_counter()
    first: float | None = None
    event = ""
    receipt: dict[str, object] = {}
    with client.stream("POST", "/api/ask", json={"question": question, "stream": True}) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if line.startswith("event:"):
                event = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                data = json.loads(line.removeprefix("data:"))
                if event == "claim" and first is None and data["origin"] == "quoted":
                    first = time.perf_counter() - start
                elif event == "receipt":
                    receipt = data
    whole = time.perf_counter() - start
    origins = {claim["origin"] for claim in receipt["overview"]["claims"]}
    stages = {stage["name"]: stage["seconds"] for stage in receipt["meter"]["stages"]}
    return Timing(receipt["route"]["tier"], first, whole, stages, "generated" in origins)


if __name__ == "__main__":
    sys.exit(main())
