"""The ledger in one SQLite file: receipts and events as JSON, durable when a call returns.

The file itself holds receipts to being append-only. Events are held to it too, except that `forget` lifts the
trigger for the length of its transaction: what readers did is not kept for ever.
"""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from clearspan.errors import BadInput, StorageError
from clearspan.events import Event
from clearspan.files import own_file
from clearspan.ledger.base import Ledger
from clearspan.ledger.chain import sealed
from clearspan.ledger.examination import KEEP_RECEIPTS, examine, indexed, microseconds
from clearspan.receipts import Receipt
from clearspan.record import Record
from clearspan.sqlite import Database, Schema, folder_of, roll_back, transaction

_KEEP_EVENTS = """CREATE TRIGGER events_never_leave BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""
# INSERT OR REPLACE deletes without firing delete triggers, hence the insert triggers.
_SCRIPT = """
CREATE TABLE receipts (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    created_us INTEGER NOT NULL,
    library    TEXT    NOT NULL,
    tier       TEXT    NOT NULL,
    abstention TEXT,
    body       TEXT    NOT NULL CHECK (json_valid(body)),
    before     TEXT    NOT NULL,
    seal       TEXT    NOT NULL
) STRICT;
CREATE INDEX receipts_by_time ON receipts (created_us, sequence);
CREATE TABLE events (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us      INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    receipt_id TEXT,
    body       TEXT    NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX events_by_receipt ON events (receipt_id, sequence);
CREATE TRIGGER receipts_never_leave BEFORE DELETE ON receipts
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER receipts_never_replaced BEFORE INSERT ON receipts
    WHEN EXISTS (SELECT 1 FROM receipts WHERE id = NEW.id OR sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'this receipt is taken'); END;
CREATE TRIGGER events_never_change BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_never_replaced BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE sequence = NEW.sequence)
    BEGIN SELECT RAISE(ABORT, 'this event is taken'); END;
