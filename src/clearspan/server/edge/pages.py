"""The Studio's files, and a page that lists the routes."""

import html
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

import clearspan

STUDIO = Path(clearspan.__file__).parent / "studio"


def add_pages(app: FastAPI) -> None:
    """Serve the Studio at `/` and `/studio/`, and the reference of the routes at `/docs`."""

    async def studio() -> FileResponse:
        return FileResponse(STUDIO / "index.html")

    async def reference(request: Request) -> Response:
        return HTMLResponse(reference_page(cast(FastAPI, request.app).openapi()))

    app.add_api_route("/", studio, include_in_schema=False)
    app.add_api_route("/docs", reference, include_in_schema=False)
    app.mount("/studio", StaticFiles(directory=STUDIO), name="studio")


def reference_page(schema: Mapping[str, Any]) -> str:
    """The routes of an OpenAPI document as one page without scripts.

    The usual viewers load scripts from other hosts or run inline ones; this server's pages do neither.
    """
    sections = "\n".join(_sections(schema))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{html.escape(schema['info']['title'])}: routes</title></head><body><main>"
        f"<h1>{html.escape(schema['info']['title'])} {html.escape(schema['info']['version'])}: routes</h1>"
        f"<p>{html.escape(schema['info'].get('description', ''))}</p>"
        '<p>For programs, the same as an OpenAPI document: <a href="/openapi.json">/openapi.json</a>.</p>'
        f"{sections}</main></body></html>"
    )


def _sections(schema: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in cast(Mapping[str, Mapping[str, Any]], schema["paths"]).items():
        for method, operation in methods.items():
            yield f"<section><h2><code>{method.upper()} {html.escape(path)}</code></h2>"
            for paragraph in str(operation.get("description", operation.get("summary", ""))).split("\n\n"):
                yield f"<p>{html.escape(paragraph)}</p>"
            yield from _rows("Parameters", _parameters(operation))
            yield from _rows("Body", _body(schema, operation))
            yield "</section>"


def _rows(title: str, rows: list[tuple[str, str, str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"<h3>{title}</h3><table><thead><tr><th>name</th><th>type</th><th>meaning</th></tr></thead><tbody>"
    for name, kind, meaning in rows:
        yield (
            f"<tr><td><code>{html.escape(name)}</code></td><td>{html.escape(kind)}</td>"
            f"<td>{html.escape(meaning)}</td></tr>"
        )
    yield "</tbody></table>"


def _parameters(operation: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (str(one["name"]), _kind(one["schema"]), str(one.get("description", "")))
        for one in operation.get("parameters", [])
    ]


def _body(schema: Mapping[str, Any], operation: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    content: Mapping[str, Any] = operation.get("requestBody", {}).get("content", {})
    rows: list[tuple[str, str, str]] = []
    for media in content.values():
        name = str(media["schema"].get("$ref", "")).rpartition("/")[2]
        fields: Mapping[str, Any] = schema["components"]["schemas"].get(name, {}).get("properties", {})
        rows += [(field, _kind(one), str(one.get("description", ""))) for field, one in fields.items()]
    return rows


def _kind(schema: Mapping[str, Any]) -> str:
    if "anyOf" in schema:
        kinds = [_kind(one) for one in schema["anyOf"]]
        return " or ".join(kind for kind in kinds if kind != "null")
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(str(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("type", "any"))
