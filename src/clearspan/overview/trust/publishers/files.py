"""Lists of publishers as CSV files: reading with the line of every fault, and writing that survives a crash."""

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from filelock import FileLock

from clearspan.errors import BadInput, NotFound, StorageError
from clearspan.overview.trust.publishers.addresses import parse
from clearspan.overview.trust.standing import STANDING
from clearspan.receipts import Kind

COLUMNS = ("domain", "name", "kind", "standing", "labels", "listed_by", "listed_on", "note")

TAGS: Mapping[str, tuple[Kind, float]] = {
    "satire": ("satire", 0.0),
    "fake": ("unknown", 0.0),
    "conspiracy": ("unknown", 0.0),
    "junksci": ("unknown", 0.0),
    "hate": ("unknown", 0.0),
    "retracted": ("unknown", 0.0),
    "rumor": ("unknown", 0.2),
    "clickbait": ("unknown", 0.25),
    "unreliable": ("unknown", 0.25),
    "state": ("promotion", 0.25),
    "bias": ("opinion", 0.3),
    "political": ("opinion", 0.4),
    "reliable": ("unknown", 0.6),
}
"""What a label does: the kind that it tells, and the standing at most. The words are those of OpenSources."""

_DECIDING = ("satire", "fake", "retracted")
"""Labels that decide wherever they stand among others; of the rest the first does, as the lists mean it."""

_BESIDE = 0.15
"""Standing at most where a label that would reject a page stands behind a milder one."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """One entry of a registry.

    Attributes:
        domain: host and, where only a part of a site or one page is meant, path; empty for a name alone.
        name: as the publisher calls itself; empty when unknown.
        standing: how far it is believed, in [0, 1]; None goes by labels and kind.
        labels: words of `TAGS`, what weighs most first.
        listed_by: the list that says so; empty for the user.
        listed_on: date of the entry, or of the list as it was taken over, ISO 8601.
    """

    domain: str
    name: str = ""
    kind: Kind = "unknown"
    standing: float | None = None
    labels: tuple[str, ...] = ()
    listed_by: str = ""
    listed_on: str = ""
    note: str = ""

    @property
    def key(self) -> str:
        """What it is found by: its address, or its name."""
        return self.domain or self.name

    @property
    def believed(self) -> float:
        """How far it is believed, in [0, 1]: as set, or else the least of what kind and labels allow."""
        if self.standing is not None:
            return self.standing
        if any(label in _DECIDING for label in self.labels):
            return 0.0
        caps = [
            TAGS[label][1] if i == 0 else max(TAGS[label][1], _BESIDE) for i, label in enumerate(self.labels)
        ]
        if self.kind == "unknown" and caps:
            return min(caps)
        return min([STANDING[self.kind], *caps])


def kind_of(labels: Sequence[str]) -> Kind:
    """The kind of a publisher of which labels alone are known: that of the first label that tells one."""
    told: list[Kind] = [*(TAGS[label][0] for label in labels if TAGS[label][0] != "unknown"), "unknown"]
    return "satire" if "satire" in labels else told[0]


def read(path: Path, listed_by: str = "", listed_on: str = "") -> list[Publisher]:
    """The entries of a CSV file.

    Its header names `domain` or `name` and, for each, `kind`, `standing`, `labels` (separated by `|`) and the other
    columns as needed; `tags` may stand for `labels`. Lines that begin with `#` are comments.

    Args:
        listed_by, listed_on: for entries that do not say it themselves.

    Raises:
        NotFound: there is no such file.
        BadInput: an entry cannot be used; names every faulty line, the first ones with what is wrong.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise NotFound(f"{path} does not exist.", do="Check the spelling of the path.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}.", do="Save it as CSV in UTF-8.") from error
    lines = text.splitlines()
    header = next((number for number, line in enumerate(lines, 1) if _counts(line)), 0)
    columns = [cell.strip().lower() for cell in next(csv.reader([lines[header - 1]]))] if header else []
    if not {"domain", "name"} & set(columns):
        raise BadInput(
            f"{path}, line {header or 1}: the header names neither 'domain' nor 'name'.",
            do=f"Begin with a line of column names out of: {', '.join(COLUMNS)}.",
        )
    found: list[Publisher] = []
    faults: list[str] = []
    for number, line in enumerate(lines[header:], header + 1):
        if not _counts(line):
            continue
        cells = next(csv.reader([line]))
        row = {column: cell.strip() for column, cell in zip(columns, cells, strict=False)}
        try:
            if len(cells) > len(columns):
                raise ValueError(f"has {len(cells)} cells under {len(columns)} columns")
            found.append(_entry(row, listed_by, listed_on))
        except ValueError as error:
            faults.append(f"line {number}: {error}")
    if faults:
        more = f"; and {len(faults) - 5} more lines" if len(faults) > 5 else ""
        raise BadInput(
            f"{path} cannot be used: {len(faults)} of its lines are faulty.",
            why="; ".join(faults[:5]) + more + ".",
            do="Put these lines right; nothing was taken over.",
        )
    return found


