import json
import pickle
import sys
import types
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from clearspan.errors import BadInput, ClearspanError, NotFound, Refused
from clearspan.features.harvest.corpora import Corpus, corpora, held_out, training, with_licences
from clearspan.features.harvest.shuffled import split_text

from .conftest import texts, write_lines


def test_every_format_gives_the_same_documents(tmp_path: Path) -> None:
    wanted = texts(20, 3)
    lines = write_lines(tmp_path / "a.jsonl", wanted)
    packed = tmp_path / "b.jsonl.zst"
    # Two frames, one after the other, as files that were appended to have.
    half = lines.read_bytes().splitlines(keepends=True)
    packed.write_bytes(b"".join(zstandard.compress(b"".join(part)) for part in (half[:7], half[7:])))
    table = tmp_path / "c.parquet"
    pq.write_table(pa.table({"text": wanted, "licence": ["CC0"] * 20, "other": range(20)}), table)
    folder = tmp_path / "d"
    folder.mkdir()
    for number, text in enumerate(wanted):
        (folder / f"{number:03}.txt").write_text(text)
    (folder / ".hidden").write_bytes(b"\x00")
    for path in (lines, packed, table, folder):
        assert [document.text for document in training([path], 0)] == wanted
    assert {document.licence for document in training([table], 0)} == {"CC0"}
    assert next(training([lines], 0)).title == "Text 0"


def test_text_that_is_compressed(tmp_path: Path) -> None:
    path = tmp_path / "note.txt.zst"
    path.write_bytes(zstandard.compress("Ein Fährmann.\n".encode()))
    assert [document.text for document in training([path], 0)] == ["Ein Fährmann.\n"]


def test_long_files_become_several_documents_that_join_to_the_file(tmp_path: Path) -> None:
    whole = "\n".join(texts(9000, 5)) + "\n"
    path = tmp_path / "long.txt"
    path.write_text(whole)
    found = [document.text for document in training([path], 0)]
    assert len(found) > 1
    assert "".join(found) == whole


