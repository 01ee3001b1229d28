"""Files of text: JSON lines, Parquet, plain text, compressed or not; nothing that runs code when it is opened."""

import importlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from clearspan.errors import BadInput, Refused

_LINES = {".jsonl", ".ndjson"}
_TEXTS = {
    ".txt",
    ".text",
    ".md",
    ".rst",
    ".html",
    ".tex",
    ".py",
    ".c",
    ".h",
    ".cpp",
    ".rs",
    ".go",
    ".js",
    ".ts",
}
_LONGEST_LINE = 1 << 26
_LONGEST_TEXT = 1 << 20
_BLOCK = 1 << 18
# A block may unpack to ten thousand times its size.
_PACKED_BLOCK = 1 << 14
_ROWS_AT_ONCE = 256
_ZSTD = b"\x28\xb5\x2f\xfd"


_FACTS = ("title", "source", "licence", "written_by")


@dataclass(frozen=True, slots=True)
class TextRecord:
    """One document of a file.

    Attributes:
        written_by: the model that wrote it; empty where a person did, or nobody said.
    """

    text: str
    title: str = ""
    source: str = ""
    licence: str = ""
    written_by: str = ""


def is_data(path: Path) -> bool:
    """Whether a file holds many documents: JSON lines or Parquet, by its name."""
    return _suffix(path) in _LINES | {".parquet"}


def is_text(path: Path) -> bool:
    """Whether a file is one of text, by its name."""
    return _suffix(path) in _TEXTS


def read_records(path: Path) -> Iterator[TextRecord]:
    """The documents of a file.

    Raises:
        BadInput: it is of no kind that is read, damaged, or has no `text`.
        Refused: it is a pickle.
    """
    _require_no_pickle(path)
    suffix = _suffix(path)
    if suffix == ".parquet":
        return _read_parquet(path)
    if suffix in _LINES:
        return _read_lines(path)
    if suffix in _TEXTS:
        return read_text(path)
    raise BadInput(
        f"{path} is of no kind that is read.",
        why=f"Its name ends in '{path.suffix}'.",
        do="Give JSON lines (.jsonl), Parquet (.parquet) or text (.txt, .md), each also compressed as .zst.",
    )


def read_text(path: Path) -> Iterator[TextRecord]:
    """A text file: one document, or several where it is longer than a million characters.

    Raises:
        BadInput: it is damaged, or not UTF-8.
    """
    _require_no_pickle(path)
    held: list[str] = []
    length = 0
    for line in _lines(path):
        if length + len(line) > _LONGEST_TEXT and held:
            yield TextRecord("".join(held), title=path.name)
            held, length = [], 0
        held.append(line)
        length += len(line)
    if held:
        yield TextRecord("".join(held), title=path.name)


def read_hub(name: str) -> Iterator[TextRecord]:
    """The `train` split of a data set, as it streams in.

    Raises:
        Refused: `datasets` is not installed.
        BadInput: the data set cannot be opened, or has no `text`.
    """
    try:
        datasets = cast("Any", importlib.import_module("datasets"))
    except ImportError as error:
        raise Refused(
            f"hub:{name} cannot be read.",
            why="The package 'datasets' is not installed.",
            do="Install it ('pip install datasets'), or give a file.",
        ) from error
    try:
        rows: Iterable[dict[str, object]] = datasets.load_dataset(name, split="train", streaming=True)
    except (OSError, ValueError) as error:
        raise BadInput(
            f"hub:{name} cannot be read.", why=str(error), do="Check its name, and that the hub is reachable."
        ) from error
    for number, row in enumerate(rows):
        yield _record(row, f"Row {number} of hub:{name}")


def _read_lines(path: Path) -> Iterator[TextRecord]:
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row: object = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise BadInput(
                f"Line {number} of {path} is not JSON.",
                why=str(error),
                do="Give one JSON object a line, with its text under 'text'.",
            ) from error
        yield _record(row, f"Line {number} of {path}")


