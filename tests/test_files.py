import os
from pathlib import Path

import pytest

from clearspan.errors import StorageError
from clearspan.files import append_whole_lines, write_file


def test_a_file_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "some" / "file.json"
    write_file(path, b"one")
    write_file(path, b"two")

    def broken(handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(StorageError):
        write_file(path, b"three")
    assert {one.name: one.read_bytes() for one in path.parent.iterdir()} == {"file.json": b"two"}


def test_what_a_crash_left_of_a_line_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    append_whole_lines(path, ["one", "two"])
    with path.open("ab") as file:
        file.write(b"thr")
    append_whole_lines(path, ["three"])
    assert path.read_text("utf-8") == "one\ntwo\nthree\n"
