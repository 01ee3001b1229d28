"""Charts: valid SVG in light and dark, data that come back from the CSV, and axes that say what they are."""

import csv
import io
import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.measure.charts import Chart, Mark, Series, as_csv
from clearspan.measure.estimate import for_json
from clearspan.measure.svg import HEIGHT, WIDTH, as_svg

SVG = "{http://www.w3.org/2000/svg}"


def chart(**changes: object) -> Chart:
    fields = {
        "name": "costs",
        "title": "What it costs <& more>",
        "x": "parameters",
        "y": "USD",
        "series": (
            Series("one", [1e9, 1e10, 1e12], [3.0, 2.0, 4.0], [2.5, 1.5, 3.0], [3.5, 2.5, 5.0]),
            Series("two", [1e9, 1e12], [math.nan, 2.0], style="dashed"),
            Series("seen", [1e10], [2.2], style="points"),
        ),
        "marks": (Mark(1e10, 2.0, "chosen"),),
    }
    return Chart(**{**fields, **changes})  # type: ignore[arg-type]


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def test_a_chart_is_one_wellformed_svg_with_its_labels() -> None:
    svg = as_svg(chart())
    written = texts(svg)
    assert "What it costs <& more>" in written
    assert "parameters (log scale)" in written
    assert "USD" in written
    assert {"one", "two", "chosen"} <= set(written)
    assert "prefers-color-scheme:dark" in svg
    assert "nan" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


@given(
    st.lists(st.tuples(st.floats(1e-6, 1e30), st.floats(-1e9, 1e9)), min_size=1, max_size=30),
    st.booleans(),
)
def test_whatever_the_data_everything_is_drawn_inside(points: list[tuple[float, float]], log: bool) -> None:
    ordered = sorted(points)
    series = Series("s", [x for x, _ in ordered], [y for _, y in ordered], style="points")
    root = ElementTree.fromstring(as_svg(chart(series=(series,), marks=(), x_log=log)))  # noqa: S314
    dots = list(root.iter(f"{SVG}circle"))
    assert len(dots) == len(points)
    for dot in dots:
        assert -20 <= float(dot.get("cx", "")) <= WIDTH
        assert -20 <= float(dot.get("cy", "")) <= HEIGHT


def test_ticks_of_a_log_axis_are_powers_of_ten() -> None:
    series = Series("s", [1e18, 1e24], [1.0, 2.0])
    assert {"10¹⁸", "10²⁴"} <= set(texts(as_svg(chart(series=(series,), marks=()))))


def test_labels_of_near_points_do_not_cover_each_other() -> None:
    marks = tuple(Mark(1e10 * (1 + i / 1000), 2.0, f"mark {i}") for i in range(4))
    root = ElementTree.fromstring(as_svg(chart(marks=marks)))  # noqa: S314
    places = [
        (float(n.get("x", "")), float(n.get("y", "")))
        for n in root.iter(f"{SVG}text")
        if (n.text or "").startswith("mark")
    ]
    assert len(places) == len(marks)
    for i, (x, y) in enumerate(places):
        assert all(abs(y - b) >= 13 or abs(x - a) >= 6 * len("mark 0") for a, b in places[:i])


def test_the_csv_holds_every_point() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(chart()))))
    assert rows[0] == ["series", "parameters", "USD", "low", "high"]
    assert len(rows) == 1 + 3 + 2 + 1 + 1
    assert rows[1] == ["one", "1000000000.0", "3.0", "2.5", "3.5"]


def test_json_has_no_nan() -> None:
    assert for_json(chart())["series"][1]["y"][0] is None


@pytest.mark.parametrize("values", [[5.0], [5.0, 5.0, 5.0]])
def test_a_constant_is_drawn_too(values: list[float]) -> None:
    series = Series("flat", [float(i + 1) for i in range(len(values))], values)
    assert "M" in as_svg(chart(series=(series,), marks=()))
