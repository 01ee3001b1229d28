"""SQLite files of Clearspan's own: where an address puts them, how they are opened, and their errors in plain words."""

import errno
import math
import sqlite3
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from clearspan.errors import BadInput, Busy, ClearspanError, StorageError
from clearspan.files import close_to_others, own_file

_LOOK_STEPS = 10_000
"""Steps of SQLite's machine between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What files of one kind hold.

    Attributes:
        noun: what a file is called in messages, as `library`.
        application_id: tells our files from those of other programs, and the kinds of our own from each other.
        version: of the script.
        script: statements that lay it in an empty file.
        steps: by an older version, the statements that bring a file from it to the next one.
        examine: tells what is not as it was written, of a file that SQLite finds whole.
        functions: that the script and the steps call, of texts.
    """

    noun: str
    application_id: int
    version: int
    script: str
    steps: Mapping[int, str] = field(default_factory=dict[int, str])
    examine: "Callable[[sqlite3.Connection], Iterator[Flaw]]" = lambda _: iter(())
    functions: Mapping[str, Callable[..., str]] = field(default_factory=dict[str, Callable[..., str]])


@dataclass(frozen=True, slots=True)
class Database:
    """One file and what it is to hold.

    Attributes:
        busy_seconds: how long to wait for another process that holds the file before `errors.Busy`.
    """

    path: Path
    schema: Schema
    busy_seconds: float

    def connect(self) -> sqlite3.Connection:
        """A connection for any thread, without transactions of its own, that syncs every commit to the disk.

        Raises:
            StorageError, Busy: within `plainly`.
        """
        # SQLite gives its side files the mode of the main one; those of an earlier process are mended, too.
        own_file(self.path)
        for side in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                close_to_others(self.path.with_name(self.path.name + side))
        connection = sqlite3.connect(
            self.path, timeout=self.busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            for name, function in self.schema.functions.items():
                connection.create_function(name, -1, function, deterministic=True)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            if not self._is_laid(connection):
                self._use_wal(connection)
                self._lay(connection)
            self._bring_up(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def examine(self, seconds: float) -> bool:
        """Read the file and change nothing in it; whether all of it was read within so many seconds.

        Without a bound the indices are compared with the tables, too.

        Raises:
            StorageError: it is damaged, of something else, or was written by a newer Clearspan.
            Busy: another process holds it.
        """
        with self.plainly():
            # Not `mode=ro`, which would leave the files of the write-ahead log behind.
            address = f"{self.path.resolve().as_uri()}?mode=rw"
            connection = sqlite3.connect(address, uri=True, timeout=self.busy_seconds)
            try:
                connection.execute("PRAGMA query_only = ON")
                self._is_laid(connection)
                deadline = time.monotonic() + seconds
                connection.set_progress_handler(lambda: time.monotonic() > deadline, _LOOK_STEPS)
                looking = "quick_check" if math.isfinite(seconds) else "integrity_check"
                said = str(connection.execute(f"PRAGMA {looking}(1)").fetchone()[0])
            except sqlite3.OperationalError as error:
                if _primary_code(error) == sqlite3.SQLITE_INTERRUPT:
                    return False
                raise
            finally:
                connection.close()
        if said != "ok":
            raise self.plain(_damaged(said))
        return True

    def flaws(self) -> "list[Flaw]":
        """What the schema's own examination finds, at one moment. Raises StorageError, Busy."""
        with self.plainly():
            connection = self.connect()
            try:
                # Damaged text is to be told, not to end the telling.
                connection.text_factory = _as_told
                connection.execute("BEGIN")
                return list(self.schema.examine(connection))
            finally:
                connection.close()

    def mend(self, flaws: "Sequence[Flaw]") -> Path:
        """Copy the file beside itself, then run what mends the flaws, all or nothing; the path of the copy.

        Raises:
            StorageError, Busy: nothing was changed.
        """
        now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        copy = self.path.with_name(f"{self.path.name}.{now}.backup")
        with self.plainly():
            own_file(copy)
            connection, kept = self.connect(), sqlite3.connect(copy)
            try:
                connection.backup(kept)
                with transaction(connection):
                    for statement, values in (one for flaw in flaws for one in flaw.mend):
                        connection.execute(statement, values)
            finally:
                kept.close()
                connection.close()
        return copy

    @contextmanager
    def plainly(self) -> Generator[None]:
        """Raise what SQLite and the disk refuse as errors that a person can act on."""
        try:
            yield
        except sqlite3.Error as error:
            raise self.plain(error) from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise self._full() from error
            raise

    def plain(self, error: sqlite3.Error) -> ClearspanError:
        """What an error of SQLite means to the person whose file it is."""
        code = _primary_code(error)
        noun, path = self.schema.noun, self.path
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return Busy(
                f"The {noun} {path.name} is locked.",
                why="Another program has been writing to it for too long; nothing was written here.",
                do="Wait until it has finished, then try again.",
            )
        if code == sqlite3.SQLITE_FULL:
            return self._full()
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or _tells_damage(error):
            return StorageError(
                f"The {noun} {path.name} cannot be read: {str(error).rstrip('.')[:200]}.",
                why=f"The file is damaged, or is not a {noun}.",
                do=f"Run 'clearspan check store', or restore {path} from a copy.",
            )
        return StorageError(
            f"The {noun} {path.name} could not be used: {str(error).rstrip('.')}.",
            why="The disk or the file system refused.",
            do=f"Check that {path.parent} can be written to, and has space left. Nothing was stored by halves.",
        )

    def _full(self) -> StorageError:
        return StorageError(
            "The disk is full.",
            why=f"The {self.schema.noun} {self.path.name} could not grow. What was stored before is still whole.",
            do=f"Free some space for {self.path.parent}, then run the same command again.",
        )

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        # The switch to WAL does not wait for other processes by itself, and two may open a new file at once.
        deadline = time.monotonic() + self.busy_seconds
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                locked = _primary_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
                if not locked or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def _lay(self, connection: sqlite3.Connection) -> None:
        with transaction(connection):
            # Another process may have laid it between the look and the lock.
            if self._is_laid(connection):
                return
            for statement in _statements(self.schema.script):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {self.schema.application_id}")
            connection.execute(f"PRAGMA user_version = {self.schema.version}")

    def _bring_up(self, connection: sqlite3.Connection) -> None:
        """Bring an older file to this version's schema, whole or not at all."""
        if _version(connection) == self.schema.version:
            return
        with transaction(connection):
            # Another process may have done it between the look and the lock.
            for older in range(_version(connection), self.schema.version):
                if older not in self.schema.steps:
                    raise self._too_old(older)
                for statement in _statements(self.schema.steps[older]):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {self.schema.version}")

    def _too_old(self, version: int) -> StorageError:
        return StorageError(
            f"The {self.schema.noun} {self.path.name} was written by an older Clearspan, or is damaged.",
            why=f"It says that it has format {version}; this Clearspan knows how to bring up "
            f"{', '.join(map(str, self.schema.steps)) or 'none'} to {self.schema.version}.",
            do="Use the version of Clearspan that wrote it, or restore it from a copy.",
        )

    def _is_laid(self, connection: sqlite3.Connection) -> bool:
        """Whether the schema is there; a file of another program or of a newer Clearspan is refused."""
        owner = connection.execute("PRAGMA application_id").fetchone()[0]
        version = _version(connection)
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if owner != self.schema.application_id and tables:
            raise StorageError(
                f"{self.path} is not a Clearspan {self.schema.noun}.",
                why="It is an SQLite file of something else.",
                do=f"Name another {self.schema.noun} or another home, or move that file away.",
            )
        if version > self.schema.version:
            raise StorageError(
                f"The {self.schema.noun} {self.path.name} was written by a newer Clearspan.",
                why=f"It has format {version}; this Clearspan knows format {self.schema.version}.",
                do="Update Clearspan, or use another home.",
            )
        return bool(tables)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something in a file that is whole to SQLite and yet not as it was written.

    Attributes:
        what: one sentence.
        mend: statements that put it right, with their values; empty where nothing does.
    """

    what: str
    mend: tuple[tuple[str, tuple[str | int | None, ...]], ...] = ()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """One transaction that may write: committed to the disk at the end, undone on any error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        roll_back(connection)
        raise


def roll_back(connection: sqlite3.Connection) -> None:
    """Undo what is under way, if anything is."""
    try:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    except sqlite3.Error:
        # The error that led here is what the caller hears of; a closed connection has nothing to undo.
        return


def _tells_damage(error: sqlite3.Error) -> bool:
    """Whether SQLite could read the file, and what is in it is not what was written: no such table, no such text."""
    return str(error).startswith(("no such ", "Could not decode to UTF-8", "malformed", "vtable constructor"))


def _as_told(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _damaged(said: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(said)
    error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return error


def folder_of(address: str) -> Path:
    """The folder of an address `sqlite:FOLDER`.

    Raises:
        BadInput: it names none; an empty one would be the working folder.
    """
    folder = address.partition(":")[2]
    if not folder:
        raise BadInput(
            f"The address {address!r} names no folder.", do="Write it as sqlite:/path/to/the/folder."
        )
    return Path(folder).expanduser()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit first, and a schema has to appear whole or not at all.
    pending = ""
    for line in script.strip().splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def _primary_code(error: sqlite3.Error) -> int:
    # The low byte is the primary code; above it SQLite keeps details.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
