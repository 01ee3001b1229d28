"""Plans from Python: what the command prints, as values; what is left open is refused."""

from pathlib import Path

import pytest

import clearspan as cs
from clearspan.economy.serving.curves import EXAMPLE


def test_a_plan_has_numbers_with_intervals_and_prints_as_sentences() -> None:
    found = cs.plan.lifetime(like=13e9, tokens_served=2e12, laws=["sardana-2024"], hardware="h200")
    assert found.numbers["saving"].value == pytest.approx(17.4, abs=0.1)
    assert found.numbers["parameters"].value == pytest.approx(6.97e9, rel=0.002)
    assert str(found).startswith(found.title)
    assert all(sentence in str(found) for sentence in (*found.summary, *found.notes))
    assert "H200" in str(found)


def test_files_are_named_by_text_or_path() -> None:
    placed = cs.plan.place(curves=str(EXAMPLE), arrivals=3, tokens=200, limit=30)
    assert placed == cs.plan.place(curves=EXAMPLE, arrivals=3, tokens=200, limit=30)


def test_what_is_left_open_is_refused(tmp_path: Path) -> None:
    for half in (
        lambda: cs.plan.train(),
        lambda: cs.plan.train(flops=1e22, tokens=1e12),
        lambda: cs.plan.lifetime(like=1e9),
        lambda: cs.plan.place(curves=EXAMPLE, limit=30),
        lambda: cs.plan.magnitudes(tokens=1e12),
        lambda: cs.plan.lifetime(like=1e9, from_ledger=1, settings=cs.Settings(home=tmp_path)),
    ):
        with pytest.raises(cs.BadInput):
            half()
