"""Dials on vLLM against the plain path: the same tokens, and log-probabilities within two thousandths of a nat."""

import json
import math
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from clearspan.models.backends.vllm import plugin
from clearspan.models.backends.vllm.encoding import ARGUMENT, request_arguments
from clearspan.models.inside.dials import Dial
from tests.vllm.conftest import COUNT, DIALS, LAKE, LONG, SHIP, Yardstick, residual

vllm = pytest.importorskip("vllm", reason="vLLM is not installed here; 'make test-vllm' runs these")

TOLERANCE = 2e-3
"""In nats; both compute in float32, with other kernels."""


def parameters(yardstick: Yardstick, dials: Sequence[Dial], **more: Any) -> Any:
    arguments = request_arguments(dials, yardstick.backend.median_norm) if dials else None
    return vllm.SamplingParams(
        temperature=0, max_tokens=COUNT, ignore_eos=True, logprobs=1, extra_args=arguments, **more
    )


def prompts(yardstick: Yardstick, texts: Sequence[str]) -> list[list[int]]:
    return [yardstick.tokenizer(text)["input_ids"] for text in texts]


def run(engine: Any, tokens: Sequence[Sequence[int]], sampling: Sequence[Any]) -> list[Any]:
    given = [{"prompt_token_ids": list(each)} for each in tokens]
    return engine.generate(given, list(sampling), use_tqdm=False)


def chosen(output: Any) -> torch.Tensor:
    generated = output.outputs[0]
    return torch.tensor(
        [told[token].logprob for token, told in zip(generated.token_ids, generated.logprobs, strict=True)]
    )


def of_prompt(output: Any) -> torch.Tensor:
    told = zip(output.prompt_token_ids[1:], output.prompt_logprobs[1:], strict=True)
    return torch.tensor([given[token].logprob for token, given in told])


def refusal() -> type[Exception]:
    """What vLLM's server makes a status 400 of."""
    from vllm.exceptions import VLLMValidationError

    return VLLMValidationError


def test_each_request_of_a_mixed_batch_is_dialled_as_on_the_plain_path(
    engine: Any, yardstick: Yardstick
) -> None:
    texts = [LAKE if place % 2 else SHIP for place in range(len(DIALS))]
    tokens = prompts(yardstick, texts)
    sampling = [parameters(yardstick, dials, prompt_logprobs=1) for dials in DIALS.values()]
    outputs = run(engine, tokens, sampling)
    texts_seen: set[tuple[int, ...]] = set()
    for name, dials, prompt, output in zip(DIALS, DIALS.values(), tokens, outputs, strict=True):
        expected, logs, before = yardstick.continued(prompt, dials, COUNT)
        assert list(output.outputs[0].token_ids) == expected, name
        assert (chosen(output) - logs).abs().max() < TOLERANCE, name
        # The prompt is dialled too, position by position.
        assert (of_prompt(output) - before).abs().max() < TOLERANCE, name
        texts_seen.add((*prompt, *expected))
    # The dials did something: hardly two requests went on in the same way.
    assert len(texts_seen) >= len(DIALS) - 2


def test_requests_of_other_lengths_come_and_go(engine: Any, yardstick: Yardstick) -> None:
    dials = list(DIALS.values())
    texts = [LONG[: 40 + 90 * place] for place in range(len(dials))]
    tokens = prompts(yardstick, texts)
    sampling = [parameters(yardstick, each) for each in dials]
    for place, each in enumerate(sampling):
        each.max_tokens = 2 + place
    for prompt, each, output in zip(tokens, dials, run(engine, tokens, sampling), strict=True):
        count = len(output.outputs[0].token_ids)
        expected, logs, _ = yardstick.continued(prompt, each, count)
        assert list(output.outputs[0].token_ids) == expected
        assert (chosen(output) - logs).abs().max() < TOLERANCE


def test_a_cached_prefix_is_shared_only_between_equal_dials(engine: Any, yardstick: Yardstick) -> None:
    (prompt,) = prompts(yardstick, [LONG])
    assert len(prompt) > 256
    for dials in ((), DIALS["clamped residual"], (), DIALS["raised residual"], DIALS["clamped residual"]):
        (output,) = run(engine, [prompt], [parameters(yardstick, dials)])
        expected, logs, _ = yardstick.continued(prompt, dials, COUNT)
        assert list(output.outputs[0].token_ids) == expected
        assert (chosen(output) - logs).abs().max() < TOLERANCE


def test_attention_sinks_are_left_alone(engine: Any, yardstick: Yardstick) -> None:
    (prompt,) = prompts(yardstick, [LAKE])
    dials = (residual(13).add(1.0),)
    everywhere = request_arguments(dials, lambda _: 1e9)
    spared = request_arguments(dials, yardstick.backend.median_norm)
    sampling = [parameters(yardstick, ()) for _ in range(2)]
    sampling[0].extra_args, sampling[1].extra_args = everywhere, spared
    outputs = run(engine, [prompt, prompt], sampling)
    _, logs, _ = yardstick.continued(prompt, dials, COUNT)
    assert (chosen(outputs[1]) - logs).abs().max() < TOLERANCE
    assert (chosen(outputs[0]) - logs).abs().max() > TOLERANCE


def _entry(**changes: Any) -> str:
    (entry,) = json.loads(request_arguments([residual(1).add(1)], lambda _: 9.0)["clearspan_dials"])
    return json.dumps([{**entry, **changes}])


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        (_entry(site="layers.30.residual"), "30 layers"),
        (_entry(site="layers.3.heads"), "not the address"),
        (_entry(operation="stir"), "none of clamp"),
        (_entry(target=math.nan), "not finite"),
        (_entry(encoder="AAAA"), "no float32"),
        (_entry(decoder="AACAPwAAgD8="), "the model has 576"),
        (_entry(encoder="***"), "base64|Only"),
        ("[{}]", "cannot be read"),
        ("3", "cannot be read"),
        ("{", "Expecting"),
        (json.dumps(json.loads(_entry()) * 65), "at most 64"),
    ],
)
def test_what_cannot_be_dialled_is_refused_before_it_is_queued(
    engine: Any, yardstick: Yardstick, argument: str, says: str
) -> None:
    sampling = parameters(yardstick, ())
    sampling.extra_args = {ARGUMENT: argument}
    with pytest.raises(refusal(), match=says):
        run(engine, prompts(yardstick, [LAKE]), [sampling])
    (output,) = run(engine, prompts(yardstick, [LAKE]), [parameters(yardstick, ())])
    assert output.outputs[0].token_ids


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"enforce_eager": False}, "--enforce-eager"),
        ({"architecture": "GPT2LMHeadModel"}, "not known to work"),
    ],
)
def test_a_server_that_cannot_dial_says_so(change: dict[str, Any], says: str) -> None:
    model = SimpleNamespace(**{"enforce_eager": True, "architecture": "LlamaForCausalLM", **change})
    process: Callable[..., Any] = plugin._checking(lambda *_: pytest.fail("it was queued"))
    front = SimpleNamespace(vllm_config=SimpleNamespace(model_config=model))
    params = SimpleNamespace(extra_args={ARGUMENT: _entry()})
    with pytest.raises(refusal(), match=says):
        process(front, "r", {}, params)
