"""What front ends ask a model for themselves: a title for the chat, tags, suggestions. No library knows these.

They arrive as chats like any other, and a library that was asked them would answer from the examples in the prompt.
They are answered from the conversation alone: its first question is its title, and nothing is suggested.
"""

import json
import re
from collections.abc import Sequence
from typing import Literal

from clearspan.overview.question import understand
from clearspan.server.openai.messages import ChatMessage

Chore = Literal["title", "tags", "nothing"]

_SEARCHED = 2_000
"""Characters in which a front end says what it wants; the history comes after, or begins before."""
_CHAT = r"(?:chat|conversation|discussion|dialog(?:ue)?|thread|messages)"
_MAKES = r"(?:generat\w+|suggest\w*|creat\w+|provid\w+|write|giv\w+|summari[sz]\w+|nam\w+|propos\w+|categori[sz]\w+)"
_THING = r"(?:titles?|tags?|follow[- ]?ups?|emojis?|search\s+quer(?:y|ies)|headlines?|questions|prompts)"
_ASKS = re.compile(
    rf"\b{_MAKES}\b[^?]{{0,120}}\b{_THING}\b[^?]{{0,200}}\b(?:this|our|the|following|above|a|chat)\s+(?:\w+\s+)?{_CHAT}\b"
    rf"|\b{_CHAT}\b[^?]{{0,120}}\b{_MAKES}\b[^?]{{0,120}}\b{_THING}\b"
    rf"|\b{_MAKES}\s+(?:this|our|the)\s+{_CHAT}\b[^?]{{0,40}}\b{_THING}\b"
    rf"|\b{_CHAT}\s+titles?\s+generator\b",
    re.IGNORECASE,
)
_TASK = re.compile(r"^\s*#{1,6}\s*Task\b", re.IGNORECASE)
_HISTORY = re.compile(
    r"<chat_history>|^#{1,6}\s*(?:Chat|Conversation)(?:\s+History)?\b", re.IGNORECASE | re.MULTILINE
)
_SPOKEN = re.compile(r"^[^\w\n]*(?:user|human)[^\w\n]*:[^\S\n]*(?P<said>\S.*)$", re.IGNORECASE | re.MULTILINE)
_KEY = re.compile(
    r"""["'](?P<key>title|tags|follow_?ups|queries|text|name)["']\s*:\s*(?P<list>\[)?""", re.IGNORECASE
)
_TITLE = re.compile(r"\b(?:titles?|headlines?|name)\b", re.IGNORECASE)
_TAGS = re.compile(r"\btags?\b", re.IGNORECASE)
_ARRAY = re.compile(r"\bJSON\s+array\b", re.IGNORECASE)
_TITLE_WORDS = 8
_MOST_TAGS = 3


def chore_reply(messages: Sequence[ChatMessage]) -> str | None:
    """The reply to a front end's own request; None where a person asks.

    It has the form that the prompt asks for: JSON where it shows a key of it, and text otherwise.
    """
    asked = next((message.text() for message in reversed(messages) if message.role == "user"), "")
    orders = " ".join(message.text() for message in messages if message.role in {"system", "developer"})
    prompt = asked if _is_chore(asked) else orders
    if not _is_chore(prompt) or (prompt is orders and not _SPOKEN.search(asked)):
        return None
    subject = _subject(messages, asked)
    values: dict[Chore, str | list[str]] = {"title": _title(subject), "tags": _tags(subject), "nothing": []}
    said = values[_chore(prompt)]
    if key := _KEY.search(prompt):
        said = said if key["list"] or isinstance(said, str) else ""
        return json.dumps({key["key"]: said}, ensure_ascii=False)
    if isinstance(said, str):
        return said
    return json.dumps(said, ensure_ascii=False) if _ARRAY.search(prompt) else ", ".join(said)


def _is_chore(prompt: str) -> bool:
    head, tail = prompt[:_SEARCHED], prompt[-_SEARCHED:]
    if _TASK.match(prompt):
        return bool(_HISTORY.search(prompt) or _ASKS.search(head))
    return bool(_ASKS.search(head) or _ASKS.search(tail)) and not prompt.rstrip().endswith("?")


def _chore(prompt: str) -> Chore:
    if key := _KEY.search(prompt):
        return "title" if key["key"] in {"title", "name"} else "tags" if key["key"] == "tags" else "nothing"
    found = [
        (match.start(), chore)
        for pattern, chore in ((_TITLE, "title"), (_TAGS, "tags"))
        if (match := pattern.search(prompt))
    ]
    return "title" if found and min(found)[1] == "title" else "tags" if found else "nothing"


def _subject(messages: Sequence[ChatMessage], asked: str) -> str:
    """The first thing that the person of the conversation said; empty where the prompt does not show it."""
    if quoted := _SPOKEN.search(asked):
        return quoted["said"].strip()
    said = (message.text() for message in messages if message.role == "user")
    return next((text for text in said if text != asked), "")


def _title(subject: str) -> str:
    words = subject.split()
    short = " ".join(words[:_TITLE_WORDS]).rstrip(" ?.!,;:")
    return (f"{short} …" if len(words) > _TITLE_WORDS else short) or "Chat"


def _tags(subject: str) -> list[str]:
    return list(understand(subject).spoken[-_MOST_TAGS:]) if subject else []
