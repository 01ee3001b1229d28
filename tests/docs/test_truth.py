"""Every command, option, file, name, setting and route that the README and the docs speak of is there."""

import ast
import importlib
import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import clearspan
from clearspan.cli.main import cli
from clearspan.server.app import create_app
from clearspan.settings import RemoteTier, Settings
from clearspan.workspace.workspace import Workspace
from tests.docs.pages import PAGES, REPOSITORY, blocks, inline, name

SOURCE = REPOSITORY / "src" / "clearspan"
ROOTS = (REPOSITORY, SOURCE, SOURCE / "studio")
NOW = [page for page in PAGES if page.stem != "CHANGELOG"]
"""Pages that speak of what is there; the changelog names what was."""
EVERY_PAGE = pytest.mark.parametrize("page", NOW, ids=name)
OTHERS_OPTIONS = set("--constraint --enforce-eager --nproc-per-node --strict --test --torch-backend".split())
"""Options of programs that are not ours."""
FOLLOWED = "add/"
"""Pages that a reader follows file by file: their files do not exist before, and tests of their own follow them."""


def commands(page: Path) -> Iterator[str]:
    """Every `clearspan …` of a page; what stands two spaces or a # behind a command says what it does."""
    for block in blocks(page):
        if block.language in {"", "sh", "bash"}:
            for line in block.code.replace("\\\n", " ").splitlines():
                if line.startswith("clearspan "):
                    yield re.split(r" +# |(?<=\S) {3,}(?=[a-zA-Z])", line)[0]
    yield from (code for code in inline(page) if code.startswith("clearspan "))


def words(command: str) -> list[str]:
    try:
        return shlex.split(re.sub(r"[\[\]]", " ", command))
    except ValueError:
        return command.split()


@EVERY_PAGE
def test_commands_and_their_options(page: Path) -> None:
    wrong: list[str] = []
    for line in commands(page):
        command: click.Command = cli
        context = click.Context(cli)
        known = {"--help", "-h", *every_own_option(cli)}
        for word in words(line)[1:]:
            child = command.get_command(context, word) if isinstance(command, click.Group) else None
            if child is not None:
                command, context = child, click.Context(child, parent=context)
                known |= set(every_own_option(child))
            elif word == "…":
                break
            elif isinstance(command, click.Group) and not word.startswith("-"):
                wrong.append(f"{line}: there is no {word}")
                break
            elif word.startswith("--") and word.partition("=")[0] not in known:
                wrong.append(f"{line}: there is no {word}")
    assert wrong == []


def every_own_option(command: click.Command) -> Iterator[str]:
    yield from (option for one in command.params for option in (*one.opts, *one.secondary_opts))


def every_option(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from every_own_option(command)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from every_option(found, click.Context(found, parent=context))


def test_options_that_are_named_alone() -> None:
    known = set(every_option(cli, click.Context(cli))) | OTHERS_OPTIONS | {"--help"}
    for script in (*(REPOSITORY / "benchmarks").glob("*.py"), *SOURCE.rglob("train.py")):
        known |= set(re.findall(r'"(--[a-z-]+)"', script.read_text("utf-8")))
    named = {
        (name(page), option)
        for page in NOW
        for code in inline(page)
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]+", code)
    }
    assert [pair for pair in sorted(named) if pair[1] not in known] == []


@EVERY_PAGE
def test_scripts_modules_and_targets(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE)
    wrong = [path for path in re.findall(r"python ([\w/]+\.py)", text) if not (REPOSITORY / path).exists()]
    wrong += [path for path in re.findall(r"python -m (clearspan[\w.]*)", text) if not module(path)]
    wrong += [
        code for code in inline(page) if (m := re.fullmatch(r"make ([a-z-]+)", code)) and m[1] not in targets
    ]
    assert wrong == []


def module(path: str) -> bool:
    try:
        return importlib.util.find_spec(path) is not None
    except ModuleNotFoundError:
        return False


@EVERY_PAGE
def test_files(page: Path) -> None:
    if FOLLOWED in name(page):
        return
    modules = {
        path.name for root in ("src", "tests", "benchmarks") for path in (REPOSITORY / root).rglob("*")
    }
    first = {path.name for root in ROOTS for path in root.iterdir()}
    wrong: list[str] = []
    for code in inline(page):
        if not re.fullmatch(r"[\w.-]+(/[\w.-]+)*/?", code):
            continue
        if "/" in code.rstrip("/") and (code.split("/")[0] in first or code.endswith((".py", ".js"))):
            wrong += [code] * (not any((root / code).exists() for root in ROOTS))
        elif code.endswith((".py", ".js")):
            wrong += [code] * (code not in modules)
    wrong += [
        found for found in re.findall(r"\b\w+\.(?:js|css)\b", page.read_text("utf-8")) if found not in modules
    ]
    assert wrong == []


