"""Reading and dialling a transformers model while it computes, through forward hooks.

Hooks act on the forward passes of the thread that opened them alone, and are gone when the context ends: dials
belong to a request, never to the model.
"""

import threading
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from clearspan.models.inside.anatomy import Anatomy, first_tensor, layer_input
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.sites import Site

SINK_RATIO = 10.0
"""A position whose norm is above this many medians is an attention sink; dials leave it alone."""

_Change = Callable[[torch.Tensor], torch.Tensor | None]


class _Reached(BaseException):
    """The last site that was asked for has been read.

    Not an `Exception`, so that nothing between the hook and the context mistakes it for a fault.
    """


@contextmanager
def hooked(
    anatomy: Anatomy,
    *,
    read: Collection[Site] = (),
    dials: Sequence[Sequence[Dial]] = (),
    median_norm: Callable[[Site], float] | None = None,
    stop: bool = False,
) -> Generator[dict[Site, torch.Tensor]]:
    """Read sites and apply dials in this thread's forward passes of the model within the context.

    Args:
        read: sites to read; what is read is what goes on from there, dials applied.
        dials: one set for each row of the batch; empty for none at all.
        median_norm: of a site, needed with dials.
        stop: end the forward pass, and the context's body with it, once the last of `read` is reached.

    Yields:
        What the last forward pass gave at each site, shape `(rows, positions, width)`, the model's own dtype.

    Raises:
        BadInput: the model has not one of the sites.
    """
    seen: dict[Site, torch.Tensor] = {}
    dialled = {dial.direction.site for row in dials for dial in row}
    last = max(read, key=lambda site: site.order, default=None) if stop else None
    sites = {*read, *dialled}
    for site in sites:
        anatomy.check(site)

    def at(site: Site) -> _Change:
        rows = [[dial for dial in row if dial.direction.site == site] for row in dials]
        limit = SINK_RATIO * median_norm(site) if site in dialled and median_norm is not None else 0.0

        def change(hidden: torch.Tensor) -> torch.Tensor | None:
            changed = _dial_rows(hidden, rows, limit) if site in dialled else None
            if site in read:
                # A copy: some models add to the tensor in place later on.
                seen[site] = (hidden if changed is None else changed).detach().clone()
            if site == last:
                raise _Reached
            return changed

        return change

    # All limits first: measuring them runs the model, which must not meet hooks of this context.
    changes = {site: at(site) for site in sites}
    handles = [_attach(anatomy, site, change) for site, change in changes.items()]
    try:
        yield seen
    except _Reached:
        pass
    finally:
        for handle in handles:
            handle.remove()


@contextmanager
def replacing(
    anatomy: Anatomy, site: Site, change: Callable[[torch.Tensor], torch.Tensor]
) -> Generator[None]:
    """Put `change(hidden)`, of the same shape, in the place of a site in this thread's forward passes.

    Raises:
        BadInput: the model has no such site.
    """
    anatomy.check(site)
    handle = _attach(anatomy, site, change)
    try:
        yield
    finally:
        handle.remove()


def apply_dials(hidden: torch.Tensor, dials: Sequence[Dial], limit: float) -> torch.Tensor:
    """Set the dials of one site: `h + Σ (target - activation) · decoder`, in float32.

    Args:
        hidden: shape `(..., width)`.
        dials: all of this site; every activation is read before any of them is applied.
        limit: positions whose norm is above it are returned as they are, bit for bit.

    Returns:
        Same shape and dtype as `hidden`.
    """
    exact = hidden.float()
    change = torch.zeros_like(exact)
    for dial in dials:
        direction = dial.direction
        change += dial.shift(direction.activation(exact))[..., None] * direction.decoder.to(exact.device)
    sink = norms(exact) > limit
    return torch.where(sink[..., None], hidden, (exact + change).to(hidden.dtype))


def norms(hidden: torch.Tensor) -> torch.Tensor:
    """Euclidean norms, shape `(...)`, of hidden states of shape `(..., width)`; computed in float32."""
    return hidden.float().square().sum(-1).sqrt()


def _dial_rows(hidden: torch.Tensor, rows: Sequence[Sequence[Dial]], limit: float) -> torch.Tensor:
    # Some models flatten rows and positions inside a layer.
    by_row = hidden.reshape(len(rows), -1, hidden.shape[-1])
    changed = [
        apply_dials(row, dials, limit) if dials else row for row, dials in zip(by_row, rows, strict=True)
    ]
    return torch.stack(changed).reshape(hidden.shape)


def _attach(anatomy: Anatomy, site: Site, change: _Change) -> Any:
    owner = threading.get_ident()
    if site.part == "embedding":
        return anatomy.layers[0].module.register_forward_pre_hook(_entering(owner, change), with_kwargs=True)
    layer = anatomy.layers[site.layer]
    module = {"attention": layer.attention, "mlp": layer.mlp, "residual": layer.module}[site.part]
    return module.register_forward_hook(_leaving(owner, change))


def _entering(owner: int, change: _Change) -> Callable[..., Any]:
    def hook(_module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        changed = change(layer_input(args, kwargs)) if threading.get_ident() == owner else None
        if changed is None:
            return None
        return ((changed, *args[1:]), kwargs) if args else (args, {**kwargs, "hidden_states": changed})

    return hook


def _leaving(owner: int, change: _Change) -> Callable[..., Any]:
    def hook(_module: nn.Module, _args: tuple[Any, ...], output: Any) -> Any:
        changed = change(first_tensor(output)) if threading.get_ident() == owner else None
        if changed is None or isinstance(output, torch.Tensor):
            return changed
        return (changed, *output[1:])

    return hook
