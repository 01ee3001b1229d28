"""What is asked: requests a month, how long they are, and how they are spread over time."""

import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from clearspan.economy.scaling.laws.runs import number, read_columns
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, positive, short

HOURS_PER_MONTH = 730.5
"""A twelfth of 365.25 days."""

_QUANTILES = (np.arange(200) + 0.5) / 200
_FEWEST = 30


@dataclass(frozen=True, slots=True)
class Length:
    """Tokens of a request: their mean, and what 95 % of requests stay below."""

    mean: float
    high: float


def length(name: str, mean: float, variation: float = 1.0) -> Length:
    """Lengths of a mean and a squared coefficient of variation, gamma-distributed; 0 if all are alike.

    Raises:
        BadInput: the mean is not positive, or the variation negative.
    """
    from scipy import special  # pyright: ignore[reportMissingTypeStubs]

    positive(f"The {name} tokens of a request", mean)
    if not (math.isfinite(variation) and 0 <= variation <= 100):
        raise BadInput(
            f"A squared coefficient of variation must lie between 0 and 100, not at {short(variation, 6)}.",
            do="Give 1 if it is not known, 0 if all requests are alike.",
        )
    if variation < 1e-6:
        return Length(mean, mean)
    high: float = float(special.gammaincinv(1 / variation, 0.95))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return Length(mean, mean * variation * high)


@dataclass(frozen=True, slots=True)
class Requests:
    """What is asked of a service.

    Attributes:
        a_month: requests a month.
        input: tokens read.
        output: tokens written.
        levels: rate over its mean at equally many moments, lowest first; their mean is 1.
        how: where the traffic comes from.
    """

    a_month: float
    input: Length
    output: Length
    levels: tuple[float, ...]
    how: str = "as given"

    def __post_init__(self) -> None:
        positive("The requests a month", self.a_month)

    @property
    def rate(self) -> float:
        """Requests a second on average."""
        return self.a_month / (HOURS_PER_MONTH * 3600)

    @property
    def peak(self) -> float:
        """The rate of the busiest moment over the mean."""
        return self.levels[-1]

    @property
    def tokens_a_month(self) -> float:
        return self.a_month * (self.input.mean + self.output.mean)

    def within(self, rate: float) -> float:
        """Share of all requests that are served by what takes so many a second, the rest going elsewhere."""
        return float(np.mean(np.minimum(self.levels, rate / self.rate)) / np.mean(self.levels))


def load_curve(peak: float) -> tuple[float, ...]:
    """Rates over their mean, lowest first, of a curve p·u^(p − 1): mean 1, busiest moment p, quiet nights.

    u is the share of time that is quieter. At p = 3 half of the time carries an eighth of the traffic.

    Raises:
        BadInput: the peak is below the mean, or a hundred times above.
    """
    if not 1 <= peak <= 100:
        raise BadInput(
            f"The busiest rate must be 1 to 100 times the mean, not {short(peak, 6)}.",
            do="Give 1 for traffic that never changes, 3 for a day with a night.",
        )
    levels: Array = peak * _QUANTILES ** (peak - 1)
    return (*(float(v) for v in levels[:-1] / levels.mean()), peak)


def read_traffic(path: Path, a_month: float | None = None) -> Requests:
    """Requests of a log: a CSV file with the columns time (ISO 8601), input_tokens and output_tokens.

    The busiest hour stands for the peak. Requests a month follow from the time that the log spans.

    Args:
        path: the file.
        a_month: requests a month, if the log is only a sample of them.

    Raises:
        NotFound: there is no such file.
        BadInput: a column is missing, a cell cannot be read, or there are fewer than thirty requests or two hours.
    """
    table = read_columns(path, ("time", "input_tokens", "output_tokens"))
    times = np.sort([_seconds(path, row, cell) for row, cell in enumerate(table["time"])])
    hours = (float(times[-1]) - float(times[0])) / 3600
    if len(times) < _FEWEST or hours < 2:
        raise BadInput(
            f"{path.name} holds {len(times)} requests over {short(hours)} hours, too little to plan from.",
            do=f"Give at least {_FEWEST} requests and two hours, better a whole week.",
        )
    whole = max(1, round(hours))
    counts = np.histogram(times - times[0], whole, (0.0, whole * 3600.0))[0]
    levels = np.sort(counts / counts.mean())
    lengths = [
        np.array([number(path, name, row, cell) for row, cell in enumerate(table[name])])
        for name in ("input_tokens", "output_tokens")
    ]
    read, written = (Length(float(v.mean()), float(np.percentile(v, 95))) for v in lengths)
    counted = len(times) / hours * HOURS_PER_MONTH
    how = f"{len(times)} requests in {hours:.0f} hours of {path.name}, the peak its busiest hour"
    return Requests(a_month or counted, read, written, tuple(float(v) for v in levels), how)


def _seconds(path: Path, row: int, cell: str) -> float:
    try:
        return datetime.fromisoformat(cell).timestamp()
    except ValueError as error:
        raise BadInput(
            f"{path.name}, row {row + 2}, time: {cell!r} is not a time.",
            do="Write it as 2026-03-01T12:00:00+00:00.",
        ) from error
