import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.dictionaries.jumprelu import JumpReluDictionary
from clearspan.features.dictionaries.relu import ReluDictionary
from clearspan.features.dictionaries.topk import TopKDictionary
from clearspan.features.formats.saelens import CONFIG, WEIGHTS, read_saelens, write_saelens
from clearspan.features.names import DictionaryName

KINDS = ["relu", "jumprelu", "gated", "topk"]
DTYPES = [torch.float32, torch.bfloat16, torch.float16, torch.float64]

Make = Callable[..., Dictionary]
Same = Callable[[Dictionary, Dictionary], None]


def edit(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    config = json.loads((folder / CONFIG).read_text())
    change(config)
    (folder / CONFIG).write_text(json.dumps(config))


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    dtype=st.sampled_from(DTYPES),
    centred=st.booleans(),
    seed=st.integers(0, 2**31),
)
def test_what_is_written_is_read_to_the_bit(
    tmp_path_factory: pytest.TempPathFactory,
    make: Make,
    same: Same,
    kind: str,
    dtype: torch.dtype,
    centred: bool,
    seed: int,
) -> None:
    folder = tmp_path_factory.mktemp("saelens") / "one"
    dictionary = make(kind, dtype, seed, centred=centred)
    write_saelens(dictionary, folder)
    again = read_saelens(folder)
    same(dictionary, again)
    assert again.card == dictionary.card
    weights = (folder / WEIGHTS).read_bytes()
    write_saelens(again, folder)
    assert (folder / WEIGHTS).read_bytes() == weights
    assert sorted(path.name for path in folder.parent.iterdir()) == ["one"]


def test_what_lies_beside_a_dictionary_stays(tmp_path: Path, make: Make, same: Same) -> None:
    (tmp_path / "labels.jsonl").write_text("a label\n")
    write_saelens(make(), tmp_path)
    card = make().card.model_copy(update={"tokens": 5})
    changed = JumpReluDictionary(card, make().parameters)
    write_saelens(changed, tmp_path)
    assert read_saelens(tmp_path).card.tokens == 5
    assert (tmp_path / "labels.jsonl").read_text() == "a label\n"
    with pytest.raises(Refused, match="another dictionary"):
        write_saelens(make(seed=1), tmp_path)
    same(read_saelens(tmp_path), make())


