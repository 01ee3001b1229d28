"""Front matter of Markdown and text: YAML between two lines of dashes at the top, or TOML between two of `+++`."""

import re
import reprlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import get_args

from clearspan.errors import BadInput
from clearspan.library.readers.reading import Reading, iso_date, one_line
from clearspan.receipts import Kind

_OPENING = re.compile(r"---[ \t]*\n")
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_ENDING = re.compile(r"^---[ \t]*$", re.MULTILINE)
_LONGEST = 50_000
"""Characters within which front matter ends; what goes on for longer is text between rulers."""
_KINDS: tuple[Kind, ...] = get_args(Kind)


def take_off(text: str, name: str) -> Reading:
    """A normalised text without its front matter, and what that says, if it has one.

    Raises:
        BadInput: the YAML or TOML cannot be read, or a kind, date or URL in it cannot be used; names the file.
    """
    if (fenced := _TOML.match(text, 0, _LONGEST)) is not None:
        return _of_toml(fenced.group(1), text[fenced.end() :], text, name)
    if not _OPENING.match(text) or not _ENDING.search(text, 3, _LONGEST):
        return Reading(text)
    import frontmatter
    import yaml

    try:
        metadata, body = frontmatter.parse(text)
    except (yaml.YAMLError, ValueError) as error:
        raise BadInput(
            f"The front matter of {name} cannot be read.",
            why=one_line(str(error)),
            do="Correct the lines between the two rows of dashes at the top, or remove them.",
        ) from error
    if not metadata:
        # Two rulers with something else between them: text that must not be lost.
        return Reading(text)
    return _checked({str(key).lower(): value for key, value in metadata.items()}, body, name)


def _of_toml(source: str, body: str, text: str, name: str) -> Reading:
    import tomllib

    try:
        metadata = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadInput(
            f"The front matter of {name} cannot be read.",
            why=one_line(str(error)) or "It is nested too deeply.",
            do="Correct the lines between the two rows of plus signs at the top, or remove them.",
        ) from error
    return (
        _checked({key.lower(): value for key, value in metadata.items()}, body, name)
        if metadata
        else Reading(text)
    )


def _checked(metadata: Mapping[str, object], body: str, name: str) -> Reading:
    authors = metadata.get("author", metadata.get("authors"))
    return Reading(
        text=body,
        title=_text(metadata, "title", name) or "",
        url=_url(metadata, name),
        publisher=_text(metadata, "publisher", name),
        author=_joined(authors, name),
        date=_date(metadata.get("date"), name),
        kind=_kind(metadata.get("kind"), name),
    )


def _text(metadata: Mapping[str, object], key: str, name: str) -> str | None:
    value = metadata.get(key)
    if value is None:
        return None
    if not isinstance(value, (str, int, float, date)):
        raise _unusable(key, value, name, "a line of text")
    return one_line(str(value)) or None


def _joined(value: object, name: str) -> str | None:
    if isinstance(value, list):
        names: list[object] = value  # pyright: ignore[reportUnknownVariableType]  # YAML has no types
        each = [_text({"author": one}, "author", name) for one in names]
        return ", ".join(one for one in each if one) or None
    return _text({"author": value}, "author", name)


def _url(metadata: Mapping[str, object], name: str) -> str | None:
    url = _text(metadata, "url", name)
    if url is not None and not url.startswith(("http://", "https://")):
        raise _unusable("url", url, name, "an address that begins with http:// or https://")
    return url


def _date(value: object, name: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    # Only what is small becomes text: a list that names itself over and over is small in the file alone.
    found = iso_date(str(value)) if isinstance(value, str | int | float) else None
    if found is None:
        raise _unusable("date", value, name, "a date like 2019, 2019-05 or 2019-05-14")
    return found


def _kind(value: object, name: str) -> Kind | None:
    if value is None:
        return None
    for kind in _KINDS:
        if isinstance(value, str) and value.strip().lower() == kind:
            return kind
    raise _unusable("kind", value, name, f"one of {', '.join(_KINDS)}")


def _unusable(key: str, value: object, name: str, wanted: str) -> BadInput:
    return BadInput(
        f"The front matter of {name} cannot be used: its {key} is {reprlib.repr(value)}.",
        why=f"A {key} is {wanted}.",
        do="Correct that line at the top of the file, or remove it.",
    )
