"""Subtitles as documents: what is said as running text, under headings that say when.

A passage then knows the time at which it is said, and a citation its place in the text.
"""

import re

from clearspan import BadInput
from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.reading import Manuscript, Reading, normalise

# SubRip writes 00:01:02,500 and WebVTT 01:02.500; what follows the arrow's times is where on the screen.
_CUE = re.compile(r"^(?:(\d+):)?(\d\d):(\d\d)[,.]\d{3} +-->.*\n((?:.*\S.*\n?)*)", re.MULTILINE)
_MARK = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")
_SECONDS = 60
"""The least time between two headings; a heading waits for the end of a sentence."""


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """The words of every cue; a line that only repeats the one before, as live captions do, is left out."""
    text = normalise(decode(data, name, charset))
    manuscript = Manuscript()
    since, said = -_SECONDS, list[str]()
    for hours, minutes, seconds, cue in _CUE.findall(text):
        at = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
        ended = not said or said[-1].endswith((".", "!", "?", "…"))
        if at - since >= _SECONDS and ended:
            manuscript.paragraph(" ".join(said))
            manuscript.heading(f"{at // 3600}:{at // 60 % 60:02}:{at % 60:02}")
            since, said = at, []
        lines = (" ".join(_MARK.sub("", line).split()) for line in cue.splitlines())
        said += [line for line in lines if line and line not in said[-1:]]
    manuscript.paragraph(" ".join(said))
    if not manuscript.headings:
        raise BadInput(f"{name} holds no subtitles.", do="Check that it is an .srt or .vtt file.")
    return Reading(text=manuscript.text, headings=manuscript.headings)


FORMAT = Format(("application/x-subrip", "text/vtt"), (".srt", ".vtt"), read)
