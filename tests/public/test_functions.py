"""The functions of the package: warm between questions of the same settings, and never more than a few at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import clearspan as cs
from clearspan.public import functions
from clearspan.settings import Settings

QUESTION = "How many floors does the old mill in Tarrow have?"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "mill.md").write_text("# The mill\n\nThe old mill in Tarrow has four floors.\n")
    return folder


def plain(home: Path) -> Settings:
    return Settings(home=home, embedder="", generate=False)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_asking_in_forty_homes_leaves_no_more_open_than_in_two(tmp_path: Path, notes: Path) -> None:
    functions.close()
    before = open_files()
    for number in range(40):
        cs.ask(QUESTION, library=notes, settings=plain(tmp_path / f"home{number}"))
        if number == 1:
            two = open_files()
    assert open_files() <= two
    functions.close()
    assert open_files() == before


def test_the_same_settings_find_what_the_last_question_opened(tmp_path: Path, notes: Path) -> None:
    with functions.lent(plain(tmp_path / "home")) as first:
        cs.ask(QUESTION, library=notes, settings=plain(tmp_path / "home"))
    with functions.lent(plain(tmp_path / "home")) as again:
        assert again is first


def test_a_client_that_is_being_asked_is_closed_after_that(tmp_path: Path, notes: Path) -> None:
    with functions.lent(plain(tmp_path / "slow")) as slow:
        for number in range(4):
            cs.ask(QUESTION, library=notes, settings=plain(tmp_path / f"home{number}"))
        assert slow.ask(QUESTION, library=notes).claims
    with functions.lent(plain(tmp_path / "other")), functions.lent(plain(tmp_path / "another")):
        pass
    with pytest.raises(cs.Refused, match="cannot be opened"):
        slow.library(notes)


def test_many_threads_in_many_homes(tmp_path: Path, notes: Path) -> None:
    def asks(number: int) -> bool:
        answer = cs.ask(QUESTION, library=notes, settings=plain(tmp_path / f"home{number % 5}"))
        return bool(answer.claims)

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(asks, range(24)))


def test_everything_is_closed_when_python_ends(tmp_path: Path, notes: Path) -> None:
    code = (
        "import sys, clearspan as cs; from pathlib import Path; home, notes = map(Path, sys.argv[1:])\n"
        f"cs.ask({QUESTION!r}, library=notes, settings=cs.Settings(home=home, embedder='', generate=False))\n"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "home", notes], check=True)
    # SQLite takes its side files away when the last connection is closed.
    assert [path.name for path in (tmp_path / "home").rglob("*-wal")] == []
