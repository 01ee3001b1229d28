"""What other packages can add, as a page: each entry point group with the protocol that its parts keep to."""

import re
from collections.abc import Iterator
from pathlib import Path

import clearspan

_SOURCE = Path(clearspan.__file__).parent
_REGISTRY = re.compile(r'Plugins\(\s*"(clearspan\.\w+)",\s*"([\w ]+)"')
_INTRODUCTION = """# Extensions

A package adds a part by an entry point; [Add a thing](../add/index.md) shows how. These are the groups, and what a
part of each must be.
"""


def pages() -> dict[str, str]:
    """The page by its path."""
    parts = [
        f"## {_several(kind)}\n\nEntry points of the group `{group}`.\n\n::: {module}\n"
        "    options: {show_root_heading: false, show_root_toc_entry: false, heading_level: 3}\n"
        for group, kind, module in sorted(_registries())
    ]
    return {"reference/extensions.md": "\n".join([_INTRODUCTION, *parts])}


def _several(kind: str) -> str:
    """`format of dictionaries` as a heading: Formats of dictionaries."""
    head, *rest = kind.split(" ")
    return " ".join([f"{head}s".capitalize(), *rest])


def _registries() -> Iterator[tuple[str, str, str]]:
    """Group, kind and protocol of every registry: the protocol is in `base.py` of the room that has the registry."""
    for path in sorted(_SOURCE.rglob("*.py")):
        for group, kind in _REGISTRY.findall(path.read_text("utf-8")):
            room = ".".join(path.parent.relative_to(_SOURCE.parent).parts)
            yield group, kind, f"{room}.base"
