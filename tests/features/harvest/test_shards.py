import pickle
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearspan.errors import BadInput, NotFound
from clearspan.features.harvest.manifest import Manifest, shard_path
from clearspan.features.harvest.run import Harvest, plan
from clearspan.features.harvest.shards import ShardSource, open_shard, write_shard
from clearspan.models.serving.engine import LanguageModel

from .conftest import texts, write_lines

SITE = "layers.1.residual"


@pytest.fixture(scope="module")
def harvested(tiny: LanguageModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harvested")
    corpus = write_lines(folder / "ferries.jsonl", texts(60, 1))
    asked = plan(tiny, [SITE], 6000, context=64, holdout=0, shard_rows=100)
    Harvest(folder / "out", asked, [corpus]).run(tiny)
    return folder / "out"


@pytest.fixture
def copied(harvested: Path, tmp_path: Path) -> Path:
    for path in harvested.rglob("*.*"):
        if path.is_file():
            target = tmp_path / path.relative_to(harvested)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    return tmp_path


def sorted_rows(rows: torch.Tensor) -> torch.Tensor:
    return torch.tensor(sorted(rows.float().tolist()))


def test_shards_are_safetensors(tmp_path: Path) -> None:
    import safetensors.torch

    values = torch.randn(7, 5).bfloat16()
    write_shard(tmp_path / "site" / "a.safetensors", values)
    assert torch.equal(
        safetensors.torch.load_file(tmp_path / "site" / "a.safetensors")["activations"], values
    )
    assert torch.equal(open_shard(tmp_path / "site" / "a.safetensors", 7, 5), values)


def test_an_epoch_gives_every_row_once(harvested: Path) -> None:
    manifest = Manifest.read(harvested)
    shards = enumerate(manifest.shards)
    every = torch.cat([open_shard(shard_path(harvested, SITE, n), shard.rows, 32) for n, shard in shards])
    assert len(manifest.shards) > 8
    source = ShardSource(harvested, SITE, epochs=2)
    assert source.rows == 12_000
    batches = list(source.batches(100))
    assert len(batches) == 120
    for epoch in (batches[:60], batches[60:]):
        assert torch.equal(sorted_rows(torch.cat(epoch)), sorted_rows(every))
    assert not torch.equal(torch.cat(batches[:60]), torch.cat(batches[60:]))
    assert batches[0].dtype == torch.bfloat16
    assert batches[0].shape == (100, 32)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 3000), start=st.integers(0, 60), seed=st.integers(0, 2))
def test_batches_are_the_same_from_any_number_on(harvested: Path, size: int, start: int, seed: int) -> None:
    source = ShardSource(harvested, SITE, seed=seed, epochs=2)
    batches = list(source.batches(size))
    assert len(batches) == 12_000 // size
    start = min(start, len(batches))
    rest = list(source.batches(size, start))
    assert len(rest) == len(batches) - start
    assert all(torch.equal(one, other) for one, other in zip(rest, batches[start:], strict=True))


def test_seeds_give_other_orders(harvested: Path) -> None:
    first, second = (next(ShardSource(harvested, SITE, seed=seed).batches(50)) for seed in (0, 1))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("size", [0, 6001])
def test_batches_of_no_use(harvested: Path, size: int) -> None:
    with pytest.raises(BadInput, match="a batch of"):
        ShardSource(harvested, SITE).batches(size)


@pytest.mark.parametrize("damage", ["truncated", "bit", "pickle", "missing", "swapped"])
def test_damaged_shards(copied: Path, damage: str) -> None:
    path = shard_path(copied, SITE, 1)
    content = bytearray(path.read_bytes())
    if damage == "truncated":
        path.write_bytes(content[:-64])
    elif damage == "bit":
        content[-5] ^= 1
        path.write_bytes(content)
    elif damage == "pickle":
        path.write_bytes(pickle.dumps({"activations": [1.0]}))
    elif damage == "swapped":
        path.write_bytes(shard_path(copied, SITE, 2).read_bytes())
    else:
        path.unlink()
    with pytest.raises(BadInput, match=r"00001.safetensors is damaged"):
        ShardSource(copied, SITE)


def test_manifests_that_are_none(tmp_path: Path, copied: Path) -> None:
    with pytest.raises(NotFound, match="no finished harvest"):
        ShardSource(tmp_path / "nowhere", SITE)
    with pytest.raises(NotFound, match="was not harvested"):
        ShardSource(copied, "layers.0.residual")
    (copied / "manifest.json").write_bytes(pickle.dumps({}))
    with pytest.raises(BadInput, match="not the manifest"):
        ShardSource(copied, SITE)


def test_another_model_or_site(harvested: Path, tiny: LanguageModel) -> None:
    card = ShardSource(harvested, SITE).card
    card.require(tiny.reference, SITE)
    for model, site in (("smollm2-135m", SITE), (tiny.reference, "layers.0.residual")):
        with pytest.raises(BadInput, match="These are activations of"):
            card.require(model, site)
