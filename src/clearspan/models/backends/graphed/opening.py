"""Opening a model on a GPU: whether it fits, and the proof that recorded passes compute what transformers does."""

import logging
from typing import Any, cast

import torch
import torch.nn.functional as F  # noqa: N812 - PyTorch's own name for it

from clearspan.errors import ClearspanError
from clearspan.models.backends.base import Backend, Work
from clearspan.models.backends.graphed.backend import GraphedBackend
from clearspan.models.backends.graphed.graphs import Record, cuda_record
from clearspan.models.backends.native.opening import LARGEST_DIVERGENCE
from clearspan.models.backends.native.packing import unsupported
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.sinks import TEXT
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel

PLACES = 64
"""Sequences open at once where the memory allows; a matrix product of as many rows takes no longer than of one."""
_CACHE_SHARE = 0.6
"""Of the memory that is free beside the weights; the rest is for prompts, recorded passes and reading."""
_WEIGHTS_SHARE = 0.8
_STEPS = 8

_log = logging.getLogger(__name__)


def fits(model: Any) -> bool:
    """Whether there is a GPU with memory for a model's weights in bfloat16 and something to compute with."""
    if not torch.cuda.is_available():
        return False
    needed = sum(parameter.numel() for parameter in model.parameters()) * torch.bfloat16.itemsize
    return needed < _WEIGHTS_SHARE * torch.cuda.mem_get_info()[0]


def open_on_gpu(loaded: LoadedModel, reference: str) -> Backend:
    """Move a model to the GPU, as bfloat16, and open it there on the fastest backend that is right.

    Args:
        loaded: everything that reads it finds it on the GPU from here on.
        reference: the model reference that dials must belong to.
    """
    move(loaded.model, torch.device("cuda"))
    free = int(_CACHE_SHARE * torch.cuda.mem_get_info()[0])
    return open_where_it_is(loaded, reference, free, cuda_record(loaded.model.device))


def move(model: Any, device: torch.device) -> None:
    """Take a model to a device, its parameters as bfloat16."""
    for parameter in model.parameters():
        parameter.data = parameter.data.to(device, torch.bfloat16)
    # Buffers keep their number format: rounded rotary frequencies would turn late positions the wrong way.
    model.to(device)


def open_where_it_is(loaded: LoadedModel, reference: str, free: int, record: Record | None) -> Backend:
    """The graphed backend if it runs this model and agrees with the plain one, else the plain one.

    Args:
        free: bytes that caches may take.
        record: how decode passes are recorded.
    """
    plain = PlainBackend(loaded, reference)
    try:
        graphed = GraphedBackend(loaded, reference, most=PLACES, free=free, record=record)
        require_agreement(plain, graphed, loaded.tokenizer(TEXT)["input_ids"], reference)
    except ClearspanError as error:
        _log.info("%s: %s", reference, error)
    except Exception:  # noqa: BLE001 - the plain path answers; the log has what happened
        _log.exception("%s: decode passes could not be recorded; the plain path goes on", reference)
    else:
        return graphed
    return plain


def require_agreement(plain: Backend, graphed: GraphedBackend, tokens: list[int], reference: str) -> None:
    """Raise unless two backends of one model agree on a text, read and then taken token by token, and dialled.

    Raises:
        Refused: they do not.
    """
    tokens = tokens[: graphed.context_length]
    width, layers = graphed.shape
    for dials in ((), _some_dials(graphed, reference, width, layers)):
        expected, found = (_distributions(one, tokens, dials) for one in (plain, graphed))
        divergence = float((expected.exp() * (expected - found)).sum(-1).mean())
        # Not a number is not below the limit either.
        if not divergence <= LARGEST_DIVERGENCE:
            raise unsupported(
                f"its results differ from transformers' by {divergence:.3g} nats, more than {LARGEST_DIVERGENCE:g}"
            )


def _some_dials(graphed: GraphedBackend, reference: str, width: int, layers: int) -> tuple[Dial, ...]:
    site = Site("residual", layers // 2)
    vector = torch.randn(width, generator=torch.Generator().manual_seed(0))
    vector = 0.5 * graphed.median_norm(site) * F.normalize(vector, dim=0)
    direction = Direction.of("proof", reference, site, vector)
    return direction.clamp(1.0), direction.add(0.5)


def _distributions(backend: Backend, tokens: list[int], dials: tuple[Dial, ...]) -> torch.Tensor:
    """Log-probabilities after every token, shape `(tokens, vocabulary)`, float64."""
    slot = backend.open(dials)
    try:
        first = backend.forward([Work(slot, tokens[:-_STEPS], "all")])
        steps = [backend.forward([Work(slot, [token], "all")])[0] for token in tokens[-_STEPS:]]
    finally:
        backend.close(slot)
    return torch.cat(cast("list[torch.Tensor]", [*first, *steps])).double().log_softmax(-1)
