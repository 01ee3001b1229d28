"""What the README and the pages of docs/ say in code: blocks, and words between backticks."""

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "CHANGELOG.md",
    *sorted((REPOSITORY / "docs").rglob("*.md")),
]

_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        language: the first word behind the fence; may be empty.
        title: the file that it is, for a reader who follows the page; empty where it is none.
    """

    language: str
    title: str
    code: str


def name(page: Path) -> str:
    """The page's path in the repository."""
    return page.relative_to(REPOSITORY).as_posix()


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [
        Block(info.split(" ")[0], found[1] if (found := _TITLE.search(info)) else "", code)
        for info, code in _BLOCK.findall(page.read_text("utf-8"))
    ]


def inline(page: Path) -> list[str]:
    """What stands between single backticks outside of blocks, in order."""
    return _INLINE.findall(_BLOCK.sub("", page.read_text("utf-8")))
