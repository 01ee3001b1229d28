"""Everyday prompts that dials are tried on; those for finding a dose are never those that a check measures with."""

import json
from functools import cache
from importlib import resources
from typing import cast

IDENTITY = "Who are you?"


def tuning_prompts() -> list[str]:
    """24 prompts to choose doses with."""
    return _prompts()["tuning"]


def check_prompts() -> list[str]:
    """40 prompts to measure with."""
    return _prompts()["check"]


@cache
def _prompts() -> dict[str, list[str]]:
    text = (resources.files("clearspan.features") / "data" / "prompts.json").read_text("utf-8")
    return cast("dict[str, list[str]]", json.loads(text))
