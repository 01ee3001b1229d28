"""The container, the service and what docs say of both, as far as that can be seen without an engine that runs them."""

import configparser
import json
import re
from typing import Any

import yaml

from clearspan.cli.main import cli
from clearspan.settings import Settings
from tests.docs.pages import REPOSITORY

DOCKERFILE = (REPOSITORY / "Dockerfile").read_text("utf-8")
PORT = Settings.model_fields["port"].default


def instructions() -> list[tuple[str, str]]:
    """Each instruction with what follows it, comments left out and continued lines joined."""
    lines = "\n".join(line for line in DOCKERFILE.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\s*\\\n\s*", " ", lines)
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined.splitlines() if line]


def test_what_is_copied_is_there_and_is_not_ignored() -> None:
    allowed = {
        line[1:] for line in (REPOSITORY / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"
    }
    for name, rest in instructions():
        if name == "COPY":
            for source in rest.split()[:-1]:
                assert (REPOSITORY / source).exists(), source
                assert source in allowed, source


def test_everything_that_is_fetched_has_a_version() -> None:
    (base,) = [rest for name, rest in instructions() if name == "FROM"]
    assert re.fullmatch(r"python:3\.11-slim-\w+", base)
    installed = next(rest for name, rest in instructions() if name == "RUN" and "uv==" in rest)
    assert "--constraint constraints.txt" in installed
    assert "--torch-backend cpu" in installed


def test_it_runs_as_nobody_special_and_is_told_to_stop_directly() -> None:
    names = [name for name, _ in instructions()]
    assert dict(instructions())["USER"] not in {"root", "0"}
    assert names.index("USER") > max(place for place, name in enumerate(names) if name == "RUN")
    command = json.loads(dict(instructions())["CMD"])
    assert command[0] == "clearspan"
    assert command[1] in cli.list_commands(None)  # type: ignore[arg-type]


def test_compose_keeps_it_to_this_machine_behind_a_key() -> None:
    service: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text("utf-8"))["services"][
        "clearspan"
    ]
    assert service["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    assert dict(instructions())["EXPOSE"] == str(PORT)
    assert service["environment"]["CLEARSPAN_API_KEY"].startswith("${CLEARSPAN_API_KEY:?")
    assert service["volumes"] == ["state:/data"]
    assert "CLEARSPAN_HOME=/data" in dict(instructions())["ENV"]


def test_the_service_starts_a_command_that_exists() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(REPOSITORY / "packaging" / "clearspan.service", "utf-8")
    program, command = unit["Service"]["ExecStart"].split()
    assert program.endswith("/clearspan")
    assert command in cli.list_commands(None)  # type: ignore[arg-type]
    assert unit["Install"]["WantedBy"] == "default.target"
