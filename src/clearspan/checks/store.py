"""Whether the files of a home are as they were written; what can be put right is, after a copy."""

import math
from collections.abc import Iterator
from pathlib import Path

from clearspan.errors import ClearspanError
from clearspan.ledger.sqlite import SCHEMA as LEDGER
from clearspan.library.stores.connections import SCHEMA as LIBRARY
from clearspan.measure.bars import Bar, Cell, Report, Table
from clearspan.settings import Settings
from clearspan.sqlite import Database, Flaw, folder_of

_BUSY_SECONDS = 10.0
_MOST_TOLD = 50
"""Flaws of one file that are told one by one."""


def check(settings: Settings, *, repair: bool = False) -> Report:
    """Integrity, versions, offsets against stored text, receipts against their hashes and their schema.

    Args:
        repair: mend what can be mended, of each file after a copy of it beside it.

    Raises:
        BadInput: an address of the settings names no folder.
    """
    files: list[tuple[Cell, ...]] = []
    told: list[tuple[Cell, ...]] = []
    left = 0
    for name, database in _databases(settings):
        flaws, copy = _examined(database, repair=repair)
        remaining = [flaw for flaw in flaws if not (copy and flaw.mend)]
        left += len(remaining)
        files.append((name, len(flaws), len(flaws) - len(remaining), copy.name if copy else ""))
        told += [(name, flaw.what, _fate(flaw, copy)) for flaw in flaws[:_MOST_TOLD]]
    return Report(
        section="The store",
        command=f"clearspan check store{' --repair' if repair else ''}",
        tables=(
            Table("Files", ("file", "flaws", "mended", "copy of before"), files),
            *([Table("Flaws", ("file", "what", "mended"), told)] if told else []),
        ),
        bars=(Bar("flaws that are left", left, 0, "=="),),
        notes=() if repair or not left else ("`clearspan check store --repair` mends what can be mended.",),
    )


def _databases(settings: Settings) -> Iterator[tuple[str, Database]]:
    if settings.store_address.startswith("sqlite:"):
        for path in sorted((folder_of(settings.store_address) / "libraries").glob("*.db")):
            yield f"library {path.stem}", Database(path, LIBRARY, _BUSY_SECONDS)
    if settings.ledger_address.startswith("sqlite:"):
        path = folder_of(settings.ledger_address) / "ledger.db"
        if path.exists():
            yield "ledger", Database(path, LEDGER, _BUSY_SECONDS)


def _examined(database: Database, *, repair: bool) -> tuple[list[Flaw], Path | None]:
    try:
        database.examine(math.inf)
        flaws = database.flaws()
        mendable = [flaw for flaw in flaws if flaw.mend]
        return flaws, database.mend(mendable) if repair and mendable else None
    except ClearspanError as error:
        return [Flaw(f"{error.what} {error.why} {error.do}")], None


def _fate(flaw: Flaw, copy: Path | None) -> str:
    if not flaw.mend:
        return "cannot be"
    return "yes" if copy else "can be"
