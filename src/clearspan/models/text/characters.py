"""Text at the edges of a model: whole characters in; whole characters, and no stop string, out."""

from collections.abc import Callable, Sequence

from clearspan.errors import BadInput

_REPLACEMENT = "�"


class Detokenizer:
    """The text that each new token adds.

    Byte-level tokens may hold parts of a character; a character is held back until it is whole, and what is never
    completed is never given out.
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._tokens: list[int] = []
        # Text up to `_given` is out; decoding restarts at `_context`, because a tokenizer may write a token
        # differently at the beginning of a text than after another token.
        self._context = 0
        self._given = 0
        # Characters that are out of the tokens after `_given`, because they stand before half a character.
        self._ahead = 0

    def add(self, token: int) -> str:
        """The characters that are complete now and were not before."""
        self._tokens.append(token)
        before = self._decode(self._tokens[self._context : self._given])
        now = self._decode(self._tokens[self._context :])
        out = len(before) + self._ahead
        if now.endswith(_REPLACEMENT) or len(now) <= len(before):
            text = now.rstrip(_REPLACEMENT)[out:]
            self._ahead += len(text)
            return text
        self._context, self._given, self._ahead = self._given, len(self._tokens), 0
        return now[out:]


class StopFinder:
    """Holds back text that may be the beginning of a stop string, and cuts at the first that is complete.

    Of several that are complete at the same character, the longest counts: how the text is cut into pieces
    makes no difference.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = stops
        self._held = ""
        self.found = False

    def add(self, text: str) -> str:
        """The part of the text so far that can be given out; nothing more once a stop string was found."""
        if self.found:
            return ""
        self._held += text
        found = [(place + len(stop), place) for stop in self._stops if (place := self._held.find(stop)) >= 0]
        if found:
            self.found = True
            return self._release(min(found)[1])
        return self._release(len(self._held) - self._possible_beginning())

    def finish(self) -> str:
        """What was held back, once it is clear that no more text comes."""
        return "" if self.found else self._release(len(self._held))

    def _release(self, length: int) -> str:
        given, self._held = self._held[:length], self._held[length:]
        return given

    def _possible_beginning(self) -> int:
        longest = max((len(stop) for stop in self._stops), default=1) - 1
        for length in range(min(longest, len(self._held)), 0, -1):
            if any(stop.startswith(self._held[-length:]) for stop in self._stops):
                return length
        return 0


def require_whole_characters(text: str) -> str:
    """The text itself, if a tokenizer can take it.

    Raises:
        BadInput: the text holds a lone surrogate, which is no character.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInput(
            "The text holds half of a character (a lone surrogate).",
            why=str(error),
            do="Decode the text again from its source.",
        ) from error
    return text
