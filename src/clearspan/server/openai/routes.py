"""The OpenAI-compatible routes: models, chats, completions and responses."""

import time
from collections.abc import AsyncGenerator
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from clearspan.server.context import FromServer, ServerContext
from clearspan.server.edge.clients import CLIENT_CLOSED_REQUEST, ClientGone, unless_gone
from clearspan.server.edge.errors import UnknownModel
from clearspan.server.edge.streams import event_response
from clearspan.server.openai import embeddings
from clearspan.server.openai.answers import OVERVIEW_MODEL, Piece, continuation, pieces
from clearspan.server.openai.forms import ChatForm, CompletionForm, ReplyForm, collected, streamed_form
from clearspan.server.openai.requests import ChatRequest, CompletionRequest
from clearspan.server.openai.response_form import ResponseForm
from clearspan.server.openai.responses_request import ResponseRequest

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])
router.include_router(embeddings.router)

Json = dict[str, Any]
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

    With `clearspan`, the last user message goes through the whole journey, read after the turns before it: the content
    is the overview with its citation numbers, and a `clearspan` object beside it is the receipt.
    `extra_body={"clearspan": {"library": …, "generate": …}}` chooses the library and whether the local model may write.
    """
    body.refuse_unsupported()
    form = ChatForm(_head("chatcmpl", body.model), include_usage=body.includes_usage())
    return await _reply(request, form, pieces(server, body), stream=body.stream)


@router.post("/completions", response_model=None)
async def completions(body: CompletionRequest, server: FromServer, request: Request) -> Response:
    """Go on from a text with the local model; the model `clearspan` takes it as a question to the library."""
    body.refuse_unsupported()
    form = CompletionForm(_head("cmpl", body.model), include_usage=body.includes_usage())
    return await _reply(request, form, continuation(server, body), stream=body.stream)


@router.post("/responses", response_model=None)
async def responses(body: ResponseRequest, server: FromServer, request: Request) -> Response:
    """As chats, in OpenAI's newer form; nothing of a conversation is kept between two requests."""
    body.refuse_unsupported()
    form = ResponseForm(body, int(time.time()))
    return await _reply(request, form, pieces(server, body.as_chat()), stream=body.stream)


async def _reply(request: Request, form: ReplyForm, said: AsyncGenerator[Piece], *, stream: bool) -> Response:
    try:
        if not stream:
            return JSONResponse(await unless_gone(request, collected(form, said)))
        # Awaiting the beginning here lets a request that is refused be answered with its own status.
        await unless_gone(request, anext(said))
    except ClientGone:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    return event_response(streamed_form(form, said), ping=PING_SECONDS)


def _head(prefix: str, model: str) -> Json:
    return {"id": f"{prefix}-{uuid4().hex}", "created": int(time.time()), "model": model}


def _names(server: ServerContext) -> list[str]:
    settings = server.workspace.settings
    return [name for name in (OVERVIEW_MODEL, settings.model, settings.embedder) if name]


def _model(name: str) -> Json:
    return {"id": name, "object": "model", "created": _MODEL_CREATED, "owned_by": "clearspan"}
