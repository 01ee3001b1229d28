"""Style: a model that can be saved and read, tells jokes it has seen the like of, and whose training is honest."""

from pathlib import Path

import numpy as np
import pytest

from clearspan.errors import BadInput
from clearspan.models.serving.embedder import Embedder
from clearspan.overview.trust import style
from clearspan.overview.trust.training.style import (
    grouped_cells,
    quality,
    random_cells,
    read_headlines,
    train,
)

JOKES = ["Area man sighs at toaster", "Nation demands softer chair", "Study finds cat unimpressed by economy"]
NEWS = ["Police find goat on motorway roof", "Court fines man for loud parrot", "Mayor loses vote over bins"]


def test_the_shipped_model_is_small_and_gives_probabilities(embedder: Embedder) -> None:
    assert style.SHIPPED.stat().st_size < 1_000_000
    both = (
        style.satire_probabilities([*JOKES, *NEWS], embedder),
        style.satire_probabilities([*JOKES, *NEWS], None),
    )
    for found in both:
        assert all(0.0 < p < 1.0 for p in found)
        assert np.mean(found[:3]) > np.mean(found[3:])
    assert style.satire_probabilities([], embedder) == []


def test_case_and_typography_tell_nothing() -> None:
    plain = style.satire_probabilities(["Nation's cats demand softer chair"], None)
    assert style.satire_probabilities(["NATION’S CATS DEMAND SOFTER CHAIR"], None) == plain


def test_training_learns_and_what_is_saved_is_read(tmp_path: Path, embedder: Embedder) -> None:
    texts = [f"{joke} number {n}" for n in range(40) for joke in JOKES]
    texts += [f"{news} number {n}" for n in range(40) for news in NEWS]
    table = tmp_path / "headlines.csv"
    rows = "".join(f'"{text}",{int(i < 120)}\n' for i, text in enumerate(texts))
    table.write_text(f"text,label\n{rows}")
    trained = train(read_headlines(table), embedder)
    style.save(trained.style, tmp_path / "style.npz")
    again = style.load(tmp_path / "style.npz")
    hashed = [style.buckets(text) for text in (JOKES[0], NEWS[0])]
    joke, news = again.words_alone.logits(hashed, None)
    assert joke > 0 > news
    assert trained.qualities["meaning and words", "random"].accuracy > 0.95
    assert again.embedder == "minilm"


def test_no_cell_is_judged_by_a_model_that_saw_its_topics_or_lengths() -> None:
    generator = np.random.default_rng(0)
    topics, lengths = generator.integers(0, 60, 2000), generator.integers(3, 25, 2000)
    cells = grouped_cells(topics, lengths)
    assert sorted(row for _, test in cells for row in test) == list(range(2000))
    for train_rows, test in cells:
        assert not set(topics[train_rows]) & set(topics[test])
        assert not set(lengths[train_rows]) & set(lengths[test])
    for (train_rows, test), (as_many, own) in zip(cells, random_cells(cells), strict=True):
        assert (len(train_rows), len(test)) == (len(as_many), len(own))
        assert not set(as_many) & set(own)


def test_quality_of_perfect_and_of_useless_log_odds() -> None:
    satire = np.tile([0.0, 1.0], 500)
    topics = np.arange(1000) % 20
    cells = random_cells(grouped_cells(topics, np.arange(1000) % 30))
    assert quality(satire * 8 - 4, satire, cells, topics).accuracy == 1.0
    noise = np.random.default_rng(1).standard_normal(1000)
    useless = quality(noise, satire, cells, topics)
    assert useless.accuracy == pytest.approx(0.5, abs=0.06)
    assert useless.low <= useless.accuracy <= useless.high
    assert useless.auc == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("text", ["text,label\na,2\n", "text,label\na,1\n", "who,what\na,1\n"])
def test_a_table_without_both_kinds_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(BadInput):
        read_headlines(tmp_path / "t.csv")


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "odd.npz", a=np.array([1, 2]))
    (tmp_path / "text.npz").write_text("no")
    for name in ("odd.npz", "text.npz", "none.npz"):
        with pytest.raises(BadInput):
            style.load(tmp_path / name)
