"""What only the SQLite ledger promises: its file, its triggers, and what a crash leaves."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clearspan.errors import Busy, StorageError
from clearspan.events import Event
from clearspan.ledger.sqlite import _ADD_RECEIPT, SqliteLedger, _Write
from clearspan.receipts import Overview, Receipt, RouteDecision, Versions

# Run in processes of their own: appends numbered receipts and prints each id once it is acknowledged.
APPENDER = """
import sys
from pathlib import Path
from clearspan.ledger.sqlite import SqliteLedger
from clearspan.receipts import Overview, Receipt, RouteDecision, Versions

path, name, most = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
ledger = SqliteLedger(path)
print("ready", flush=True)
for i in range(most):
    ledger.append(Receipt(
        id=f"{name}-{i}", question=f"{name}-{i} " * 500, library="samples",
        route=RouteDecision(tier="quote", why=""), overview=Overview(),
        versions=Versions(clearspan="0", library_revision=i),
    ))
    print(f"{name}-{i}", flush=True)
"""


def appender(path: Path, name: str, most: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(path), name, str(most)], stdout=subprocess.PIPE, text=True
    )


def a_receipt(question: str = "How long is it?") -> Receipt:
    return Receipt(
        question=question,
        library="samples",
        route=RouteDecision(tier="quote", why="a fact is asked for"),
        overview=Overview(),
        versions=Versions(clearspan="0", library_revision=1),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "ledger.db"


def test_every_acknowledged_receipt_survives_kill_9(path: Path) -> None:
    chance = random.Random(20)
    acknowledged: list[str] = []
    for round_ in range(10):
        process = appender(path, f"round{round_}", 100_000)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        threading.Timer(chance.uniform(0.001, 0.15), process.send_signal, (signal.SIGKILL,)).start()
        lines = process.stdout.read().split("\n")
        process.wait()
        # What follows the last line end is half a line, which no one was told.
        acknowledged += lines[:-1]
    ledger = SqliteLedger(path)
    assert len(acknowledged) > 20
    for name in acknowledged:
        receipt = ledger.receipt(name)
        assert receipt is not None, name
        assert receipt.question == f"{name} " * 500
    # At most one receipt a round was committed without being acknowledged.
    assert len(acknowledged) <= ledger.count() <= len(acknowledged) + 10
    ledger.close()
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_processes_append_side_by_side(path: Path) -> None:
    processes = [appender(path, f"process{i}", 60) for i in range(3)]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    ledger = SqliteLedger(path)
    assert ledger.count() == 180
    assert len({one.id for one in ledger.receipts(limit=1_000)}) == 180
    ledger.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM receipts",
        "UPDATE receipts SET library = 'other'",
        "INSERT OR REPLACE INTO receipts SELECT * FROM receipts",
        "REPLACE INTO receipts (id, created_us, library, tier, body) SELECT id, 0, '', '', '{}' FROM receipts",
        "DELETE FROM events",
        "UPDATE events SET kind = 'other'",
        "INSERT OR REPLACE INTO events SELECT * FROM events",
    ],
)
def test_the_file_itself_is_append_only(path: Path, statement: str) -> None:
    ledger = SqliteLedger(path)
    receipt, event = a_receipt(), Event(kind="document_opened")
    ledger.append(receipt)
    ledger.record(event)
    raw = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(statement)
    raw.close()
    assert ledger.receipt(receipt.id) == receipt
    assert list(ledger.events()) == [event]
    ledger.close()


def test_forgetting_leaves_the_guard_in_place_and_nothing_on_the_disk(path: Path) -> None:
    ledger = SqliteLedger(path)
    old = datetime(2026, 3, 1, tzinfo=UTC)
    ledger.record(
        *(
            Event(kind="asked", session="trace-of-a-visit", view=f"v-{number}", at=old)
            for number in range(200)
        )
    )
    ledger.record(Event(kind="asked", session="fresh", at=old + timedelta(days=30)))
    assert ledger.forget(old + timedelta(days=1)) == 200
    raw = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute("DELETE FROM events")
    raw.close()
    assert [event.session for event in ledger.events()] == ["fresh"]
    kept = b"".join(file.read_bytes() for file in path.parent.glob("ledger.db*"))
    assert b"trace-of-a-visit" not in kept
    ledger.close()


def test_batches_of_events_survive_kill_9_whole(path: Path) -> None:
    recorder = """
