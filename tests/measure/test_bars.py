"""Bars: what holds, what is printed, exported and written."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.measure.bars import Bar, Report, Table, replace_section, report
from clearspan.measure.processor import processor

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(numbers, numbers)
def test_a_bar_holds_as_its_sense_reads(value: float, bound: float) -> None:
    assert Bar("x", value, bound, ">=").holds == (value >= bound)
    assert Bar("x", value, bound, "<=").holds == (value <= bound)


def test_nan_never_holds() -> None:
    assert not any(Bar("x", float("nan"), 0, sense).holds for sense in (">=", "<=", "=="))
    assert json.dumps(Bar("x", float("nan"), 0).as_dict(), allow_nan=False)


def _report(value: float) -> Report:
    return Report("Section", "run it", [Table("T", ("a", "b"), [(1, "x|y")])], [Bar("speed", value, 2)])


def test_the_exit_status_and_the_last_line_say_whether_all_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(_report(3), as_json=True) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"bars": [{"name": "speed", "value": 3, "bar": ">= 2", "holds": True}]}
    assert report(_report(1)) == 1


def test_a_section_is_replaced_and_its_neighbours_are_kept(tmp_path: Path) -> None:
    document = tmp_path / "measurements.md"
    replace_section(document, "One", "## One\n\nfirst\n")
    replace_section(document, "Two", "## Two\n\nkept\n")
    replace_section(document, "One", "## One\n\nsecond\n")
    text = document.read_text()
    assert "first" not in text
    assert text.index("second") < text.index("kept")
    assert text.count("## One") == 1


def test_a_text_without_its_heading_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        replace_section(tmp_path / "m.md", "One", "no heading")


def test_a_report_names_the_processor(capsys: pytest.CaptureFixture[str]) -> None:
    report(_report(3))
    said = capsys.readouterr().out
    assert f"on {processor()}." in said
    assert f"{os.cpu_count()} cores" in processor()