def test_topk_by_decoder_norm_is_that_of_a_decoder_of_unit_rows(tmp_path: Path, make: Make) -> None:
    scaled = make("topk", by_decoder_norm=True)
    write_saelens(scaled, tmp_path / "one")
    again = read_saelens(tmp_path / "one")
    lengths = scaled.parameters["W_dec"].norm(dim=1)
    unit = dict(scaled.parameters)
    unit["W_enc"] = unit["W_enc"] * lengths
    unit["b_enc"] = unit["b_enc"] * lengths
    unit["W_dec"] = unit["W_dec"] / lengths[:, None]
    plain = TopKDictionary(scaled.card, unit, k=4)
    hidden = torch.randn(50, 8, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(again.encode(hidden), plain.encode(hidden))
    torch.testing.assert_close(again.decode(again.encode(hidden)), plain.decode(plain.encode(hidden)))


def flat(make: Make, folder: Path, **changes: Any) -> None:
    """A folder as SAELens 3 wrote them."""
    write_saelens(make("relu"), folder)
    config = {
        "architecture": "standard",
        "d_in": 8,
        "d_sae": 24,
        "activation_fn_str": "relu",
        "apply_b_dec_to_input": True,
        "finetuning_scaling_factor": False,
        "context_size": 128,
        "model_name": "gpt2-small",
        "hook_name": "blocks.8.hook_resid_pre",
        "hook_layer": 8,
        "hook_head_index": None,
        "prepend_bos": True,
        "normalize_activations": "none",
        "dtype": "torch.float32",
        "sae_lens_training_version": "3.13.0",
    }
    (folder / CONFIG).write_text(json.dumps(config | changes))


def test_flat_configurations_of_earlier_versions(tmp_path: Path, make: Make) -> None:
    name = DictionaryName.parse("hub:openai-community/gpt2/layers.7.residual/24")
    flat(make, tmp_path)
    found = read_saelens(tmp_path, name)
    assert isinstance(found, ReluDictionary)
    assert found.centred
    assert found.card.name == str(name)
    flat(make, tmp_path, activation_fn_str="topk", activation_fn_kwargs={"k": 3}, apply_b_dec_to_input=False)
    found = read_saelens(tmp_path, name)
    assert isinstance(found, TopKDictionary)
    assert (found.k, found.centred) == (3, False)


def test_a_folder_that_does_not_say_its_model_needs_a_name(tmp_path: Path, make: Make) -> None:
    flat(make, tmp_path)
    with pytest.raises(Refused, match="does not say which model"):
        read_saelens(tmp_path)
    with pytest.raises(BadInput, match=r"does not belong to the site layers\.8\.residual"):
        read_saelens(tmp_path, DictionaryName.parse("hub:openai-community/gpt2/layers.8.residual/24"))


@pytest.mark.parametrize(
    "changes",
    [
        {"normalize_activations": "layer_norm"},
        {"normalize_activations": "expected_average_only_in"},
        {"normalize_activations": True},
        {"activation_fn_str": "tanh-relu"},
        {"hook_name": "blocks.8.attn.hook_z"},
        {"hook_head_index": 3},
        {"architecture": "temporal"},
        {"model_from_pretrained_kwargs": {"center_writing_weights": True}},
        {"reshape_activations": "hook_z"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_settings_that_are_not_computed_are_refused(
    tmp_path: Path, make: Make, changes: dict[str, Any]
) -> None:
    flat(make, tmp_path, **changes)
    with pytest.raises(Refused, match="does not compute"):
        read_saelens(tmp_path, DictionaryName.parse("m/layers.7.residual/24"))


def test_a_scale_that_changes_nothing_is_let_go_and_any_other_refused(tmp_path: Path, make: Make) -> None:
    from safetensors.torch import load_file, save_file

    flat(make, tmp_path)
    name = DictionaryName.parse("hub:openai-community/gpt2/layers.7.residual/24")
    tensors = load_file(tmp_path / WEIGHTS)
    save_file(tensors | {"scaling_factor": torch.ones(24)}, tmp_path / WEIGHTS)
    assert "scaling_factor" not in read_saelens(tmp_path, name).parameters
    save_file(tensors | {"scaling_factor": torch.full([24], 1.5)}, tmp_path / WEIGHTS)
    with pytest.raises(Refused, match="scaling"):
        read_saelens(tmp_path, name)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda config: config.update(d_sae=25), "does not fit"),
        (lambda config: config.update(apply_b_dec_to_input="yes"), "apply_b_dec_to_input"),
        (lambda config: config.update(architecture="standard"), "has the parameters"),
        (lambda config: config["metadata"]["clearspan"].update(tokens=-1), "The card"),
        (lambda config: config["metadata"]["clearspan"].update(name="nothing"), "The card"),
    ],
    ids=["size", "bias", "architecture", "card", "name"],
)
def test_configurations_that_do_not_fit(tmp_path: Path, make: Make, change: Any, says: str) -> None:
    write_saelens(make(), tmp_path)
    edit(tmp_path, change)
    with pytest.raises(BadInput, match=says):
        read_saelens(tmp_path)


def test_damaged_and_missing_files(tmp_path: Path, make: Make) -> None:
    write_saelens(make(), tmp_path)
    weights = (tmp_path / WEIGHTS).read_bytes()
    for bad in (weights[:-7], weights[:5], b"", pickle.dumps({"W_dec": 1})):
        (tmp_path / WEIGHTS).write_bytes(bad)
        with pytest.raises(BadInput, match="cannot be read"):
            read_saelens(tmp_path)
    (tmp_path / WEIGHTS).unlink()
    with pytest.raises(NotFound, match=WEIGHTS):
        read_saelens(tmp_path)
    (tmp_path / CONFIG).write_text("[1]")
    with pytest.raises(BadInput, match="not an object"):
        read_saelens(tmp_path)


def test_numbers_that_are_none(tmp_path: Path, make: Make) -> None:
    from safetensors.torch import load_file, save_file

    write_saelens(make(), tmp_path)
    tensors = {name: tensor.clone() for name, tensor in load_file(tmp_path / WEIGHTS).items()}
    tensors["W_dec"][3, 3] = float("nan")
    save_file(tensors, tmp_path / WEIGHTS)
    with pytest.raises(BadInput, match="NaN"):
        read_saelens(tmp_path)
