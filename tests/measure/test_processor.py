"""What a processor is called, and what it multiplies fast by."""

import pytest

from clearspan.measure import processor as told
from clearspan.measure.processor import instructions, processor

LAPTOP = "processor\t: 0\nmodel name\t: Some Core\nflags\t\t: fpu sse avx2 fma avx_vnni\n\nprocessor\t: 1\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd asimddp i8mm\n"


@pytest.mark.parametrize(
    ("said", "able"),
    [
        (LAPTOP, ["AVX-VNNI", "AVX2"]),
        (ARM, ["NEON i8mm", "NEON dot products", "NEON"]),
        ("flags : sse2\n", []),
        ("", []),
    ],
)
def test_instructions_come_the_fastest_first(
    said: str, able: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "_told", lambda: said)
    assert instructions() == able
    if able:
        assert f"({able[0]})" in processor()


def test_a_processor_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "_told", lambda: LAPTOP)
    assert processor().startswith("Some Core (AVX-VNNI), ")
