import pytest
import torch

from clearspan.errors import BadInput, TooLarge
from clearspan.models.backends.base import Backend, Work
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.weights.loading import LoadedModel

PROMPT = [5, 9, 88, 41, 41, 3, 120, 77, 60, 11, 19, 54]


def direction(site: str, seed: int = 0, width: int = 32, model: str = "tiny") -> Direction:
    vector = torch.randn(width, generator=torch.Generator().manual_seed(seed))
    return Direction.of("d", model, site, vector)


def step(backend: Backend, dials: list[Dial], *parts: list[int]) -> torch.Tensor:
    """Logits after every token of a sequence that is given in parts."""
    slot = backend.open(dials)
    found = [backend.forward([Work(slot, part, "all")])[0] for part in parts]
    assert slot.length == sum(len(part) for part in parts)
    backend.close(slot)
    return torch.cat([logits for logits in found if logits is not None])


DIALS = {
    "none": lambda: [],
    "several": lambda: [
        direction("embedding", 1).add(1),
        direction("layers.0.attention", 2).clamp(-2),
        direction("layers.1.mlp", 3).clamp(3),
        direction("layers.1.residual", 4).ablate(),
        direction("layers.1.residual", 5).add(1),
    ],
}


@pytest.mark.parametrize("dials", list(DIALS))
def test_a_cache_changes_nothing(family: LoadedModel, dials: str) -> None:
    backend = PlainBackend(family, "tiny")
    chosen = DIALS[dials]()
    whole = step(backend, chosen, PROMPT)
    parts = step(backend, chosen, PROMPT[:4], PROMPT[4:7], *[[token] for token in PROMPT[7:]])
    torch.testing.assert_close(parts, whole, rtol=2e-4, atol=2e-4)
    with torch.no_grad():
        plain = family.model(input_ids=torch.tensor([PROMPT]), use_cache=False).logits[0]
    changed = not torch.allclose(whole, plain, atol=1e-3)
    assert changed == bool(chosen)


def test_clamping_to_the_current_activation_changes_nothing(family: LoadedModel) -> None:
    backend = PlainBackend(family, "tiny")
    (shape,) = [shape for shape in backend.anatomy.sites() if str(shape.site) == "layers.1.residual"]
    from clearspan.models.inside.hooks import hooked

    with torch.no_grad(), hooked(backend.anatomy, read=[shape.site]) as seen:
        family.model(input_ids=torch.tensor([PROMPT[:1]]))
    towards = direction("layers.1.residual", 7)
    now = float(towards.activation(seen[shape.site][0, 0]))
    plain = step(backend, [], PROMPT[:1])
    torch.testing.assert_close(step(backend, [towards.clamp(now)], PROMPT[:1]), plain, rtol=1e-3, atol=1e-4)
    assert not torch.allclose(step(backend, [towards.clamp(now + 2)], PROMPT[:1]), plain, atol=1e-2)


def test_a_step_over_several_sequences(tiny_llama: LoadedModel) -> None:
    backend = PlainBackend(tiny_llama, "tiny")
    sets = [[], [direction("layers.1.residual", 1).add(2)], [direction("layers.2.mlp", 2).clamp(4)]]
    slots = [backend.open(dials) for dials in sets]
    prompts = [PROMPT, PROMPT[:5], PROMPT[2:9]]
    last, every, none = backend.forward(
        [
            Work(slots[0], prompts[0]),
            Work(slots[1], prompts[1], "all"),
            Work(slots[2], prompts[2], "none"),
        ]
    )
    assert last is not None
    assert last.shape == (128,)
    assert last.dtype == torch.float32
    assert every is not None
    assert every.shape == (5, 128)
    assert none is None
    assert [slot.length for slot in slots] == [12, 5, 7]
    (after,) = backend.forward([Work(slots[2], [17])])
    assert after is not None
    alone = [
        step(backend, dials, prompt)
        for dials, prompt in zip(sets, [*prompts[:2], [*prompts[2], 17]], strict=True)
    ]
    torch.testing.assert_close(last, alone[0][-1])
    torch.testing.assert_close(every, alone[1])
    torch.testing.assert_close(after, alone[2][-1], rtol=1e-4, atol=1e-4)
    for slot in slots:
        backend.close(slot)
        backend.close(slot)


@pytest.mark.parametrize(
    ("dial", "reason"),
    [
        (lambda: direction("layers.3.residual").add(1), r"no site 'layers\.3\.residual'"),
        (lambda: direction("layers.1.residual", width=48).add(1), "has 48 numbers.*tiny have 32"),
        (lambda: direction("layers.1.residual", model="other").add(1), "belongs to other, not to tiny"),
    ],
)
def test_dials_of_another_model(tiny_llama: LoadedModel, dial: object, reason: str) -> None:
    backend = PlainBackend(tiny_llama, "tiny")
    with pytest.raises(BadInput, match=reason):
        backend.check([dial()])
    with pytest.raises(BadInput, match=reason):
        backend.open([dial()])


def test_a_sequence_ends_with_the_context(tiny_llama: LoadedModel) -> None:
    backend = PlainBackend(tiny_llama, "tiny")
    assert (backend.context_length, backend.vocabulary) == (96, 128)
    slot = backend.open()
    backend.forward([Work(slot, [1] * 95)])
    with pytest.raises(TooLarge, match=r"97 tokens.*holds 96"):
        backend.forward([Work(slot, [1, 2])])
    backend.forward([Work(slot, [1])])
    assert slot.length == 96


def test_the_first_position_of_the_default_model_is_not_dialled(smollm2: LoadedModel) -> None:
    backend = PlainBackend(smollm2, "smollm2-135m")
    tokens = smollm2.tokenizer("The capital of France is")["input_ids"]
    dial = direction("layers.15.residual", width=576, model="smollm2-135m").add(20)
    plain, dialled = step(backend, [], tokens), step(backend, [dial], tokens)
    assert torch.equal(plain[0], dialled[0])
    assert not torch.allclose(plain[1], dialled[1], atol=0.1)
