"""The limits of dials on a vLLM server: the same check as elsewhere, against a file that whoever runs it names."""

import functools
from collections.abc import Sequence
from pathlib import Path

from clearspan.errors import ClearspanError
from clearspan.models.backends.vllm.encoding import ARGUMENT, EncodedDial
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.hooks import SINK_RATIO
from clearspan.models.inside.limits.dose import DoseLimits
from clearspan.models.inside.limits.gauge import FileGauge
from clearspan.models.inside.limits.measured import dial_of, measured_doses
from clearspan.models.inside.limits.overrides import leave
from clearspan.settings import Settings, load


def hold(dials: Sequence[EncodedDial], served: str) -> None:
    """Raise unless the dials of a request are within their limits.

    Args:
        served: what the server calls its model, for the error.

    Raises:
        ValueError: they are not, or nothing is here to hold them against.
    """
    settings = load()
    if settings.dial_gauge is None:
        raise ValueError(
            f"this server takes no dials: nothing says what is usual inside {served}. Write that with "
            "'clearspan models gauge MODEL FILE' and set CLEARSPAN_DIAL_GAUGE to the file"
        )
    try:
        gauge, limits = _limits(settings.dial_gauge, settings)
        for dial in dials:
            # The request says itself which positions are attention sinks, and these are not dialled.
            if dial.limit > _SINKS * SINK_RATIO * gauge.at(dial.site).norm and not leave():
                raise ValueError(f"{ARGUMENT}: the dial at {dial.site} would move attention sinks")
        limits.require([_dial(gauge.model, one) for one in dials])
    except ClearspanError as error:
        raise ValueError(str(error)) from error


_SINKS = 2.0
"""A limit of sinks may be so many times what is measured here: another precision, or the norm of a part of a layer."""


@functools.lru_cache(maxsize=2)
def _limits(path: Path, settings: Settings) -> tuple[FileGauge, DoseLimits]:
    gauge = FileGauge.read(path)
    # What the file says of the weights is taken on the word of whoever named it: the weights are in another process.
    return gauge, DoseLimits(gauge, measured_doses(gauge.model, settings), lambda: gauge.fingerprint)


def _dial(model: str, one: EncodedDial) -> Dial:
    return dial_of(
        model,
        one.encoder,
        one.decoder,
        site=one.site,
        operation=one.operation,
        target=one.target,
        bias=one.bias,
        threshold=one.threshold,
    )
