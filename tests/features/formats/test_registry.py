import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.errors import BadInput, ClearspanError, NotFound, Refused
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.dictionaries.topk import TopKDictionary
from clearspan.features.formats.registry import (
    DICTIONARY_FORMATS,
    format_of,
    read_dictionary,
    write_dictionary,
)
from clearspan.features.names import DictionaryName

Make = Callable[..., Dictionary]
Same = Callable[[Dictionary, Dictionary], None]

NAME = DictionaryName.parse("smollm2-135m/layers.15.residual/24")
HELD = {
    "saelens": [
        ("relu", {}),
        ("topk", {"by_decoder_norm": True}),
        ("gated", {}),
        ("jumprelu", {"centred": True}),
    ],
    "gemma-scope": [("jumprelu", {})],
    "gemma-scope-2": [("jumprelu", {})],
    "dictionary-learning": [
        ("relu", {}),
        ("relu", {"centred": True}),
        ("gated", {"centred": True}),
        ("jumprelu", {}),
        ("jumprelu", {"centred": True, "uniform": True}),
        ("topk", {"centred": True}),
    ],
    "sparsify": [("topk", {"centred": True})],
}
REFUSED = {
    "gemma-scope": [("relu", {}), ("jumprelu", {"centred": True}), ("topk", {}), ("gated", {})],
    "gemma-scope-2": [("relu", {}), ("jumprelu", {"centred": True}), ("topk", {}), ("gated", {})],
    "dictionary-learning": [
        ("gated", {}),
        ("jumprelu", {"centred": True}),
        ("topk", {}),
        ("topk", {"centred": True, "by_decoder_norm": True}),
    ],
    "sparsify": [("topk", {}), ("topk", {"centred": True, "by_decoder_norm": True}), ("jumprelu", {})],
}
WEIGHTS = [(name, one.files[0]) for name, one in DICTIONARY_FORMATS.all().items()]

held = [(name, *one) for name, some in HELD.items() for one in some]
refused = [(name, *one) for name, some in REFUSED.items() for one in some]


@settings(max_examples=60, deadline=None)
@given(
    one=st.sampled_from(held),
    dtype=st.sampled_from([torch.float32, torch.float16, torch.float64, torch.bfloat16]),
    seed=st.integers(0, 2**31),
)
def test_what_is_written_is_found_and_read_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory,
    make: Make,
    same: Same,
    one: tuple[str, str, dict[str, Any]],
    dtype: torch.dtype,
    seed: int,
) -> None:
    name, kind, more = one
    folder = tmp_path_factory.mktemp("some") / "folder"
    dictionary = make(kind, dtype, seed, **more)
    if name == "gemma-scope" and dtype == torch.bfloat16:
        with pytest.raises(Refused, match="bfloat16"):
            write_dictionary(dictionary, folder, name)
        return
    write_dictionary(dictionary, folder, name)
    assert format_of(folder) == name
    again = read_dictionary(folder, name=NAME)
    same(dictionary, again)
    assert again.card.name == str(NAME)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_dictionary(dictionary, folder, name)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(("name", "kind", "more"), refused, ids=str)
def test_what_a_format_cannot_say_is_refused(
    tmp_path: Path, make: Make, name: str, kind: str, more: dict[str, Any]
) -> None:
    with pytest.raises(Refused, match="cannot be written"):
        write_dictionary(make(kind, **more), tmp_path / "one", name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "file"), WEIGHTS)
@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_a_pickle_that_runs_code_is_never_loaded(tmp_path: Path, make: Make, name: str, file: str) -> None:
    class Payload:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "ran",))

    kind, more = HELD[name][0]
    write_dictionary(make(kind, **more), tmp_path / "one", name)
    path = tmp_path / "one" / file
    inside = io.BytesIO()
    torch.save({"W_dec": Payload()}, inside)
    objects = io.BytesIO()
    np.savez(objects, w_dec=np.array([Payload()], dtype=object))
    for bad in (pickle.dumps(Payload()), inside.getvalue(), objects.getvalue()):
        path.write_bytes(bad)
        with pytest.raises((BadInput, Refused)):
            read_dictionary(tmp_path / "one", name=NAME)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("name", "file"), WEIGHTS)
