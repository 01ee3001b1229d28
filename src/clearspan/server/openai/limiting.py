"""What a client allows an overview to say: so many tokens, and nothing from a stop string on."""

import re
from collections.abc import Sequence
from typing import Literal

from clearspan.models.text.characters import StopFinder

_TOKEN = re.compile(r"\s*(?:[A-Za-z]{1,4}|\d{1,3}|\S)")
"""What counts as a token: up to four letters, three digits or one other sign, with the space before it.

No model writes a quote, so no tokenizer says what it takes. Those that are in use need about as many for a text, mostly
fewer, so that the text is not longer than was asked for.
"""


class LimitedText:
    """A text that comes in pieces, cut at a client's limits.

    Args:
        max_tokens: most tokens, as `_TOKEN` counts them; None for as many as there are.
        stops: strings before the first of which it ends; an empty one ends nothing.
    """

    def __init__(self, max_tokens: int | None, stops: Sequence[str]) -> None:
        self._left = max_tokens
        self._stops = StopFinder([stop for stop in stops if stop])
        self.reason: Literal["stop", "length"] = "stop"

    def add(self, text: str) -> str:
        """What of the next piece may be said."""
        return self._within(self._stops.add(text))

    def finish(self) -> str:
        """What was held back, once no more text comes."""
        return self._within(self._stops.finish())

    def _within(self, text: str) -> str:
        if self.reason == "length":
            return ""
        if self._left is None:
            return text
        end = 0
        for token in _TOKEN.finditer(text):
            if not self._left:
                self.reason = "length"
                return text[:end]
            self._left -= 1
            end = token.end()
        return text
