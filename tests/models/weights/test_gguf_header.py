import struct
from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearspan.errors import BadInput
from clearspan.models.weights.gguf_header import read_header


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def field(name: bytes, kind: int, value: bytes) -> bytes:
    return text(name) + struct.pack("<I", kind) + value


def tensor(name: bytes, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    return (
        text(name)
        + struct.pack("<I", len(shape))
        + b"".join(struct.pack("<Q", length) for length in shape)
        + struct.pack("<IQ", kind, offset)
    )


def gguf(*tensors: bytes, fields: tuple[bytes, ...] = (), data: int = 256, version: int = 3) -> bytes:
    header = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(fields))
    head = header + b"".join(fields) + b"".join(tensors)
    return head + bytes(-len(head) % 32) + bytes(data)


ONE = tensor(b"a", (32, 1), 0, 0)
HUGE = 2**60


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """A file of several types, as the writer of the format makes it."""
    path = tmp_path / "whole.gguf"
    writer = GGUFWriter(path, "llama")
    writer.add_array("tokenizer.ggml.tokens", ["one", "two", "three"])
    writer.add_array("some.numbers", [1.5, 2.5])
    writer.add_uint32("some.count", 7)
    writer.add_bool("some.switch", True)
    writer.add_tensor("plain", np.ones((4, 32), np.float32))
    writer.add_tensor("half", np.ones((2, 64), np.float16))
    blocks = np.zeros((4, 40), np.uint8)
    writer.add_tensor("blocks", blocks, raw_dtype=GGMLQuantizationType.Q4_1)
    for step in ("header", "kv_data", "tensors"):
        getattr(writer, f"write_{step}_to_file")()
    writer.close()
    return path


def test_a_whole_file_passes(whole: Path) -> None:
    read_header(whole)
    assert len(GGUFReader(whole).tensors) == 3


def test_a_cut_file_never_passes(whole: Path) -> None:
    content = whole.read_bytes()
    last = max(tensor.data_offset + tensor.n_bytes for tensor in GGUFReader(whole).tensors)
    for length in range(0, int(last), 7):
        whole.write_bytes(content[:length])
        with pytest.raises(BadInput, match=r"whole\.gguf is not a GGUF file that can be read"):
            read_header(whole)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damage_is_refused_or_harmless(whole: Path, data: st.DataObject) -> None:
    content = bytearray(whole.read_bytes())
    place = data.draw(st.integers(0, 420))
    content[place : place + 8] = data.draw(st.binary(min_size=8, max_size=8))
    changed = whole.with_name("changed.gguf")
    changed.write_bytes(content)
    try:
        read_header(changed)
    except BadInput:
        return
    # What passes is read by the usual reader within the file; it may still object to values.
    try:
        tensors = GGUFReader(changed).tensors
    except (ValueError, KeyError):
        return
    assert all(tensor.data_offset + tensor.n_bytes <= len(content) for tensor in tensors)


HOSTILE = {
    "no content": (b"", "empty"),
    "another format": (b"PK\3\4" + bytes(100), "does not begin"),
    "version": (gguf(ONE, version=9), "version 9"),
    "tensor count": (b"GGUF" + struct.pack("<IQQ", 3, HUGE, 0) + bytes(99), r"declares 1,152,.* tensors"),
    "no tensors": (gguf(), "declares 0 tensors"),
    "field count": (b"GGUF" + struct.pack("<IQQ", 3, 1, HUGE) + bytes(99), "more than its .* bytes can hold"),
    "string length": (gguf(ONE, fields=(struct.pack("<Q", HUGE),)), "ends within field 0"),
    "byte array": (gguf(ONE, fields=(field(b"x", 9, struct.pack("<IQ", 0, HUGE)),)), "elements of field 'x'"),
    "string array": (
        gguf(ONE, fields=(field(b"x", 9, struct.pack("<IQ", 8, HUGE)),)),
        "elements of field 'x'",
    ),
    "string in an array": (
        gguf(ONE, fields=(field(b"x", 9, struct.pack("<IQ", 8, 2) + text(b"a") + struct.pack("<Q", HUGE)),)),
        "ends within field 'x'",
    ),
    "nested arrays": (gguf(ONE, fields=(field(b"x", 9, struct.pack("<IQ", 9, 1) * 900),)), "unknown type 9"),
    "type of a value": (gguf(ONE, fields=(field(b"x", 77, b""),)), "unknown type 77"),
    "alignment": (
        gguf(ONE, fields=(field(b"general.alignment", 4, struct.pack("<I", 0)),)),
        "alignment is 0",
    ),
    "overlap": (gguf(ONE, tensor(b"b", (32, 1), 0, 96)), "'b' overlaps another"),
    "same place": (gguf(ONE, tensor(b"b", (32, 1), 0, 0)), "overlaps another"),
    "beyond the end": (gguf(tensor(b"a", (32, 3), 0, 0)), "beyond the end"),
    "far beyond": (gguf(tensor(b"a", (32, 1), 0, HUGE)), "beyond the end"),
    "overflowing shape": (gguf(tensor(b"a", (2**32, 2**32, 32), 0, 0)), "beyond the end"),
    "dimensions": (gguf(tensor(b"a", (1,) * 9, 0, 0)), "9 dimensions"),
    "type of a tensor": (gguf(tensor(b"a", (32, 1), 999, 0)), "unknown type 999"),
    "part of a block": (gguf(tensor(b"a", (33, 1), 3, 0)), "blocks of 32"),
    "crooked offset": (gguf(tensor(b"a", (32, 1), 0, 3)), "not aligned"),
    "empty tensor": (gguf(tensor(b"a", (0, 4), 0, 0)), "is empty"),
}


@pytest.mark.parametrize("case", list(HOSTILE))
def test_hostile_files(case: str, tmp_path: Path) -> None:
    content, reason = HOSTILE[case]
    path = tmp_path / "bad.gguf"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=reason):
        read_header(path)
