"""Replies of `/v1/responses`: one object with its output, or events that build it."""

import json
from typing import Any
from uuid import uuid4

from sse_starlette.event import ServerSentEvent

from clearspan.errors import ClearspanError
from clearspan.server.openai.answers import ReplyEnded
from clearspan.server.openai.forms import Json, own_fields
from clearspan.server.openai.responses_request import ResponseRequest


class ResponseForm:
    """`/v1/responses`.

    Args:
        created: second in which the answer began, as clients count them.
    """

    def __init__(self, request: ResponseRequest, created: int) -> None:
        self._head: Json = {
            "id": f"resp_{uuid4().hex}",
            "object": "response",
            "created_at": created,
            "model": request.model,
            "instructions": request.instructions,
            "max_output_tokens": request.max_output_tokens,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "parallel_tool_calls": False,
            "tool_choice": "none",
            "tools": [],
            "text": {"format": {"type": "text"}},
            # Nothing is kept but receipts, whatever a client asks for.
            "store": False,
            "metadata": {},
        }
        self._item = f"msg_{uuid4().hex}"
        self._sent = 0

    def whole(self, text: str, end: ReplyEnded) -> Json:
        """The response with its one message."""
        cut = end.reason == "length"
        usage = {
            "input_tokens": end.input_tokens,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": end.output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": end.input_tokens + end.output_tokens,
        }
        return {
            **self._head,
            "status": "incomplete" if cut else "completed",
            "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "output": [self._message(text, "incomplete" if cut else "completed")],
            "usage": usage,
            **own_fields(end),
        }

    def begin(self) -> list[ServerSentEvent]:
        """The response without its output, and the message and the part that the text will be of."""
        empty: Json = {
            **self._head,
            "status": "in_progress",
            "error": None,
            "incomplete_details": None,
            "output": [],
        }
        message: Json = {**self._message("", "in_progress"), "content": []}
        return [
            self._event("response.created", response=empty),
            self._event("response.in_progress", response=empty),
            self._event("response.output_item.added", output_index=0, item=message),
            self._event("response.content_part.added", **self._place, part=_part("")),
        ]

    def piece(self, text: str) -> list[ServerSentEvent]:
        """One delta."""
        return [self._event("response.output_text.delta", **self._place, delta=text, logprobs=[])]

    def end(self, text: str, end: ReplyEnded) -> list[ServerSentEvent]:
        """Text, part, message and response, each whole."""
        whole = self.whole(text, end)
        return [
            self._event("response.output_text.done", **self._place, text=text, logprobs=[]),
            self._event("response.content_part.done", **self._place, part=_part(text)),
            self._event("response.output_item.done", output_index=0, item=whole["output"][0]),
            self._event(f"response.{whole['status']}", response=whole),
        ]

    def failed(self, error: ClearspanError) -> list[ServerSentEvent]:
        """The response without its output, with the reason."""
        failure = {"code": "server_error", "message": str(error)}
        body: Json = {
            **self._head,
            "status": "failed",
            "error": failure,
            "incomplete_details": None,
            "output": [],
        }
        return [self._event("response.failed", response=body)]

    def close(self) -> list[ServerSentEvent]:
        """Nothing: the last event has said it."""
        return []

    @property
    def _place(self) -> Json:
        return {"item_id": self._item, "output_index": 0, "content_index": 0}

    def _message(self, text: str, status: str) -> Json:
        content = [_part(text)]
        return {
            "id": self._item,
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": content,
        }

    def _event(self, kind: str, **fields: Any) -> ServerSentEvent:
        data = {"type": kind, "sequence_number": self._sent, **fields}
        self._sent += 1
        return ServerSentEvent(event=kind, data=json.dumps(data))


def _part(text: str) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