def test_pages_that_the_code_names() -> None:
    named = {
        (path.relative_to(REPOSITORY).as_posix(), found)
        for root in ("src", "tests", "benchmarks", "examples")
        for path in (REPOSITORY / root).rglob("*")
        if path.suffix in {".py", ".js", ".md", ".toml"} and "samples" not in path.parts
        for found in re.findall(r"(?<![\w/])docs/[\w/]+\.md", path.read_text("utf-8"))
    }
    assert [pair for pair in sorted(named) if not (REPOSITORY / pair[1]).exists()] == []


@EVERY_PAGE
def test_python(page: Path) -> None:
    wrong: list[str] = []
    for block in blocks(page):
        if block.language != "python":
            continue
        for node in ast.walk(ast.parse(block.code)):
            if isinstance(node, ast.ImportFrom) and re.match(r"clearspan(\.|$)", node.module or ""):
                wrong += [
                    f"{node.module}.{one.name}"
                    for one in node.names
                    if not there(node.module or "", one.name)
                ]
            elif (
                isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cs"
            ):
                wrong += [f"cs.{node.attr}"] * (not there("clearspan", node.attr))
    groups = {
        group
        for path in SOURCE.rglob("*.py")
        for group in re.findall(r'Plugins\([^"]*"(clearspan\.\w+)"', path.read_text("utf-8"))
    }
    wrong += [
        code
        for code in inline(page)
        if (found := re.match(r"(?:cs|clearspan)((?:\.\w+)+)", code))
        and found[0] not in groups
        and not resolves(found[1].strip("."))
    ]
    assert wrong == []


def there(owner: str, attribute: str) -> bool:
    return hasattr(importlib.import_module(owner), attribute) or module(f"{owner}.{attribute}")


def resolves(path: str) -> bool:
    """Whether a dotted path below `clearspan` is a module, or something in one."""
    found: object = clearspan
    where = "clearspan"
    for part in path.split("."):
        where = f"{where}.{part}"
        if module(where):
            found = importlib.import_module(where)
        elif hasattr(found, part):
            found = getattr(found, part)
        else:
            return False
    return True


def test_rooms() -> None:
    """The table of rooms names the layers that import-linter holds, in its order."""
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    held = [layer.split(" | ") for layer in contracts[0]["layers"]]
    text = (REPOSITORY / "docs" / "concepts" / "journey.md").read_text("utf-8").partition("## Rooms")[2]
    rows = re.findall(r"^\| (`[^|]*) \|", text.partition("\n## ")[0], re.MULTILINE)
    assert [re.findall(r"`(\w+)`", row) for row in rows] == held


@EVERY_PAGE
def test_classes(page: Path) -> None:
    defined = {
        found
        for path in SOURCE.rglob("*.py")
        for found in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE)
    }
    named = {found[0] for code in inline(page) if (found := re.match(r"[A-Z][a-z]+[A-Z]\w+(?=\b)", code))}
    assert sorted(named - defined) == []


@EVERY_PAGE
def test_settings(page: Path) -> None:
    if FOLLOWED in name(page):
        return
    wrong: list[str] = []
    for block in blocks(page):
        if block.language == "toml":
            given = tomllib.loads(block.code)
            tiers = given.get("tiers", {}).values()
            wrong += [key for key in given if key not in Settings.model_fields]
            wrong += [key for tier in tiers for key in tier if key not in RemoteTier.model_fields]
    for code in inline(page):
        if found := re.match(r"([a-z]+(?:_[a-z]+)+) = ", code):
            wrong += [code] * (
                found[1] not in Settings.model_fields and found[1] not in RemoteTier.model_fields
            )
    for variable in re.findall(r"\bCLEARSPAN_([A-Z_]+)\b", page.read_text("utf-8")):
        wrong += [variable] * (
            not variable.startswith("TEST_") and variable.lower() not in Settings.model_fields
        )
    assert wrong == []


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    home = tmp_path_factory.mktemp("routes-home")
    with Workspace.open(Settings(home=home, embedder="")) as workspace:
        paths = create_app(workspace).openapi()["paths"]
    return {f"{method.upper()} {shape(path)}" for path, methods in paths.items() for method in methods}


def shape(path: str) -> str:
    """A route without its query, whatever its parts in braces are called."""
    return re.sub(r"\{[^}]*\}", "{}", path.partition("?")[0])


@EVERY_PAGE
def test_routes(page: Path, routes: set[str]) -> None:
    named = [
        f"{method} {path}"
        for code in inline(page)
        for method, path in re.findall(r"\b(GET|POST|PUT|DELETE) (/\S*)", code)
    ]
    assert [route for route in named if shape(route) not in routes] == []
