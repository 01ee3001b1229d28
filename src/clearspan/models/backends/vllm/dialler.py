"""The dials of a batch, applied by hooks between the layers of vLLM's model."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from clearspan.models.backends.vllm.encoding import ARGUMENT, EncodedDial, decoded
from clearspan.models.inside.sites import Site


def argument_of(sampling: Any) -> str | None:
    """What a request's sampling parameters hold of dials."""
    extra = getattr(sampling, "extra_args", None)
    return extra.get(ARGUMENT) if extra else None


@dataclass(slots=True)
class DialledBatch:
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
    def of(cls, spans: Sequence[tuple[int, int, EncodedDial]], device: torch.device) -> "DialledBatch":
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


class Dialler:
    """The dials of one model runner: what its requests asked for, and the batch that is being computed."""

    def __init__(self, runner: Any) -> None:
        self._asked: dict[str, str] = {}
        self._plan: dict[Site, DialledBatch] = {}
        self._planned: object = None
        self._active = False
        self._device: torch.device = runner.device
        layers = runner.get_model().model.layers
        for number, layer in enumerate(layers):
            # The layers of other machines of a pipeline are placeholders without parts.
            if hasattr(layer, "self_attn"):
                layer.register_forward_hook(self._after_layer(Site("residual", number)))
                layer.self_attn.register_forward_hook(self._after_part(Site("attention", number)))
                layer.mlp.register_forward_hook(self._after_part(Site("mlp", number)))
        if hasattr(layers[0], "self_attn"):
            layers[0].register_forward_pre_hook(self._before_layers)

    def follow(self, scheduled: Any) -> None:
        """Learn which requests came and went."""
        for request in scheduled.finished_req_ids:
            self._asked.pop(request, None)
        for request in scheduled.scheduled_new_reqs:
            argument = argument_of(request.sampling_params)
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
            at: dict[Site, list[tuple[int, int, EncodedDial]]] = {}
            for start, end, argument in spans:
                for row in decoded(argument):
                    at.setdefault(row.site, []).append((start, end, row))
            self._plan = {site: DialledBatch.of(rows, self._device) for site, rows in at.items()}
            self._planned = spans

    def rest(self) -> None:
        """Leave alone what vLLM computes for its own purposes between the batches."""
        self._active = False

    def _at(self, site: Site) -> DialledBatch | None:
        return self._plan.get(site) if self._active else None

    def _after_layer(self, site: Site) -> Callable[..., Any]:
        def hook(_module: Any, _args: Any, output: tuple[torch.Tensor, torch.Tensor]) -> Any:
            batch = self._at(site)
            if batch is None:
                return None
            # The next layer adds the two before it does anything else.
            added, residual = output
            changed, touched = batch.change(added + residual)
            return (
                _changed(added, batch.tokens, torch.where(touched, changed, added[batch.tokens])),
                _changed(residual, batch.tokens, torch.where(touched, 0.0, residual[batch.tokens])),
            )

        return hook

    def _after_part(self, site: Site) -> Callable[..., Any]:
        def hook(_module: Any, _args: Any, output: torch.Tensor) -> Any:
            batch = self._at(site)
            return None if batch is None else _changed(output, batch.tokens, batch.change(output)[0])

        return hook

    def _before_layers(self, _module: Any, args: tuple[Any, ...]) -> Any:
        batch = self._at(Site("embedding"))
        if batch is None:
            return None
        positions, hidden, *rest = args
        return positions, _changed(hidden, batch.tokens, batch.change(hidden)[0]), *rest


def _changed(hidden: torch.Tensor, tokens: torch.Tensor, changed: torch.Tensor) -> torch.Tensor:
    # Others may hold the tensor as it was.
    hidden = hidden.clone()
    hidden[tokens] = changed
    return hidden
