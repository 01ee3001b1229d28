"""Text that the model writes itself: the same for the same seed, however often it is interrupted."""

import json
from itertools import islice
from pathlib import Path

import pytest

from clearspan.errors import BadInput
from clearspan.features.generation import samples as module
from clearspan.features.generation.samples import forms_about, requests, sample
from clearspan.models.serving.engine import LanguageModel

BRIDGE = "the Golden Gate Bridge"


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 4)


def test_requests_are_the_same_for_a_seed_and_give_a_subject_its_share() -> None:
    some = list(islice(requests(3, [BRIDGE], 0.5), 400))
    assert some == list(islice(requests(3, [BRIDGE], 0.5), 400))
    assert some != list(islice(requests(4, [BRIDGE], 0.5), 400))
    about = sum(one.subject == BRIDGE for one in some)
    assert 150 < about < 260
    assert len({one.subject for one in some}) > 100
    assert all("{" not in one.text for one in some)
    with pytest.raises(BadInput, match="share of 1"):
        next(requests(0, [BRIDGE], 1.0))


def test_every_form_names_the_subject() -> None:
    forms = forms_about("volcanoes")
    assert len(set(forms)) == len(forms) >= 10
    assert all("volcanoes" in form for form in forms)


def test_interrupted_it_ends_in_the_same_bytes(language_model: LanguageModel, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole.jsonl", tmp_path / "broken.jsonl"
    told = list(sample(language_model, whole, 80, seed=1, max_tokens=12))
    assert told[-1].tokens >= 80
    lines = [json.loads(line) for line in whole.read_text("utf-8").splitlines()]
    assert sum(line["tokens"] for line in lines) == told[-1].tokens
    assert {line["written_by"] for line in lines} == {"smollm2-135m"}
    assert [line["number"] for line in lines] == list(range(len(lines)))
    assert "<|im_start|>user" in lines[0]["text"]
    assert "<|im_start|>" not in lines[1]["text"]

    writing = sample(language_model, broken, 80, seed=1, max_tokens=12)
    next(writing)
    next(writing)
    writing.close()
    with broken.open("ab") as file:
        file.write(b'{"text": "cut off in the mid')
    list(sample(language_model, broken, 80, seed=1, max_tokens=12))
    assert broken.read_bytes() == whole.read_bytes()
    with pytest.raises(BadInput, match="texts of other requests"):
        list(sample(language_model, broken, 200, seed=2, max_tokens=12))


def test_a_file_of_something_else_is_not_written_to(language_model: LanguageModel, tmp_path: Path) -> None:
    file = tmp_path / "notes.jsonl"
    file.write_text("milk, bread\n")
    with pytest.raises(BadInput, match="not JSON"):
        list(sample(language_model, file, 10))
    assert file.read_text() == "milk, bread\n"
