"""What vLLM calls, and what is put around its own functions."""

import functools
import hashlib
import importlib
from collections.abc import Callable, Sequence
from typing import Any

from clearspan.errors import BadInput
from clearspan.models.backends.vllm.dialler import Dialler, argument_of
from clearspan.models.backends.vllm.encoding import ARGUMENT, decoded
from clearspan.models.backends.vllm.holding import hold

MODEL_ARCHITECTURES = frozenset(
    {"LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM"},
)
"""Models whose layers add attention and feed-forward to a residual stream that they hand on beside it."""


def register() -> None:
    """Join vLLM; called by it in each of its processes, perhaps more than once."""
    processor = importlib.import_module("vllm.v1.engine.input_processor").InputProcessor
    if getattr(processor, ARGUMENT, False):
        return
    setattr(processor, ARGUMENT, True)
    processor.process_inputs = _checking(processor.process_inputs)
    first = importlib.import_module("vllm.v1.worker.gpu_model_runner").GPUModelRunner
    first._prepare_inputs = _planning(first._prepare_inputs, _first_batch)
    first.execute_model = _following(first.execute_model)
    second = importlib.import_module("vllm.v1.worker.gpu.model_runner").GPUModelRunner
    second.prepare_inputs = _planning(second.prepare_inputs, _second_batch)
    second.execute_model = _following(second.execute_model)


def _checking(process_inputs: Callable[..., Any]) -> Callable[..., Any]:
    """In the front: a request's dials are checked before it is queued, and its cached prefixes set apart."""

    @functools.wraps(process_inputs)
    def checked(self: Any, request_id: str, prompt: Any, params: Any, *args: Any, **kwargs: Any) -> Any:
        argument = argument_of(params)
        if argument is not None:
            try:
                _check(argument, self.vllm_config)
            except ValueError as error:
                # The one that vLLM's server makes a status 400 of.
                refusal = importlib.import_module("vllm.exceptions").VLLMValidationError
                raise refusal(str(error), parameter=ARGUMENT) from error
        request = process_inputs(self, request_id, prompt, params, *args, **kwargs)
        if argument is not None:
            dialled = hashlib.sha256(argument.encode()).hexdigest()
            request.cache_salt = f"{request.cache_salt or ''}|{ARGUMENT}:{dialled}"
        return request

    return checked


def _check(argument: object, config: Any) -> None:
    if not isinstance(argument, str):
        raise ValueError(f"{ARGUMENT} must be the string that request_arguments() writes")  # noqa: TRY004
    model = config.model_config
    if not model.enforce_eager:
        raise ValueError("this server cannot dial: start it with --enforce-eager")
    if model.architecture not in MODEL_ARCHITECTURES:
        raise ValueError(f"dials are not known to work in {model.architecture} on vLLM")
    layers, width = model.hf_text_config.num_hidden_layers, model.get_hidden_size()
    for dial in decoded(argument):
        try:
            dial.site.require(layers)
        except BadInput as error:
            raise ValueError(str(error)) from error
        if not len(dial.encoder) == len(dial.decoder) == width:
            raise ValueError(
                f"the dial at {dial.site} has {len(dial.decoder)} numbers; the model has {width}"
            )
    hold(decoded(argument), model.model)


def _following(execute_model: Callable[..., Any]) -> Callable[..., Any]:
    """In the runner: requests are followed from step to step; the hooks come with the first that is dialled."""

    @functools.wraps(execute_model)
    def followed(self: Any, scheduler_output: Any, *args: Any, **kwargs: Any) -> Any:
        dialler = getattr(self, ARGUMENT, None)
        if dialler is None:
            new = getattr(scheduler_output, "scheduled_new_reqs", ())
            if not any(argument_of(request.sampling_params) is not None for request in new):
                return execute_model(self, scheduler_output, *args, **kwargs)
            dialler = Dialler(self)
            setattr(self, ARGUMENT, dialler)
        dialler.follow(scheduler_output)
        try:
            return execute_model(self, scheduler_output, *args, **kwargs)
        finally:
            dialler.rest()

    return followed


def _planning(prepare_inputs: Callable[..., Any], batch: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """In the runner: once vLLM has laid out a batch, its dials are laid out beside it."""

    @functools.wraps(prepare_inputs)
    def planned(self: Any, *args: Any, **kwargs: Any) -> Any:
        prepared = prepare_inputs(self, *args, **kwargs)
        dialler = getattr(self, ARGUMENT, None)
        if dialler is not None:
            dialler.plan(*batch(self, prepared))
        return prepared

    return planned


def _first_batch(runner: Any, _prepared: Any) -> tuple[Sequence[str], Sequence[int]]:
    """Requests and starts of vLLM's first model runner, which keeps them."""
    requests = runner.input_batch.req_ids
    return requests, runner.query_start_loc.np[: len(requests) + 1].tolist()


def _second_batch(_runner: Any, prepared: Any) -> tuple[Sequence[str], Sequence[int]]:
    """Requests and starts of vLLM's second model runner, which hands them on."""
    return prepared.req_ids, prepared.query_start_loc_np[: len(prepared.req_ids) + 1].tolist()