"""
_SEALS = f"""
DROP TRIGGER receipts_never_change;
ALTER TABLE receipts ADD COLUMN before TEXT NOT NULL DEFAULT '';
ALTER TABLE receipts ADD COLUMN seal TEXT NOT NULL DEFAULT '';
WITH RECURSIVE chain (sequence, before, seal) AS (
    SELECT sequence, '', sealed('', body) FROM receipts WHERE sequence = (SELECT min(sequence) FROM receipts)
    UNION ALL
    SELECT r.sequence, c.seal, sealed(c.seal, r.body) FROM chain c
    JOIN receipts r ON r.sequence = (SELECT min(sequence) FROM receipts WHERE sequence > c.sequence)
)
UPDATE receipts SET before = chain.before, seal = chain.seal FROM chain WHERE chain.sequence = receipts.sequence;
{KEEP_RECEIPTS}"""  # noqa: S608 - no outside text in it
"""Receipts of before get their seals as they are found."""

SCHEMA = Schema(
    "ledger",
    application_id=0x436C724C,  # "ClrL" in ASCII
    version=2,
    script=_SCRIPT + _KEEP_EVENTS + KEEP_RECEIPTS,
    steps={1: _SEALS},
    examine=examine,
    functions={"sealed": sealed},
)

_LAST_SEAL = "(SELECT coalesce((SELECT seal FROM receipts ORDER BY sequence DESC LIMIT 1), ''))"
_ADD_RECEIPT = (
    "INSERT INTO receipts (id, created_us, library, tier, abstention, body, before, seal)"  # noqa: S608 - as above
    f" VALUES (?1, ?2, ?3, ?4, ?5, ?6, {_LAST_SEAL}, sealed({_LAST_SEAL}, ?6))"
)
_SEALED = "id, body, before, seal"
_ADD_EVENT = "INSERT INTO events (at_us, kind, body) VALUES (?, ?, ?)"

Value = str | int | None
T = TypeVar("T", bound=Record)


@dataclass(slots=True, eq=False)
class _Write:
    statement: str
    values: tuple[Value, ...]
    done: bool = False
    error: BaseException | None = None


class SqliteLedger(Ledger):
    """Receipts and events in one SQLite file in WAL mode, synced to disk at every commit.

    One connection writes and one reads, each behind a lock. Writers that arrive while a commit is being
    synced share the next one, so that many threads pay for few syncs.

    Args:
        path: the file; it and its folder are created when missing, readable by its owner alone.
        wait: longest seconds to wait for another process that holds the file.

    Raises:
        StorageError: the file cannot be made or read, or was written by a newer Clearspan.
        Busy: another process held the file longer than `wait`.
    """

    def __init__(self, path: Path, *, wait: float = 10.0) -> None:
        self.path = path
        self._database = Database(path, SCHEMA, wait)
        self._writing = threading.Lock()
        self._reading = threading.Lock()
        self._queueing = threading.Lock()
        self._queue: list[_Write] = []
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            own_file(path)
        except OSError as error:
            raise StorageError(
                f"The ledger {path} cannot be used.",
                why=f"The system says: {error.strerror or error}.",
                do="Choose another home with CLEARSPAN_HOME, or make that folder writable.",
            ) from error
        with self._database.plainly():
            self._writer = self._database.connect()
            try:
                self._reader = self._database.connect()
            except BaseException:
                self._writer.close()
                raise

    @classmethod
    def open(cls, address: str) -> Self:
        """The ledger in the folder of an address `sqlite:FOLDER`."""
        return cls(folder_of(address) / "ledger.db")

    def append(self, receipt: Receipt) -> None:
        """Commit a receipt; durable when this returns.

        Raises:
            BadInput: the id is taken, or the receipt holds a value that JSON cannot keep (NaN, infinity).
            Busy, StorageError: nothing was written.
        """
        self._commit(_Write(_ADD_RECEIPT, (*indexed(receipt), _as_json(receipt))))

    def receipt(self, receipt_id: str) -> Receipt | None:
        """One receipt, whole, or None."""
        rows = self._read(f"SELECT {_SEALED} FROM receipts WHERE id = ?", (receipt_id,))  # noqa: S608
        return self._unsealed(rows[0]) if rows else None

    def receipts(self, limit: int = 50, before: datetime | None = None) -> Sequence[Receipt]:
        """The newest receipts first, at most `limit`, those created before a moment if given."""
        where, values = ("WHERE created_us < ?", (microseconds(before),)) if before else ("", ())
        rows = self._read(
            f"SELECT {_SEALED} FROM receipts {where} ORDER BY created_us DESC, sequence DESC LIMIT ?",  # noqa: S608 - no outside text in it
            (*values, max(0, limit)),
        )
        return [self._unsealed(row) for row in rows]

    def record(self, *events: Event) -> None:
        """Commit events, all or none; durable when this returns. Raises Busy or StorageError."""
        if events:
            rows = [(microseconds(event.at), event.kind, _as_json(event)) for event in events]
            self._commit(*(_Write(_ADD_EVENT, values) for values in rows))

    def events(self, since: datetime | None = None) -> Sequence[Event]:
        """Events in the order they were recorded, those from a moment on if given."""
        first = -(2**63) if since is None else microseconds(since)
        rows = self._read("SELECT body FROM events WHERE at_us >= ? ORDER BY sequence", (first,))
        return [self._parse(Event, body) for (body,) in rows]

    def forget(self, before: datetime) -> int:
        """Delete the events from before a moment, and overwrite where they stood. Raises Busy or StorageError."""
        connection = self._writer
        with self._writing, self._database.plainly():
            connection.execute("PRAGMA secure_delete = ON")
            with transaction(connection):
                connection.execute("DROP TRIGGER events_never_leave")
                gone = connection.execute("DELETE FROM events WHERE at_us < ?", (microseconds(before),))
                connection.execute(_KEEP_EVENTS)
            # The write-ahead log still holds the old pages until it is emptied.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone.rowcount

    def count(self) -> int:
        """Number of receipts."""
        with self._reading, self._database.plainly():
            return int(self._reader.execute("SELECT count(*) FROM receipts").fetchone()[0])

    def close(self) -> None:
        """Release connections and files; harmless when repeated."""
        with self._writing, self._reading:
            self._reader.close()
            self._writer.close()

    def _commit(self, *writes: _Write) -> None:
        with self._queueing:
            self._queue.extend(writes)
        with self._writing:
            # Whoever held the lock before may have committed these writes along with its own.
            if not writes[0].done:
                with self._queueing:
                    batch, self._queue = self._queue, []
                self._commit_together(batch)
        for write in writes:
            self._raise_what_failed(write)

    def _raise_what_failed(self, write: _Write) -> None:
        if write.error is not None:
            if isinstance(write.error, sqlite3.IntegrityError):
                raise BadInput(
                    "This receipt was not written.",
                    why=f"A receipt with the id {write.values[0]!r} is already in the ledger.",
                    do="Receipts are never replaced; give a new answer a new id.",
                ) from write.error
            if isinstance(write.error, sqlite3.Error):
                raise self._database.plain(write.error) from write.error
            raise StorageError(
                f"The ledger {self.path.name} took nothing.",
                why=f"Writing was broken off: {type(write.error).__name__}.",
                do="Try again.",
            ) from write.error

    def _commit_together(self, batch: Sequence[_Write]) -> None:
        connection = self._writer
        try:
            connection.execute("BEGIN IMMEDIATE")
            for write in batch:
                try:
                    connection.execute(write.statement, write.values)
                except sqlite3.IntegrityError as error:
                    write.error = error
            connection.execute("COMMIT")
        except BaseException as error:
            # An interrupt in one thread breaks off what others wait for; none of them may take it for written.
            roll_back(connection)
            for write in batch:
                write.error = write.error or error
            if not isinstance(error, sqlite3.Error):
                raise
        finally:
            for write in batch:
                write.done = True

    def _read(self, query: str, values: tuple[Value, ...]) -> list[tuple[str, ...]]:
        with self._reading, self._database.plainly():
            return self._reader.execute(query, values).fetchall()

    def _unsealed(self, row: tuple[str, ...]) -> Receipt:
        receipt_id, body, before, seal = row
        if sealed(before, body) != seal:
            raise StorageError(
                f"The receipt {receipt_id} of the ledger {self.path.name} is not as it was written.",
                why="Its hash does not fit it: the file was damaged, or somebody changed it.",
                do="Run 'clearspan check store' to see what else is, and restore the ledger from a copy.",
            )
        return self._parse(Receipt, body)

    def _parse(self, kind: type[T], body: str) -> T:
        try:
            return kind.model_validate_json(body)
        except ValidationError as error:
            raise StorageError(
                f"An entry of the ledger {self.path} cannot be read.",
                why=f"{error.error_count()} of its fields are not as this version of Clearspan writes them.",
                do="Use the version of Clearspan that wrote it; 'clearspan check store' tells all such entries.",
            ) from error


def _as_json(record: Record) -> str:
    # Reading back is the proof that the record is kept whole: JSON has no NaN, and some text has no UTF-8.
    try:
        body = record.model_dump_json()
        whole = type(record).model_validate_json(body) == record
    except (PydanticSerializationError, ValidationError, UnicodeError) as error:
        raise _unkeepable(record) from error
    if not whole:
        raise _unkeepable(record)
    return body


def _unkeepable(record: Record) -> BadInput:
    return BadInput(
        f"This {type(record).__name__.lower()} cannot be kept whole.",
        why="It holds a value that JSON has no form for, such as NaN or an infinity.",
        do="Make every number in it finite and every text valid Unicode.",
    )
