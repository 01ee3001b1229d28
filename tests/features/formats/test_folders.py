import signal
import subprocess
import sys
from pathlib import Path

import pytest

from clearspan.errors import Refused, StorageError
from clearspan.features.formats import folders
from clearspan.features.formats.folders import as_json, write_folder

FILES = {"weights": b"one", "card.json": b"{}"}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_new_folder_appears_at_once(tmp_path: Path) -> None:
    write_folder(tmp_path / "up" / "one", FILES, card="card.json")
    assert contents(tmp_path / "up" / "one") == FILES
    assert [path.name for path in (tmp_path / "up").iterdir()] == ["one"]


def test_in_a_folder_that_exists_the_card_alone_may_change(tmp_path: Path) -> None:
    (tmp_path / "labels").write_bytes(b"a label")
    write_folder(tmp_path, FILES, card="card.json")
    write_folder(tmp_path, {**FILES, "card.json": b'{"more": 1}'}, card="card.json")
    changed = {"weights": b"one", "card.json": b'{"more": 1}', "labels": b"a label"}
    assert contents(tmp_path) == changed
    with pytest.raises(Refused, match="another dictionary"):
        write_folder(tmp_path, {**FILES, "weights": b"two"}, card="card.json")
    assert contents(tmp_path) == changed


@pytest.mark.parametrize("exists", [True, False])
def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:
    folder = tmp_path / "one"
    if exists:
        folder.mkdir()
    written: list[Path] = []

    def full(path: Path, content: bytes) -> None:
        if written:
            raise OSError(28, "No space left on device")
        written.append(path)
        path.write_bytes(content)

    monkeypatch.setattr(folders, "write_synced", full)
    with pytest.raises(StorageError, match="No space left"):
        write_folder(folder, FILES, card="card.json")
    assert [path.name for path in tmp_path.iterdir()] == (["one"] if exists else [])
    assert not exists or not contents(folder)


def test_what_is_killed_while_it_writes_leaves_no_half_dictionary(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from clearspan.features.formats import folders;"
        "whole = folders.write_synced;"
        "folders.write_synced = lambda path, content: "
        "os.kill(os.getpid(), signal.SIGKILL) if path.name == 'card.json' else whole(path, content);"
        "folders.write_folder(Path(sys.argv[1]), {'weights': b'one', 'card.json': b'{}'}, card='card.json')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "one")], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "one").exists()
    write_folder(tmp_path / "one", FILES, card="card.json")
    assert contents(tmp_path / "one") == FILES


def test_json_holds_no_numbers_that_are_none() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json({"l0": float("nan")})
