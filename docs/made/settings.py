"""The settings as a page: each field with its variable, its default and what it does."""

from pathlib import Path
from typing import Any

import platformdirs
from made.markdown import plain, table
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from clearspan.settings import RemoteTier, Settings

_INTRODUCTION = """# Settings

Settings come from `config.toml` in the home folder, from the environment, and from flags; later ones win.
Each has the same name everywhere: `{example}` in the file is `CLEARSPAN_{capitals}` in the environment.
"""


def pages() -> dict[str, str]:
    """The page by its path."""
    example = "cost_of_wrong"
    assert example in Settings.model_fields
    text = _INTRODUCTION.format(example=example, capitals=example.upper())
    tiers = "## A tier of your own\n\nEach is a table `[tiers.NAME]` of the file."
    return {
        "reference/settings.md": "\n\n".join([text, _fields(Settings), tiers, _fields(RemoteTier)]) + "\n"
    }


def _fields(model: type[BaseModel]) -> str:
    return table(
        ("setting", "default", "what it does"),
        [
            (f"`{name}`", _default(field), plain(field.description or ""))
            for name, field in model.model_fields.items()
        ],
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value: Any = field.default
    if isinstance(value, Path):
        # The folder differs from system to system; the page must not show that of whoever built it.
        assert value == Path(platformdirs.user_data_dir("clearspan"))
        return "the system's folder for data of programs"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value in (None, "", (), {}):
        return "none"
    if isinstance(value, tuple):
        return ", ".join(plain(str(item)) for item in value)
    return f"`{value}`"
