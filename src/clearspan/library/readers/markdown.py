"""Markdown, laid out as plain text that reads well without its marks."""

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from clearspan.library.readers.base import Format
from clearspan.library.readers.decoding import decode
from clearspan.library.readers.direction import straighten
from clearspan.library.readers.flow import lay_out
from clearspan.library.readers.formulas import latex, lowered, raised
from clearspan.library.readers.front_matter import take_off
from clearspan.library.readers.markup import parse
from clearspan.library.readers.reading import MOST_HIDDEN, Manuscript, Reading, normalise, not_read
from clearspan.library.readers.unseen import NO_TEXT, take_out_unseen
from clearspan.library.readers.written import left_out, show, write_out

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.IGNORECASE)
_CALLOUT = re.compile(r"\[!([A-Za-z]{2,20})\][+-]?[ \t]*")
_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_ATTRIBUTES = re.compile(r"[ \t]*\{[:#.][^{}\n]{0,200}\}[ \t]*$")
_EMBEDDED = re.compile(r"!\[\[[^\[\]\n]{1,300}\]\]")
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|\n]{0,300}\|)?([^\[\]|\n]{1,300})\]\]")
_MARKED = re.compile(r"(?<!=)==(?=[^\s=])([^=\n]{1,500})(?<=\S)==(?!=)")
_RAISED = re.compile(r"(?<=[\w)])\^([^\s^~]{1,12})\^")
_LOWERED = re.compile(r"(?<=\w)~(\d{1,4}|[a-z])~(?=\W|[A-Z]|$)")


def read(data: bytes, name: str, charset: str | None) -> Reading:
    """The page that it makes: headings on lines of their own, list items and table rows a line each, marks gone.

    HTML in it hides what it hides on any page; a comment is told as hidden, for in a text that somebody writes by
    hand it is meant for somebody.
    """
    hidden: list[str] = []
    said = take_off(normalise(straighten(decode(data, name, charset), hidden)), name)
    manuscript = Manuscript()
    unread = set_markdown(said.text, manuscript, hidden)
    first = manuscript.headings[0] if manuscript.headings else (0, 0)
    return replace(
        said,
        text=manuscript.text,
        title=said.title or manuscript.text[slice(*first)],
        headings=manuscript.headings,
        hidden="\n".join(filter(None, hidden))[:MOST_HIDDEN],
        left_out=not_read(unread),
    )


FORMAT = Format(("text/markdown", "text/x-markdown"), (".md", ".markdown", ".mdown"), read)


def set_markdown(text: str, manuscript: Manuscript, hidden: list[str]) -> dict[str, int]:
    """Lay Markdown out in a manuscript; what is left out of it is counted by its name.

    Args:
        hidden: gets what a reader of the page does not see.
    """
    markdown = _parser()
    tokens = markdown.parse(text)
    _prepare(tokens)
    pictures = sum(one.type == "image" for token in tokens for one in (token.children or ()))
    _name_pictures(tokens)
    # Within a body, for a comment before the first element would stand outside the tree.
    page = markdown.renderer.render(tokens, markdown.options, {})
    root = parse(f"<html><body>{page}</body></html>")
    if root is None:
        return {}
    unread = left_out(root)
    show(root)
    hidden.append(take_out_unseen(root, comments=True))
    write_out(root)
    for part in root.iter("body"):
        lay_out(part, manuscript)
    return {**unread, "picture": unread["picture"] + pictures}


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from mdit_py_plugins.admon import admon_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    def written(content: str, options: Mapping[str, Any]) -> str:
        del options
        return escape(latex(content))

    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    markdown.use(footnote_plugin, inline=False).use(deflist_plugin).use(admon_plugin)
    markdown.use(dollarmath_plugin, allow_space=False, allow_digits=False, renderer=written)
    return markdown


def _prepare(tokens: Sequence["Token"]) -> None:
    """What only looks like a tag, as in `List<String>`, breaks no paragraph; the marks of note-taking programs go.

    A tag such as `<select>` in a sentence that names it goes: left open, it would swallow the rest of the text.
    """
    known: Set[str] = importlib.import_module("lxml.html.defs").tags | NO_TEXT
    within = [one for token in tokens for one in (token.children or ())]
    raw = [one for one in (*tokens, *within) if one.type in ("html_inline", "html_block")]
    closed = {tag.lower() for one in raw for slash, tag in _TAG.findall(one.content) if slash}
    for one in within:
        if one.type == "html_inline" and (found := _TAG.match(one.content)):
            tag = found.group(2).lower()
            if tag not in known and ":" not in one.content[: found.end() + 1]:
                one.content = f"<{found.group(1)}span{one.content[found.end() :]}"
            elif tag in NO_TEXT and tag not in closed and tag != "input":
                one.content = ""
    for before, token in zip([None, None, *tokens], tokens, strict=False):
        if token.type == "inline":
            _unmark(token.children or [], before.type if before else "")


def _unmark(children: list["Token"], around: str) -> None:
    """Take the marks that CommonMark does not know off the text of one paragraph.

    Args:
        around: the type of the token two before it, which tells what the paragraph begins.
    """
    first = children[0] if children else None
    if first is not None and first.type == "text":
        if around == "blockquote_open" and (found := _CALLOUT.match(first.content)):
            first.content = first.content[found.end() :] or found.group(1).capitalize()
            for one in children[1:2]:
                one.type, one.tag = "hardbreak", "br"
        elif around == "list_item_open" and (found := _TASK.match(first.content)):
            first.content = f"{'☐' if found.group(1) == ' ' else '☑'} {first.content[found.end() :]}"
    for one in children:
        if one.type == "text":
            one.content = _plain(one.content)
    if children and children[-1].type == "text":
        children[-1].content = _ATTRIBUTES.sub("", children[-1].content)


def _plain(text: str) -> str:
    text = _MARKED.sub(r"\1", _WIKI_LINK.sub(r"\1", _EMBEDDED.sub("", text)))
    return _LOWERED.sub(
        lambda one: lowered(one.group(1)), _RAISED.sub(lambda one: raised(one.group(1)), text)
    )


def _name_pictures(tokens: Sequence["Token"]) -> None:
    """Pictures become their words."""
    for one in _inline(tokens):
        if one.type == "image":
            words = "".join(part.content or " " for part in one.children or ())
            one.type, one.content = "html_inline", escape(words)


def _inline(tokens: Sequence["Token"]) -> Iterator["Token"]:
    for token in tokens:
        yield from token.children or ()
