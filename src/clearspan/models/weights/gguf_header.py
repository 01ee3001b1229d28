"""A GGUF file's header, checked before anything trusts it.

Readers of the format believe its counts and offsets: a length of 2⁶⁰ keeps them busy for ever or fills the memory,
and tensors that overlap or lie beyond the end are read all the same. Here every count is held against the bytes that
are there. Layout: the GGUF specification, versions 2 and 3.
"""

import math
import mmap
import struct
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from clearspan.errors import BadInput

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY, _U32 = 8, 9, 4
_DEEPEST_ARRAY = 4
_MOST_DIMENSIONS = 4
_SMALLEST_FIELD = 13
_SMALLEST_TENSOR = 32


@dataclass(frozen=True, slots=True)
class GgufTensor:
    """Where a tensor is, and how it is kept.

    Attributes:
        shape: the fastest axis first, as the file has it.
        kind: number of its format.
        offset: of its first byte, counted from the beginning of the first tensor's.
        size: in bytes.
    """

    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a file says of itself.

    Attributes:
        fields: those that were wanted, as far as it has them.
        tensors: by name.
        data: where the bytes of the first tensor begin.
    """

    fields: dict[str, Any]
    tensors: dict[str, GgufTensor]
    data: int


def read_header(path: Path, wanted: Collection[str] = ()) -> GgufHeader:
    """Read a GGUF file's header, every count, string and tensor of which lies inside the file.

    Args:
        wanted: fields whose values are kept.

    Raises:
        BadInput: the file is cut off, malformed, or made to mislead; says where.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _header(_Cursor(data), frozenset(wanted))
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

    def string(self, what: str) -> str:
        length = self.number(8, what)
        place = self.skip(length, what)
        return self.data[place : place + length].decode("utf-8", "replace")

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


def _header(cursor: _Cursor, wanted: frozenset[str]) -> GgufHeader:
    if cursor.data[cursor.skip(4, "the magic") : cursor.at] != b"GGUF":
        raise ValueError("It does not begin with b'GGUF'")
    version = cursor.number(4, "the version")
    if version & 0xFFFF == 0:
        cursor.order, version = ">", version >> 24
    if version not in {2, 3}:
        raise ValueError(f"It is of version {version}; 2 and 3 are known")
    count = cursor.number(8, "the number of tensors")
    fields: dict[str, Any] = {}
    alignment = 32
    for number in range(cursor.count("fields", _SMALLEST_FIELD)):
        name = cursor.string(f"field {number}")
        kind = cursor.number(4, f"field {number}")
        if name == "general.alignment" and kind == _U32:
            alignment = cursor.number(4, "the alignment")
        else:
            value = _value(cursor, kind, f"field '{name[:60]}'", 0, keep=name in wanted)
            if name in wanted:
                fields[name] = value
    if not alignment or alignment & (alignment - 1):
        raise ValueError(f"Its alignment is {alignment}, not a power of two")
    if not count or count * _SMALLEST_TENSOR > cursor.left:
        raise ValueError(f"It declares {count:,} tensors, and {cursor.left:,} bytes are left")
    tensors = [_tensor(cursor, number) for number in range(count)]
    begin = cursor.at + -cursor.at % alignment
    _check_spans(tensors, begin, len(cursor.data), alignment)
    return GgufHeader(fields, {one.name: one for one in tensors}, begin)


def _value(cursor: _Cursor, kind: int, what: str, depth: int, *, keep: bool) -> Any:
    """A value; None where it is only passed over."""
    if kind in _SCALARS:
        place = cursor.skip(struct.calcsize(_SCALARS[kind]), what)
        return struct.unpack_from(cursor.order + _SCALARS[kind], cursor.data, place)[0] if keep else None
    if kind == _STRING:
        return cursor.string(what)
    if kind != _ARRAY or depth >= _DEEPEST_ARRAY:
        raise ValueError(f"The {what} has a value of unknown type {kind}")
    inner = cursor.number(4, what)
    form = _SCALARS.get(inner)
    count = cursor.count(f"elements of {what}", struct.calcsize(form) if form else 8)
    if form:
        place = cursor.skip(count * struct.calcsize(form), what)
        return list(struct.unpack_from(f"{cursor.order}{count}{form}", cursor.data, place)) if keep else None
    if inner == _STRING and not keep:
        return cursor.skip_strings(count, what)
    return [_value(cursor, inner, what, depth + 1, keep=keep) for _ in range(count)]


def _tensor(cursor: _Cursor, number: int) -> GgufTensor:
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

    name = cursor.string(f"tensor {number}")
    what = f"tensor '{name[:60]}'"
    dimensions = cursor.number(4, what)
    if not 0 < dimensions <= _MOST_DIMENSIONS:
        raise ValueError(f"The {what} has {dimensions:,} dimensions")
    shape = tuple(cursor.number(8, what) for _ in range(dimensions))
    kind, offset = cursor.number(4, what), cursor.number(8, what)
    if kind not in {known.value for known in GGMLQuantizationType}:
        raise ValueError(f"The {what} has the unknown type {kind}")
    block, size = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
    if shape[0] % block:
        raise ValueError(f"The {what} has rows of {shape[0]:,}, not a multiple of its blocks of {block}")
    return GgufTensor(name, shape, kind, offset, math.prod(shape) // block * size)


def _check_spans(tensors: list[GgufTensor], start: int, end: int, alignment: int) -> None:
    taken = 0
    for one in sorted(tensors, key=lambda one: (one.offset, one.size)):
        name = one.name[:60]
        if not one.size:
            raise ValueError(f"The tensor '{name}' is empty")
        if one.offset % alignment:
            raise ValueError(f"The tensor '{name}' begins at {one.offset:,}, which is not aligned")
        if one.offset < taken:
            raise ValueError(f"The tensor '{name}' overlaps another")
        if start + one.offset + one.size > end:
            raise ValueError(f"The tensor '{name}' reaches beyond the end of the file")
        taken = one.offset + one.size