import sys
from pathlib import Path
from clearspan.ledger.sqlite import SqliteLedger
from clearspan.events import Event

ledger = SqliteLedger(Path(sys.argv[1]))
print("ready", flush=True)
for batch in range(100_000):
    ledger.record(*(Event(kind="dwell", session=str(batch), seconds=n) for n in range(7)))
    print(batch, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", recorder, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    while process.stdout.readline().strip() != "20":
        pass
    process.kill()
    acknowledged = 21 + len(process.stdout.read().split("\n")[:-1])
    process.wait()
    ledger = SqliteLedger(path)
    sizes = Counter(event.session for event in ledger.events())
    ledger.close()
    assert set(sizes.values()) == {7}
    assert acknowledged <= len(sizes) <= acknowledged + 1


def test_a_locked_file_is_busy_and_nothing_is_written(path: Path) -> None:
    ledger = SqliteLedger(path, wait=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    receipt = a_receipt()
    with pytest.raises(Busy, match="locked"):
        ledger.append(receipt)
    other.execute("ROLLBACK")
    other.close()
    assert ledger.receipt(receipt.id) is None
    ledger.append(receipt)
    assert ledger.receipt(receipt.id) == receipt
    ledger.close()


def test_a_full_disk_loses_nothing_that_was_acknowledged(path: Path) -> None:
    # The system's limit on file size stands in for the disk's end; SQLite meets both at the same write.
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))\n{APPENDER}"
    done = subprocess.run(
        [sys.executable, "-c", limited, str(path), "full", "1000"], capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "StorageError" in done.stderr
    acknowledged = done.stdout.split()[1:]
    assert acknowledged
    ledger = SqliteLedger(path)
    assert ledger.count() == len(acknowledged)
    assert all(ledger.receipt(name) for name in acknowledged)
    ledger.append(a_receipt("there is room again"))
    ledger.close()


def test_a_newer_format_is_refused(path: Path) -> None:
    SqliteLedger(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(StorageError, match="format 99"):
        SqliteLedger(path)


def test_a_database_of_something_else_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE holidays (day TEXT)")
    raw.close()
    with pytest.raises(StorageError, match="not a Clearspan ledger"):
        SqliteLedger(path)


def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("Dear diary, " * 500)
    with pytest.raises(StorageError, match="not a database"):
        SqliteLedger(path)
    assert path.read_text().startswith("Dear diary")


def test_a_folder_in_its_place_is_an_error_to_act_on(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StorageError) as caught:
        SqliteLedger(path)
    assert caught.value.do


def test_only_the_owner_may_read_it(path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.append(a_receipt())
    modes = {file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert modes == {0o600}
    ledger.close()


def test_a_closed_ledger_says_so(path: Path) -> None:
    ledger = SqliteLedger(path)
    ledger.close()
    with pytest.raises(StorageError, match="closed"):
        ledger.append(a_receipt())
    with pytest.raises(StorageError, match="closed"):
        ledger.count()


def test_an_interrupted_write_is_nobodys_receipt(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = SqliteLedger(path)
    real = ledger._writer

    class Interrupted:
        """A connection in which Ctrl+C arrives between the insert and the commit."""

        def __getattr__(self, name: str) -> object:
            return getattr(real, name)

        def execute(self, statement: str, *values: object) -> object:
            if statement == "COMMIT":
                raise KeyboardInterrupt
            return real.execute(statement, *values)

    mine, theirs = a_receipt("mine"), a_receipt("theirs")
    # The other write waits in the queue, as one does whose thread came while a commit was being synced.
    waiting = _Write(_ADD_RECEIPT, (theirs.id, 1, "samples", "quote", None, theirs.model_dump_json()))
    ledger._queue.append(waiting)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "_writer", Interrupted())
        with pytest.raises(KeyboardInterrupt):
            ledger.append(mine)
    assert waiting.done
    assert isinstance(waiting.error, KeyboardInterrupt)
    assert ledger.count() == 0
    ledger.append(mine)
    assert ledger.receipt(mine.id) == mine
    ledger.close()
