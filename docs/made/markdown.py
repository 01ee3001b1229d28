"""Text of the code as Markdown that says the same."""

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"(``.+?``|`[^`]+`)")


def plain(text: str) -> str:
    """Text with its signs kept from meaning anything in Markdown; what stands between backticks stays code."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(part if part.startswith("`") else _escaped(part) for part in parts)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; its cells are Markdown already, and a bar between backticks divides none."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped(text: str) -> str:
    return re.sub(r"([\\*_#\[\]|])", r"\\\1", text).replace("<", "&lt;")
