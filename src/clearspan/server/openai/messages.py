"""Messages of a conversation as OpenAI's clients send them: texts and parts, replies without text, results of tools."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from clearspan.server.edge.errors import Unsupported

if TYPE_CHECKING:
    from clearspan.models.text.conversation import Message

_TEXTS = frozenset({"text", "input_text", "output_text", "refusal"})
"""Parts that hold text: of chats, of `/v1/responses`, and what a model said instead of an answer."""


class Lenient(BaseModel):
    """Base of what clients send: fields that nobody knows yet are let pass."""

    model_config = ConfigDict(extra="allow")


class ContentPart(Lenient):
    """A part of a message; text is the only kind that is read."""

    type: str
    text: str | None = None
    refusal: str | None = None


class ChatMessage(Lenient):
    """One message of a conversation; an assistant's that only called tools has no content."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ContentPart] | None = None

    def text(self) -> str:
        """The message's text, its parts joined with a space where none of them has one there."""
        if not isinstance(self.content, list):
            return self.content or ""
        said = ""
        for part in self.content:
            more = part.text or part.refusal or ""
            seam = " " if said and more and not (said[-1].isspace() or more[0].isspace()) else ""
            said += seam + more
        return said


def refuse_other_parts(messages: Sequence[ChatMessage], field: str = "messages") -> None:
    """Raise Unsupported for the first part that is no text.

    Args:
        field: what the request calls its messages; `param` begins with it.
    """
    for number, message in enumerate(messages):
        for place, part in enumerate(message.content if isinstance(message.content, list) else ()):
            if part.type not in _TEXTS:
                raise Unsupported(
                    f"Parts of the type '{part.type[:50]}' are not read here.",
                    param=f"{field}.{number}.content.{place}",
                    why="The models here read text only; an answer that passed over the rest would seem to know it.",
                    do="Send text, or the words of what the picture, sound or file says.",
                )


def as_spoken(messages: Sequence[ChatMessage]) -> "list[Message]":
    """The conversation for a model that knows no tools: their results are the user's words, and silence is left out.

    Chat templates want roles to take turns, so what one of them says in a row is one message.
    """
    from clearspan.models.text.conversation import Message

    roles: dict[str, Literal["system", "user", "assistant"]] = {
        "system": "system",
        "developer": "system",
        "user": "user",
        "assistant": "assistant",
        "tool": "user",
        "function": "user",
    }
    turns: list[Message] = []
    for message in messages:
        role, text = roles[message.role], message.text()
        if not text and role == "assistant":
            continue
        if turns and turns[-1]["role"] == role:
            turns[-1] = Message(role=role, content=f"{turns[-1]['content']}\n\n{text}")
        else:
            turns.append(Message(role=role, content=text))
    return turns