def update(path: Path, change: Callable[[dict[str, Publisher]], None]) -> None:
    """Change the user's list: read, change and replace it as one step, which other processes wait for.

    The new file is on the disk before it takes the old one's place, so a crash leaves one or the other.

    Args:
        change: is given the entries by key, and changes them in place.

    Raises:
        BadInput: the list cannot be read.
        StorageError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):
            entries = {one.key: one for one in read(path)} if path.exists() else {}
            change(entries)
            heading = "# What you say about publishers; it stands above the list that ships with Clearspan."
            _replace(path, as_csv(sorted(entries.values(), key=lambda one: one.key), [heading]))
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror or error}.",
            do="Make the folder writable, or choose another home with CLEARSPAN_HOME.",
        ) from error


def as_csv(entries: Iterable[Publisher], comments: Sequence[str]) -> str:
    """Entries as a CSV file, with comments before its header."""
    out = io.StringIO()
    out.writelines(f"{line}\n" for line in comments)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in entries:
        standing = "" if one.standing is None else f"{one.standing:g}"
        labels = "|".join(one.labels)
        writer.writerow(
            (one.domain, one.name, one.kind, standing, labels, one.listed_by, one.listed_on, one.note)
        )
    return out.getvalue()


def today() -> str:
    """Today's date, ISO 8601, UTC."""
    return datetime.now(UTC).date().isoformat()


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _entry(row: Mapping[str, str], listed_by: str, listed_on: str) -> Publisher:
    domain, name = row.get("domain", ""), row.get("name", "")
    address = parse(domain)
    if domain and address is None:
        raise ValueError(f"'{domain}' is not a domain")
    if not domain and not name:
        raise ValueError("names neither a domain nor a name")
    labels = tuple(
        dict.fromkeys(_label(cell) for cell in (row.get("labels") or row.get("tags") or "").split("|"))
    )
    labels = tuple(label for label in labels if label)
    kind = row.get("kind", "")
    if kind not in ("", *get_args(Kind)):
        raise ValueError(f"'{kind}' is not a kind ({', '.join(get_args(Kind))})")
    told = kind_of(labels)
    return Publisher(
        domain=str(address) if address else "",
        name=name,
        kind=kind or told,  # pyright: ignore[reportArgumentType]  # is one of the kinds, as just checked
        standing=_standing(row.get("standing", "")),
        labels=labels,
        listed_by=row.get("listed_by") or listed_by,
        listed_on=row.get("listed_on") or listed_on,
        note=row.get("note", ""),
    )


def _label(cell: str) -> str:
    label = cell.strip().lower()
    if label in ("", "unknown", "blog"):
        return ""  # says nothing about reliability
    if label not in TAGS:
        raise ValueError(f"'{label}' is not a label ({', '.join(TAGS)})")
    return label


def _standing(cell: str) -> float | None:
    if not cell:
        return None
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"the standing '{cell}' is not a number from 0 to 1")
    return value


def _replace(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
