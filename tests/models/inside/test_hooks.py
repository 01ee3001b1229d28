import threading

import pytest
import torch

from clearspan.errors import BadInput
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.hooks import SINK_RATIO, hooked
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel

TOKENS = torch.tensor([[5, 9, 88, 41, 41, 3, 120], [7, 7, 7, 60, 61, 62, 63], [99, 1, 2, 3, 50, 40, 30]])


def direction(site: str, seed: int = 0) -> Direction:
    vector = torch.randn(32, generator=torch.Generator().manual_seed(seed))
    return Direction.of("d", "tiny", site, vector)


def logits(anatomy: Anatomy, tokens: torch.Tensor, dials: list[list[Dial]]) -> torch.Tensor:
    with torch.no_grad(), hooked(anatomy, dials=dials, median_norm=lambda _: 1e9):
        return anatomy.model(input_ids=tokens).logits


@pytest.mark.parametrize("site", ["embedding", "layers.1.attention", "layers.1.mlp", "layers.1.residual"])
def test_an_addition_arrives_where_it_is_addressed(family: LoadedModel, site: str) -> None:
    anatomy = Anatomy.of(family.model)
    dial = direction(site).add(2)
    after = Site("residual", 1)
    reads = [Site.parse(site), after]
    with torch.no_grad():
        with hooked(anatomy, read=reads) as before:
            plain = family.model(input_ids=TOKENS).logits
        with hooked(anatomy, read=reads, dials=[[dial]] * 3, median_norm=lambda _: 1e9) as dialled:
            changed = family.model(input_ids=TOKENS).logits
    expected = before[reads[0]] + 2 * dial.direction.decoder
    torch.testing.assert_close(dialled[reads[0]], expected, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(dialled[after], before[after], atol=1e-2)
    assert not torch.allclose(changed, plain, atol=1e-3)


def test_rows_of_a_batch_have_dials_of_their_own(family: LoadedModel) -> None:
    anatomy = Anatomy.of(family.model)
    rows = [
        [direction("layers.0.mlp", 1).add(3), direction("layers.2.residual", 2).clamp(-2)],
        [],
        [direction("embedding", 3).ablate(), direction("layers.1.attention", 4).add(1)],
    ]
    together = logits(anatomy, TOKENS, rows)
    for number, dials in enumerate(rows):
        alone = logits(anatomy, TOKENS[number : number + 1], [dials])
        torch.testing.assert_close(together[number], alone[0], rtol=1e-4, atol=1e-4)
    assert not torch.allclose(together[0], family.model(input_ids=TOKENS[:1]).logits[0], atol=1e-3)


def test_sinks_are_left_alone(tiny_llama: LoadedModel) -> None:
    anatomy = Anatomy.of(tiny_llama.model)
    site = Site("residual", 1)
    with torch.no_grad():
        with hooked(anatomy, read=[site]) as before:
            tiny_llama.model(input_ids=TOKENS)
        sizes = before[site].norm(dim=-1)
        middle = float(sizes.median())
        dials = [[direction(str(site)).add(1)]] * 3
        with hooked(anatomy, read=[site], dials=dials, median_norm=lambda _: middle / SINK_RATIO) as seen:
            tiny_llama.model(input_ids=TOKENS)
    sinks = sizes > middle
    assert sinks.any()
    assert torch.equal(seen[site][sinks], before[site][sinks])
    assert ((seen[site] - before[site]).norm(dim=-1)[~sinks] > 1).all()


def test_other_threads_are_not_dialled(tiny_llama: LoadedModel) -> None:
    anatomy = Anatomy.of(tiny_llama.model)
    plain = logits(anatomy, TOKENS, [])
    found: list[torch.Tensor] = []
    dials = [[direction("layers.1.residual").add(5)]] * 3
    with hooked(anatomy, dials=dials, read=[Site("embedding")], stop=True, median_norm=lambda _: 1e9) as seen:
        other = threading.Thread(target=lambda: found.append(logits(anatomy, TOKENS, [])))
        other.start()
        other.join()
    assert torch.equal(found[0], plain)
    assert seen == {}


def test_nothing_is_left_behind(tiny_llama: LoadedModel) -> None:
    anatomy = Anatomy.of(tiny_llama.model)
    with pytest.raises(ZeroDivisionError), hooked(anatomy, read=[Site("mlp", 0), Site("embedding")]):
        _ = 1 / 0
    with pytest.raises(BadInput, match="no site"), hooked(anatomy, read=[Site("mlp", 0), Site("mlp", 9)]):
        pass
    modules = list(tiny_llama.model.modules())
    assert not [module for module in modules if module._forward_hooks or module._forward_pre_hooks]


def test_layers_above_the_last_site_are_not_computed(tiny_llama: LoadedModel) -> None:
    anatomy = Anatomy.of(tiny_llama.model)
    computed: list[int] = []
    handles = [
        layer.module.register_forward_pre_hook(lambda *_, n=number: computed.append(n))
        for number, layer in enumerate(anatomy.layers)
    ]
    with hooked(anatomy, read=[Site("mlp", 1), Site("embedding")], stop=True) as seen:
        anatomy.model(input_ids=TOKENS)
        raise AssertionError("the forward pass went on")
    for handle in handles:
        handle.remove()
    assert computed == [0, 1]
    assert set(seen) == {Site("mlp", 1), Site("embedding")}
