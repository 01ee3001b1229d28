"""Markdown, laid out as plain text that reads well without its marks."""

import importlib
import re
from collections.abc import Sequence, Set
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.direction import straighten
from clearspan.library.readers.front_matter import take_off
from clearspan.library.readers.markup import lay_out, parse
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, normalise
from clearspan.library.readers.unseen import NO_TEXT, take_out_unseen

if TYPE_CHECKING:
    from markdown_it.token import Token

_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.IGNORECASE)


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """The page that it makes: headings on lines of their own, list items and table rows a line each, marks gone.

    HTML in it hides what it hides on any page; a comment is told as hidden, for in a text that somebody writes by
    hand it is meant for somebody.
    """
    from markdown_it import MarkdownIt

    hidden: list[str] = []
    said = take_off(normalise(straighten(decode(data, name, charset), hidden)), name)
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = markdown.parse(said.text)
    _prepare(tokens)
    # Within a body, for a comment before the first element would stand outside the tree.
    page = markdown.renderer.render(tokens, markdown.options, {})
    root = parse(f"<html><body>{page}</body></html>")
    manuscript = Manuscript()
    if root is not None:
        hidden.append(take_out_unseen(root, comments=True))
        for part in root.iter("body"):
            lay_out(part, manuscript)
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    return replace(
        said,
        text=manuscript.text,
        title=said.title or manuscript.text[slice(*first)],
        headings=manuscript.headings,
        hidden="\n".join(filter(None, hidden))[:MOST_HIDDEN],
    )


FORMAT = Format(("text/markdown", "text/x-markdown"), (".md", ".markdown", ".mdown"), read)


def _prepare(tokens: Sequence["Token"]) -> None:
    """Images become their words, and what only looks like a tag, as in `List<String>`, breaks no paragraph.

    A tag such as `<select>` in a sentence that names it goes: left open, it would swallow the rest of the text.
    """
    known: Set[str] = importlib.import_module("lxml.html.defs").tags | NO_TEXT
    within = [one for token in tokens for one in (token.children or ())]
    raw = [one for one in (*tokens, *within) if one.type in ("html_inline", "html_block")]
    closed = {tag.lower() for one in raw for slash, tag in _TAG.findall(one.content) if slash}
    for one in within:
        if one.type == "image":
            words = "".join(part.content or " " for part in one.children or ())
            one.type, one.content = "html_inline", escape(words)
        elif one.type == "html_inline" and (found := _TAG.match(one.content)):
            tag = found.group(2).lower()
            if tag not in known:
                one.content = f"<{found.group(1)}span{one.content[found.end() :]}"
            elif tag in NO_TEXT and tag not in closed:
                one.content = ""
