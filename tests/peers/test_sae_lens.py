"""SAELens opens what is written here, and the other way round; activations and reconstructions agree."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.formats.registry import read_dictionary, write_dictionary
from clearspan.features.formats.saelens import read_saelens, write_saelens
from clearspan.features.names import DictionaryName

sae_lens = pytest.importorskip(
    "sae_lens", reason="SAELens is not installed here; 'make test-peers' runs these"
)

Make = Callable[..., Dictionary]

KINDS = [
    ("relu", {}),
    ("relu", {"centred": True}),
    ("jumprelu", {}),
    ("jumprelu", {"centred": True}),
    ("gated", {}),
    ("gated", {"centred": True}),
    ("topk", {}),
    ("topk", {"centred": True}),
    ("topk", {"centred": True, "by_decoder_norm": True}),
]
NAME = DictionaryName.parse("hub:some/model/layers.3.residual/24")


def agree(ours: Dictionary, theirs: Any, hidden: torch.Tensor) -> None:
    with torch.no_grad():
        activations = theirs.encode(hidden)
        reconstruction = theirs(hidden)
    mine = ours.encode(hidden)
    assert (mine > 0).any()
    torch.testing.assert_close(mine, activations)
    torch.testing.assert_close(ours.decode(mine), reconstruction)


@pytest.mark.parametrize(("kind", "more"), KINDS, ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_sae_lens_opens_ours(
    tmp_path: Path, make: Make, hidden: torch.Tensor, kind: str, more: dict[str, Any], dtype: torch.dtype
) -> None:
    ours = make(kind, dtype, **more)
    write_saelens(ours, tmp_path / "one")
    theirs = sae_lens.SAE.load_from_disk(tmp_path / "one")
    assert theirs.cfg.metadata.hook_name == "blocks.15.hook_resid_post"
    agree(ours, theirs, hidden)


@pytest.mark.parametrize("architecture", ["standard", "jumprelu", "gated", "topk"])
@pytest.mark.parametrize("centred", [True, False])
def test_ours_opens_what_sae_lens_saves(
    tmp_path: Path, hidden: torch.Tensor, architecture: str, centred: bool
) -> None:
    torch.manual_seed(3)
    config = {
        "architecture": architecture,
        "d_in": 8,
        "d_sae": 24,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": centred,
        "normalize_activations": "none",
        "metadata": {"model_name": "some", "hook_name": "blocks.3.hook_resid_post"},
    } | ({"k": 4, "rescale_acts_by_decoder_norm": True} if architecture == "topk" else {})
    theirs = sae_lens.SAE.from_dict(config)
    for parameter in theirs.parameters():
        parameter.data.normal_()
    theirs.save_model(tmp_path)
    ours = read_saelens(tmp_path, NAME)
    agree(ours, theirs, hidden)
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(tensor, ours.parameters[name])


def test_ours_opens_a_batch_topk_dictionary_that_sae_lens_trained(
    tmp_path: Path, hidden: torch.Tensor
) -> None:
    torch.manual_seed(3)
    config = sae_lens.BatchTopKTrainingSAEConfig(d_in=8, d_sae=24, k=4)
    training = sae_lens.BatchTopKTrainingSAE(config)
    training.topk_threshold = torch.tensor(0.03, dtype=torch.double)
    training.save_inference_model(tmp_path)
    ours = read_saelens(tmp_path, NAME)
    assert (ours.architecture, ours.card.trained_as) == ("jumprelu", "batchtopk")
    agree(ours, sae_lens.SAE.load_from_disk(tmp_path), hidden)


@pytest.mark.parametrize(
    "more",
    [
        {"architecture": "standard", "activation_fn_str": "relu"},
        {"architecture": "standard", "activation_fn_str": "topk", "activation_fn_kwargs": {"k": 3}},
    ],
    ids=["relu", "topk"],
)
@pytest.mark.parametrize("centred", [True, False])
def test_flat_configurations_mean_the_same_to_both(
    tmp_path: Path, make: Make, hidden: torch.Tensor, more: dict[str, Any], centred: bool
) -> None:
    write_saelens(make("relu"), tmp_path)
    config = {
        "d_in": 8,
        "d_sae": 24,
        "apply_b_dec_to_input": centred,
        "model_name": "gpt2-small",
        "hook_name": "blocks.3.hook_resid_post",
        "hook_layer": 3,
        "hook_head_index": None,
        "normalize_activations": "none",
        "finetuning_scaling_factor": False,
        "context_size": 128,
        "dtype": "torch.float32",
        "device": "cpu",
        "sae_lens_training_version": "3.13.0",
    }
    (tmp_path / "cfg.json").write_text(json.dumps(config | more))
    agree(read_saelens(tmp_path, NAME), sae_lens.SAE.load_from_disk(tmp_path), hidden)


@pytest.mark.parametrize("number", [1, 2])
def test_its_loaders_of_gemma_scope_open_ours(
    tmp_path: Path, make: Make, hidden: torch.Tensor, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sae_lens.loading import pretrained_sae_loaders as loaders

    format_name = "gemma-scope" if number == 1 else "gemma-scope-2"
    folder = "layer_15/width_16k/average_l0_4" if number == 1 else "resid_post/layer_15_width_16k_l0_small"
    ours = make("jumprelu")
    write_dictionary(ours, tmp_path / folder, format_name)

    def local(repo_id: str, filename: str, subfolder: str = "", **_: Any) -> str:
        return str(tmp_path / subfolder / filename)

    monkeypatch.setattr(loaders, "hf_hub_download", local)
    monkeypatch.setattr(loaders, "get_safetensors_tensor_shapes", lambda *_: {"w_enc": [8, 24]})
    load = loaders.gemma_2_sae_huggingface_loader if number == 1 else loaders.gemma_3_sae_huggingface_loader
    repository = "google/gemma-scope-2b-pt-res" if number == 1 else "google/gemma-scope-2-1b-pt"
    config, state, _ = load(repository, folder, "cpu")
    theirs = sae_lens.SAE.from_dict(loaders.handle_config_defaulting(config | {"d_in": 8, "d_sae": 24}))
    theirs.load_state_dict(state)
    agree(ours, theirs, hidden)
    assert read_dictionary(tmp_path / folder, name=ours.card.parsed_name).card.name == ours.card.name
