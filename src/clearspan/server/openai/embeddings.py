"""POST /v1/embeddings."""

import base64
from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter
from numpy.typing import NDArray

from clearspan.server.context import FromServer, ServerContext
from clearspan.server.edge.errors import UnknownModel, Unsupported
from clearspan.server.openai.requests import EmbeddingRequest

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

router = APIRouter()

Vectors = NDArray[np.float32]


@router.post("/embeddings")
async def embeddings(body: EmbeddingRequest, server: FromServer) -> dict[str, Any]:
    """Unit vectors of texts, as lists of numbers or as base64 of little-endian 32-bit floats."""
    texts = body.texts()

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
