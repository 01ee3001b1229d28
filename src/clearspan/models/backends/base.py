"""What runs a model's forward passes: one protocol, one file (or folder) a backend.

A backend is used by one thread. It knows tokens, caches and dials; not text, sampling or queues.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import torch

from clearspan.errors import BadInput, TooLarge
from clearspan.models.backends.prefix import Prefix
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.sites import Site


class Slot(Protocol):
    """One sequence: its key-value cache and its dials. Made by `Backend.open`, ended by `Backend.close`."""

    @property
    def length(self) -> int:
        """Tokens that the cache holds."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """Tokens to append to a sequence in one step.

    Attributes:
        tokens: at least one; the whole prompt, a part of it, or the token chosen last.
        logits: `last` for the logits after the last token, `all` for those after each, `none` for a part of
            a prompt that is not its end.
    """

    slot: Slot
    tokens: Sequence[int]
    logits: Literal["last", "all", "none"] = "last"


class Backend(Protocol):
    """Forward passes of one model.

    What a sequence's logits are depends on its own tokens and dials alone, never on the other sequences of a step.
    """

    name: str
    context_length: int
    vocabulary: int
    preferred_batch: int
    """Sequences beyond which a step no longer becomes cheaper per sequence."""
    places: int
    """Sequences that can be open at once; `sys.maxsize` where caches grow as they are needed."""

    def check(self, dials: Sequence[Dial]) -> None:
        """Raise unless these dials can be applied; alone among the methods, any thread may call it.

        Raises:
            BadInput: a site that the model has not, or a vector of another width.
        """
        ...

    def open(self, dials: Sequence[Dial] = (), prefix: Prefix | None = None) -> Slot:
        """A sequence whose every forward pass applies `dials`, at most `MOST_DIALS`.

        Args:
            prefix: what it begins with, as long as its tokens are; without one it is empty.

        Raises:
            BadInput: a dial or the prefix is of another model.
        """
        ...

    def forward(self, work: Sequence[Work]) -> list[torch.Tensor | None]:
        """Append tokens to sequences, all in one step.

        Args:
            work: at most one entry a sequence; lengths within the context.

        Returns:
            For each entry float32 logits, in the processor's memory: `(vocabulary,)` for `last`,
            `(tokens, vocabulary)` for `all`, None for `none`.
        """
        ...

    def fork(self, slot: Slot) -> Slot:
        """Another sequence that has read what this one has, under the same dials; from here on they are apart."""
        ...

    def close(self, slot: Slot) -> None:
        """Let go of a sequence's memory; harmless when repeated."""
        ...

    def median_norm(self, site: Site) -> float:
        """Median norm of the activations at a site over a fixed text; dials skip positions above ten times it."""
        ...


def require_room(length: int, context_length: int) -> None:
    """Raise unless a sequence of so many tokens fits into the context.

    Raises:
        TooLarge: it does not.
    """
    if length > context_length:
        raise TooLarge(
            f"The sequence would have {length:,} tokens.",
            why=f"The model's context holds {context_length:,}.",
            do="End it, or shorten the prompt.",
        )


def foreign_token(vocabulary: int) -> BadInput:
    """The error for tokens that are not of a model, or none."""
    return BadInput(
        "A token is not of this model.", do=f"Give numbers from 0 to {vocabulary - 1:,}, at least one."
    )
