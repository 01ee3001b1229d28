"""The dials of a request as one string: written by the client, read and checked by the server."""

import base64
import functools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

import torch

from clearspan.errors import BadInput
from clearspan.models.inside.dialling import require_few
from clearspan.models.inside.dials import Dial, Operation
from clearspan.models.inside.hooks import SINK_RATIO
from clearspan.models.inside.sites import Site

ARGUMENT = "clearspan_dials"
"""Name of the argument in `vllm_xargs`."""


def request_arguments(dials: Sequence[Dial], median_norm: Callable[[Site], float]) -> dict[str, str]:
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
                    "limit": SINK_RATIO * median_norm(dial.direction.site),
                }
                for dial in dials
            ]
        )
    }


@dataclass(frozen=True, slots=True)
class EncodedDial:
    """One dial as it travels.

    Attributes:
        target: of the activation, or how far it is raised.
        encoder, decoder: shape `(width,)`, float32.
        limit: norm above which a position is an attention sink.
    """

    site: Site
    operation: Operation
    target: float
    encoder: torch.Tensor
    decoder: torch.Tensor
    bias: float
    threshold: float | None
    limit: float


@functools.lru_cache(maxsize=512)
def decoded(argument: str) -> tuple[EncodedDial, ...]:
    """The dials of a request.

    Raises:
        ValueError: the argument is not what `request_arguments` writes.
    """
    try:
        given = json.loads(argument)
        dials = tuple(_decoded(entry) for entry in given)
        require_few(dials)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"{ARGUMENT} cannot be read: {type(error).__name__} {error}") from error
    except BadInput as error:
        raise ValueError(f"{ARGUMENT}: {error}") from error
    return dials


def _decoded(entry: Mapping[str, Any]) -> EncodedDial:
    operation = str(entry["operation"])
    if operation not in get_args(Operation):
        raise ValueError(f"{ARGUMENT}: '{operation:.20}' is none of {', '.join(get_args(Operation))}")
    threshold = None if entry["threshold"] is None else float(entry["threshold"])
    dial = EncodedDial(
        site=Site.parse(str(entry["site"])),
        operation=cast("Operation", operation),
        target=float(entry["target"]),
        encoder=_unpacked(entry["encoder"]),
        decoder=_unpacked(entry["decoder"]),
        bias=float(entry["bias"]),
        threshold=threshold,
        limit=float(entry["limit"]),
    )
    numbers = (dial.target, dial.bias, threshold or 0.0, dial.limit)
    vectors = torch.cat([dial.encoder, dial.decoder])
    if not all(map(math.isfinite, numbers)) or not vectors.isfinite().all():
        raise ValueError(f"{ARGUMENT}: the dial at {dial.site} holds a number that is not finite")
    return dial


def _packed(vector: torch.Tensor) -> str:
    values = cast("Any", vector.detach().float().cpu().contiguous()).numpy().astype("<f4")
    return base64.b64encode(values.tobytes()).decode()


def _unpacked(text: str) -> torch.Tensor:
    raw = base64.b64decode(text, validate=True)
    if not raw or len(raw) % 4:
        raise ValueError(f"{ARGUMENT}: a vector has {len(raw)} bytes, which are no float32 numbers")
    return torch.frombuffer(bytearray(raw), dtype=torch.float32).clone()
