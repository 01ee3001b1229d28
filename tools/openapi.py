"""Print the shapes of the server's OpenAPI document, from which `make types` makes the page's types.

Routes are left out: the page calls them by hand, and their paths would double the file.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from clearspan.server.app import create_app
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace


def untitled(part: Any) -> Any:
    """The same without the titles that pydantic makes of the names of fields."""
    if isinstance(part, list):
        return [untitled(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: untitled(value) for key, value in part.items() if key != "title" or not isinstance(value, str)
    }


with (
    tempfile.TemporaryDirectory() as home,
    Workspace.open(Settings(home=Path(home), embedder="")) as workspace,
):
    document = create_app(workspace).openapi()
shapes = {
    "openapi": document["openapi"],
    "info": {"title": document["info"]["title"], "version": ""},
    "paths": {},
    "components": untitled(document["components"]),
}
print(json.dumps(shapes, indent=1))
