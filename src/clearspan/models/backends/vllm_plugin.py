"""Dials on a vLLM server: a general plugin of vLLM, all of it in this file.

A request carries its dials as one string in `vllm_xargs`; `request_arguments` writes it. Each is applied at every
position of that request alone, prompt and generated tokens alike, with the arithmetic of `dials`; other requests
of the batch are not touched. Cached prefixes are shared only between requests with the same dials.

vLLM loads the plugin by itself where Clearspan is installed beside it (entry point `vllm.general_plugins`). Dials
are Python that runs between the layers, which graphs leave out: a server that is to take them runs with
`--enforce-eager`, and one that does not refuses them, as it does for architectures where the sites are not known
to be where they are expected.
"""

import base64
import functools
import hashlib
import importlib
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import torch

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial
    from clearspan.models.inside.sites import Site

ARGUMENT = "clearspan_dials"
"""Name of the argument in `vllm_xargs`."""

ARCHITECTURES = frozenset(
    {"LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM", "Qwen3ForCausalLM"},
)
"""Models whose layers add attention and feed-forward to a residual stream that they hand on beside it."""

_MOST_DIALS = 64
_SINK_RATIO = 10.0
_SITE = re.compile(r"embedding|layers\.(0|[1-9][0-9]{0,4})\.(attention|mlp|residual)")
_OPERATIONS = ("clamp", "add", "ablate")


def request_arguments(dials: "Sequence[Dial]", median_norm: "Callable[[Site], float]") -> dict[str, str]:
    """The `vllm_xargs` of a request, or the `extra_args` of a `SamplingParams`, that carry these dials.

    Args:
        dials: of the model that the server runs.
        median_norm: of a site (`Backend.median_norm`); positions above ten times it are left alone.
    """
    return {
        ARGUMENT: json.dumps(
            [
                {
                    "site": str(dial.direction.site),
                    "operation": dial.operation,
                    "target": dial.amount * dial.direction.maximum,
                    "encoder": _packed(dial.direction.encoder),
                    "decoder": _packed(dial.direction.decoder),
                    "bias": dial.direction.bias,
                    "threshold": dial.direction.threshold,
                    "limit": _SINK_RATIO * median_norm(dial.direction.site),
                }
                for dial in dials
            ]
        )
    }


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


@dataclass(frozen=True, slots=True)
class _Row:
    """One dial as it travels.

    Attributes:
        encoder, decoder: shape `(width,)`, float32.
        target: of the activation, or how far it is raised.
        limit: norm above which a position is an attention sink.
    """

    site: str
    operation: str
    target: float
    encoder: torch.Tensor
    decoder: torch.Tensor
    bias: float
    threshold: float | None
    limit: float


@functools.lru_cache(maxsize=512)
def _read(argument: str) -> tuple[_Row, ...]:
    """The dials of a request.

    Raises:
        ValueError: the argument is not what `request_arguments` writes.
    """
    try:
        given = json.loads(argument)
        rows = tuple(_row(entry) for entry in given)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{ARGUMENT} cannot be read: {type(error).__name__} {error}") from error
    if len(rows) > _MOST_DIALS:
        raise ValueError(f"{ARGUMENT} has {len(rows)} dials; at most {_MOST_DIALS} are applied")
    return rows


def _row(entry: Mapping[str, Any]) -> _Row:
    site, operation = str(entry["site"]), str(entry["operation"])
    if not _SITE.fullmatch(site):
        raise ValueError(f"{ARGUMENT}: '{site:.60}' is not the address of an activation")
    if operation not in _OPERATIONS:
        raise ValueError(f"{ARGUMENT}: '{operation:.20}' is none of {', '.join(_OPERATIONS)}")
    threshold = None if entry["threshold"] is None else float(entry["threshold"])
    row = _Row(
        site=site,
        operation=operation,
        target=float(entry["target"]),
        encoder=_unpacked(entry["encoder"]),
        decoder=_unpacked(entry["decoder"]),
        bias=float(entry["bias"]),
        threshold=threshold,
        limit=float(entry["limit"]),
    )
    numbers = (row.target, row.bias, threshold or 0.0, row.limit)
    vectors = torch.cat([row.encoder, row.decoder])
    if not all(map(math.isfinite, numbers)) or not vectors.isfinite().all():
        raise ValueError(f"{ARGUMENT}: the dial at {site} holds a number that is not finite")
    return row


