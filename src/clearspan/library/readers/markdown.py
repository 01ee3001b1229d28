"""Markdown, laid out as plain text that reads well without its marks."""

from typing import TYPE_CHECKING

from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.front_matter import take_off
from clearspan.library.readers.markup import parse
from clearspan.library.readers.reading import Manuscript, Reading, normalise
from clearspan.library.readers.unseen import take_out_unseen

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """Headings on lines of their own, list items and table rows a line each, marks and raw HTML tags gone."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    said, body = take_off(normalise(decode(data, name, charset)), name)
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body))
    manuscript = Manuscript()
    for node in tree.children:
        _block(node, manuscript)
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    return Reading(
        text=manuscript.text,
        title=said.title or manuscript.text[slice(*first)],
        headings=manuscript.headings,
        url=said.url,
        publisher=said.publisher,
        author=said.author,
        date=said.date,
        kind=said.kind,
    )


FORMAT = Format(("text/markdown", "text/x-markdown"), (".md", ".markdown", ".mdown"), read)


def _block(node: "SyntaxTreeNode", manuscript: Manuscript) -> None:
    if node.type == "heading":
        manuscript.heading(_inline(node))
    elif node.type == "paragraph":
        manuscript.paragraph(_inline(node))
    elif node.type in ("bullet_list", "ordered_list"):
        manuscript.lines(_items(node))
    elif node.type == "table":
        manuscript.table(
            [[_inline(cell) for cell in row.children] for part in node.children for row in part.children]
        )
    elif node.type in ("fence", "code_block"):
        manuscript.paragraph(node.content)
    elif node.type == "html_block":
        manuscript.paragraph(_without_tags(node.content))
    else:
        for child in node.children:
            _block(child, manuscript)


def _items(node: "SyntaxTreeNode") -> list[str]:
    """One line an item, with its marker; items of inner lists follow the item that they belong to."""
    lines: list[str] = []
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, start=first):
        marker = f"{number}." if node.type == "ordered_list" else "-"
        own = [child for child in item.children if child.type not in ("bullet_list", "ordered_list")]
        lines.append(f"{marker} {' '.join(_plain(child) for child in own)}")
        for child in item.children:
            if child.type in ("bullet_list", "ordered_list"):
                lines.extend(_items(child))
    return lines


def _plain(node: "SyntaxTreeNode") -> str:
    if node.type == "html_block":
        return _without_tags(node.content)
    if node.type in ("fence", "code_block"):
        return node.content
    if node.type in ("paragraph", "heading", "inline") or not node.children:
        return _inline(node)
    return " ".join(_plain(child) for child in node.children)


def _inline(node: "SyntaxTreeNode") -> str:
    """Text of inline content: emphasis, links and images by their words, raw tags dropped."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    if node.type == "image":
        return node.content
    if node.type == "html_inline":
        return ""
    return "".join(_inline(child) for child in node.children)


def _without_tags(html: str) -> str:
    root = parse(html)
    if root is None:
        return ""
    take_out_unseen(root)
    return root.text_content()
