"""Libraries of pages: titles and addresses are kept, sentences are found again, texts are read once."""

from pathlib import Path

import numpy as np

from clearspan.checks.answers.baselines import BM25, MINILM, PASSAGE, bm25, firsts
from clearspan.checks.answers.libraries import MeasuredWorkspace, RememberingEmbedder, settings_apart, stock
from clearspan.overview.answering.reader.training.questions import QuestionPage
from clearspan.settings import Settings

PAGES = (
    QuestionPage(
        'The "Old" Mill: a tale',
        "A mill stands in Quillek.\n\nIt grinds\u00a0barley on Mondays.",
        "https://mills.example/1",
    ),
    QuestionPage("", "Nobody swims in the pond of Quillek.", "no address"),
)


def test_pages_keep_their_title_and_address_and_sentences_are_found(
    settings: Settings, tmp_path: Path
) -> None:
    apart = settings_apart(settings.model_copy(update={"embedder": ""}), tmp_path / "apart")
    with MeasuredWorkspace.open(apart) as workspace:
        stocked = stock(workspace, "mills", (*PAGES, PAGES[0], QuestionPage("Empty", " ", "")), tmp_path)
        documents = {one.title: one for one in stocked.library.documents()}
        assert documents['The "Old" Mill: a tale'].url == "https://mills.example/1"
        assert len(documents) == 2
        assert stocked.failed == 1
        (places,) = stocked.places(["It grinds\u00a0barley on Mondays.", "It grinds nothing.", ""])
        ((identity, start, end),) = places
        assert stocked.texts[identity][start:end] == "It grinds barley on Mondays."
        found = firsts("When does the mill grind barley?", stocked.library, None)
        assert found[BM25] == (identity, start, end)
        assert found[MINILM] is None
        assert found[PASSAGE] == (identity, 0, end)
    assert apart.models_dir == settings.models_dir


def test_an_empty_library_puts_nothing_first(settings: Settings) -> None:
    with MeasuredWorkspace.open(settings.model_copy(update={"embedder": ""})) as workspace:
        assert set(firsts("What?", workspace.library("nothing"), None).values()) == {None}


def test_rare_words_and_short_texts_score_higher() -> None:
    texts = ["the mill of Quillek", "the mill", "the pond and the long road behind it and the mill"]
    scores = bm25("mill Quillek", texts)
    assert scores[0] > scores[1] > scores[2] > 0
    assert bm25("barley", texts) == [0.0, 0.0, 0.0]


def test_a_text_is_read_once_and_reads_the_same(settings: Settings) -> None:
    embedder = RememberingEmbedder.load("minilm", settings)
    first = embedder.embed(["a mill", "a pond", "a mill"])
    read: list[int] = []
    embedder._forward = lambda tokens: read.append(len(tokens)) or (np.zeros((len(tokens), 384)), None)  # type: ignore
    again = embedder.embed(["a pond", "a mill"])
    assert np.array_equal(again, first[[1, 0]])
    assert read == []
    assert embedder.embed([]).shape == (0, embedder.dimension)
