"""How far a download is: by what has arrived on disk, and only while it is watched."""

import threading
from pathlib import Path

from clearspan.models.weights.progress import Fetched, folder_size, watch_folder


def test_a_folder_is_as_large_as_its_files_without_links(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b").write_bytes(b"123")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert folder_size(tmp_path) == 8
    assert folder_size(tmp_path / "none") == 0


def watched(folder: Path, total: int | None) -> Fetched:
    told: list[Fetched] = []
    arrived = threading.Event()

    def progress(fetched: Fetched) -> None:
        told.append(fetched)
        arrived.set()

    with watch_folder(folder, "model", total, progress):
        (folder / "part").write_bytes(b"x" * 100)
        assert arrived.wait(5)
    count = len(told)
    assert not [thread for thread in threading.enumerate() if thread.name == "fetch-progress"]
    assert len(told) == count
    return told[-1]


def test_the_growth_of_a_folder_is_told_and_never_more_than_the_whole(tmp_path: Path) -> None:
    assert watched(tmp_path, None) == Fetched("model", "downloading", 100, None)
    assert watched(tmp_path, 1_000) == Fetched("model", "downloading", 100, 1_000)
    assert watched(tmp_path, 60) == Fetched("model", "downloading", 60, 60)


def test_nobody_is_told_where_nobody_asks(tmp_path: Path) -> None:
    before = threading.active_count()
    with watch_folder(tmp_path, "model", None, None):
        assert threading.active_count() == before
