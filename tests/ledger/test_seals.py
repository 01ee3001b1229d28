"""What a ledger's file says when bits of it flip, and how files of before are brought up."""

import random
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from clearspan.cli.check import check
from clearspan.errors import ClearspanError, StorageError
from clearspan.ledger import sqlite
from clearspan.ledger.chain import sealed
from clearspan.ledger.sqlite import SqliteLedger
from clearspan.receipts import Overview, Receipt, RouteDecision, Versions


def _receipt(number: int) -> Receipt:
    return Receipt(
        id=f"r-{number:016}",
        question=f"How long is the main span, asked {number} times over, in metres? é",
        library="samples",
        route=RouteDecision(tier="quote", why="it is quoted"),
        overview=Overview(spoken="It is 1,280 metres long. " * 5),
        versions=Versions(clearspan="0", library_revision=number),
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose ledger holds twelve receipts, all of them in the main file."""
    monkeypatch.setenv("CLEARSPAN_HOME", str(tmp_path))
    ledger = SqliteLedger(tmp_path / "ledger.db")
    for number in range(12):
        ledger.append(_receipt(number))
    ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    return tmp_path


def _change(home: Path, *statements: str) -> None:
    raw = sqlite3.connect(home / "ledger.db", isolation_level=None)
    raw.execute("DROP TRIGGER receipts_never_change")
    raw.execute("DROP TRIGGER receipts_never_leave")
    for statement in statements:
        raw.execute(statement)
    raw.execute(sqlite.KEEP_RECEIPTS)
    raw.close()


def _checked(*flags: str) -> tuple[int, str]:
    result = CliRunner().invoke(check, ["store", *flags], catch_exceptions=False)
    return result.exit_code, result.output


def test_no_flipped_bit_changes_a_receipt_in_silence(home: Path) -> None:
    path = home / "ledger.db"
    whole, chance = path.read_bytes(), random.Random(17)
    right = {receipt.id: receipt for receipt in map(_receipt, range(12))}
    with_times = SqliteLedger(path)
    right = {one.id: one for one in with_times.receipts()}
    with_times.close()
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        for side in ("-wal", "-shm"):
            path.with_name(path.name + side).unlink(missing_ok=True)
        path.write_bytes(damaged)
        try:
            ledger = SqliteLedger(path)
        except ClearspanError:
            continue
        try:
            # What is still told is what was written; all else is a clear error.
            assert all(receipt == right.get(receipt.id) for receipt in ledger.receipts())
        except ClearspanError:
            pass
        finally:
            ledger.close()


def test_a_receipt_that_was_changed_is_an_error_and_check_store_tells_it(home: Path) -> None:
    assert _checked()[0] == 0
    _change(home, "UPDATE receipts SET body = replace(body, '1,280', '1,290') WHERE sequence = 5")
    ledger = SqliteLedger(home / "ledger.db")
    with pytest.raises(StorageError, match="not as it was written"):
        ledger.receipt("r-0000000000000004")
    assert ledger.receipt("r-0000000000000005")
    ledger.close()
    code, told = _checked()
    assert code == 1
    assert "r-0000000000000004 is not as it was written" in told


def test_a_receipt_that_was_taken_out_is_missed(home: Path) -> None:
    _change(home, "DELETE FROM receipts WHERE sequence = 5")
    code, told = _checked("--repair")
    assert code == 1
    assert "Before the receipt r-0000000000000005 one is missing" in told


def test_columns_beside_receipts_are_mended_after_a_copy(home: Path) -> None:
    _change(home, "UPDATE receipts SET library = 'other', created_us = 1 WHERE sequence IN (3, 7)")
    code, told = _checked()
    assert (code, told.count("| can be")) == (1, 2)
    code, told = _checked("--repair")
    assert code == 0
    (copy,) = home.glob("ledger.db.*.backup")
    assert copy.name in told
    assert copy.stat().st_mode & 0o777 == 0o600
    assert _checked()[0] == 0
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sqlite3.connect(home / "ledger.db").execute("UPDATE receipts SET library = 'x'")


def test_text_that_is_none_is_a_clear_error(home: Path) -> None:
    _change(home, "UPDATE receipts SET id = CAST(x'ff41' AS TEXT) WHERE sequence = 5")
    ledger = SqliteLedger(home / "ledger.db")
    with pytest.raises(StorageError, match="damaged"):
        ledger.receipts()
    ledger.close()
    assert _checked()[0] == 1


def test_a_ledger_of_format_1_gets_its_seals(home: Path) -> None:
    _change(
        home,
        "ALTER TABLE receipts DROP COLUMN seal",
        "ALTER TABLE receipts DROP COLUMN before",
        "PRAGMA user_version = 1",
    )
    ledger = SqliteLedger(home / "ledger.db")
    ledger.append(_receipt(12))
    assert ledger.count() == len(ledger.receipts()) == 13
    ledger.close()
    rows = (
        sqlite3.connect(home / "ledger.db")
        .execute("SELECT body, before, seal FROM receipts ORDER BY sequence")
        .fetchall()
    )
    before = ""
    for body, said, seal in rows:
        assert (said, seal) == (before, sealed(before, body))
        before = seal
    assert _checked()[0] == 0


@pytest.mark.parametrize(("version", "says"), [(0, "older Clearspan"), (99, "newer Clearspan")])
def test_a_file_of_another_version_says_so(home: Path, version: int, says: str) -> None:
    _change(home, f"PRAGMA user_version = {version}")
    with pytest.raises(StorageError, match=says):
        SqliteLedger(home / "ledger.db")
    code, told = _checked()
    assert code == 1
    assert says in told


def test_the_form_that_is_hashed_does_not_depend_on_the_order_of_keys() -> None:
    assert sealed("x", '{"a": 1, "b": [1.5, "é"]}') == sealed("x", '{"b":[1.5,"\\u00e9"],"a":1}')
    assert sealed("x", '{"a": 1}') != sealed("y", '{"a": 1}')
