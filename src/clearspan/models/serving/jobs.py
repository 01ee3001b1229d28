"""What the scheduler runs: one sequence each, which reads a prompt part by part and then writes, or only reads."""

import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence, Set
from concurrent.futures import Future
from typing import Literal

import torch

from clearspan.errors import BadInput, ClearspanError
from clearspan.models.backends.base import Backend, Slot, Work
from clearspan.models.backends.prefix import Prefix
from clearspan.models.inside.dials import Dial
from clearspan.models.serving.sampler import Sampler
from clearspan.models.text.guidance import Guidance
from clearspan.models.text.sampling import Sampling
from clearspan.models.text.tokens import TokensEnded, TokenStream

CHUNK = 128
"""Tokens of a prompt that one step reads at most.

Prompts are cut at multiples of it whatever else runs: a matrix product rounds differently for another number of
rows, and a text must not depend on who else was there.
"""


_log = logging.getLogger(__name__)


class ModelFailed(ClearspanError):
    """The model broke while it computed; a fault of Clearspan or of the machine, not of the request (HTTP 500)."""

    status = 500
    exit_code = 70
    code = "model_failed"


class Job(ABC):
    """A request inside the scheduler, whose thread alone calls the methods.

    Args:
        dials: of every forward pass of this sequence.
        longest: most tokens that the cache of each of its sequences will hold.
        wait: longest time in seconds that it may wait for a place; None waits as long as it takes.
        prefix: what the sequence begins with.
    """

    def __init__(
        self, dials: Sequence[Dial], longest: int, wait: float | None, prefix: Prefix | None = None
    ) -> None:
        self.dials = dials
        self._prefix = prefix
        self._longest = longest
        self.wait = wait
        self.deadline = math.inf if wait is None else time.monotonic() + wait
        self.served = 0
        """When it was last served, as a count over all jobs."""
        self._opened: tuple[Backend, Slot] | None = None

    def begin(self, backend: Backend) -> None:
        """Open the sequence on a backend."""
        self._opened = backend, backend.open(self.dials, self._prefix)

    @property
    def backend(self) -> Backend | None:
        """What runs it, from `begin` to `release`."""
        return self._opened[0] if self._opened else None

    @property
    def sequences(self) -> int:
        """How many sequences it opens."""
        return 1

    @property
    def longest(self) -> int:
        """Most tokens that the caches of its sequences will hold together."""
        return self._longest * self.sequences

    def parted(self) -> "Sequence[Job]":
        """Jobs that went on from this one with the last step, each with a sequence of its own; told once."""
        return ()

    def work(self) -> Work:
        """What it wants of the next step."""
        tokens, logits = self._next()
        return Work(self.opened()[1], tokens, logits)

    def opened(self) -> tuple[Backend, Slot]:
        """What runs it, and its sequence there."""
        if self._opened is None:
            raise RuntimeError("a sequence must begin before it can take part in a step")
        return self._opened

    def release(self) -> None:
        """Let go of the sequence's memory."""
        opened, self._opened = self._opened, None
        if opened:
            opened[0].close(opened[1])

    @property
    @abstractmethod
    def reading(self) -> bool:
        """Whether a part of the prompt is still unread."""

    @property
    @abstractmethod
    def abandoned(self) -> bool:
        """Whether nobody wants its result any more."""

    @property
    def stalled_since(self) -> float | None:
        """Since when, on the monotonic clock, it has been pausing for its reader; None while it does not."""
        return None

    @abstractmethod
    def take(self, logits: torch.Tensor | None) -> int:
        """Accept what a step gave for `work`; returns how many tokens were generated."""

    @property
    @abstractmethod
    def done(self) -> bool:
        """Whether it has all that it wants."""

    @abstractmethod
    def fail(self, error: Exception) -> None:
        """Tell whoever asked that this is the end of it."""

    @abstractmethod
    def _next(self) -> tuple[Sequence[int], Literal["last", "all", "none"]]: ...


