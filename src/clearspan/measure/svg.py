"""A chart as a stand-alone SVG; one look for the command line and the Studio."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from clearspan.measure.charts import Chart, Series
from clearspan.measure.estimate import short

WIDTH, HEIGHT = 720, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 168, 44, 60
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_STYLE = """
.ink{fill:#16181d}.soft{fill:#5b616b}.grid{stroke:#d9dce1;stroke-width:1}.axis{stroke:#5b616b;stroke-width:1}
.line{fill:none;stroke-width:1.75}.band{opacity:.14}.s0{--c:#16181d}.s1{--c:#2f6690}.s2{--c:#7d5a1e}
.s3{--c:#4c7a4c}.s4{--c:#7a4c75}.s5{--c:#5b616b}.line{stroke:var(--c)}.band,.dot,.name{fill:var(--c)}
.ground{fill:#f6f7f8}.halo{paint-order:stroke;stroke:#f6f7f8;stroke-width:4px;stroke-linejoin:round}
text{font:12px system-ui,sans-serif}.head{font-size:15px;font-weight:600}
@media(prefers-color-scheme:dark){.ground{fill:#14161a}.halo{stroke:#14161a}.ink{fill:#e7e9ec}.soft{fill:#a4abb6}
.grid{stroke:#2a2e36}.axis{stroke:#a4abb6}.s0{--c:#e7e9ec}.s1{--c:#8fbce0}.s2{--c:#d7ac66}.s3{--c:#9fce9f}
.s4{--c:#d3a3cd}.s5{--c:#a4abb6}}
"""


def as_svg(chart: Chart) -> str:
    """The chart as a stand-alone SVG that reads in light and dark."""
    x_axis, y_axis = _axes(chart)
    right, bottom = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(chart.title, {chr(34): "&quot;"})}">',
        f"<title>{escape(chart.title)}</title><desc>{escape(chart.caption)}</desc><style>{_STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>',
        f'<text class="ink head" x="{_LEFT}" y="24">{escape(chart.title)}</text>',
    ]
    for value, text in x_axis.ticks:
        at = x_axis.place(value)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP}" y2="{bottom}"/>')
        parts.append(f'<text class="soft" x="{at:.1f}" y="{bottom + 18}" text-anchor="middle">{text}</text>')
    for value, text in y_axis.ticks if chart.y else ():
        at = y_axis.place(value)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text class="soft" x="{_LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{text}</text>')
    parts.append(f'<path class="axis" fill="none" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>')
    parts += _labels(chart, right, bottom)
    at_edge: list[tuple[float, int, str]] = []
    inside: list[tuple[float, float, str, str]] = []
    for index, series in enumerate(chart.series):
        parts += _drawn(series, index % 6, x_axis.place, y_axis.place)
        if chart.marks and series.style == "points":
            continue
        x, y = _end(series, x_axis.place, y_axis.place)
        if x > right - 24:
            at_edge.append((y, index % 6, series.name))
        else:
            inside.append((x, y, series.name, f"name s{index % 6}"))
    points = [(x_axis.place(mark.x), y_axis.place(mark.y)) for mark in chart.marks]
    placed = _Labels([(x - 5, x + 5, y + 4) for x, y in points])
    parts += placed.at_edge(at_edge, right)
    for mark, (x, y) in zip(chart.marks, points, strict=True):
        parts.append(f'<circle class="dot s0" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>')
        parts.append(placed.beside(x, y, mark.label, "ink halo"))
    parts += [placed.beside(x, y, name, f"{style} halo") for x, y, name, style in inside]
    return "\n".join([*parts, "</svg>"]) + "\n"


@dataclass(frozen=True, slots=True)
class _Axis:
    ticks: list[tuple[float, str]]
    place: Callable[[float], float]


def _axes(chart: Chart) -> tuple[_Axis, _Axis]:
    xs = [x for s in chart.series for x in s.x] + [m.x for m in chart.marks]
    ys = [y for s in chart.series for y in (*s.y, *s.low, *s.high)] + [m.y for m in chart.marks]
    return (
        _axis(xs, chart.x_log, _LEFT, WIDTH - _RIGHT, margin=0.0),
        _axis(ys, chart.y_log, HEIGHT - _BOTTOM, _TOP, margin=0.06),
    )


def _axis(values: Sequence[float], log: bool, start: float, end: float, margin: float) -> _Axis:
    usable = [v for v in values if math.isfinite(v) and (v > 0 or not log)]
    scale: Callable[[float], float] = math.log10 if log else float
    low, high = (scale(min(usable)), scale(max(usable))) if usable else (0.0, 1.0)
    if high - low <= 1e-9 * abs(high):
        around = 0.5 * abs(low) if abs(low) > 1e-290 else 0.5
        low, high = low - around, high + around
    room = (high - low) * margin
    low, high = low - room, high + room
    ticks = _decades(low, high) if log else _steps(low, high)

    def place(value: float) -> float:
        at = (scale(value) - low) / (high - low) if math.isfinite(value) and (value > 0 or not log) else 0.0
        return start + max(-0.02, min(1.02, at)) * (end - start)

    return _Axis(ticks, place)


def _decades(low: float, high: float) -> list[tuple[float, str]]:
    step = max(1, math.ceil((high - low) / 7))
    powers = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    ticks = [(10.0**p, f"10{str(p).translate(_SUPERSCRIPT)}") for p in powers if p % step == 0]
    if high - low >= 3:
        return ticks
    between = (1, 2, 5) if high - low >= 1 else (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
    grid = [m * 10.0**p for p in range(math.floor(low) - 1, math.ceil(high) + 1) for m in between]
    return [(v, short(v)) for v in grid if low - 1e-9 <= math.log10(v) <= high + 1e-9]


def _steps(low: float, high: float) -> list[tuple[float, str]]:
    rough = (high - low) / 6
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough)
    first = math.ceil(low / step)
    digits = max(0, -math.floor(math.log10(step)))
    values = [i * step for i in range(first, math.floor(high / step) + 1)]
    return [(v, f"{v:.{digits}f}" if abs(v) < 10_000 else short(v)) for v in values]


def _labels(chart: Chart, right: float, bottom: float) -> list[str]:
    x = f"{chart.x} (log scale)" if chart.x_log else chart.x
    y = f"{chart.y} (log scale)" if chart.y and chart.y_log else chart.y
    middle = (_TOP + bottom) / 2
    return [
        f'<text class="soft" x="{(_LEFT + right) / 2:.0f}" y="{HEIGHT - 16}" text-anchor="middle">'
        f"{escape(x)}</text>",
        f'<text class="soft" transform="translate(16 {middle:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(y)}</text>",
    ]


def _drawn(
    series: Series, colour: int, across: Callable[[float], float], up: Callable[[float], float]
) -> list[str]:
    parts: list[str] = []
    if series.low and series.high:
        edge = list(zip(series.x, series.high, strict=True))
        back = list(zip(reversed(series.x), reversed(series.low), strict=True))
        usable = [(x, y) for x, y in (*edge, *back) if math.isfinite(y)]
        points = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in usable)
        parts.append(f'<polygon class="band s{colour}" points="{points}"/>')
    if series.style == "points":
        return parts + [
            f'<circle class="dot s{colour}" cx="{across(x):.1f}" cy="{up(y):.1f}" r="2.6"/>'
            for x, y in zip(series.x, series.y, strict=True)
            if math.isfinite(y)
        ]
    dash = ' stroke-dasharray="5 4"' if series.style == "dashed" else ""
    return [*parts, f'<path class="line s{colour}"{dash} d="{_path(series, across, up)}"/>']


def _path(series: Series, across: Callable[[float], float], up: Callable[[float], float]) -> str:
    steps: list[str] = []
    pen = "M"
    for x, y in zip(series.x, series.y, strict=True):
        if not math.isfinite(y):
            pen = "M"
            continue
        steps.append(f"{pen}{across(x):.1f} {up(y):.1f}")
        pen = "L"
    return "".join(steps)


def _end(
    series: Series, across: Callable[[float], float], up: Callable[[float], float]
) -> tuple[float, float]:
    usable = [(x, y) for x, y in zip(series.x, series.y, strict=True) if math.isfinite(y)]
    return (across(usable[-1][0]), up(usable[-1][1])) if usable else (math.inf, _TOP)


class _Labels:
    """Puts labels where they cover no other: right or left of a point, above or below, or else higher up."""

    def __init__(self, taken: list[tuple[float, float, float]]) -> None:
        self._taken = taken

    def at_edge(self, names: list[tuple[float, int, str]], right: float) -> list[str]:
        """Names of lines at the right edge, each below the one before."""
        parts: list[str] = []
        lowest = -math.inf
        for at, colour, name in sorted(names):
            lowest = max(at, lowest + 15)
            self._taken.append((right + 4, float(WIDTH), lowest + 4))
            parts.append(_text(right + 8, lowest + 4, name, f"name s{colour}"))
        return parts

    def beside(self, x: float, y: float, label: str, style: str) -> str:
        """A label beside a point."""
        wide = 6.6 * len(label)
        starts = [left for left in (x + 9, x - 9 - wide) if left > 2 and left + wide < WIDTH - 2] or [x + 9]
        tried = [(left, at) for at in (y - 8, y + 17) for left in starts]
        left, at = next((place for place in tried if self._free(*place, wide)), (starts[0], y - 22))
        while at > 12 and not self._free(left, at, wide):
            at -= 14
        self._taken.append((left, left + wide, at))
        return _text(left, at, label, style)

    def _free(self, left: float, at: float, wide: float) -> bool:
        return not any(
            abs(at - y) < 14 and left < end and start < left + wide for start, end, y in self._taken
        )


def _text(x: float, y: float, label: str, style: str) -> str:
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}">{escape(label)}</text>'
