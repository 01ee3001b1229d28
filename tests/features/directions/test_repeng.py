from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.errors import BadInput, Refused
from clearspan.features.directions.named import DirectionCard, NamedDirection
from clearspan.features.directions.repeng import addable, read_repeng, write_repeng
from clearspan.models.inside.dials import Direction


def named(layer: int, vector: torch.Tensor, part: str = "residual") -> NamedDirection:
    site = f"layers.{layer}.{part}"
    card = DirectionCard(name=f"calm-{layer}", model="m", site=site)
    return NamedDirection(card, Direction.of(card.name, "m", site, vector))


@settings(deadline=None, max_examples=25)
@given(
    layers=st.sets(st.integers(0, 80), min_size=1, max_size=4),
    seed=st.integers(0, 2**31),
)
def test_what_is_written_is_read_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory, layers: set[int], seed: int
) -> None:
    path = tmp_path_factory.mktemp("repeng") / "calm.gguf"
    generator = torch.Generator().manual_seed(seed)
    given_ = [named(layer, torch.randn(64, generator=generator)) for layer in layers]
    write_repeng(given_, path, "llama")
    found = read_repeng(path, "m", "calm")
    assert [one.direction.site.layer for one in found] == sorted(layers)
    for one in found:
        before = next(other for other in given_ if other.card == one.card)
        assert torch.equal(one.direction.decoder, before.direction.decoder)
        assert torch.equal(one.direction.encoder, before.direction.encoder)


def test_what_a_control_vector_cannot_say_is_refused(tmp_path: Path) -> None:
    vector = torch.arange(1.0, 9.0)
    plain = named(3, vector)
    scaled = NamedDirection(plain.card, replace(plain.direction, bias=0.5, maximum=3.0))
    for bad in (scaled, named(3, vector, "mlp")):
        with pytest.raises(Refused, match="control vector"):
            write_repeng([bad], tmp_path / "one.gguf", "llama")
    write_repeng([addable(scaled)], tmp_path / "one.gguf", "llama")
    (found,) = read_repeng(tmp_path / "one.gguf", "m", "calm")
    assert torch.equal(found.direction.decoder, vector * 3)
    for bad in ([], [plain, plain], [plain, named(4, torch.ones(7))]):
        with pytest.raises(BadInput, match="one control vector"):
            write_repeng(bad, tmp_path / "two.gguf", "llama")
    assert [path.name for path in tmp_path.iterdir()] == ["one.gguf"]


def test_damaged_files(tmp_path: Path) -> None:
    path = tmp_path / "calm.gguf"
    write_repeng([named(3, torch.arange(1.0, 9.0))], path, "llama")
    whole = path.read_bytes()
    for bad in (b"", whole[:40], whole[:-8], whole.replace(b"controlvector", b"controlvictor")):
        path.write_bytes(bad)
        with pytest.raises(BadInput, match=path.name):
            read_repeng(path, "m", "calm")
    for value in (float("nan"), 0.0):
        broken = whole[:-32] + torch.full([8], value).numpy().tobytes()
        path.write_bytes(broken)
        with pytest.raises(BadInput):
            read_repeng(path, "m", "calm")
