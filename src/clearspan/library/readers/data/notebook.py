"""Jupyter notebooks: text cells as Markdown, code as code, and the text that it printed."""

import json
from collections.abc import Iterator
from typing import Any

from clearspan.errors import BadInput
from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.markdown import set_markdown
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, normalise, not_read


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """The cells in order; pictures and other outputs are counted, not read."""
    try:
        notebook: Any = json.loads(decode(data, name, charset))
        cells: list[Any] = notebook.get("cells") or [c for s in notebook["worksheets"] for c in s["cells"]]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"{name} cannot be read as a notebook.",
            why="It is no JSON with cells in it.",
            do="Open it in Jupyter, save it anew, and add that.",
        ) from error
    manuscript, hidden = Manuscript(), list[str]()
    unread = {"picture": 0, "output": 0}
    for cell in cells:
        _set(cell, manuscript, hidden, unread)
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    return Reading(
        text=manuscript.text,
        title=manuscript.text[slice(*first)],
        headings=manuscript.headings,
        hidden="\n".join(filter(None, hidden))[:MOST_HIDDEN],
        left_out=not_read(unread),
    )


FORMAT = Format(("application/x-ipynb+json",), (".ipynb",), read)


def _set(cell: Any, manuscript: Manuscript, hidden: list[str], unread: dict[str, int]) -> None:
    source = _text(cell.get("source") or cell.get("input"))
    if cell.get("cell_type") == "code":
        manuscript.paragraph(source)
        for text in _printed(cell.get("outputs") or [], unread):
            manuscript.paragraph(text)
    elif cell.get("cell_type") == "markdown":
        for name, count in set_markdown(normalise(source), manuscript, hidden).items():
            unread[name] = unread.get(name, 0) + count
    else:
        manuscript.paragraph(source)


def _printed(outputs: Any, unread: dict[str, int]) -> Iterator[str]:
    for output in outputs:
        data: dict[str, object] = output.get("data") or {}
        text = _text(output.get("text") or data.get("text/plain"))
        if any(kind.startswith("image/") for kind in data):
            unread["picture"] += 1
        elif text:
            yield text
        else:
            unread["output"] += 1


def _text(said: object) -> str:
    return "".join(map(str, said)) if isinstance(said, list) else str(said or "")  # pyright: ignore[reportUnknownArgumentType]
