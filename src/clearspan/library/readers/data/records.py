"""JSON and JSON Lines: records a line each, everything else by its path."""

import json
from collections.abc import Iterator
from typing import cast

from clearspan.errors import BadInput
from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.reading import Manuscript, Reading, one_line

_DEEPEST = 60
_LONGEST_PATH = 300
"""Characters of the path to a value."""


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """A list of records as lines of `field: value; field: value`, what is not in a list as `path: value`."""
    text = decode(data, name, charset)
    manuscript = Manuscript()
    try:
        if name.lower().endswith((".jsonl", ".ndjson")):
            manuscript.lines(_record(json.loads(line), name) for line in text.split("\n") if line.strip())
        else:
            manuscript.lines(_lines(json.loads(text), "", 0, name))
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"{name} cannot be read as JSON.",
            why=one_line(str(error)) or "It is nested too deeply.",
            do="Check it with a JSON tool, save it anew, and add that.",
        ) from error
    return Reading(text=manuscript.text)


FORMAT = Format(("application/json", "application/x-ndjson"), (".json", ".jsonl", ".ndjson"), read)


def _lines(value: object, path: str, depth: int, name: str) -> Iterator[str]:
    if depth > _DEEPEST:
        raise _too_deep(name)
    if isinstance(value, dict):
        for key, inner in cast(dict[str, object], value).items():
            yield from _lines(inner, _within(path, key), depth + 1, name)
    elif isinstance(value, list):
        for item in cast(list[object], value):
            if isinstance(item, dict):
                yield _record(item, name)  # pyright: ignore[reportUnknownArgumentType]  # JSON has no types
            else:
                yield from _lines(item, path, depth + 1, name)
    elif (told := _told(value)) != "":
        yield f"{path}: {told}" if path else told


def _within(path: str, key: str) -> str:
    """The path to a field, cut: each value below repeats it."""
    return f"{path} {key}".strip()[:_LONGEST_PATH]


def _record(value: object, name: str) -> str:
    """One record on one line, what is within its fields after the path to it."""
    return "; ".join(_pairs(value, "", 0, name))


def _pairs(value: object, path: str, depth: int, name: str) -> Iterator[str]:
    if depth > _DEEPEST:
        raise _too_deep(name)
    if isinstance(value, dict):
        for key, inner in cast(dict[str, object], value).items():
            plain = key.replace(":", "").replace(";", ",")
            yield from _pairs(inner, _within(path, plain), depth + 1, name)
    elif isinstance(value, list):
        items = cast(list[object], value)
        if all(not isinstance(item, dict | list) for item in items):
            value = ", ".join(filter(None, map(_told, items)))
            yield from _pairs(value, path, depth + 1, name)
        else:
            for item in items:
                yield from _pairs(item, path, depth + 1, name)
    elif (told := _told(value)) != "":
        yield f"{path}: {told}" if path else told


def _told(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else one_line(str(value)).replace(";", ",")


def _too_deep(name: str) -> BadInput:
    return BadInput(
        f"{name} was not read.",
        why=f"Its values are nested more than {_DEEPEST} deep.",
        do="Save its text alone.",
    )
