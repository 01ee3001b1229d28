"""reStructuredText, as docutils makes a page of it."""

import importlib
import re
from typing import Any

from clearspan.errors import BadInput
from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.flow import lay_out
from clearspan.library.readers.markup import parse
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, normalise, not_read
from clearspan.library.readers.unseen import take_out_unseen
from clearspan.library.readers.written import left_out, show, write_out

_SETTINGS = {
    # Nothing of another file, nothing of another format, no messages within the text.
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "math_output": "MathML",
    "doctitle_xform": False,
    "_disable_config": True,
}


_SUBSTITUTED = re.compile(r"^[ \t]*\.\.[ \t]+\|[^|\n]+\|[ \t]+replace::(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_MOST_NESTED = 10
"""References within substitutions: each multiplies what it stands in, and ten can make forty times of it at most."""


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """The page that it makes, laid out as pages are; what it takes in of other files is left out."""
    core: Any = importlib.import_module("docutils.core")
    source = normalise(decode(data, name, charset))
    nested = sum(match[1].count("|") // 2 for match in _SUBSTITUTED.finditer(source))
    if nested > _MOST_NESTED:
        raise BadInput(
            f"{name} cannot be read.",
            why=f"Its substitutions stand for one another in {nested} places, and the text would grow beyond measure.",
            do="Write out those that stand within others.",
        )
    parts = core.publish_parts(source, writer="html5", settings_overrides=_SETTINGS)
    root = parse(f"<html><body>{parts['body']}</body></html>")
    if root is None:
        return Reading(text="")
    manuscript = Manuscript()
    unread = left_out(root)
    show(root)
    hidden = take_out_unseen(root, comments=True)
    write_out(root)
    for body in root.iter("body"):
        lay_out(body, manuscript)
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    return Reading(
        text=manuscript.text,
        title=manuscript.text[slice(*first)],
        headings=manuscript.headings,
        hidden=hidden[:MOST_HIDDEN],
        left_out=not_read(unread),
    )


FORMAT = Format(("text/x-rst",), (".rst",), read)