def test_a_folder_of_data_files_is_a_corpus_each(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl"):
        write_lines(tmp_path / name, texts(2, len(name)))
    (tmp_path / "README.md").write_text("About these files.")
    assert [corpus.name for corpus in corpora([f"{tmp_path}*2"])] == ["a.jsonl", "b.jsonl"]
    assert {corpus.times for corpus in corpora([f"{tmp_path}*2"])} == {2}


def test_a_file_whose_name_ends_like_a_weight(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "odd*3", texts(2, 1))
    assert corpora([path]) == [Corpus(str(path))]


def test_held_out_and_training_share_nothing_and_miss_nothing(corpus: Path) -> None:
    kept, read = set(held_out([corpus], 0.2)), set(training([corpus], 0.2))
    assert not kept & read
    assert kept | read == set(training([corpus], 0))
    assert 10 <= len(kept) <= 50


def test_what_is_held_out_depends_on_the_text_alone(tmp_path: Path, corpus: Path) -> None:
    kept = {document.text for document in held_out([corpus], 0.2)}
    other = write_lines(tmp_path / "other.jsonl", [*texts(30, 9), *reversed(texts(150, 1))])
    again = {document.text for document in held_out([f"{other}*3"], 0.2)}
    assert kept <= again
    assert kept <= {document.text for document in held_out([corpus], 0.3)}


def test_duplicates_are_read_once(tmp_path: Path) -> None:
    some = texts(5, 1)
    first = write_lines(tmp_path / "a.jsonl", some + some[:3])
    second = write_lines(tmp_path / "b.jsonl", [*some[:2], "Something else."])
    assert [document.text for document in training([first, second], 0)] == [*some, "Something else."]


@pytest.mark.parametrize("suffix", [".jsonl", ".txt"])
def test_one_line_over_and_over(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"same{suffix}"
    line = (
        json.dumps({"text": "The ferry leaves at seven."})
        if suffix == ".jsonl"
        else "The ferry leaves at seven."
    )
    path.write_text(f"{line}\n" * 1000)
    with pytest.raises(BadInput, match="the same text over and over"):
        list(training([path], 0))


def test_nothing_but_duplicates_of_another_corpus(tmp_path: Path, corpus: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(corpus.read_bytes())
    with pytest.raises(BadInput, match=r"PATH\*3"):
        list(training([corpus, copy], 0))


@pytest.mark.parametrize("content", ["", "\n\n", '{"text": "  "}\n'])
def test_empty_corpora(tmp_path: Path, content: str) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text(content)
    with pytest.raises(BadInput, match="is empty"):
        list(training([path], 0))


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is empty"):
        list(training([tmp_path], 0))


@pytest.mark.parametrize("name", ["a.jsonl", "a.parquet", "a.txt", "a.jsonl.zst", "a.bin", "folder"])
@pytest.mark.parametrize("protocol", [2, 5])
def test_pickles_are_refused(tmp_path: Path, name: str, protocol: int) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
        (path / "a.txt").write_bytes(pickle.dumps({"text": "x"}, protocol))
    else:
        path.write_bytes(pickle.dumps({"text": "x"}, protocol))
    with pytest.raises(Refused, match="pickle"):
        list(training([path], 0))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", b'{"text": "fine"}\n{"text": ', "Line 2 of .* is not JSON"),
        ("a.jsonl", b'["text"]\n', "Line 1 of .* has no text"),
        ("a.jsonl", b'{"text": 3}\n', "Line 1 of .* has no text"),
        ("a.txt", b"\xff\xfe\x00", "not UTF-8"),
        ("a.parquet", b"PAR1 no more", "cannot be read as Parquet"),
        ("a.jsonl.zst", b"plain", "not compressed with zstd"),
        ("a.jsonl.zst", zstandard.compress(b"x" * 1000)[:12], "cannot be unpacked. It is cut off"),
        ("a.jsonl.zst", zstandard.compress(b"")[:4] + b"broken broken", "cannot be unpacked"),
        ("a.csv", b"text\n1\n", "of no kind that is read"),
    ],
)
def test_damaged_files_say_what_is_wrong(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        list(training([path], 0))


def test_a_table_without_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"body": ["x"]}), path)
    with pytest.raises(BadInput, match="no column 'text'"):
        list(training([path], 0))


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        corpora([tmp_path / "none.jsonl"])
    with pytest.raises(BadInput, match="No corpus"):
        corpora([])


def test_the_same_corpus_named_twice(corpus: Path) -> None:
    with pytest.raises(BadInput, match="named twice"):
        corpora([corpus, f"{corpus}*2"])


def test_licences_by_name(corpus: Path) -> None:
    (found,) = with_licences(corpora([corpus]), {"ferries.jsonl": "CC0 1.0"})
    assert next(found.documents()).licence == "CC0 1.0"
    with pytest.raises(BadInput, match="no corpus bread"):
        with_licences([found], {"bread.jsonl": "CC0 1.0"})


def test_data_sets_of_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def load_dataset(name: str, *, split: str, streaming: bool) -> list[dict[str, object]]:
        asked.append((name, split, streaming))
        if name == "none/such":
            raise OSError("unreachable")
        return [{"text": text, "license": "CC0"} for text in texts(3, 1)]

    monkeypatch.setitem(sys.modules, "datasets", types.SimpleNamespace(load_dataset=load_dataset))  # type: ignore[arg-type]
    found = list(training(["hub:made-up/ferries*2"], 0))
    assert [document.text for document in found] == texts(3, 1)
    assert found[0].licence == "CC0"
    assert asked == [("made-up/ferries", "train", True)]
    with pytest.raises(BadInput, match="unreachable"):
        list(training(["hub:none/such"], 0))
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(Refused, match="datasets"):
        list(training(["hub:made-up/ferries"], 0))


@given(st.text(st.sampled_from("ab.\n é"), max_size=30_000))
def test_parts_join_to_the_text(text: str) -> None:
    parts = list(split_text(text))
    assert "".join(parts) == text
    assert all(0 < len(part) <= 8000 for part in parts)


def test_errors_are_for_people(tmp_path: Path) -> None:
    with pytest.raises(ClearspanError) as caught:
        corpora([tmp_path / "none.jsonl"])
    assert caught.value.do
