"""The OpenAPI document: what FastAPI makes of the routes, completed with what it cannot know."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from fastapi import FastAPI
from pydantic import TypeAdapter

_SCHEMAS = "#/components/schemas/"


class DocumentedApi(FastAPI):
    """An application whose document names the events of its streams, and says which fields are always sent.

    Args:
        streams: the unions of events that streams carry, by the names that `streams.described` gives them.
        more: of FastAPI.
    """

    def __init__(self, *, streams: Mapping[str, Any], **more: Any) -> None:
        super().__init__(**more)
        self._streams = streams

    def openapi(self) -> dict[str, Any]:
        """The document, made once."""
        if self.openapi_schema is None:
            document = super().openapi()
            schemas: dict[str, Any] = document["components"]["schemas"]
            for name, events in self._streams.items():
                schema = TypeAdapter[Any](events).json_schema(
                    mode="serialization", ref_template=_SCHEMAS + "{model}"
                )
                schemas.update(schema.pop("$defs"))
                schemas[name] = schema
            _require(document)
        return cast(dict[str, Any], self.openapi_schema)


def _require(document: dict[str, Any]) -> None:
    """Every field of what is sent is there, defaults too; of what is taken, defaults may be left out."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    taken: set[str] = set()
    found = list(
        _references(
            [route.get("requestBody") for path in document["paths"].values() for route in path.values()]
        )
    )
    while found:
        name = found.pop()
        if name not in taken:
            taken.add(name)
            found += _references(schemas[name])
    for name, schema in schemas.items():
        if name not in taken and "properties" in schema:
            schema["required"] = list(schema["properties"])


def _references(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        for key, value in cast(Mapping[str, object], part).items():
            if key == "$ref":
                yield str(value).removeprefix(_SCHEMAS)
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for one in cast(list[object], part):
            yield from _references(one)
