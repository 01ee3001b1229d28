import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch
from transformers import modeling_gguf_pytorch_utils

from clearspan.errors import BadInput, ClearspanError
from clearspan.models.weights import pretrained
from clearspan.models.weights.loading import LoadedModel, load_weights
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings


@pytest.fixture(scope="module")
def saved(tiny_llama: LoadedModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model's folder, as transformers writes it."""
    folder = tmp_path_factory.mktemp("saved")
    tiny_llama.model.save_pretrained(folder)
    tiny_llama.tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy of it, to be damaged."""
    for path in saved.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def load(folder: Path, settings: Settings) -> LoadedModel:
    return load_weights(resolve(f"dir:{folder}", settings), settings, torch.float32)


def rewrite(folder: Path, change: Callable[[dict[str, Any], bytes], bytes]) -> None:
    """Write the safetensors file anew from its parsed header and its data."""
    path = folder / "model.safetensors"
    content = path.read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    path.write_bytes(change(json.loads(content[8 : 8 + length]), content[8 + length :]))


def joined(header: dict[str, Any], data: bytes) -> bytes:
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + data


def overlapping(header: dict[str, Any], data: bytes) -> bytes:
    names = [name for name in header if name.endswith("proj.weight")]
    header[names[0]] = dict(header[names[1]])
    return joined(header, data)


def beyond(header: dict[str, Any], data: bytes) -> bytes:
    header["lm_head.weight"] = {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}
    return joined(header, data)


def unknown_type(header: dict[str, Any], data: bytes) -> bytes:
    header["lm_head.weight"]["dtype"] = "F31"
    return joined(header, data)


DAMAGES: dict[str, Callable[[dict[str, Any], bytes], bytes]] = {
    "no content": lambda header, data: b"",
    "cut within the header": lambda header, data: joined(header, data)[:200],
    "cut within the data": lambda header, data: joined(header, data)[:-100],
    "longer than its header says": lambda header, data: joined(header, data) + bytes(64),
    "a header of many petabytes": lambda header, data: struct.pack("<Q", 2**60) + bytes(100),
    "a header that is not JSON": lambda header, data: struct.pack("<Q", 8) + b"not json" + data,
    "a header that nests without end": lambda header, data: struct.pack("<Q", 90_000) + b'{"a":' * 18_000,
    "overlapping tensors": overlapping,
    "a tensor beyond the end": beyond,
    "an unknown number format": unknown_type,
}


@pytest.mark.parametrize("damage", list(DAMAGES))
def test_damaged_safetensors(damage: str, folder: Path, settings: Settings) -> None:
    rewrite(folder, DAMAGES[damage])
    with pytest.raises(BadInput, match="could not be loaded as a language model"):
        load(folder, settings)


def change_tensors(folder: Path, change: Callable[[dict[str, torch.Tensor]], None]) -> None:
    path = folder / "model.safetensors"
    tensors = safetensors.torch.load_file(path)
    change(tensors)
    safetensors.torch.save_file(tensors, path, metadata={"format": "pt"})


def test_integers_are_not_taken_for_weights(folder: Path, settings: Settings) -> None:
    name = "model.layers.0.mlp.up_proj.weight"
    change_tensors(folder, lambda tensors: tensors.update({name: tensors[name].to(torch.int64)}))
    with pytest.raises(BadInput, match=r"not floating-point.*up_proj\.weight' is of type I64"):
        load(folder, settings)


def test_missing_weights_are_not_made_up(folder: Path, settings: Settings) -> None:
    change_tensors(folder, lambda tensors: tensors.pop("model.layers.1.self_attn.q_proj.weight"))
    with pytest.raises(BadInput, match=r"1 weights of the model are missing.*layers\.1\.self_attn\.q_proj"):
        load(folder, settings)


def test_weights_of_another_shape(folder: Path, settings: Settings) -> None:
    change_tensors(folder, lambda tensors: tensors.update({"model.norm.weight": torch.ones(5)}))
    with pytest.raises(BadInput, match="could not be loaded"):
        load(folder, settings)


@pytest.mark.parametrize(
    "config",
    ["", "[]", "{}", '{"model_type": "no-such-model"}', '{"model_type": "llama", "hidden_size": -1}'],
)
def test_configurations_that_cannot_be_used(config: str, folder: Path, settings: Settings) -> None:
    (folder / "config.json").write_text(config)
    with pytest.raises(ClearspanError):
        load(folder, settings)


def test_a_folder_in_the_place_of_the_file(folder: Path, settings: Settings) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").mkdir()
    with pytest.raises(ClearspanError):
        load(folder, settings)


def test_what_is_whole_is_loaded(saved: Path, settings: Settings, tiny_llama: LoadedModel) -> None:
    loaded = load(saved, settings)
    tokens = torch.tensor([[5, 6, 7]])
    with torch.no_grad():
        assert torch.equal(loaded.model(tokens).logits, tiny_llama.model(tokens).logits)
    assert loaded.tokenizer("abc")["input_ids"] == [97, 98, 99]


def test_no_bar_of_transformers_reaches_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    library: Any = modeling_gguf_pytorch_utils
    before = library.tqdm
    with pretrained._quiet():
        assert list(library.tqdm(range(3), desc="Converting")) == [0, 1, 2]
    assert capfd.readouterr().err == ""
    assert library.tqdm is before
