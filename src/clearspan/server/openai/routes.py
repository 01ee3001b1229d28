"""The OpenAI-compatible routes: models, chat completions and embeddings."""

import base64
import json
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from numpy.typing import NDArray
from sse_starlette.event import ServerSentEvent

from clearspan.errors import ClearspanError
from clearspan.server.context import FromServer, ServerContext
from clearspan.server.edge.clients import CLIENT_CLOSED_REQUEST, ClientGone, unless_gone
from clearspan.server.edge.errors import UnknownModel, Unsupported, error_body, unexpected
from clearspan.server.edge.streams import event_response
from clearspan.server.openai.answers import OVERVIEW_MODEL, Piece, ReplyBegun, ReplyEnded, ReplyText, pieces
from clearspan.server.openai.requests import ChatRequest, EmbeddingRequest, refuse_unsupported

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])
logger = logging.getLogger("clearspan.server")

Json = dict[str, Any]
Vectors = NDArray[np.float32]
# Comments keep a stream alive before its first token and between slow ones.
PING_SECONDS = 5
# Models are files; when they were made is not known, and clients only want a number.
_MODEL_CREATED = 0


@router.get("/models")
def models(server: FromServer) -> Json:
    """The names that the other routes take as `model`."""
    return {"object": "list", "data": [_model(name) for name in _names(server)]}


@router.get("/models/{name:path}")
def model(name: str, server: FromServer) -> Json:
    """One of the names."""
    if name not in _names(server):
        raise UnknownModel(f"No model named {name[:100]!r} is served here.", do="GET /v1/models lists them.")
    return _model(name)


@router.post("/chat/completions", response_model=None)
async def chat(body: ChatRequest, server: FromServer, request: Request) -> Response:
    """Chat with the local model, or ask the library with the model `clearspan`.

    `extra_body={"dials": ["golden-gate=0.6x", "#1234=2x", {"site": …, "vector": […], "clamp": …}]}` dials the local
    model for this request alone; a `dose` object beside the choices says how far they reach, how far they may, and
    whether the guard rails were audited there.

    With `clearspan`, the last user message goes through the whole journey: the content is the overview with
    its citation numbers, and a `clearspan` object beside it is the receipt. `extra_body={"clearspan":
    {"library": …, "generate": …}}` chooses the library and whether the local model may write.
    """
    refuse_unsupported(body)
    said = pieces(server, body)
    head: Json = {"id": f"chatcmpl-{uuid4().hex}", "created": int(time.time()), "model": body.model}
    try:
        if not body.stream:
            return JSONResponse(await unless_gone(request, _whole(head, said)))
        # Awaiting the beginning here lets a request that is refused be answered with its own status.
        await unless_gone(request, anext(said))
    except ClientGone:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    return event_response(_chunks(head, said, include_usage=body.includes_usage()), ping=PING_SECONDS)


@router.post("/embeddings")
async def embeddings(body: EmbeddingRequest, server: FromServer) -> Json:
    """Unit vectors of texts, as lists of numbers or as base64 of little-endian 32-bit floats."""
    texts = [body.input] if isinstance(body.input, str) else body.input
    if not all(texts):
        raise Unsupported(
            "An empty text has no embedding.", param="input", do="Leave empty texts out of 'input'."
        )

    def work() -> tuple[Vectors, int]:
        embedder = _embedder(server, body)
        return embedder.embed(texts), sum(embedder.token_count(text) for text in texts)

    vectors, tokens = await server.workers.result(work)
    data = [
        {"object": "embedding", "index": index, "embedding": _encoded(vector, body.encoding_format)}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": data, "model": body.model, "usage": usage}


def _names(server: ServerContext) -> list[str]:
    settings = server.workspace.settings
    return [name for name in (OVERVIEW_MODEL, settings.model, settings.embedder) if name]


def _model(name: str) -> Json:
    return {"id": name, "object": "model", "created": _MODEL_CREATED, "owned_by": "clearspan"}


async def _whole(head: Json, said: AsyncGenerator[Piece]) -> Json:
    text: list[str] = []
    async with aclosing(said):
        async for piece in said:
            match piece:
                case ReplyBegun():
                    continue
                case ReplyText(more):
                    text.append(more)
                case ReplyEnded(reason):
                    message = {"role": "assistant", "content": "".join(text), "refusal": None}
                    choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
                    answer = {
                        **head,
                        "object": "chat.completion",
                        "choices": [choice],
                        "usage": _usage(piece),
                    }
                    return answer | _own(piece)
    raise RuntimeError("a chat ended without its last piece")


async def _chunks(
    head: Json, said: AsyncGenerator[Piece], *, include_usage: bool
) -> AsyncGenerator[ServerSentEvent]:
    common = {**head, "object": "chat.completion.chunk", **({"usage": None} if include_usage else {})}

    def chunk(delta: Json, finish: str | None = None, **more: object) -> ServerSentEvent:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return ServerSentEvent(data=json.dumps({**common, "choices": [choice], **more}))

    async with aclosing(said):
        yield chunk({"role": "assistant", "content": ""})
        try:
            async for piece in said:
                match piece:
                    case ReplyBegun():
                        continue
                    case ReplyText(text):
                        yield chunk({"content": text})
                    case ReplyEnded(reason):
                        yield chunk({}, reason, **_own(piece))
                        if include_usage:
                            last: Json = {**common, "choices": [], "usage": _usage(piece)}
                            yield ServerSentEvent(data=json.dumps(last))
        except ClearspanError as error:
            yield ServerSentEvent(data=json.dumps(error_body(error)))
        except Exception:
            logger.exception("a chat failed")
            yield ServerSentEvent(data=json.dumps(error_body(unexpected())))
        yield ServerSentEvent(data="[DONE]")


def _own(end: ReplyEnded) -> Json:
    """What stands beside OpenAI's own fields: the receipt of an overview, or how far the dials of a chat reached."""
    if end.receipt:
        return {"clearspan": end.receipt.model_dump(mode="json")}
    return {"dose": end.dose.model_dump(mode="json")} if end.dose else {}


def _usage(end: ReplyEnded) -> Json:
    return {
        "prompt_tokens": end.input_tokens,
        "completion_tokens": end.output_tokens,
        "total_tokens": end.input_tokens + end.output_tokens,
    }


def _embedder(server: ServerContext, body: EmbeddingRequest) -> "Embedder":
    settings = server.workspace.settings
    embedder = server.workspace.embedder if body.model == settings.embedder else None
    if embedder is None:
        known = f"Use '{settings.embedder}'." if settings.embedder else "This server has no embeddings."
        raise UnknownModel(
            f"No model named {body.model[:100]!r} embeds texts here.",
            why=server.workspace.readiness()["embedder"] if body.model == settings.embedder else "",
            do=known,
        )
    if body.dimensions not in {None, embedder.dimension}:
        raise Unsupported(
            f"{settings.embedder} has {embedder.dimension} dimensions, no others.",
            param="dimensions",
            do="Leave 'dimensions' out.",
        )
    return embedder


def _encoded(vector: Vectors, form: str) -> str | list[float]:
    if form == "base64":
        return base64.b64encode(vector.astype("<f4").tobytes()).decode()
    return [float(number) for number in vector]