def _packed(vector: torch.Tensor) -> str:
    values = cast("Any", vector.detach().float().cpu().contiguous()).numpy().astype("<f4")
    return base64.b64encode(values.tobytes()).decode()


def _unpacked(text: str) -> torch.Tensor:
    raw = base64.b64decode(text, validate=True)
    if not raw or len(raw) % 4:
        raise ValueError(f"{ARGUMENT}: a vector has {len(raw)} bytes, which are no float32 numbers")
    return torch.frombuffer(bytearray(raw), dtype=torch.float32).clone()


def _argument(sampling: Any) -> str | None:
    """What a request's sampling parameters hold of dials."""
    extra = getattr(sampling, "extra_args", None)
    return extra.get(ARGUMENT) if extra else None


def _checking(process_inputs: Callable[..., Any]) -> Callable[..., Any]:
    """In the front: a request's dials are checked before it is queued, and its cached prefixes set apart."""

    @functools.wraps(process_inputs)
    def checked(self: Any, request_id: str, prompt: Any, params: Any, *args: Any, **kwargs: Any) -> Any:
        argument = _argument(params)
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
    if model.architecture not in ARCHITECTURES:
        raise ValueError(f"dials are not known to work in {model.architecture} on vLLM")
    layers, width = model.hf_text_config.num_hidden_layers, model.get_hidden_size()
    for row in _read(argument):
        if row.site != "embedding" and int(row.site.split(".")[1]) >= layers:
            raise ValueError(f"there is no {row.site}: the model has {layers} layers, counted from 0")
        if not len(row.encoder) == len(row.decoder) == width:
            raise ValueError(f"the dial at {row.site} has {len(row.decoder)} numbers; the model has {width}")


