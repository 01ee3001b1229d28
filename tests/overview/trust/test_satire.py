"""Whole documents that read like satire: the model that ships, its training, and what the judge does with it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from clearspan.errors import BadInput, NotFound
from clearspan.library.library import Library
from clearspan.overview.trust import satire
from clearspan.overview.trust.judge import Judge
from clearspan.overview.trust.training.satire import Article, folds_of, read_articles, train
from clearspan.settings import Settings

JOKE = (
    "Calling it the bravest thing that he has ever done, area man Gary Plimpton, 34, announced Tuesday that he would "
    "finally read the terms and conditions, a decision that his wife described as “the most pathetic thing I have ever "
    "literally seen.” Sources close to the sofa confirmed that he then stared at his phone for nine hours. “I just "
    "feel like I owe it to myself,” said Plimpton, who, according to witnesses, was crying into a bowl of cereal. “You "
    "know? Nobody ever really reads them.” At press time Plimpton, visibly exhausted, had clicked Agree."
)
SERIOUS = (
    "The mill was built in 1792 on the left bank of the river. It has two pairs of stones, driven by a breastshot "
    "wheel of 4.2 metres. The owner sold it to the parish in 1868, and the parish council restored the sluice in "
    "1931. The building is listed as a monument of regional importance and is open to visitors from May to September."
)


@pytest.fixture
def library(settings: Settings, tmp_path: Path) -> Iterator[Library]:
    with Library.open("whole", settings, None) as opened:
        for name, text in (("terms", JOKE), ("mill", SERIOUS)):
            (tmp_path / f"{name}.txt").write_text(f"{name.title()}\n\n{text}\n\n{text}\n")
            opened.add(tmp_path / f"{name}.txt")
        yield opened


def test_the_shipped_model_is_small_has_a_card_and_tells_a_joke_from_a_mill() -> None:
    assert satire.SHIPPED.stat().st_size < 100_000
    card = json.loads(satire.SHIPPED.with_suffix(".json").read_text())
    assert card["held-out area under the ROC curve, with its interval"]["against serious pages"][1] > 0.9
    model = satire.shipped()
    assert model.logit("Terms", JOKE) > 0 > model.logit("Mill", SERIOUS)


def test_other_pages_of_a_publisher_count_with_their_number() -> None:
    model = satire.shipped()
    alone = model.probability(0.0, [])
    assert alone == 0.5
    assert 0.5 < model.probability(0.0, [2.0]) < model.probability(0.0, [2.0] * 5)
    assert model.probability(0.0, [-2.0] * 5) < 0.5


def test_what_may_be_satire_is_said_and_believed_less(library: Library) -> None:
    judged = {
        one.source.title: one.source for one in Judge(library).judge(library.search("terms mill river").hits)
    }
    assert judged["Terms"].may_be_satire is not None
    assert judged["Terms"].may_be_satire >= satire.MAY_BE
    assert judged["Terms"].believed
    assert judged["Terms"].standing < judged["Mill"].standing
    assert "satire" in {signal.name for signal in judged["Terms"].signals}
    assert judged["Mill"].may_be_satire is None


def test_a_publisher_that_somebody_vouches_for_is_not_judged_by_its_style(library: Library) -> None:
    (terms,) = [document for document in library.documents() if document.title == "Terms"]
    library.tag(terms.id, "reporting")
    judged = {one.source.title: one.source for one in Judge(library).judge(library.search("terms").hits)}
    assert judged["Terms"].may_be_satire is None


def test_an_outlet_lies_in_one_fold() -> None:
    outlets = [f"o{i % 23}" for i in range(200)]
    folds = folds_of(outlets)
    assert all(
        len({int(f) for f, o in zip(folds, outlets, strict=True) if o == name}) == 1 for name in set(outlets)
    )
    assert len(set(folds.tolist())) == 10


def test_training_learns_from_words_and_is_read_again(tmp_path: Path) -> None:
    texts = {
        "satire": JOKE,
        "fake": JOKE.replace("terms", "votes").replace("crying", "voting"),
        "serious": SERIOUS,
    }
    articles = [
        Article(label, f"{label}{i % 12}", f"Page {i}", f"{texts[label]} Part {i}.")
        for i in range(24)
        for label in ("satire", "fake", "serious")
    ]
    articles += [Article("serious", f"wikinews:{i}", "News", f"{SERIOUS} Edition {i}.") for i in range(12)]
    trained = train(articles, {"file": "0"})
    satire.save(trained.model, tmp_path / "model.npz")
    again = satire.load(tmp_path / "model.npz")
    assert again.logit("Page", JOKE) > 0 > again.logit("Page", SERIOUS)
    assert trained.qualities[0].area > 0.95
    assert trained.card["data, SHA-256"] == {"file": "0"}


def test_what_is_no_model_or_no_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"no model")
    with pytest.raises(BadInput, match="clearspan train satire"):
        satire.load(tmp_path / "x.npz")
    with pytest.raises(NotFound, match="--data"):
        read_articles(tmp_path)
