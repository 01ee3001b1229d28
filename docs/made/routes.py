"""The HTTP routes as a page, from the document that the server sends as `/openapi.json`."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from made.markdown import plain, table

from clearspan.server.app import create_app
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

Schema = Mapping[str, Any]

_SHAPES = "shapes.md"
_INTRODUCTION = """# HTTP routes

What the server takes and sends, made from its OpenAPI document, which it serves as `/openapi.json` itself.
[Serve over HTTP](../guides/serve.md) has examples, the order of events in a stream, and who may talk to it.
"""


def pages() -> dict[str, str]:
    """Both pages by their paths."""
    document = _document()
    return {
        "reference/routes.md": "\n\n".join(_routes(document)) + "\n",
        f"reference/{_SHAPES}": "\n\n".join(_shapes(document)) + "\n",
    }


def _document() -> Schema:
    with (
        tempfile.TemporaryDirectory() as home,
        Workspace.open(Settings(home=Path(home), embedder="")) as workspace,
    ):
        return create_app(workspace).openapi()


def _routes(document: Schema) -> Iterator[str]:
    yield _INTRODUCTION
    tagged: dict[str, list[tuple[str, Schema]]] = {}
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            tagged.setdefault(route["tags"][0], []).append((f"{method.upper()} {path}", route))
    for tag, routes in tagged.items():
        yield f"## {tag[:1].upper()}{tag[1:]}"
        for name, route in routes:
            yield f"### `{name}`"
            yield from (plain(part) for part in route.get("description", "").split("\n\n"))
            parameters = [_parameter(one) for one in route.get("parameters", ())]
            if parameters:
                yield table(("parameter", "where", "what it is"), parameters)
            if takes := _contents(route.get("requestBody", {})):
                yield f"Takes {takes}."
            if sends := _contents(route["responses"].get("200", {})):
                yield f"Sends {sends}."


def _parameter(one: Schema) -> tuple[str, str, str]:
    default = one["schema"].get("default")
    said = [one.get("description", ""), f"default {default}" if default is not None else ""]
    return f"`{one['name']}`", one["in"], plain("; ".join(part for part in said if part))


def _contents(body: Schema) -> str:
    kinds = [
        f"{_type(content.get('schema', {}))} as `{media}`"
        for media, content in body.get("content", {}).items()
    ]
    return " or ".join(kinds)


def _shapes(document: Schema) -> Iterator[str]:
    yield "# Shapes\n\nWhat the routes send and take, field by field."
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f"## {name}"
        yield from (plain(part) for part in schema.get("description", "").split("\n\n"))
        fields = schema.get("properties", {})
        if fields:
            needed = schema.get("required", ())
            yield table(
                ("field", "type", "what it is"),
                [
                    (f"`{field}`", _type(of) + ("" if field in needed else ", optional"), plain(_said(of)))
                    for field, of in fields.items()
                ],
            )


def _said(field: Schema) -> str:
    return field.get("description", "")


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}]({_SHAPES}#{name.lower()})"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_type(one) for one in schema[several]))
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}" if "items" in schema else "list"
    return {"null": "nothing", "object": "object"}.get(schema.get("type", ""), schema.get("type", "anything"))
