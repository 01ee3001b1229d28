"""Packed bytes unpacked in small pieces, so that what is too much is seen before it fills the memory."""

import zlib
from collections.abc import Iterable, Iterator

GZIP, ZLIB = 31, 15
"""Formats, as zlib counts them."""

PIECE = 65_536
"""Bytes of one piece at most."""


def inflated(chunks: Iterable[bytes], form: int) -> Iterator[bytes]:
    """What packed chunks hold, in pieces; parts of one format may follow each other, and what is no such part ends it.

    Raises:
        zlib.error: the first part is damaged, or is not of the format.
    """
    machine, parts = zlib.decompressobj(form), 0
    for chunk in chunks:
        left, piece = chunk, b""
        while left or len(piece) == PIECE:
            if machine.eof:
                machine, parts = zlib.decompressobj(form), parts + 1
            try:
                piece = machine.decompress(left, PIECE)
            except zlib.error:
                if parts:
                    return
                raise
            yield piece
            left = machine.unused_data if machine.eof else machine.unconsumed_tail
            if machine.eof and not left:
                break


def size_of_deflated(data: bytes | memoryview, most: int) -> int:
    """How many bytes a zlib stream at the beginning of `data` holds, and those packed in it again; 0 if there is none.

    Stops, with what it has counted by then, above `most`.
    """
    count, chunks = 0, _slices(data)
    while True:
        layer = _first_part(inflated(chunks, ZLIB))
        first = next(layer, b"")
        if not first:
            return count
        if not _begins_zlib(first):
            for piece in _before(first, layer):
                count += len(piece)
                if count > most:
                    break
            return count
        chunks = _before(first, layer)


def _slices(data: bytes | memoryview) -> Iterator[bytes]:
    for first in range(0, len(data), PIECE):
        yield bytes(data[first : first + PIECE])


def _first_part(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from filter(None, pieces)
    except zlib.error:
        return


def _before(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _begins_zlib(data: bytes) -> bool:
    # RFC 1950, 2.2: the method is 8, and the first two bytes are a multiple of 31.
    return len(data) > 1 and data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0
