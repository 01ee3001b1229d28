"""Replies as chats and as completions, whole or as a stream; `response_form` has the third form."""

import json
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol

from sse_starlette.event import ServerSentEvent

from clearspan.errors import ClearspanError
from clearspan.server.edge.errors import error_body, unexpected
from clearspan.server.openai.answers import Piece, ReplyEnded, ReplyText

logger = logging.getLogger("clearspan.server")

Json = dict[str, Any]


class ReplyForm(Protocol):
    """How one of the routes sends a reply."""

    def whole(self, text: str, end: ReplyEnded) -> Json:
        """The body of the answer, once all was said."""
        ...

    def begin(self) -> list[ServerSentEvent]:
        """What a stream begins with."""
        ...

    def piece(self, text: str) -> list[ServerSentEvent]:
        """What tells a piece of the text."""
        ...

    def end(self, text: str, end: ReplyEnded) -> list[ServerSentEvent]:
        """What tells the end; the text is all that was said."""
        ...

    def failed(self, error: ClearspanError) -> list[ServerSentEvent]:
        """What tells that it went wrong on the way."""
        ...

    def close(self) -> list[ServerSentEvent]:
        """What is sent last, whatever came before."""
        ...


async def collected(form: ReplyForm, said: AsyncGenerator[Piece]) -> Json:
    """A reply as the body of one answer."""
    text: list[str] = []
    async with aclosing(said):
        async for piece in said:
            if isinstance(piece, ReplyText):
                text.append(piece.text)
            elif isinstance(piece, ReplyEnded):
                return form.whole("".join(text), piece)
    raise RuntimeError("a reply ended without its last piece")


async def streamed_form(form: ReplyForm, said: AsyncGenerator[Piece]) -> AsyncGenerator[ServerSentEvent]:
    """A reply as server-sent events; what goes wrong is told by the last of them."""
    text: list[str] = []
    async with aclosing(said):
        for event in form.begin():
            yield event
        try:
            async for piece in said:
                if isinstance(piece, ReplyText):
                    text.append(piece.text)
                    for event in form.piece(piece.text):
                        yield event
                elif isinstance(piece, ReplyEnded):
                    for event in form.end("".join(text), piece):
                        yield event
        except ClearspanError as error:
            for event in form.failed(error):
                yield event
        except Exception:
            logger.exception("a chat failed")
            for event in form.failed(unexpected()):
                yield event
        for event in form.close():
            yield event


def own_fields(end: ReplyEnded) -> Json:
    """What stands beside OpenAI's own fields: the receipt of an overview, or how far the dials of a chat reached."""
    if end.receipt:
        return {"clearspan": end.receipt.model_dump(mode="json")}
    return {"dose": end.dose.model_dump(mode="json")} if end.dose else {}


class _ChunkForm:
    """What chats and completions have in common: chunks without names, and `[DONE]` at the end.

    Args:
        head: `id`, `created` and `model` of the answer.
        kind: `object` of the whole answer.
        chunk_kind: the same of a chunk.
        include_usage: whether a stream ends with a chunk of token counts.
    """

    def __init__(self, head: Json, kind: str, chunk_kind: str, *, include_usage: bool) -> None:
        self._head, self._kind, self._include_usage = head, kind, include_usage
        self._common = {**head, "object": chunk_kind, **({"usage": None} if include_usage else {})}

    def answered(self, choice: Json, end: ReplyEnded) -> Json:
        body = {**self._head, "object": self._kind, "choices": [_chosen(choice, end.reason)]}
        return {**body, "usage": _usage(end), **own_fields(end)}

    def chunk(self, choice: Json, reason: str | None = None, more: Json | None = None) -> ServerSentEvent:
        body = {**self._common, "choices": [_chosen(choice, reason)], **(more or {})}
        return ServerSentEvent(data=json.dumps(body))

    def last(self, choice: Json, end: ReplyEnded) -> list[ServerSentEvent]:
        chunks = [self.chunk(choice, end.reason, own_fields(end))]
        if self._include_usage:
            chunks.append(
                ServerSentEvent(data=json.dumps({**self._common, "choices": [], "usage": _usage(end)}))
            )
        return chunks

    def failed(self, error: ClearspanError) -> list[ServerSentEvent]:
        return [ServerSentEvent(data=json.dumps(error_body(error)))]

    def close(self) -> list[ServerSentEvent]:
        return [ServerSentEvent(data="[DONE]")]


class ChatForm(_ChunkForm):
    """`/v1/chat/completions`."""

    def __init__(self, head: Json, *, include_usage: bool) -> None:
        super().__init__(head, "chat.completion", "chat.completion.chunk", include_usage=include_usage)

    def whole(self, text: str, end: ReplyEnded) -> Json:
        """One message with all of the text."""
        return self.answered({"message": {"role": "assistant", "content": text, "refusal": None}}, end)

    def begin(self) -> list[ServerSentEvent]:
        """The role, before any text."""
        return [self.chunk({"delta": {"role": "assistant", "content": ""}})]

    def piece(self, text: str) -> list[ServerSentEvent]:
        """One chunk."""
        return [self.chunk({"delta": {"content": text}})]

    def end(self, text: str, end: ReplyEnded) -> list[ServerSentEvent]:
        """Why it ended, with the receipt, and what it took."""
        del text
        return self.last({"delta": {}}, end)


class CompletionForm(_ChunkForm):
    """`/v1/completions`."""

    def __init__(self, head: Json, *, include_usage: bool) -> None:
        super().__init__(head, "text_completion", "text_completion", include_usage=include_usage)

    def whole(self, text: str, end: ReplyEnded) -> Json:
        """One choice with all of the text."""
        return self.answered({"text": text}, end)

    def begin(self) -> list[ServerSentEvent]:
        """Nothing: a completion has no role."""
        return []

    def piece(self, text: str) -> list[ServerSentEvent]:
        """One chunk."""
        return [self.chunk({"text": text})]

    def end(self, text: str, end: ReplyEnded) -> list[ServerSentEvent]:
        """Why it ended, with the receipt, and what it took."""
        del text
        return self.last({"text": ""}, end)


def _chosen(choice: Json, reason: str | None) -> Json:
    return {"index": 0, **choice, "finish_reason": reason, "logprobs": None}


def _usage(end: ReplyEnded) -> Json:
    return {
        "prompt_tokens": end.input_tokens,
        "completion_tokens": end.output_tokens,
        "total_tokens": end.input_tokens + end.output_tokens,
    }
