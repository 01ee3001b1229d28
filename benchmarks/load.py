"""Many clients asking one server at once: errors, lost receipts, memory, throughput and latency.

A `clearspan serve` process on a loopback port serves the sample library with both default models; threads of
this process are the clients. They ask questions of all tiers as fast as they are answered. Afterwards every
receipt that a client was given is read back from the ledger and compared.

    python benchmarks/load.py [--clients 32] [--seconds 60] [--json] [--write]
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import psutil
from serving import served_samples

from clearspan import ledger
from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.receipts import Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY

REPOSITORY = Path(__file__).resolve().parent.parent
MEASUREMENTS = REPOSITORY / "docs" / "measurements.md"
WARM_SECONDS = 20.0
"""Memory is compared from here on: models, threads and caches are there by then."""

QUESTIONS = (
    "How long is the main span of the Golden Gate Bridge?",
    "How does a suspension bridge carry its load?",
    "What is 15% of 240?",
    "How heavy is a blue whale?",
    "Why is the sky above Port Merrow striped?",
    "When did the Golden Gate Bridge open?",
    "Why do headphones that cancel noise need a microphone?",
    "Convert 26 miles to kilometres",
    "How many rocks should I eat each day?",
    "Why do some birds swallow stones?",
)


@dataclass
class Tally:
    """What one client saw."""

    receipts: list[Receipt] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes of the server, and when they were read, in seconds from the start."""

    at: float
    megabytes: float


def main() -> int:
    """Run the load and print its bars; 0 only if every bar holds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=32, help="clients asking at once")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long they go on asking")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace the section in docs/measurements.md")
    arguments = parser.parse_args()
    if arguments.seconds <= WARM_SECONDS:
        parser.error(f"--seconds must be over {WARM_SECONDS:g}: memory is compared from there on")
    with tempfile.TemporaryDirectory(prefix="clearspan-load-") as folder:
        settings = Settings(home=Path(folder), weights=Settings().models_dir, library=SAMPLES_LIBRARY)
        with served_samples(settings) as (url, process):
            tallies, memory, wall = load(url, process, arguments.clients, arguments.seconds)
        lost = lost_receipts(settings.ledger_address, tallies)
    result = summary(tallies, memory, wall, lost, clients=arguments.clients)
    return report(result, as_json=arguments.json, write=MEASUREMENTS if arguments.write else None)


def load(
    url: str, process: psutil.Process, clients: int, seconds: float
) -> tuple[Sequence[Tally], Sequence[Memory], float]:
    """Let clients ask for so many seconds; what each saw, the server's memory, and the time until all ended."""
    began = time.monotonic()
    tallies = [Tally() for _ in range(clients)]
    threads = [
        threading.Thread(target=ask_until, args=(url, began + seconds, number, tally))
        for number, tally in enumerate(tallies)
    ]
    for thread in threads:
        thread.start()
    memory: list[Memory] = []
    while (elapsed := time.monotonic() - began) < seconds:
        memory.append(Memory(elapsed, process.memory_info().rss / 1e6))
        time.sleep(0.5)
    for thread in threads:
        thread.join()
    return tallies, memory, time.monotonic() - began


def ask_until(url: str, deadline: float, number: int, tally: Tally) -> None:
    """One client: asks the next question as soon as the last one is answered."""
    with httpx.Client(base_url=url, timeout=120) as client:
        turn = number
        while time.monotonic() < deadline:
            question = QUESTIONS[turn % len(QUESTIONS)]
            turn += 1
            began = time.monotonic()
            try:
                response = client.post("/api/ask", json={"question": question})
                if response.status_code != 200:
                    tally.errors[f"{response.status_code} {response.json()['error']['code']}"] += 1
                    continue
                tally.receipts.append(Receipt.model_validate_json(response.content))
            except (httpx.TransportError, ValueError) as error:
                tally.errors[type(error).__name__] += 1
                continue
            tally.seconds.append(time.monotonic() - began)


def lost_receipts(address: str, tallies: Sequence[Tally]) -> int:
    """How many of the receipts that clients were given are not in the ledger, whole."""
    with closing(ledger.open(address)) as opened:
        return sum(opened.receipt(one.id) != one for tally in tallies for one in tally.receipts)


def summary(
    tallies: Sequence[Tally], memory: Sequence[Memory], wall: float, lost: int, *, clients: int
) -> Report:
    """The figures as tables and bars."""
    receipts = [one for tally in tallies for one in tally.receipts]
    seconds = np.array([each for tally in tallies for each in tally.seconds] or [np.nan])
    errors = sum((tally.errors for tally in tallies), Counter[str]())
    warm = [one.megabytes for one in memory if one.at >= WARM_SECONDS]
    growth = 100 * (warm[-1] / warm[0] - 1)
    by_tier = [
        (tier, count, float(np.median(spent)), float(np.percentile(spent, 95)))
        for tier, count, spent in tiers(receipts)
    ]
    wanted = [one for one in receipts if one.route.tier == "generate"]
    written = [one for one in wanted if any(claim.origin == "generated" for claim in one.overview.claims)]
    return Report(
        section="Load: many clients at once",
        command=f"python benchmarks/load.py --clients {clients}",
        tables=(
            Table(
                f"{clients} clients for {wall:.0f} s on {os.cpu_count()} processor cores",
                ("figure", "value"),
                (
                    ("answers", len(receipts)),
                    ("answers per second", len(receipts) / wall),
                    ("latency, median (s)", float(np.median(seconds))),
                    ("latency, 95th percentile (s)", float(np.percentile(seconds, 95))),
                    ("overviews with a generated sentence, of all (%)", percent(len(written), len(receipts))),
                    ("the same, of those routed to generate (%)", percent(len(written), len(wanted))),
                    (f"resident memory after {WARM_SECONDS:g} s (MB)", warm[0]),
                    ("resident memory at the end (MB)", warm[-1]),
                    ("resident memory at most (MB)", max(one.megabytes for one in memory)),
                ),
                note="Latency is what a client waits for the whole answer, queue included.",
            ),
            Table("By tier, as receipts record it", ("tier", "answers", "median (s)", "p95 (s)"), by_tier),
        ),
        bars=(
            Bar("errors", sum(errors.values()), 0, "=="),
            Bar("lost receipts", lost, 0, "=="),
            Bar(f"growth of memory after {WARM_SECONDS:g} s (%)", growth, 10, "<="),
        ),
        notes=tuple(f"{count} × {what}" for what, count in errors.items()),
    )


def tiers(receipts: Sequence[Receipt]) -> Sequence[tuple[str, int, Sequence[float]]]:
    """Seconds of the answers of each tier."""
    spent: dict[str, list[float]] = {}
    for one in receipts:
        spent.setdefault(one.route.tier, []).append(one.meter.seconds)
    return [(tier, len(each), each) for tier, each in sorted(spent.items())]


def percent(part: int, whole: int) -> float:
    """A share in per cent; NaN of nothing."""
    return 100 * part / whole if whole else float("nan")


if __name__ == "__main__":
    sys.exit(main())
