"""Server-sent events out of a byte stream (WHATWG HTML, section 9.2.6), however it is cut into pieces."""

import codecs
import re

_LARGEST_EVENT = 1 << 20
_LINE_END = re.compile(r"\r\n|\n|\r")


class Malformed(ValueError):
    """What arrived are no server-sent events; the message says why."""


class EventReader:
    """The `data` of each event; names, identifiers and comments are let go by."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._data: list[str] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[str]:
        """The data of the events that this piece completes.

        Raises:
            Malformed: the bytes are not UTF-8, or an event is larger than a mebibyte.
        """
        try:
            self._text += self._decoder.decode(piece)
        except UnicodeDecodeError as error:
            raise Malformed(f"it is not UTF-8 ({error.reason})") from error
        events: list[str] = []
        start = 0
        for end in _LINE_END.finditer(self._text):
            # A carriage return at the very end may be the first half of one line end.
            if end[0] == "\r" and end.end() == len(self._text):
                break
            self._line(self._text[start : end.start()], events)
            start = end.end()
        self._text = self._text[start:]
        if len(self._text) + self._size > _LARGEST_EVENT:
            raise Malformed(f"one event has more than {_LARGEST_EVENT:,} characters")
        return events

    def _line(self, line: str, events: list[str]) -> None:
        if not line:
            if self._data:
                events.append("\n".join(self._data))
            self._data, self._size = [], 0
            return
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
            self._size += len(value)
