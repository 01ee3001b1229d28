"""The check of truth: its probes by name, in order, each measured only when it is asked for."""

import pytest

from clearspan.checks import PROBES, truth
from clearspan.measure.bars import Report
from clearspan.workspace.workspace import Workspace


class Probes:
    """Three probes that report their own name, and keep which were asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def names(self) -> list[str]:
        return ["a", "b", "c"]

    def get(self, name: str):
        def measure(workspace: Workspace) -> Report:
            self.asked.append(name)
            return Report(name, "", (), ())

        return measure


def test_what_ships_is_named_in_its_order() -> None:
    assert PROBES.names()[:3] == ["sources", "verification", "outcomes"]


@pytest.mark.parametrize(
    ("only", "expected"),
    [((), ["a", "b", "c"]), (("c", "a"), ["a", "c"]), (("b",), ["b"]), (("z",), [])],
)
def test_probes_are_measured_in_their_order_when_asked_for(
    only: tuple[str, ...], expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    probes = Probes()
    monkeypatch.setattr(truth, "PROBES", probes)
    reports = truth.run(None, only)  # pyright: ignore[reportArgumentType]
    assert probes.asked == []
    assert [report.section for report in reports] == expected == probes.asked
