"""What is not as it was written in a ledger: seals, the chain of them, and what does not fit its schema."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import ValidationError

from clearspan.events import Event
from clearspan.ledger.chain import sealed
from clearspan.receipts import Receipt
from clearspan.sqlite import Flaw

KEEP_RECEIPTS = """CREATE TRIGGER IF NOT EXISTS receipts_never_change BEFORE UPDATE ON receipts
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""

Indexed = tuple[str | int | None, ...]


def examine(connection: sqlite3.Connection) -> Iterator[Flaw]:
    """The flaws of a ledger; only columns that repeat what a receipt says can be mended, from the receipt."""
    before = ""
    rows = connection.execute(
        "SELECT sequence, body, before, seal, id, created_us, library, tier, abstention FROM receipts ORDER BY sequence"
    )
    for sequence, body, said_before, seal, *columns in rows:
        if sealed(said_before, body) != seal:
            yield Flaw(f"The receipt {columns[0]} is not as it was written: its hash does not fit it.")
        elif said_before != before:
            yield Flaw(
                f"Before the receipt {columns[0]} one is missing, or was changed: the hashes do not join."
            )
        before = seal
        yield from _against_schema(sequence, body, tuple(columns))
    for sequence, body in connection.execute("SELECT sequence, body FROM events ORDER BY sequence"):
        try:
            Event.model_validate_json(body)
        except ValidationError as error:
            yield Flaw(f"The event {sequence} does not fit its schema in {error.error_count()} fields.")


def indexed(receipt: Receipt) -> Indexed:
    """What stands in the columns `id`, `created_us`, `library`, `tier` and `abstention` beside a receipt."""
    abstention = receipt.overview.abstention
    return (
        receipt.id,
        microseconds(receipt.created_at),
        receipt.library,
        receipt.route.tier,
        abstention.code if abstention else None,
    )


def microseconds(moment: datetime) -> int:
    """Since 1970; a moment without a zone is one of UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    elapsed = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds


def _against_schema(sequence: int, body: str, columns: Indexed) -> Iterator[Flaw]:
    try:
        receipt = Receipt.model_validate_json(body)
    except ValidationError as error:
        yield Flaw(
            f"The receipt {columns[0]} does not fit its schema in {error.error_count()} fields: another version of"
            " Clearspan wrote it, or it is damaged."
        )
        return
    right = indexed(receipt)
    if columns != right:
        yield Flaw(
            f"The columns beside the receipt {receipt.id} do not say what it says.",
            (
                ("DROP TRIGGER IF EXISTS receipts_never_change", ()),
                (
                    "UPDATE receipts SET id = ?, created_us = ?, library = ?, tier = ?, abstention = ?"
                    " WHERE sequence = ?",
                    (*right, sequence),
                ),
                (KEEP_RECEIPTS, ()),
            ),
        )
