"""What can go wrong with a remote tier, as errors that a person can act on; none of them shows the key."""

import os
from typing import Literal

import httpx

from clearspan.errors import BadInput, Busy, ClearspanError, FetchError, NotFound, Refused, TooLarge
from clearspan.models.remote.backoff import passes
from clearspan.settings import RemoteTier

_WAITED_FOR = {
    "first_timeout": "The first piece of its reply",
    "idle_timeout": "The next piece of its reply",
    "timeout": "Its whole reply",
}


class Faults:
    """Errors of one tier, and its key, which they keep to themselves.

    Args:
        name: the tier's name in the settings.
        tier: what the settings say of it.
    """

    def __init__(self, name: str, tier: RemoteTier) -> None:
        self._tier = tier
        self._name = f"The tier '{name}'"
        self._table = f"[tiers.{name}] of config.toml"

    def key(self) -> str:
        """The key that requests carry, read from the environment each time; empty where none is wanted.

        Raises:
            Refused: the environment variable is not set, or holds what cannot be a key.
        """
        variable = self._tier.api_key_env
        if not variable:
            return ""
        key = os.environ.get(variable, "").strip()
        if not key or not key.isascii() or not key.isprintable():
            fault = "holds signs that no key has" if key else "is not set"
            raise Refused(
                f"{self._name} has no key.",
                why=f"The environment variable {variable} {fault}.",
                do=f"Set {variable}, or change api_key_env in {self._table}.",
            )
        return key

    def inside(self, what: str) -> Refused:
        """Something that needs the inside of the model."""
        return Refused(
            f"{self._name} cannot {what}.",
            why="Only text crosses the server's protocol; what is inside the model stays there.",
            do="Use a local model for this, such as smollm2-135m.",
        )

    def no_plain_text(self) -> Refused:
        """Continuing plain text."""
        return Refused(
            f"{self._name} cannot continue plain text.",
            why="The server's protocol takes conversations.",
            do="Use chat(), or a local model.",
        )

    def closed(self) -> Refused:
        """A request after the end."""
        return Refused(f"{self._name} is closed.", do="Make another RemoteModel.")

    def busy(self, wait: float) -> Busy:
        """No place among the requests under way."""
        return Busy(
            f"{self._name} is busy with other requests.",
            why=f"{self._tier.concurrency} are under way, and none ended within {wait:g} s.",
            do=f"Try again later, or raise concurrency in {self._table}.",
        )

    def refusal(self, status: int, said: str) -> ClearspanError:
        """A status other than 200.

        Args:
            said: what the server said with it.
        """
        what, why = f"{self._name} answered with status {status}.", self._quoted(said)
        if status in {401, 403}:
            return Refused(what, why=why, do=f"Check the key in {self._tier.api_key_env or 'api_key_env'}.")
        if status == 404:
            return NotFound(what, why=why, do=f"Check base_url and model in {self._table}.")
        if status == 413:
            return TooLarge(what, why=why, do="Ask with fewer or shorter messages.")
        if status == 429:
            return Busy(what, why=why, do=f"Try again later, or lower concurrency in {self._table}.")
        if passes(status):
            return FetchError(what, why=why, do="Try again later.")
        if status < 400:
            return FetchError(
                what, why="It sends requests elsewhere.", do=f"Correct base_url in {self._table}."
            )
        return BadInput(what, why=why, do=f"Check model in {self._table}, and what is asked of it.")

    def too_slow(self, setting: Literal["first_timeout", "idle_timeout", "timeout"]) -> FetchError:
        """A time limit that ran out."""
        seconds: float = getattr(self._tier, setting)
        return FetchError(
            f"{self._name} is too slow.",
            why=f"{_WAITED_FOR[setting]} did not come within {seconds:g} s.",
            do=f"Try again later, or raise {setting} in {self._table}.",
        )

    def unreachable(self, error: httpx.TransportError) -> FetchError:
        """No connection, or one that broke."""
        return FetchError(
            f"{self._name} could not be reached at {self._tier.base_url}.",
            why=f"{type(error).__name__}: {error}" if str(error) else f"{type(error).__name__}.",
            do="Check the address and the network.",
        )

    def cut_off(self) -> FetchError:
        """A reply without its end."""
        return FetchError(
            f"{self._name} broke off in the middle of its reply.",
            why="The connection ended before the reply did.",
            do="Try again.",
        )

    def nonsense(self, why: str) -> FetchError:
        """Something that is not the protocol."""
        return FetchError(
            f"{self._name} does not answer as an OpenAI-compatible server does.",
            why=f"{why[:1].upper()}{why[1:]}.",
            do=f"Check base_url in {self._table}; it usually ends with /v1.",
        )

    def _quoted(self, said: str) -> str:
        key = self.key()
        clean = " ".join((said.replace(key, "…") if key else said).split())
        return f"The server says: {clean:.300}" if clean else ""
