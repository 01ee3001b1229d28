"""POST /v1/embeddings, in slices: between two of them others get their turn, and a client that left is noticed."""

import base64
import json
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response
from numpy.typing import NDArray

from clearspan.server.context import FromServer, ServerContext
from clearspan.server.edge.clients import CLIENT_CLOSED_REQUEST, ClientGone, unless_gone
from clearspan.server.edge.errors import UnknownModel, Unsupported
from clearspan.server.openai.requests import EmbeddingRequest

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

router = APIRouter()

Vectors = NDArray[np.float32]
SLICE_CHARACTERS = 16_000
"""Of the texts that are embedded in one go: about what the embedder reads in one batch."""
READ_CHARACTERS = 1_500
"""What a longer text counts as, since the embedder cuts it about there."""


@router.post("/embeddings", response_model=None)
async def embeddings(body: EmbeddingRequest, server: FromServer, request: Request) -> Response:
    """Unit vectors of texts, as lists of numbers or as base64 of little-endian 32-bit floats."""
    texts = body.texts()
    try:
        content = await unless_gone(request, _embedded(server, body, texts))
    except ClientGone:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    return Response(content, media_type="application/json")


async def _embedded(server: ServerContext, body: EmbeddingRequest, texts: Sequence[str]) -> bytes:
    embedder = await server.workers.result(partial(_embedder, server, body))
    found: dict[int, str | list[float]] = {}
    tokens = 0
    for rows in slices([len(text) for text in texts]):
        chosen = [texts[row] for row in rows]
        vectors, count = await server.workers.result(partial(_read, embedder, chosen, body.encoding_format))
        found |= dict(zip(rows, vectors, strict=True))
        tokens += count
    data = [{"object": "embedding", "index": row, "embedding": found[row]} for row in range(len(texts))]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    answer: dict[str, Any] = {"object": "list", "data": data, "model": body.model, "usage": usage}
    # Writing a million numbers takes a second, in which the event loop would answer nobody.
    return await server.workers.result(lambda: json.dumps(answer).encode())


def slices(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows of similar length, the longest first, each slice short enough that others can wait for it.

    Args:
        lengths: of the texts, in characters.
    """
    rows: list[int] = []
    size = 0
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        weight = min(lengths[row], READ_CHARACTERS)
        if rows and size + weight > SLICE_CHARACTERS:
            yield rows
            rows, size = [], 0
        rows.append(row)
        size += weight
    if rows:
        yield rows


def _read(embedder: "Embedder", texts: Sequence[str], form: str) -> tuple[list[str | list[float]], int]:
    """The texts' vectors as they are sent, and how many tokens were read for them."""
    vectors = [_encoded(vector, form) for vector in embedder.embed(texts)]
    return vectors, sum(embedder.token_count(text) for text in texts)


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
