"""What fifty sentences of overviews were found to be; a part of truth_verification."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from clearspan.measure.bars import Bar, Cell, Table

VERDICTS = Path(__file__).parent / "verdicts" / "verification.jsonl"


def by_hand() -> tuple[Table, list[Bar]]:
    """The verdicts of a person on fifty sentences of overviews, as docs/concepts/measurement.md says how."""
    verdicts = [json.loads(line) for line in VERDICTS.read_text("utf-8").splitlines()]
    lines: list[Sequence[Cell]] = []
    for name in ("samples", "scifact", "all"):
        some = [one for one in verdicts if name in (one["set"], "all")]
        sentences = [one["supported"] for one in some]
        cited = [right for one in some for right in one["citations"]]
        lines.append(
            (
                name,
                len(some),
                100 * _mean(sentences),
                _wilson(sentences),
                len(cited),
                100 * _mean(cited),
                _wilson(cited),
            )
        )
    columns = ("overviews of", "sentences", "fully supported, %", "95 %", "citations", "correct, %", "95 %")
    table = Table("Checked by hand", columns, lines, "Intervals after Wilson.")
    return table, [
        Bar("sentences fully supported, checked by hand, %", float(lines[-1][2]), 95),
        Bar("citations correct, checked by hand, %", float(lines[-1][5]), 95),
        Bar("sentences checked by hand", len(verdicts), 50),
    ]


def _mean(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _wilson(values: Sequence[bool]) -> str:
    n, p, z = len(values), _mean(values), 1.96
    middle, reach = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    low, high = (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)
    return f"{100 * low:.1f} to {100 * high:.1f}"
