import pytest
import torch

from clearspan.errors import BadInput
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.sinks import TEXT, SinkRule
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel


def test_medians_are_those_of_the_fixed_text(smollm2: LoadedModel) -> None:
    tokens = torch.tensor([smollm2.tokenizer(TEXT)["input_ids"]])
    assert 300 <= tokens.shape[1] <= 500
    with torch.inference_mode():
        states = smollm2.model(input_ids=tokens, output_hidden_states=True).hidden_states
    rule = SinkRule(smollm2, Anatomy.of(smollm2.model), 8192)
    for layer in (0, 15, 28):
        norms = states[layer + 1][0].float().norm(dim=-1)
        assert rule.median_norm(Site("residual", layer)) == pytest.approx(float(norms.median()), rel=1e-6)
    # The first position is a sink from the layer on where it becomes one, and no other position is.
    assert (states[16][0].float().norm(dim=-1) > 10 * rule.median_norm(Site("residual", 15))).tolist() == [
        True,
        *[False] * (tokens.shape[1] - 1),
    ]


def test_a_short_context_and_a_site_that_is_not_there(tiny_llama: LoadedModel) -> None:
    anatomy = Anatomy.of(tiny_llama.model)
    rules = [SinkRule(tiny_llama, anatomy, 96) for _ in range(2)]
    medians = [[rule.median_norm(shape.site) for shape in anatomy.sites()] for rule in rules]
    assert medians[0] == medians[1]
    assert min(medians[0]) > 0
    with pytest.raises(BadInput, match="no site"):
        rules[0].median_norm(Site("mlp", 3))
