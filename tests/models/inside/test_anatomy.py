from threading import Thread, get_ident

import pytest
import torch
import transformers

from clearspan.errors import BadInput, Refused
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.hooks import hooked
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel

TOKENS = torch.tensor([[5, 9, 88, 41, 41, 3, 120, 77, 60, 11, 19, 54]])


def test_the_residual_stream_is_the_sum_of_what_is_added(family: LoadedModel) -> None:
    anatomy = Anatomy.of(family.model)
    sites = [shape.site for shape in anatomy.sites()]
    with torch.no_grad(), hooked(anatomy, read=sites) as seen:
        family.model(input_ids=TOKENS)
    stream = seen[Site("embedding")]
    for number in range(3):
        stream = stream + seen[Site("attention", number)] + seen[Site("mlp", number)]
        torch.testing.assert_close(stream, seen[Site("residual", number)], rtol=1e-4, atol=1e-4)


def test_what_is_read_is_what_transformers_says(family: LoadedModel) -> None:
    anatomy = Anatomy.of(family.model)
    sites = [Site("embedding"), Site("residual", 0), Site("residual", 1)]
    with torch.no_grad(), hooked(anatomy, read=[*sites, Site("residual", 2)]) as seen:
        output = family.model(input_ids=TOKENS, output_hidden_states=True)
    for site, hidden in zip(sites, output.hidden_states, strict=False):
        assert torch.equal(seen[site], hidden)
    # transformers gives the last layer's output after the final norm.
    last = anatomy.final_norm(seen[Site("residual", 2)])
    assert torch.equal(last, output.hidden_states[3])
    found = anatomy.head(last)
    cap = getattr(family.model.config, "final_logit_softcapping", None)
    logits = torch.tanh(found / cap) * cap if cap else found
    torch.testing.assert_close(logits, output.logits)


def test_sites_have_addresses_and_shapes(tiny_llama: LoadedModel) -> None:
    anatomy = Anatomy.of(tiny_llama.model)
    assert [str(shape.site) for shape in anatomy.sites()][:5] == [
        "embedding",
        "layers.0.attention",
        "layers.0.mlp",
        "layers.0.residual",
        "layers.1.attention",
    ]
    assert {shape.width for shape in anatomy.sites()} == {32}
    assert len(anatomy.sites()) == 1 + 3 * 3
    for shape in anatomy.sites():
        anatomy.check(shape.site)
    with pytest.raises(BadInput, match=r"no site 'layers\.3\.mlp'.*from 0 to 2.*'layers\.N\.residual'"):
        anatomy.check(Site.parse("layers.3.mlp"))


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("MambaConfig", {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 4}, "0 attention parts"),
        ("BloomConfig", {"hidden_size": 32, "n_layer": 2, "n_head": 4}, "not found apart"),
        (
            "RecurrentGemmaConfig",
            {"hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 4, "lru_width": 32},
            "0 attention parts",
        ),
    ],
)
def test_other_structures_are_refused_with_a_reason(name: str, options: dict[str, int], reason: str) -> None:
    config = getattr(transformers, name)(vocab_size=64, **options)
    model = transformers.AutoModelForCausalLM.from_config(config).eval()
    with pytest.raises(Refused, match=f"cannot see inside a .*{reason}"):
        Anatomy.of(model)
    assert not [module for module in model.modules() if module._forward_hooks or module._forward_pre_hooks]


def test_a_model_is_seen_inside_while_another_thread_generates_with_it(tiny_llama: LoadedModel) -> None:
    own, model = get_ident(), tiny_llama.model

    def generate() -> None:
        with torch.inference_mode():
            model(input_ids=TOKENS)

    def meanwhile(*_: object) -> None:
        if get_ident() == own:
            other = Thread(target=generate)
            other.start()
            other.join()

    # Between the first layer of the probe and the second, all layers run once more elsewhere.
    handle = model.model.layers[0].register_forward_hook(meanwhile)
    try:
        found = Anatomy.of(model)
    finally:
        handle.remove()
    alone = Anatomy.of(model)
    assert [(each.attention, each.mlp) for each in found.layers] == [
        (each.attention, each.mlp) for each in alone.layers
    ]
    assert found.final_norm is alone.final_norm
