"""A picture of a training: its figures over the tokens, and how often its features are active."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from clearspan.features.training.log import read_log
from clearspan.files import write_file

FILE = "training.svg"

_CURVES = (
    ("unexplained_variance", "unexplained variance"),
    ("l0", "features active at a position"),
    ("dead", "share of dead features"),
    ("learning_rate", "learning rate"),
)
_DENSITY = "density_"
_WIDTH, _HEIGHT, _GAP = 340, 160, 56
_INK, _LINE, _GRID = "#1d2733", "#2f6fb0", "#c9d2dc"


def plot(folder: Path, measures: Mapping[str, float]) -> Path:
    """Draw `training.svg` of a folder from its log.

    Args:
        measures: of the dictionary on held-out text; its `density_…` become a histogram, if there are any.

    Raises:
        StorageError: the disk did not take it.
    """
    log = read_log(folder)
    tokens = [line["tokens"] for line in log]
    panels = [_curve(title, tokens, [line[name] for line in log]) for name, title in _CURVES]
    densities = {name.removeprefix(_DENSITY): n for name, n in measures.items() if name.startswith(_DENSITY)}
    if densities:
        panels.append(_bars("features by how often they are active", densities))
    rows = -(-len(panels) // 2)
    width, height = 2 * (_WIDTH + _GAP) + _GAP, rows * (_HEIGHT + _GAP) + _GAP
    placed = "".join(
        f'<g transform="translate({_GAP + (n % 2) * (_WIDTH + _GAP)} {_GAP + n // 2 * (_HEIGHT + _GAP)})">{one}</g>'
        for n, one in enumerate(panels)
    )
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="11" fill="{_INK}">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{placed}</svg>\n'
    )
    path = folder / FILE
    write_file(path, picture.encode())
    return path


def _curve(title: str, tokens: Sequence[float], values: Sequence[float]) -> str:
    top, right = max(values, default=0.0) or 1.0, max(tokens, default=0.0) or 1.0
    points = " ".join(
        f"{_WIDTH * at / right:.1f},{_HEIGHT * (1 - value / top):.1f}"
        for at, value in zip(tokens, values, strict=True)
    )
    last = f", {values[-1]:.3g} at the end" if values else ""
    return (
        _frame(f"{title}{last}")
        + f'<polyline points="{points}" fill="none" stroke="{_LINE}" stroke-width="1.5"/>'
        + _text(-6, 8, f"{top:.3g}", "end")
        + _text(-6, _HEIGHT, "0", "end")
        + _text(_WIDTH, _HEIGHT + 14, f"{right:,.0f} tokens", "end")
    )


def _bars(title: str, counts: Mapping[str, float]) -> str:
    top = max(counts.values()) or 1.0
    step = _WIDTH / len(counts)
    drawn = [
        f'<rect x="{n * step + 4:.1f}" y="{_HEIGHT * (1 - count / top):.1f}" width="{step - 8:.1f}" '
        f'height="{_HEIGHT * count / top:.1f}" fill="{_LINE}"/>'
        + _text((n + 0.5) * step, _HEIGHT + 14, name, "middle")
        + _text((n + 0.5) * step, _HEIGHT * (1 - count / top) - 3, f"{count:,.0f}", "middle")
        for n, (name, count) in enumerate(counts.items())
    ]
    return _frame(title) + "".join(drawn)


def _frame(title: str) -> str:
    lines = f'<path d="M0 0V{_HEIGHT}H{_WIDTH}" fill="none" stroke="{_GRID}"/>'
    return lines + f'<text x="0" y="-18" font-weight="bold">{escape(title)}</text>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
