"""Which documents are read for evidence."""

import json
from pathlib import Path

import pytest

from clearspan.errors import BadInput, NotFound
from clearspan.features.evidence.mixing import Mixture, Text
from clearspan.features.evidence.table import Origin
from clearspan.features.harvest.corpora import held_out


def _corpus(path: Path, count: int, length: int = 20) -> Path:
    lines = (
        json.dumps(
            {"text": f"{path.stem} {number} " + f"word{number * 7919} " * length, "title": f"{number}"}
        )
        for number in range(count)
    )
    path.write_text("\n".join(lines), "utf-8")
    return path


def _characters(texts: list[Text], name: str) -> int:
    return sum(len(text.text) for text in texts if text.text.startswith(name))


def test_only_documents_that_were_kept_back_are_read(tmp_path: Path) -> None:
    path = _corpus(tmp_path / "ships.jsonl", 200)
    read = [text.text for text in Mixture([path], [], 0.1).texts(10**9)]
    assert read == [document.text for document in held_out([path], 0.1)]
    assert 5 < len(read) < 40
    assert len(list(Mixture([path], [], 1).texts(10**9))) == 200


def test_corpora_advance_side_by_side(tmp_path: Path) -> None:
    mixture = Mixture([_corpus(tmp_path / "ships.jsonl", 300), _corpus(tmp_path / "tides.jsonl", 100)], [], 1)
    read = list(mixture.texts(10**9))
    assert len(read) == 400
    half = read[:200]
    assert 0.35 < sum(text.text.startswith("tides") for text in half) / 100 < 0.65


def test_fewer_tokens_are_spread_over_the_whole_of_each_corpus(tmp_path: Path) -> None:
    path = _corpus(tmp_path / "ships.jsonl", 400)
    mixture = Mixture([path], [], 1)
    whole = sum(len(text.text) for text in mixture.texts(10**9))
    some = list(mixture.texts(whole // 20))
    assert 0.15 < _characters(some, "ships") / whole < 0.35
    assert any(int(text.origin.source) > 300 for text in some)
    assert some == list(mixture.texts(whole // 20))


def test_only_what_may_be_quoted_is_marked_so_and_is_half_of_what_is_read(tmp_path: Path) -> None:
    ships, tides = _corpus(tmp_path / "ships.jsonl", 300), _corpus(tmp_path / "tides.jsonl", 300)
    read = list(Mixture([ships], [tides], 1).texts(6000))
    assert {text.text.split()[0] for text in read if text.quotable} == {"tides"}
    assert {text.text.split()[0] for text in read if not text.quotable} == {"ships"}
    assert 0.6 < _characters(read, "tides") / _characters(read, "ships") < 1.6
    assert all(text.quotable for text in Mixture([ships, tides], [], 1).texts(6000))
    # Named in both places, a corpus is still read once.
    again = list(Mixture([ships, tides], [tides], 1).texts(6000))
    assert again == read


def test_nothing_to_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no file or folder"):
        Mixture([tmp_path / "none.jsonl"], [], 0.1)
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(BadInput, match="empty"):
        Mixture([tmp_path / "empty.jsonl"], [], 0.1)
    with pytest.raises(BadInput, match="was kept back"):
        Mixture([_corpus(tmp_path / "few.jsonl", 3)], [], 0.001)
    (tmp_path / "same.jsonl").write_text('{"text": "one line"}\n' * 50)
    with pytest.raises(BadInput, match="over and over"):
        Mixture([tmp_path / "same.jsonl"], [], 0.5)


def test_who_wrote_a_text_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    rows = [
        {"text": "The tide is out.", "title": "Tides", "written_by": "a-model"},
        {"text": "The fog is in."},
    ]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    read = {text.text: text.origin for text in Mixture([path], [], 1).texts(100)}
    assert read == {
        "The tide is out.": Origin("Tides", "a-model"),
        "The fog is in.": Origin("some.jsonl", ""),
    }
