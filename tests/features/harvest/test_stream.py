from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from clearspan.errors import BadInput
from clearspan.features.harvest.chunks import ChunkReader
from clearspan.features.harvest.manifest import HarvestPlan
from clearspan.features.harvest.run import plan
from clearspan.features.harvest.shuffled import CorpusPart
from clearspan.features.harvest.stream import StreamSource
from clearspan.models.serving.engine import LanguageModel


def asked(
    model: LanguageModel, tokens: int = 5000, sites: Sequence[str] = ("layers.1.residual",)
) -> HarvestPlan:
    return plan(model, sites, tokens, context=64, holdout=0.1, shard_rows=400)


def test_batches_are_the_same_from_any_number_on(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    source = StreamSource(tmp_path / "a", tiny, asked(tiny), [corpus])
    batches = list(source.batches(128))
    assert len(batches) == 5000 // 128
    assert batches[0].shape == (128, 32)
    assert batches[0].dtype == torch.bfloat16
    # Also in another process that knows what came before, and in a new folder that does not.
    for folder, start in (("a", 17), ("a", 38), ("b", 30)):
        again = StreamSource(tmp_path / folder, tiny, asked(tiny), [corpus])
        rest = list(again.batches(128, start))
        assert len(rest) == len(batches) - start
        assert all(torch.equal(one, other) for one, other in zip(rest, batches[start:], strict=True))


def test_no_chunk_is_read_to_go_on_that_is_not_needed(
    tiny: LanguageModel, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(StreamSource(tmp_path / "a", tiny, asked(tiny), [corpus]).batches(128))
    numbers = chunks_read(monkeypatch)
    again = StreamSource(tmp_path / "a", tiny, asked(tiny), [corpus])
    list(again.batches(128, 38))
    assert len(numbers) == 1


def test_the_first_rows_are_read_once_to_look_at_and_to_train_on(
    tiny: LanguageModel, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = chunks_read(monkeypatch)
    source = StreamSource(tmp_path / "a", tiny, asked(tiny), [corpus])
    first = next(source.batches(128))
    batches = list(source.batches(128))
    assert torch.equal(batches[0], first)
    assert numbers == list(range(len(numbers)))


def chunks_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the chunks that the model reads from now on."""
    read, numbers = ChunkReader.read, list[int]()

    def noting(self: ChunkReader, number: int, parts: Sequence[CorpusPart]) -> object:
        numbers.append(number)
        return read(self, number, parts)

    monkeypatch.setattr(ChunkReader, "read", noting)
    return numbers


def test_the_card_is_that_of_the_first_chunk(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    source = StreamSource(tmp_path / "a", tiny, asked(tiny), [corpus])
    rows = source.card.corpora[0].tokens
    first = next(source.batches(rows)).double()
    torch.testing.assert_close(source.card.mean, first.mean(0).float())
    assert source.card.mean_square == pytest.approx(float(first.square().sum(1).mean()))


def test_text_that_ends_begins_again(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    source = StreamSource(tmp_path / "a", tiny, asked(tiny, 100_000), [corpus])
    assert sum(len(batch) for batch in source.batches(1000)) == 100_000


def test_no_activation_touches_the_disk(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    list(StreamSource(tmp_path / "a", tiny, asked(tiny), [corpus]).batches(128))
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "parts.npy",
        "stream.json",
        "texts",
        "texts.json",
    ]


def test_an_interrupted_beginning(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    whole = next(StreamSource(tmp_path / "a", tiny, asked(tiny), [corpus]).batches(128))
    StreamSource(tmp_path / "b", tiny, asked(tiny), [corpus])
    for name in ("texts.json", "parts.npy"):
        (tmp_path / "b" / name).unlink()
    (tmp_path / "b" / "texts").write_bytes(b"half")
    assert torch.equal(next(StreamSource(tmp_path / "b", tiny, asked(tiny), [corpus]).batches(128)), whole)


def test_what_does_not_fit(tiny: LanguageModel, corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="one site, not 2"):
        StreamSource(tmp_path / "a", tiny, asked(tiny, sites=["embedding", "layers.1.mlp"]), [corpus])
    with pytest.raises(BadInput, match="not empty"):
        StreamSource(tmp_path, tiny, asked(tiny), [corpus])
    source = StreamSource(tmp_path / "b", tiny, asked(tiny), [corpus])
    with pytest.raises(BadInput, match="another stream"):
        StreamSource(tmp_path / "b", tiny, asked(tiny, 4000), [corpus])
    with pytest.raises(BadInput, match="a batch of"):
        source.batches(6000)
