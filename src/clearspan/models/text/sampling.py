"""How a text is generated: one word for each setting, wherever a model is asked for one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from clearspan.errors import BadInput
from clearspan.models.text.guidance import Guidance

_MAX_STOPS = 16


class SamplingOptions(TypedDict, total=False):
    """The settings of `Sampling` as keywords of a method: `chat("Hello", max_tokens=24)`."""

    max_tokens: int
    temperature: float
    top_p: float
    seed: int | None
    stop: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sampling:
    """What one request asks for.

    Attributes:
        max_tokens: most tokens to generate, at least 1.
        temperature: in [0, 2]; 0 always takes the likeliest token.
        top_p: in (0, 1]; only the likeliest tokens that together have this probability are drawn from.
        seed: the same seed, request and machine give the same text; drawn at random when None.
        stop: generation ends before the first of these strings; at most 16, none empty.

    Raises:
        BadInput: a value is out of range; says which range.
    """

    max_tokens: int = 128
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: Sequence[str] = ()

    def __post_init__(self) -> None:
        if not _is_int(self.max_tokens) or self.max_tokens < 1:
            raise _out_of_range("max_tokens", self.max_tokens, "a whole number from 1")
        if not _is_number(self.temperature) or not 0 <= self.temperature <= 2:
            raise _out_of_range("temperature", self.temperature, "a number from 0 to 2")
        if not _is_number(self.top_p) or not 0 < self.top_p <= 1:
            raise _out_of_range("top_p", self.top_p, "a number above 0, up to 1")
        if self.seed is not None and (not _is_int(self.seed) or not -(2**63) <= self.seed < 2**63):
            raise _out_of_range("seed", self.seed, "a whole number of 64 bits, or nothing")
        if isinstance(self.stop, str) or len(self.stop) > _MAX_STOPS or not all(self.stop):
            raise _out_of_range("stop", self.stop, f"a list of at most {_MAX_STOPS} strings, none empty")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _out_of_range(name: str, value: object, expected: str) -> BadInput:
    return BadInput(f"{name} cannot be {value!r:.100}.", do=f"Give {expected}.")


@dataclass(frozen=True, slots=True)
class Variant:
    """One of several replies to the same conversation.

    Attributes:
        guidance: what it is held to; of this one reply alone.
    """

    sampling: Sampling = Sampling()
    guidance: Guidance | None = None
