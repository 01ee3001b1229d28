"""The check of truth: its parts by name, in order, each only when it is asked for."""

from collections.abc import Callable

import pytest

from clearspan.checks import truth
from clearspan.measure.bars import Report
from clearspan.workspace.workspace import Workspace


def part(name: str, asked: list[str]) -> Callable[[Workspace], Report]:
    def measure(workspace: Workspace) -> Report:
        asked.append(name)
        return Report(name, "", (), ())

    return measure


def test_the_parts_are_named() -> None:
    assert list(truth.PARTS) == ["sources", "verification", "outcomes"]


@pytest.mark.parametrize(
    ("only", "expected"),
    [((), ["a", "b", "c"]), (("c", "a"), ["a", "c"]), (("b",), ["b"]), (("z",), [])],
)
def test_parts_are_measured_in_their_order_when_asked_for(
    only: tuple[str, ...], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(truth, "PARTS", {name: part(name, asked) for name in "abc"})
    reports = truth.run(None, only)  # pyright: ignore[reportArgumentType]
    assert asked == []
    assert [report.section for report in reports] == expected == asked