def _read_parquet(path: Path) -> Iterator[TextRecord]:
    arrow = cast("Any", importlib.import_module("pyarrow"))
    parquet = cast("Any", importlib.import_module("pyarrow.parquet"))
    try:
        with parquet.ParquetFile(path) as file:
            names = [str(name) for name in file.schema_arrow.names]
            wanted = [name for name in ("text", *_FACTS, "license") if name in names]
            if "text" not in wanted:
                raise BadInput(
                    f"{path} has no column 'text'.",
                    why=f"It has {', '.join(names[:20]) or 'none'}.",
                    do="Name the column of the texts 'text'.",
                )
            number = 0
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=wanted):
                for row in batch.to_pylist():
                    yield _record(row, f"Row {number} of {path}")
                    number += 1
    except (arrow.ArrowException, OSError) as error:
        raise BadInput(
            f"{path} cannot be read as Parquet.", why=str(error), do="Check that the file is whole."
        ) from error


def _record(row: object, where: str) -> TextRecord:
    fields = cast("dict[str, object]", row) if isinstance(row, dict) else {}
    text = fields.get("text")
    if not isinstance(text, str):
        raise BadInput(f"{where} has no text.", do="Give each document's text as a string under 'text'.")
    facts = {name: fields.get(name) for name in _FACTS}
    facts["licence"] = facts["licence"] or fields.get("license")
    return TextRecord(
        text, **{name: value if isinstance(value, str) else "" for name, value in facts.items()}
    )


def _lines(path: Path) -> Iterator[str]:
    zstandard = cast("Any", importlib.import_module("zstandard"))
    held = b""
    try:
        for block in _unpacked(path) if path.suffix == ".zst" else _blocks(path, _BLOCK):
            *lines, held = (held + block).split(b"\n")
            for line in lines:
                yield f"{line.decode('utf-8')}\n"
            if len(held) > _LONGEST_LINE:
                raise BadInput(
                    f"{path} has a line of over {_LONGEST_LINE >> 20} MB.", do="Cut it into documents."
                )
        if held:
            yield held.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path} is not UTF-8 text.", why=str(error), do="Convert it to UTF-8 first."
        ) from error
    except zstandard.ZstdError as error:
        raise BadInput(
            f"{path} cannot be unpacked.", why=str(error), do="Check that the file is whole."
        ) from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read.", why=str(error), do="Check the file.") from error


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(size):
            yield block


def _unpacked(path: Path) -> Iterator[bytes]:
    """What is in one zstd frame or several; zstandard's own reader takes a file that was cut off for a whole one."""
    zstandard = cast("Any", importlib.import_module("zstandard"))
    packer = zstandard.ZstdDecompressor(max_window_size=2**31)
    frame = packer.decompressobj()
    begun = False
    for block in _blocks(path, _PACKED_BLOCK):
        left = block
        while left:
            yield frame.decompress(left)
            begun = not frame.eof
            left = b"" if begun else frame.unused_data
            if not begun:
                frame = packer.decompressobj()
    if begun:
        raise BadInput(
            f"{path} cannot be unpacked.", why="It is cut off.", do="Check that the file is whole."
        )


def _require_no_pickle(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise BadInput(f"{path} cannot be read.", why=str(error), do="Check the file.") from error
    pickled = len(head) > 1 and head[0] == 0x80 and 2 <= head[1] <= 5
    if pickled or head == b"PK\x03\x04":
        raise Refused(
            f"{path} is a pickle or an archive, not text.",
            why="Opening a pickle can run any code that is in it.",
            do="Give JSON lines, Parquet or text.",
        )
    if path.suffix == ".zst" and head != _ZSTD:
        raise BadInput(f"{path} is not compressed with zstd.", do="Rename it, or compress it again.")


def _suffix(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix == ".zst" else path.suffix.lower()
