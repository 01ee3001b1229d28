"""Sentence vectors: right against a plain computation, independent of company, and refused where unsupported."""

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from clearspan.errors import BadInput, Refused
from clearspan.models.serving.embedder import Embedder
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings

SENTENCES = [
    "The main span of the bridge is 1,280 metres long.",
    "How long is the span between the bridge's towers?",
    "The blue whale is the heaviest animal that has ever lived.",
    "Headphones",
    "The council voted on the budget for the new park, " * 12,
]


@pytest.fixture(scope="module")
def exact(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    """The same embedder in float32."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), weights=weights)
    return Embedder.load("minilm", settings, dtype=torch.float32)


@pytest.fixture
def copied(settings: Settings, tmp_path: Path) -> Path:
    """The model's files in a folder that a test may change."""
    return Path(shutil.copytree(resolve("minilm", settings).folder, tmp_path / "copied"))


def test_vectors_equal_a_plain_computation(exact: Embedder, settings: Settings) -> None:
    folder = resolve("minilm", settings).folder
    model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    for sentence in SENTENCES:
        encoded = tokenizer(sentence, return_tensors="pt", truncation=True, max_length=256)
        with torch.inference_mode():
            mean = model(**encoded).last_hidden_state[0].mean(0)
        np.testing.assert_allclose(exact.embed([sentence])[0], (mean / mean.norm()).numpy(), atol=1e-5)


def test_vectors_do_not_depend_on_their_company(exact: Embedder) -> None:
    together = exact.embed(SENTENCES)
    alone = np.vstack([exact.embed([sentence]) for sentence in SENTENCES])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(exact.embed(SENTENCES[::-1])[::-1], together, atol=1e-5)


def test_the_default_format_agrees_with_float32(embedder: Embedder, exact: Embedder) -> None:
    found, expected = embedder.embed(SENTENCES), exact.embed(SENTENCES)
    assert found.dtype == np.float32
    assert found.shape == (len(SENTENCES), embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert (found * expected).sum(1).min() > 0.999
    assert embedder.embed(SENTENCES[:1]) @ found[1] > embedder.embed(SENTENCES[:1]) @ found[2] + 0.2


def test_long_texts_are_cut(exact: Embedder) -> None:
    # Besides the 254 words there are the two special tokens at the ends.
    cut = exact.embed(["word " * 254, "word " * 254 + "something else entirely", "word " * 253 + "whale"])
    np.testing.assert_allclose(cut[0], cut[1], atol=1e-5)
    assert cut[0] @ cut[2] < 0.9999


def test_edges(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)
    assert np.isfinite(embedder.embed(["", " ", "\x00", "🌉" * 500])).all()
    with pytest.raises(BadInput, match=r"embed\(\[text\]\)"):
        embedder.embed("one text")
    with pytest.raises(BadInput, match="surrogate"):
        embedder.embed(["fine", "half \ud83d"])


def test_threads_share_an_embedder(exact: Embedder) -> None:
    expected = exact.embed(SENTENCES)
    results: list[bool] = []

    def embed() -> None:
        results.append(np.allclose(exact.embed(SENTENCES), expected, atol=1e-5))

    threads = [threading.Thread(target=embed) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4


def write_pooling(folder: Path, **modes: object) -> None:
    (folder / "1_Pooling" / "config.json").write_text(json.dumps({"word_embedding_dimension": 384, **modes}))


def test_first_token_pooling(copied: Path, settings: Settings) -> None:
    write_pooling(copied, pooling_mode_cls_token=True, pooling_mode_mean_tokens=False)
    found = Embedder.load(f"dir:{copied}", settings, dtype=torch.float32).embed(SENTENCES[:1])[0]
    tokenizer = AutoTokenizer.from_pretrained(copied)
    with torch.inference_mode():
        states = AutoModel.from_pretrained(copied)(**tokenizer(SENTENCES[0], return_tensors="pt"))
    first = states.last_hidden_state[0, 0]
    np.testing.assert_allclose(found, (first / first.norm()).numpy(), atol=1e-5)


def test_what_is_not_supported_is_refused(copied: Path, settings: Settings, tmp_path: Path) -> None:
    reference = f"dir:{copied}"
    write_pooling(copied, pooling_mode_max_tokens=True)
    with pytest.raises(Refused, match="pooling_mode_max_tokens"):
        Embedder.load(reference, settings)
    write_pooling(copied, pooling_mode_mean_tokens=True, pooling_mode_cls_token=True)
    with pytest.raises(Refused, match="mean or first-token"):
        Embedder.load(reference, settings)
    modules = json.loads((copied / "modules.json").read_text())
    dense = {"idx": 3, "name": "3", "path": "3_Dense", "type": "sentence_transformers.models.Dense"}
    (copied / "modules.json").write_text(json.dumps([*modules, dense]))
    with pytest.raises(Refused, match="Dense"):
        Embedder.load(reference, settings)
    (copied / "modules.json").unlink()
    with pytest.raises(Refused, match=r"modules\.json"):
        Embedder.load(reference, settings)
    with pytest.raises(Refused, match="GGUF"):
        Embedder.load("smollm2-135m", settings)


def test_damaged_files_are_told(copied: Path, settings: Settings) -> None:
    (copied / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(BadInput, match="could not be loaded"):
        Embedder.load(f"dir:{copied}", settings)
    (copied / "modules.json").write_text("{not json")
    with pytest.raises(BadInput, match="cannot be read"):
        Embedder.load(f"dir:{copied}", settings)


def test_a_reading_has_the_vector_of_the_text_and_one_for_each_token(embedder: Embedder) -> None:
    texts = ["The mill at Tarrow was built in 1861.", "It mills flour."]
    readings = embedder.read(texts)
    for text, reading, vector in zip(texts, readings, embedder.embed(texts), strict=True):
        assert np.allclose(reading.vector, vector, atol=1e-6)
        assert len(reading.tokens) == len(reading.spans)
        assert "".join(text[start:end] for start, end in reading.spans) == text.replace(" ", "")
        assert np.allclose(np.linalg.norm(reading.tokens, axis=1), 1.0, atol=1e-3)
