"""Checking a GGUF file's header before anything trusts it.

Readers of the format believe its counts and offsets: a length of 2⁶⁰ keeps them busy for ever or fills the memory,
and tensors that overlap or lie beyond the end are read all the same. Here every count is held against the bytes that
are there. Layout: the GGUF specification, versions 2 and 3.
"""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from clearspan.errors import BadInput

_SCALARS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING, _ARRAY, _U32 = 8, 9, 4
_DEEPEST_ARRAY = 4
_MOST_DIMENSIONS = 4
_SMALLEST_FIELD = 13
_SMALLEST_TENSOR = 32


def check_gguf(path: Path) -> None:
    """Raise unless every count, string and tensor of a GGUF file lies inside it.

    Raises:
        BadInput: the file is cut off, malformed, or made to mislead; says where.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            _check(_Cursor(data))
    except (ValueError, struct.error) as error:
        raise BadInput(
            f"{path.name} is not a GGUF file that can be read.",
            why=f"{error}.",
            do="Download it again, or convert the model again.",
        ) from error


@dataclass(slots=True)
class _Cursor:
    """A place in the file; reading beyond its end is a ValueError."""

    data: mmap.mmap
    at: int = 0
    order: str = "<"

    @property
    def left(self) -> int:
        return len(self.data) - self.at

    def skip(self, size: int, what: str) -> int:
        """Where the `size` bytes begin that are passed over."""
        if size > self.left:
            raise ValueError(f"The file ends within {what}, at byte {len(self.data):,}")
        self.at += size
        return self.at - size

    def number(self, size: int, what: str) -> int:
        place = self.skip(size, what)
        return cast("int", struct.unpack_from(self.order + {4: "I", 8: "Q"}[size], self.data, place)[0])

    def string(self, what: str) -> bytes:
        length = self.number(8, what)
        place = self.skip(length, what)
        return self.data[place : place + length]

    def skip_strings(self, count: int, what: str) -> None:
        # A vocabulary is tens of thousands of them: a loop of its own.
        data, at, end, length_of = (
            self.data,
            self.at,
            len(self.data),
            struct.Struct(self.order + "Q").unpack_from,
        )
        for _ in range(count):
            if at + 8 > end:
                break
            at += 8 + cast("int", length_of(data, at)[0])
        else:
            self.skip(at - self.at, what)
            return
        raise ValueError(f"The file ends within {what}, at byte {end:,}")

    def count(self, what: str, smallest: int) -> int:
        """A number of things of which each takes at least `smallest` bytes."""
        count = self.number(8, f"the number of {what}")
        if count * smallest > self.left:
            raise ValueError(f"It declares {count:,} {what}, more than its {len(self.data):,} bytes can hold")
        return count


def _check(cursor: _Cursor) -> None:
    if cursor.data[cursor.skip(4, "the magic") : cursor.at] != b"GGUF":
        raise ValueError("It does not begin with b'GGUF'")
    version = cursor.number(4, "the version")
    if version & 0xFFFF == 0:
        cursor.order, version = ">", version >> 24
    if version not in {2, 3}:
        raise ValueError(f"It is of version {version}; 2 and 3 are known")
    tensors = cursor.number(8, "the number of tensors")
    fields = cursor.count("fields", _SMALLEST_FIELD)
    alignment = 32
    for number in range(fields):
        name = cursor.string(f"field {number}")
        kind = cursor.number(4, f"field {number}")
        if name == b"general.alignment" and kind == _U32:
            alignment = cursor.number(4, "the alignment")
        else:
            _pass_value(cursor, kind, f"field '{name[:60].decode('utf-8', 'replace')}'", 0)
    if not alignment or alignment & (alignment - 1):
        raise ValueError(f"Its alignment is {alignment}, not a power of two")
    if not tensors or tensors * _SMALLEST_TENSOR > cursor.left:
        raise ValueError(f"It declares {tensors:,} tensors, and {cursor.left:,} bytes are left")
    spans = [_span(cursor, number) for number in range(tensors)]
    _check_spans(spans, cursor.at + -cursor.at % alignment, len(cursor.data), alignment)


def _pass_value(cursor: _Cursor, kind: int, what: str, depth: int) -> None:
    if kind in _SCALARS:
        cursor.skip(_SCALARS[kind], what)
    elif kind == _STRING:
        cursor.string(what)
    elif kind == _ARRAY and depth < _DEEPEST_ARRAY:
        inner = cursor.number(4, what)
        count = cursor.count(f"elements of {what}", _SCALARS.get(inner, 8))
        if inner in _SCALARS:
            cursor.skip(count * _SCALARS[inner], what)
        elif inner == _STRING:
            cursor.skip_strings(count, what)
        else:
            for _ in range(count):
                _pass_value(cursor, inner, what, depth + 1)
    else:
        raise ValueError(f"The {what} has a value of unknown type {kind}")


def _span(cursor: _Cursor, number: int) -> tuple[int, int, str]:
    """Where a tensor's bytes begin, counted from the first tensor's, how many they are, and its name."""
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

    name = cursor.string(f"tensor {number}")[:60].decode("utf-8", "replace")
    what = f"tensor '{name}'"
    dimensions = cursor.number(4, what)
    if not 0 < dimensions <= _MOST_DIMENSIONS:
        raise ValueError(f"The {what} has {dimensions:,} dimensions")
    shape = [cursor.number(8, what) for _ in range(dimensions)]
    kind, offset = cursor.number(4, what), cursor.number(8, what)
    if kind not in {known.value for known in GGMLQuantizationType}:
        raise ValueError(f"The {what} has the unknown type {kind}")
    block, size = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
    if shape[0] % block:
        raise ValueError(f"The {what} has rows of {shape[0]:,}, not a multiple of its blocks of {block}")
    elements = 1
    for length in shape:
        elements *= length
    return offset, elements // block * size, name


def _check_spans(spans: list[tuple[int, int, str]], start: int, end: int, alignment: int) -> None:
    taken = 0
    for offset, size, name in sorted(spans):
        if not size:
            raise ValueError(f"The tensor '{name}' is empty")
        if offset % alignment:
            raise ValueError(f"The tensor '{name}' begins at {offset:,}, which is not aligned")
        if offset < taken:
            raise ValueError(f"The tensor '{name}' overlaps another")
        if start + offset + size > end:
            raise ValueError(f"The tensor '{name}' reaches beyond the end of the file")
        taken = offset + size
