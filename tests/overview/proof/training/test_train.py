"""Training of the verifier on measured pairs: what is counted, what is held out, what is asked of a language model."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from clearspan.overview.proof import predictors
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.training import train
from clearspan.overview.proof.training.pairs import Pair
from clearspan.receipts import Decision

KINDS: tuple[Decision, ...] = ("supported", "unsupported", "contradicted")


def pair(number: int, source: str, label: Decision, kind: str = "") -> Pair:
    return Pair(str(number), source, "A mill.", (Evidence("A mill."),), label, f"g{number}", kind)


def drawn(count: int = 240) -> tuple[list[Pair], dict[str, dict[str, float]]]:
    """Pairs of four sources whose words tell support, and whose negations tell contradiction."""
    generator = np.random.default_rng(0)
    known: list[Pair] = []
    rows: dict[str, dict[str, float]] = {}
    for number in range(count):
        source = ("SciFact", "Climate-FEVER", "AttributionBench LFQA", "made")[number % 4]
        label = KINDS[int(generator.integers(3))]
        one = pair(number, source, label, "number" if source == "made" and label == "contradicted" else "")
        known.append(one)
        good = float(label == "supported")
        row = dict.fromkeys(predictors.WITHOUT_MODEL, 0.0)
        row |= {
            name: 0.5 * good + 0.5 * float(generator.random()) for name in ("words", "word_pairs", "aligned")
        }
        row["unaligned"] = 1.0 - row["aligned"]
        row["broken_negation"] = float(label == "contradicted" and generator.random() < 0.7)
        if number % 3 == 0:
            row["likelier"] = 0.6 * good + 0.2 * float(generator.random())
        rows[train.key(one)] = row
    return known, rows


def test_all_weights_are_trained_and_tell_support_from_contradiction() -> None:
    known, rows = drawn()
    weights = train.train(known, rows)
    best = dict.fromkeys(predictors.WITHOUT_MODEL, 0.0) | {"words": 1.0, "word_pairs": 1.0, "aligned": 1.0}
    worst = dict.fromkeys(predictors.WITHOUT_MODEL, 0.0) | {"unaligned": 1.0, "broken_negation": 1.0}
    assert weights.supported(best) > 0.8 > 0.2 > weights.supported(worst)
    assert weights.supported(best | {"likelier": 0.8}) > weights.supported(best | {"likelier": 0.0})
    assert weights.contradicted(worst) > 0.7
    assert weights.trained == {"SciFact": 60, "Climate-FEVER": 60, "AttributionBench LFQA": 60, "made": 60}
    assert set(weights.broken) == {"numbers", "negation", "direction", "hedges", "exchange", "order"}


def test_a_source_is_held_out_whole() -> None:
    known, rows = drawn()
    signs = {"words": 1}
    logits = train.held_out(known, rows, signs, among=["SciFact"])
    own = np.array([one.source == "SciFact" for one in known])
    assert np.isnan(logits[~own]).all()
    others = [one for one in known if one.source != "SciFact"]
    expected = train.supported(others, rows, signs).logits(
        [rows[train.key(one)] for one in known if one.source == "SciFact"]
    )
    assert logits[own] == pytest.approx(expected)
    assert not np.isnan(train.held_out(known, rows, signs)).any()


def test_a_fault_was_wrong_as_often_as_each_source_says_alike() -> None:
    known = [pair(n, "SciFact", "supported" if n < 2 else "contradicted") for n in range(9)]
    known += [pair(n, "made", "supported") for n in range(9, 29)]
    known += [pair(29, "Climate-FEVER", "supported")]
    rows = {
        train.key(one): {
            f"broken_{c}": 0.0 for c in ("numbers", "negation", "direction", "hedges", "exchange", "order")
        }
        for one in known
    }
    for one in known:
        rows[train.key(one)]["broken_numbers"] = 0.6
        rows[train.key(one)]["broken_order"] = 0.59
    rates = train.broken_rates(known, rows)
    # (2 + ½) of (9 + 1) and (20 + ½) of (20 + 1); one pair of a source says nothing.
    assert rates["numbers"] == pytest.approx((2.5 / 10 + 20.5 / 21) / 2)
    assert rates["order"] == 0.1


def test_a_part_is_right_as_often_as_clean_pairs_were_not_changed_in_it() -> None:
    known = [
        pair(n, "made", "contradicted", kind)
        for n, kind in enumerate(["number", "unit", "true", "date", "other"])
    ]
    known += [pair(9, "SciFact", "supported", "number"), pair(10, "made", "contradicted", "number")]
    rows = {train.key(one): {"broken_order": 0.0, "names_missing": 0.0} for one in known}
    rows[train.key(known[-1])]["names_missing"] = 0.5
    rates = train.kept_rates(known, rows)
    assert rates == {
        "number": pytest.approx(1 - 2.5 / 5),
        "date": pytest.approx(1 - 1.5 / 5),
        "name": pytest.approx(1 - 0.5 / 5),
        "scope": pytest.approx(1 - 0.5 / 5),
    }


def test_the_language_model_is_asked_of_150_pairs_of_a_source_and_of_none_that_were_made() -> None:
    known = [
        pair(n, source, "supported") for source in ("SciFact", "made", "Climate-FEVER") for n in range(200)
    ]
    chosen = train.with_likelihood(known[:460])
    counted = {
        source: sum(one.source == source for one in chosen) for source in ("SciFact", "made", "Climate-FEVER")
    }
    assert counted == {"SciFact": 150, "made": 0, "Climate-FEVER": 60}
    assert train.with_likelihood(reversed(known[:460])) == chosen


def test_what_was_measured_is_not_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Read:
        asked: Sequence[str] = ()

        @classmethod
        def load(cls, reference: str, settings: object) -> "Read":
            return cls()

        def __enter__(self) -> "Read":
            return self

        def __exit__(self, *error: object) -> None: ...

    monkeypatch.setattr(train, "Embedder", Read)
    monkeypatch.setattr(train, "LanguageModel", Read)
    known = [pair(1, "SciFact", "supported"), pair(2, "made", "supported")]
    for file, names in (("predictors", ("SciFact/1", "made/2")), ("likelihoods", ("SciFact/1",))):
        rows = [{"key": name, "predictors": {file: float(len(name))}} for name in names]
        (tmp_path / f"{file}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    from clearspan.settings import Settings

    assert train.measure(known, Settings(), tmp_path) == {
        "SciFact/1": {"predictors": 9.0, "likelihoods": 9.0},
        "made/2": {"predictors": 6.0},
    }


def test_without_data_the_command_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = train.main(["--data", str(tmp_path), "--cache", str(tmp_path / "cache")])
    assert status == 2
    assert "attributionbench_dev" in capsys.readouterr().err
