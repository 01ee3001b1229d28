"""Wrong keys wait, and longer each time: who guesses gets nowhere, who mistyped hardly notices."""

import time
from collections import OrderedDict

import anyio

_FIRST_SECONDS, _LONGEST_SECONDS = 0.25, 8.0
_FORGOTTEN_AFTER = 60.0
_ADDRESSES = 1_024
"""Clients that are remembered; those that tried longest ago are forgotten first."""


class WrongTries:
    """When each client's last wrong try is answered; the next one is answered after it."""

    def __init__(self) -> None:
        self._by_client: OrderedDict[str, tuple[float, int]] = OrderedDict()

    async def slow(self, client: str) -> None:
        """Wait for as long as one more wrong try of a client is to take."""
        await anyio.sleep(self.seconds(client, time.monotonic()))

    def seconds(self, client: str, now: float) -> float:
        """How long a wrong try at a moment is to wait: twice as long as the one before it, after that one's end."""
        answered, count = self._by_client.pop(client, (now, 0))
        if now > answered + _FORGOTTEN_AFTER:
            answered, count = now, 0
        wait = min(_FIRST_SECONDS * 2**count, _LONGEST_SECONDS)
        # Of many at once none waits for ever: the connection of each is held by whoever guesses.
        until = min(max(now, answered) + wait, now + 4 * _LONGEST_SECONDS)
        self._by_client[client] = (until, min(count + 1, 10))
        while len(self._by_client) > _ADDRESSES:
            self._by_client.popitem(last=False)
        return until - now