def test_files_that_are_cut_short(tmp_path: Path, make: Make, name: str, file: str) -> None:
    kind, more = HELD[name][0]
    write_dictionary(make(kind, **more), tmp_path / "one", name)
    path = tmp_path / "one" / file
    whole = path.read_bytes()
    for end in (0, 1, 7, len(whole) // 3, len(whole) - 200):
        path.write_bytes(whole[:end])
        with pytest.raises(ClearspanError, match=file):
            read_dictionary(tmp_path / "one", name=NAME)
    for other in DICTIONARY_FORMATS.get(name).files:
        if other != file:
            path.write_bytes(whole)
            (tmp_path / "one" / other).write_text("{")
            with pytest.raises(BadInput, match=other):
                read_dictionary(tmp_path / "one", name=NAME)


@pytest.mark.parametrize("name", list(HELD))
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none(tmp_path: Path, make: Make, name: str, value: float) -> None:
    kind, more = HELD[name][0]
    dictionary = make(kind, **more)
    dictionary.parameters["b_dec"][2] = value
    write_dictionary(dictionary, tmp_path / "one", name)
    with pytest.raises(BadInput, match="NaN or infinity"):
        read_dictionary(tmp_path / "one", name=NAME)


@pytest.mark.parametrize("name", list(HELD))
def test_shapes_that_do_not_fit(tmp_path: Path, make: Make, name: str) -> None:
    kind, more = HELD[name][0]
    dictionary = make(kind, **more)
    dictionary.parameters["b_dec"] = torch.zeros(9)
    write_dictionary(dictionary, tmp_path / "one", name)
    with pytest.raises(BadInput, match=r"shape \(8,\)"):
        read_dictionary(tmp_path / "one", name=NAME)


def test_a_format_is_found_from_files_and_never_from_a_name(tmp_path: Path, make: Make) -> None:
    write_dictionary(make(), tmp_path / "sparsify", "gemma-scope-2")
    assert format_of(tmp_path / "sparsify") == "gemma-scope-2"
    write_dictionary(make(), tmp_path / "sparsify", "gemma-scope")
    with pytest.raises(BadInput, match="several formats"):
        format_of(tmp_path / "sparsify")
    assert read_dictionary(tmp_path / "sparsify", "gemma-scope", NAME).card.maker == "Gemma Scope"
    (tmp_path / "empty").mkdir()
    for nothing in (tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(NotFound):
            format_of(nothing)
    with pytest.raises(NotFound, match="no format"):
        write_dictionary(make(), tmp_path / "x", "something")


def test_foreign_files_need_a_name(tmp_path: Path, make: Make) -> None:
    write_dictionary(make(), tmp_path / "one", "gemma-scope")
    with pytest.raises(Refused, match="does not say which model"):
        read_dictionary(tmp_path / "one")


def edit(path: Path, **changes: Any) -> None:
    config = json.loads(path.read_text())
    path.write_text(json.dumps(config | changes))


def test_gemma_scope_2_says_its_site_and_kind(tmp_path: Path, make: Make) -> None:
    write_dictionary(make(), tmp_path, "gemma-scope-2")
    with pytest.raises(BadInput, match=r"does not belong to the site layers\.14\.residual"):
        read_dictionary(tmp_path, name=DictionaryName.parse("m/layers.14.residual/24"))
    whole = (tmp_path / "config.json").read_text()
    for changes, says in (
        ({"type": "transcoder"}, "transcoder"),
        ({"hf_hook_point_out": "model.layers.15.post_feedforward_layernorm.output"}, "transcoder"),
        ({"hf_hook_point_in": "model.layers.15.self_attn.o_proj.input", "hf_hook_point_out": None}, "heads"),
        ({"architecture": "topk"}, "jump_relu"),
    ):
        (tmp_path / "config.json").write_text(whole)
        edit(tmp_path / "config.json", **changes)
        with pytest.raises(Refused, match=says):
            read_dictionary(tmp_path, name=NAME)
    (tmp_path / "config.json").write_text(whole)
    edit(tmp_path / "config.json", width=25)
    with pytest.raises(BadInput, match="does not fit"):
        read_dictionary(tmp_path, name=NAME)


@pytest.mark.parametrize("site", ["layers.15.attention", "embedding"])
def test_gemma_scope_reads_other_things_at_some_sites(tmp_path: Path, make: Make, site: str) -> None:
    write_dictionary(make(), tmp_path, "gemma-scope")
    with pytest.raises(Refused, match="do not fit the site"):
        read_dictionary(tmp_path, name=DictionaryName.parse(f"m/{site}/24"))


@pytest.mark.parametrize(
    "setting", [{"activation": "groupmax"}, {"transcode": True}, {"skip_connection": True}]
)
def test_what_sparsify_can_and_clearspan_cannot(tmp_path: Path, make: Make, setting: dict[str, Any]) -> None:
    write_dictionary(make("topk", centred=True), tmp_path, "sparsify")
    edit(tmp_path / "cfg.json", **setting)
    with pytest.raises(Refused, match="does not compute"):
        read_dictionary(tmp_path, name=NAME)


def test_a_batch_topk_dictionary_is_used_by_its_threshold(tmp_path: Path, make: Make) -> None:
    tensors = {
        "encoder.weight": torch.randn(24, 8),
        "encoder.bias": torch.randn(24),
        "decoder.weight": torch.randn(8, 24),
        "b_dec": torch.randn(8),
        "k": torch.tensor(4, dtype=torch.int32),
        "threshold": torch.tensor(0.75),
    }
    torch.save(tensors, tmp_path / "ae.pt")
    (tmp_path / "config.json").write_text(
        json.dumps({"trainer": {"dict_class": "BatchTopKSAE", "layer": 15, "k": 4}, "buffer": {}})
    )
    found = read_dictionary(tmp_path, name=NAME)
    assert isinstance(found, JumpReluDictionary)
    assert (found.centred, found.card.trained_as) == (True, "batchtopk")
    hidden = torch.randn(50, 8)
    before = (hidden - tensors["b_dec"]) @ tensors["encoder.weight"].T + tensors["encoder.bias"]
    torch.testing.assert_close(found.encode(hidden), torch.where(before > 0.75, before, 0.0))
    with pytest.raises(BadInput, match="trained at layer 15"):
        read_dictionary(tmp_path, name=DictionaryName.parse("m/layers.14.residual/24"))
    torch.save(tensors | {"threshold": torch.tensor(-1.0)}, tmp_path / "ae.pt")
    with pytest.raises(Refused, match="never given a threshold"):
        read_dictionary(tmp_path, name=NAME)


def test_a_topk_dictionary_needs_its_k(tmp_path: Path, make: Make) -> None:
    write_dictionary(make("topk", centred=True), tmp_path, "dictionary-learning")
    assert isinstance(read_dictionary(tmp_path, name=NAME), TopKDictionary)
    tensors = torch.load(tmp_path / "ae.pt", weights_only=True)
    del tensors["k"]
    torch.save(tensors, tmp_path / "ae.pt")
    with pytest.raises(BadInput, match="its k"):
        read_dictionary(tmp_path, name=NAME)
