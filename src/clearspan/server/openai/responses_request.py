"""Body of POST /v1/responses: OpenAI's newer form of a chat."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from clearspan.server.edge.errors import Unsupported
from clearspan.server.openai.messages import ChatMessage, ContentPart, Lenient, refuse_other_parts
from clearspan.server.openai.requests import ChatRequest, SamplingRequest

_PASSED_OVER = frozenset({"function_call", "reasoning"})
"""Items of a history that say nothing: calls of tools, whose results come after them, and thoughts."""


class ResponseItem(Lenient):
    """An item of a conversation: a message, a call of a tool, or its result."""

    type: str = "message"
    role: Literal["system", "developer", "user", "assistant"] | None = None
    content: str | list[ContentPart] | None = None
    output: str | list[ContentPart] | None = None


class TextOptions(Lenient):
    """The form of the text."""

    format: dict[str, Any] | None = None


class ResponseRequest(SamplingRequest):
    """Body of POST /v1/responses."""

    input: str | Annotated[list[ResponseItem], Field(min_length=1, max_length=1_000)]
    instructions: str | None = None
    max_output_tokens: int | None = Field(default=None, ge=1, description="most tokens to say")
    text: TextOptions | None = None

    def refuse_unsupported(self) -> None:
        """As of every request, and for a form that is not plain text."""
        super().refuse_unsupported()
        form = self.text.format if self.text else None
        if form and form.get("type") != "text":
            raise Unsupported(
                "A form of the text other than plain text is not supported.",
                param="text.format",
                why="The local models cannot be held to a format.",
                do="Leave 'text.format' out.",
            )

    def as_chat(self) -> ChatRequest:
        """The same as a chat.

        Raises:
            Unsupported: an item, or a part of one, is not read here.
        """
        orders = [ChatMessage(role="system", content=self.instructions)] if self.instructions else []
        given = self.input
        said = [ChatMessage(role="user", content=given)] if isinstance(given, str) else _messages(given)
        refuse_other_parts(said, "input")
        return ChatRequest(
            model=self.model,
            messages=[*orders, *said],
            max_tokens=self.max_output_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
            dials=self.dials,
            clearspan=self.clearspan,
        )


def _messages(items: Sequence[ResponseItem]) -> list[ChatMessage]:
    messages: list[ChatMessage] = []
    for number, item in enumerate(items):
        if item.type == "message" and item.role:
            messages.append(ChatMessage(role=item.role, content=item.content))
        elif item.type == "function_call_output":
            messages.append(ChatMessage(role="tool", content=item.output))
        elif item.type in _PASSED_OVER:
            # An empty one in its place, so that the number of an item is that of its message.
            messages.append(ChatMessage(role="assistant"))
        else:
            raise Unsupported(
                f"Items of the type '{item.type[:50]}' are not read here.",
                param=f"input.{number}",
                why="Nothing of a conversation is kept here between two requests, and tools are not called.",
                do="Send the conversation's messages.",
            )
    return messages