class Generating(Job):
    """Writes after a prompt until the model ends the text or `limit` tokens are made.

    Args:
        ends: tokens by which the model ends a text.
        stream: takes the tokens.
        guidance: what the text is held to.
        followers: others that write after this very prompt, which is read once for all.
        prefix: whose tokens the prompt begins with.
    """

    def __init__(
        self,
        prompt: Sequence[int],
        sampling: Sampling,
        stream: TokenStream,
        *,
        ends: Set[int],
        limit: int,
        dials: Sequence[Dial] = (),
        wait: float | None = None,
        guidance: Guidance | None = None,
        followers: "Sequence[Generating]" = (),
        prefix: Prefix | None = None,
    ) -> None:
        super().__init__(dials, len(prompt) + limit, wait, prefix)
        self._prompt = prompt
        self._followers = followers
        self._parted: Sequence[Generating] = ()
        self._read = len(prefix.tokens) if prefix else 0
        self._sampler = Sampler(sampling, guidance)
        self._ends = ends
        self._left = limit
        self._token = 0
        self._stream = stream
        self._over = False

    def begin(self, backend: Backend) -> None:
        super().begin(backend)
        self._stream.begin()

    @property
    def reading(self) -> bool:
        return self._read < len(self._prompt)

    @property
    def sequences(self) -> int:
        return 1 + len(self._followers)

    @property
    def abandoned(self) -> bool:
        return self._stream.closed and all(each.abandoned for each in self._followers)

    @property
    def stalled_since(self) -> float | None:
        return self._stream.full_since

    @property
    def done(self) -> bool:
        return self._over

    def take(self, logits: torch.Tensor | None) -> int:
        self._read = min(self._read + CHUNK, len(self._prompt))
        if logits is None:
            return 0
        return self._part(logits) + self._write(logits)

    def parted(self) -> "Sequence[Generating]":
        parted, self._parted = self._parted, ()
        return parted

    def fail(self, error: Exception) -> None:
        self._stream.end(error)
        for each in self._followers:
            each.fail(error)

    def _part(self, logits: torch.Tensor) -> int:
        """Let the followers go their own ways from the end of the prompt; returns how many tokens they generated."""
        followers, self._followers = self._followers, ()
        made = 0
        parted: list[Generating] = []
        backend, slot = self.opened()
        for each in followers:
            try:
                each._opened = backend, backend.fork(slot)
                each._read = self._read
                each._stream.begin()
                made += each._write(logits)
            except Exception as error:  # noqa: BLE001 - it is told to the one request that it belongs to
                each.release()
                each.fail(told(error))
            else:
                parted.append(each)
        self._parted = parted
        return made

    def _write(self, logits: torch.Tensor) -> int:
        self._token = self._sampler.choose(logits)
        if not math.isfinite(logits[self._token]):
            raise _runaway(self.dials)
        self._left -= 1
        self._stream.put(self._token)
        if self._token in self._ends or not self._left:
            self._over = True
            self._stream.end(TokensEnded("stop" if self._token in self._ends else "length"))
        return 1

    def _next(self) -> tuple[Sequence[int], Literal["last", "all", "none"]]:
        if not self.reading:
            return (self._token,), "last"
        part = self._prompt[self._read : self._read + CHUNK]
        return part, "last" if self._read + len(part) == len(self._prompt) else "none"


class Scoring(Job):
    """The log-probability of a continuation after a prompt, both of at least one token.

    Attributes:
        result: nats; cancel it to be forgotten.
    """

    def __init__(
        self,
        prompt: Sequence[int],
        continuation: Sequence[int],
        *,
        dials: Sequence[Dial] = (),
        wait: float | None = None,
    ) -> None:
        # The last token is only predicted, and the prompt's last is the first that predicts.
        self._tokens = [*prompt, *continuation[:-1]]
        super().__init__(dials, len(self._tokens), wait)
        self._targets = torch.tensor(continuation)
        self._first = len(prompt) - 1
        self._read = 0
        self._sum = 0.0
        self.result: Future[float] = Future()

    @property
    def reading(self) -> bool:
        return not self.done

    @property
    def abandoned(self) -> bool:
        return self.result.cancelled()

    @property
    def done(self) -> bool:
        return self._read == len(self._tokens)

    def take(self, logits: torch.Tensor | None) -> int:
        part = len(self._next()[0])
        if logits is not None:
            place = self._read - self._first
            chosen = logits.gather(1, self._targets[place : place + part, None])[:, 0]
            self._sum += float((chosen.double() - logits.logsumexp(-1)).sum())
            if math.isnan(self._sum):
                raise _runaway(self.dials)
        self._read += part
        if self.done and self.result.set_running_or_notify_cancel():
            self.result.set_result(self._sum)
        return 0

    def fail(self, error: Exception) -> None:
        if self.result.set_running_or_notify_cancel():
            self.result.set_exception(error)

    def _next(self) -> tuple[Sequence[int], Literal["last", "all", "none"]]:
        if self._read < self._first:
            return self._tokens[self._read : min(self._read + CHUNK, self._first)], "none"
        return self._tokens[self._read : self._read + CHUNK], "all"


def told(error: Exception) -> Exception:
    """What a request is told of an error: its own faults as they are, others without their inside."""
    if isinstance(error, ClearspanError):
        return error
    _log.error("a request failed", exc_info=error)
    return ModelFailed(
        "The model failed while it computed this.",
        why=f"{type(error).__name__} in a step of the model; the log has the details.",
        do="Try again; if it happens again, report it with the log's last lines.",
    )


def _runaway(dials: Sequence[Dial]) -> ClearspanError:
    if dials:
        return BadInput(
            "The model's numbers ran out of range under these dials.",
            why="The logits are no longer finite.",
            do="Set them to smaller amounts.",
        )
    return ModelFailed(
        "The model's numbers ran out of range.",
        why="The logits are not finite.",
        do="Check the weights with 'clearspan models verify'.",
    )
