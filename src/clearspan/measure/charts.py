"""Charts as data, and their data as CSV; `svg` draws them."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from clearspan.measure.estimate import Numbers


@dataclass(frozen=True, slots=True)
class Series:
    """One curve or one set of points.

    Attributes:
        name: written beside it.
        x: positions, ascending for lines.
        y: heights; NaN breaks a line.
        low: lower edge of its band, if it has one.
        high: upper edge of its band.
        style: a line, a dashed line, or points.
    """

    name: str
    x: Sequence[float]
    y: Numbers
    low: Numbers = ()
    high: Numbers = ()
    style: Literal["line", "dashed", "points"] = "line"


@dataclass(frozen=True, slots=True)
class Mark:
    """A single point that is spoken of, with its label."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as data.

    Attributes:
        name: file name without ending; lower case and hyphens.
        title: what it shows, as a sentence fragment.
        x: label of the horizontal axis, with unit.
        y: label of the vertical axis, with unit; empty where height only sets things apart.
        series: what is drawn.
        marks: points that are spoken of.
        x_log: whether the horizontal axis is logarithmic; the axis then says so.
        y_log: whether the vertical axis is.
        caption: what must be known to read it, such as where bands come from.
    """

    name: str
    title: str
    x: str
    y: str
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    x_log: bool = True
    y_log: bool = False
    caption: str = ""


def as_csv(chart: Chart) -> str:
    """The chart's data, one line a point: series, x, y, low, high."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["series", chart.x, chart.y or "order", "low", "high"])
    for s in chart.series:
        for i, (x, y) in enumerate(zip(s.x, s.y, strict=True)):
            writer.writerow([s.name, x, y, s.low[i] if s.low else "", s.high[i] if s.high else ""])
    for mark in chart.marks:
        writer.writerow([mark.label, mark.x, mark.y, "", ""])
    return out.getvalue()