@dataclass(slots=True)
class _Batch:
    """What one site needs to dial one batch; a pair is a token and a dial of its request.

    Attributes:
        tokens: rows of the batch, shape `(pairs,)`.
        dials: rows of the matrices below, shape `(pairs,)`.
        encoders, decoders: shape `(dials, width)`.
        factors: for each dial bias, threshold (minus infinity without one), limit, target, and by how much of the
            activation the shift is reduced: 1 for clamp and ablate, 0 for add; shape `(dials, 5)`.
    """

    tokens: torch.Tensor
    dials: torch.Tensor
    encoders: torch.Tensor
    decoders: torch.Tensor
    factors: torch.Tensor

    @classmethod
    def of(cls, spans: Sequence[tuple[int, int, _Row]], device: torch.device) -> "_Batch":
        tokens = torch.cat([torch.arange(start, end) for start, end, _ in spans])
        counts = torch.tensor([end - start for start, end, _ in spans])
        rows = [row for _, _, row in spans]
        factors = [
            (
                row.bias,
                -math.inf if row.threshold is None else row.threshold,
                row.limit,
                0.0 if row.operation == "ablate" else row.target,
                0.0 if row.operation == "add" else 1.0,
            )
            for row in rows
        ]
        return cls(
            tokens.to(device),
            torch.arange(len(rows)).repeat_interleave(counts).to(device),
            torch.stack([row.encoder for row in rows]).to(device),
            torch.stack([row.decoder for row in rows]).to(device),
            torch.tensor(factors).to(device),
        )

    def change(self, hidden: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """What the dialled tokens become, shape `(pairs, width)`, and which are changed at all, `(pairs, 1)`.

        Pairs of one token become the same.
        """
        exact = hidden[self.tokens].float()
        bias, threshold, limit, target, reduced = self.factors[self.dials].unbind(-1)
        before = (exact * self.encoders[self.dials]).sum(-1) + bias
        activation = torch.where(before > threshold, before, 0.0)
        shift = torch.where(exact.square().sum(-1).sqrt() > limit, 0.0, target - reduced * activation)
        # All activations are read before any dial moves them, as `dials` demands.
        moved = torch.zeros(hidden.shape, dtype=torch.float32, device=hidden.device)
        moved.index_add_(0, self.tokens, shift[:, None] * self.decoders[self.dials])
        move = moved[self.tokens]
        return (exact + move).to(hidden.dtype), (move != 0).any(-1, keepdim=True)


class _Dialler:
    """The dials of one model runner: what its requests asked for, and the batch that is being computed."""

    def __init__(self, runner: Any) -> None:
        self._asked: dict[str, str] = {}
        self._plan: dict[str, _Batch] = {}
        self._planned: object = None
        self._active = False
        self._device: torch.device = runner.device
        layers = runner.get_model().model.layers
        for number, layer in enumerate(layers):
            # The layers of other machines of a pipeline are placeholders without parts.
            if hasattr(layer, "self_attn"):
                layer.register_forward_hook(self._after_layer(f"layers.{number}.residual"))
                layer.self_attn.register_forward_hook(self._after_part(f"layers.{number}.attention"))
                layer.mlp.register_forward_hook(self._after_part(f"layers.{number}.mlp"))
        if hasattr(layers[0], "self_attn"):
            layers[0].register_forward_pre_hook(self._before_layers)

    def follow(self, scheduled: Any) -> None:
        """Learn which requests came and went."""
        for request in scheduled.finished_req_ids:
            self._asked.pop(request, None)
        for request in scheduled.scheduled_new_reqs:
            argument = _argument(request.sampling_params)
            if argument is not None:
                self._asked[request.req_id] = argument

    def plan(self, requests: Sequence[str], starts: Sequence[int]) -> None:
        """Prepare the dials of a batch.

        Args:
            requests: in the order of their tokens.
            starts: where each begins in the batch, and where the last ends.
        """
        spans = [
            (int(starts[place]), int(starts[place + 1]), self._asked[request])
            for place, request in enumerate(requests)
            if request in self._asked
        ]
        self._active = bool(spans)
        # While all that are there write a token each, nothing changes from step to step.
        if spans != self._planned:
            at: dict[str, list[tuple[int, int, _Row]]] = {}
            for start, end, argument in spans:
                for row in _read(argument):
                    at.setdefault(row.site, []).append((start, end, row))
            self._plan = {site: _Batch.of(rows, self._device) for site, rows in at.items()}
            self._planned = spans

    def rest(self) -> None:
        """Leave alone what vLLM computes for its own purposes between the batches."""
        self._active = False

    def _at(self, site: str) -> _Batch | None:
        return self._plan.get(site) if self._active else None

    def _after_layer(self, site: str) -> Callable[..., Any]:
        def hook(_module: Any, _args: Any, output: tuple[torch.Tensor, torch.Tensor]) -> Any:
            batch = self._at(site)
            if batch is None:
                return None
            # The next layer adds the two before it does anything else.
            added, residual = output
            changed, touched = batch.change(added + residual)
            return (
                _written(added, batch.tokens, torch.where(touched, changed, added[batch.tokens])),
                _written(residual, batch.tokens, torch.where(touched, 0.0, residual[batch.tokens])),
            )

        return hook

    def _after_part(self, site: str) -> Callable[..., Any]:
        def hook(_module: Any, _args: Any, output: torch.Tensor) -> Any:
            batch = self._at(site)
            return None if batch is None else _written(output, batch.tokens, batch.change(output)[0])

        return hook

    def _before_layers(self, _module: Any, args: tuple[Any, ...]) -> Any:
        batch = self._at("embedding")
        if batch is None:
            return None
        positions, hidden, *rest = args
        return positions, _written(hidden, batch.tokens, batch.change(hidden)[0]), *rest


def _written(hidden: torch.Tensor, tokens: torch.Tensor, changed: torch.Tensor) -> torch.Tensor:
    # Others may hold the tensor as it was.
    hidden = hidden.clone()
    hidden[tokens] = changed
    return hidden


def _following(execute_model: Callable[..., Any]) -> Callable[..., Any]:
    """In the runner: requests are followed from step to step; the hooks come with the first that is dialled."""

    @functools.wraps(execute_model)
    def followed(self: Any, scheduler_output: Any, *args: Any, **kwargs: Any) -> Any:
        dialler = getattr(self, ARGUMENT, None)
        if dialler is None:
            new = getattr(scheduler_output, "scheduled_new_reqs", ())
            if not any(_argument(request.sampling_params) is not None for request in new):
                return execute_model(self, scheduler_output, *args, **kwargs)
            dialler = _Dialler(self)
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
