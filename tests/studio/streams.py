"""Answers written by hand, sent to the page as the server would: for what a real journey cannot be made to do."""

import json
from collections.abc import Iterable

from clearspan.faults import Conflict, Diagnosis
from clearspan.receipts import Citation, Claim, Meter, Overview, Receipt, RouteDecision, Source, Versions

HELD = """
  const real = window.fetch;
  window.fetch = (path, how) => {
    if (path !== "/api/ask") return real(path, how);
    const body = new ReadableStream({
      start(controller) {
        window.feed = (text) => controller.enqueue(new TextEncoder().encode(text));
        how.signal.addEventListener("abort", () => {
          window.wasStopped = true;
          controller.error(new DOMException("Stopped", "AbortError"));
        });
      },
    });
    return Promise.resolve(new Response(body));
  };
"""
"""A script for the page: answers come in the pieces, and at the moments, that `feed` is called with."""


def event(name: str, value: object) -> str:
    """One server-sent event."""
    return f"event: {name}\r\ndata: {json.dumps(value)}\r\n\r\n"


def receipt(
    claims: Iterable[Claim],
    sources: Iterable[Source],
    conflict: Conflict | None = None,
    diagnoses: Iterable[Diagnosis] = (),
) -> Receipt:
    """A receipt that carries the claims."""
    return Receipt(
        id="r-00000000000000aa",
        question="How long is the pier?",
        library="samples",
        route=RouteDecision(tier="generate", why="asks for several facts"),
        overview=Overview(
            claims=tuple(claims), conflict=conflict, notes=(conflict.note,) if conflict else ()
        ),
        sources=tuple(sources),
        diagnoses=tuple(diagnoses),
        meter=Meter(seconds=0.4, output_tokens=12, joules=9.5, joules_how="processor time by hand"),
        versions=Versions(clearspan="0.1.0", library_revision=1),
    )


def citation(number: int, document_id: str, quote: str) -> Citation:
    """A citation of the start of a document."""
    return Citation(
        number=number,
        document_id=document_id,
        passage_id=f"{document_id}:0",
        start=0,
        end=len(quote),
        quote=quote,
        title=f"Source {number}",
    )


def source(number: int | None, document_id: str, **more: object) -> Source:
    """A source; believed, if nothing else is said."""
    fields = {
        "number": number,
        "document_id": document_id,
        "passage_id": f"{document_id}:0",
        "start": 0,
        "end": 9,
        "title": f"Source {number}",
    }
    return Source.model_validate(fields | more)


def stream(answer: Receipt) -> str:
    """The whole answer as the body of a response."""
    return "".join(
        [
            event("route", answer.route.model_dump(mode="json")),
            ": keep-alive\r\n\r\n",
            event("sources", [one.model_dump(mode="json") for one in answer.sources]),
            event("shape", answer.overview.model_dump(mode="json", include={"layout", "verdict"})),
            *(event("claim", claim.model_dump(mode="json")) for claim in answer.overview.claims),
            event("receipt", answer.model_dump(mode="json")),
        ]
    )
