"""What was measured is kept whole or not at all, is measured by one process, and is known again."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from clearspan.errors import StorageError
from clearspan.models.backends import figures
from clearspan.models.backends.figures import Speeds, Timing
from clearspan.settings import Settings
from tests.conftest import FIND, timed

KEY = "0123456789abcdef"


@pytest.fixture(autouse=True)
def _really(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "find", FIND)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Where a compiled library would be."""
    folder = tmp_path / "models" / ".native"
    folder.mkdir(parents=True)
    return folder / "step-0.so"


def once(library: Path, measure: Callable[[], Timing], key: str = KEY) -> Timing | None:
    return figures.once(library, key, measure, threading.Event())


def test_an_answer_is_read_written_alone_and_written_among_others() -> None:
    assert Speeds(reading=256, alone=32, together=32).seconds == 3
    assert Speeds(reading=128, alone=16, together=8).seconds == 2 + 2 + 4


@pytest.mark.parametrize(
    ("plain", "native", "faster"), [(1.0, 1.01, "native"), (1.0, 1.0, "plain"), (1.01, 1.0, "plain")]
)
def test_the_faster_way_is_the_one_of_less_time(plain: float, native: float, faster: str) -> None:
    assert timed(KEY, plain=plain, native=native).faster == faster


def test_fast_writing_does_not_make_up_for_slow_reading() -> None:
    slow_reader = timed(KEY, plain=10.0, native=20.0).model_copy(
        update={"native": Speeds(reading=5, alone=20, together=20)}
    )
    assert slow_reader.faster == "plain"


@pytest.mark.parametrize("speed", [0.0, -1.0, float("inf"), float("nan")])
def test_a_speed_is_a_positive_number(speed: float) -> None:
    with pytest.raises(ValidationError):
        Speeds(reading=speed, alone=1, together=1)


def test_it_is_measured_once_and_found_again(library: Path) -> None:
    timing = timed(KEY, plain=1.0, native=2.0)
    assert once(library, lambda: timing) == timing
    assert once(library, lambda: pytest.fail("it was measured before")) == timing
    assert figures.find(library, KEY) == timing
    assert figures.find(library, "another") is None


@pytest.mark.parametrize("torn", [b"", b'{"key": "0123', b"\xff\xfe", b"[]", b'{"key": "0123456789abcdef"}'])
def test_a_torn_file_is_measured_anew(library: Path, torn: bytes) -> None:
    figures.place(library, KEY).write_bytes(torn)
    assert figures.find(library, KEY) is None
    timing = timed(KEY, plain=1.0, native=2.0)
    assert once(library, lambda: timing) == timing
    assert figures.find(library, KEY) == timing


def test_a_record_that_was_copied_under_another_key_is_not_believed(library: Path) -> None:
    once(library, lambda: timed(KEY, plain=1.0, native=2.0))
    figures.place(library, KEY).rename(figures.place(library, "fedcba9876543210"))
    assert figures.find(library, "fedcba9876543210") is None


def test_what_differs_has_another_key(library: Path) -> None:
    other = library.with_name("step-1.so")
    keys = {
        figures.key(library, ["llama", "2 threads"]),
        figures.key(library, ["llama", "1 threads"]),
        figures.key(other, ["llama", "2 threads"]),
    }
    assert len(keys) == 3
    assert figures.key(library, ["llama", "2 threads"]) in keys


def test_several_at_once_measure_once(library: Path) -> None:
    measured: list[int] = []

    def measure() -> Timing:
        measured.append(1)
        return timed(KEY, plain=1.0, native=2.0)

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: once(library, measure), range(4)))
    assert len(measured) == 1
    assert found == [found[0]] * 4


_MEASURING = """
import sys, threading, time
from pathlib import Path
from clearspan.models.backends import figures

def measure():
    print("measuring", flush=True)
    time.sleep(600)

figures.once(Path(sys.argv[1]), sys.argv[2], measure, threading.Event())
"""


def test_one_that_is_killed_while_it_measures_holds_up_nobody(library: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _MEASURING, str(library), KEY], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "measuring\n"
    ending = threading.Event()
    ending.set()
    assert figures.once(library, KEY, lambda: pytest.fail("another one measures"), ending) is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    # What a process leaves that is killed while it writes.
    figures.place(library, KEY).with_name(f".timed-{KEY}.json.part").write_bytes(b'{"key": "01')
    timing = timed(KEY, plain=1.0, native=2.0)
    assert once(library, lambda: timing) == timing
    assert figures.find(library, KEY) == timing


def test_where_it_cannot_be_kept_it_counts_all_the_same(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(figures, "write_file", full)
    timing = timed(KEY, plain=1.0, native=2.0)
    assert once(library, lambda: timing) == timing
    assert figures.find(library, KEY) is None


def test_a_model_has_its_records_the_newest_first_until_they_are_forgotten(
    library: Path, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path)
    older = timed(KEY, plain=1.0, native=2.0)
    newer = older.model_copy(
        update={"key": "b", "measured_at": older.measured_at.replace(year=2027), "processor": "another"}
    )
    foreign = older.model_copy(update={"key": "c", "model": "gemma"})
    for timing in (older, foreign, newer):
        once(library, lambda timing=timing: timing, timing.key)
    assert figures.of_model("tiny", settings) == [newer, older]
    figures.forget("tiny", settings)
    assert figures.of_model("tiny", settings) == []
    assert figures.of_model("gemma", settings) == [foreign]
