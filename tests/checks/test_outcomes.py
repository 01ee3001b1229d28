"""The bench of planted faults: six kinds, kept apart, in a home of its own."""

from clearspan.checks.outcomes import FAULTS, confusion_table, curve_chart, diagnose_planted
from clearspan.measure.risk import risk_coverage
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace


def test_planted_faults_are_kept_apart_and_leave_nothing_behind(settings: Settings) -> None:
    by_words = settings.model_copy(update={"embedder": "", "generate": False})
    with Workspace.open(by_words) as workspace:
        confusion = diagnose_planted(workspace)
        assert workspace.libraries() == []
    assert {planted for planted, _ in confusion} == set(FAULTS)
    assert all(planted == said for planted, said in confusion)
    assert len(confusion_table(confusion).rows) == len(FAULTS)


def test_a_curve_is_drawn_beside_always_answering() -> None:
    chart = curve_chart("x", "X", {"a": risk_coverage([0.9, 0.5, 0.1], [0, 0, 1])}, "")
    assert [series.style for series in chart.series] == ["line", "dashed"]
    assert chart.series[1].y == (1 / 3, 1 / 3)
