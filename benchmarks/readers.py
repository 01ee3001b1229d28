"""Claim: the intervals of `clearspan readers` cover the truth as often as they say, where counting clicks would not.

Simulates visits whose readers differ (some open everything, some nothing), with an effect of overviews that is known,
and counts how often the 95 % interval holds it. It needs no data. The baseline takes every click for independent.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from clearspan.measure import intervals
from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.measure.estimate import Estimate

REPOSITORY = Path(__file__).resolve().parent.parent
Draw = Callable[[np.random.Generator], tuple[Estimate, Estimate, float]]
VISITS = ((30, 30), (150, 40), (600, 70))
CLICK, AGAIN = (0.08, 0.20), (2.1, 2.6)
"""With overviews and without: probability that a result is opened, and mean questions of a visit."""


def visits(random: np.random.Generator, count: int, mean: float) -> np.ndarray:
    """Questions of each visit, (count,): at least one, and skewed."""
    return 1 + random.negative_binomial(1.5, 1.5 / (1.5 + mean - 1), count)


def clicks(random: np.random.Generator, tried: np.ndarray, share: float) -> np.ndarray:
    """Questions of each visit of which a result was opened; each reader opens more or less readily than the next."""
    return random.binomial(tried, random.beta(2.5 * share, 2.5 * (1 - share), len(tried)))


def one_share(count: int) -> Draw:
    """Click-through of one side."""

    def draw(random: np.random.Generator) -> tuple[Estimate, Estimate, float]:
        tried = visits(random, count, AGAIN[0])
        hits = clicks(random, tried, CLICK[1])
        naive = Estimate(0.0, "", *intervals.wilson(hits.sum(), tried.sum()))
        return intervals.share(hits, tried), naive, CLICK[1]

    return draw


def two_shares(counts: tuple[int, int]) -> Draw:
    """Click-through with overviews minus without."""

    def draw(random: np.random.Generator) -> tuple[Estimate, Estimate, float]:
        good: list[Estimate] = []
        naive: list[Estimate] = []
        for count, mean, share in zip(counts, AGAIN, CLICK, strict=True):
            tried = visits(random, count, mean)
            hits = clicks(random, tried, share)
            good.append(intervals.share(hits, tried))
            ends = intervals.wilson(hits.sum(), tried.sum())
            naive.append(Estimate(hits.sum() / tried.sum(), "", *ends))
        return (
            intervals.difference_of_shares(*good),
            intervals.difference_of_shares(*naive),
            CLICK[0] - CLICK[1],
        )

    return draw


def two_means(counts: tuple[int, int]) -> Draw:
    """Questions of a visit with overviews minus without; the baseline is the normal interval of the two means."""

    def draw(random: np.random.Generator) -> tuple[Estimate, Estimate, float]:
        one, other = (visits(random, count, mean) for count, mean in zip(counts, AGAIN, strict=True))
        gap = one.mean() - other.mean()
        half = 1.96 * np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other))
        return (
            intervals.difference_of_means(one, other),
            Estimate(gap, "", gap - half, gap + half),
            AGAIN[0] - AGAIN[1],
        )

    return draw


def covered(draw: Draw, rounds: int) -> tuple[float, float]:
    """Share of rounds, in %, in which our interval, and the baseline's, holds the truth."""
    random = np.random.default_rng(7)
    hits = np.zeros(2)
    for _ in range(rounds):
        ours, naive, truth = draw(random)
        hits += [holds(ours, truth), holds(naive, truth)]
    ours_share, naive_share = (float(100 * share) for share in hits / rounds)
    return ours_share, naive_share


def holds(found: Estimate, truth: float) -> bool:
    """Whether an interval holds the truth; no interval holds nothing."""
    return found.low is not None and found.high is not None and found.low <= truth <= found.high


def measure(rounds: int) -> Report:
    """Coverage of every interval at each number of visits."""
    rows: list[tuple[str | int | float, ...]] = []
    for counts in VISITS:
        for name, draw in (
            ("click-through", one_share(counts[0])),
            ("click-through, difference", two_shares(counts)),
            ("questions a visit, difference", two_means(counts)),
        ):
            rows.append((name, *counts, *covered(draw, rounds)))
    ours = [float(row[3]) for row in rows]
    return Report(
        section="Readers: what the intervals cover",
        command=f"benchmarks/readers.py --rounds {rounds}",
        tables=(
            Table(
                f"Coverage of 95 % intervals over {rounds:,} simulated experiments, %",
                ("figure", "visits with overviews", "visits without", "ours", "baseline"),
                rows,
                note="A single side has no visits without overviews: its second number does not count.",
            ),
        ),
        bars=(
            Bar("lowest coverage, %", min(ours), 93.0),
            Bar("mean coverage, %", float(np.mean(ours)), 94.0),
            Bar("highest coverage, %", max(ours), 98.5, "<="),
        ),
        notes=(
            f"Readers are simulated: results are opened of {CLICK[0]:.0%} of questions with overviews and "
            f"{CLICK[1]:.0%} without, by readers who differ (beta-distributed); visits have {AGAIN[0]} and {AGAIN[1]} "
            "questions at the mean, negative-binomial. The baseline takes every question for independent (Wilson, "
            "Newcombe), and the normal interval for means. Nothing is known yet of real readers.",
        ),
    )


def main() -> None:
    """Print the coverage and exit with 0 only if every bar holds."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=2_000)
    options.add_argument(
        "--data", type=Path, help="not needed; taken so that all benchmarks are called alike"
    )
    options.add_argument("--json", action="store_true")
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    sys.exit(
        report(
            measure(given.rounds),
            as_json=given.json,
            write=REPOSITORY / "docs" / "measurements.md" if given.write else None,
        )
    )


if __name__ == "__main__":
    main()
