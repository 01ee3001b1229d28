"""The command line, the HTTP routes and Python use the same words in the same order."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import click
import pytest
from click.core import UNSET

import clearspan as cs
from clearspan.cli.main import cli
from clearspan.economy.prices import PriceWords, priced
from clearspan.public import plan
from clearspan.server.app import create_app
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

# How a result is shown is not asked of Python.
_SHOWN = {"as_json", "as_spoken", "charts", "remove_example"}


def command(*path: str) -> click.Command:
    found: click.Command = cli
    for name in path:
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), name) or pytest.fail(f"no command {path}")
    return found


def of_command(*path: str) -> dict[str, Any]:
    """The words of a command in order, with their defaults; None where there is none."""
    words: dict[str, Any] = {}
    for param in command(*path).params:
        if param.expose_value and param.name and param.name not in _SHOWN:
            given = param.default
            words[param.name] = None if given is UNSET or callable(given) else given
    return words


def of_function(function: Callable[..., object]) -> dict[str, Any]:
    """The words of a function in order, keywords of prices spelt out."""
    words: dict[str, Any] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if name == "prices":
            words |= dict.fromkeys(get_type_hints(PriceWords))
        elif name not in {"self", "settings", "progress"}:
            default = parameter.default
            words[name] = None if default in (inspect.Parameter.empty, ()) else default
    return words


@pytest.mark.parametrize("name", plan.__all__)
def test_plans(name: str) -> None:
    told, called = of_command("plan", name), of_function(getattr(plan, name))
    assert list(told) == list(called)
    prices = get_type_hints(PriceWords)
    assert {word: value or None for word, value in told.items() if word not in prices} == {
        word: value or None for word, value in called.items() if word not in prices
    }
    if told.keys() >= prices.keys():
        assert priced(**{word: told[word] for word in prices}) == priced()


@pytest.mark.parametrize(
    ("path", "function"),
    [
        (("ask",), cs.Client.ask),
        (("diagnose",), cs.Client.diagnose),
        (("library", "add"), cs.Library.add),
        (("library", "sync"), cs.Library.sync),
        (("library", "list"), cs.Library.documents),
        (("library", "show"), cs.Library.document),
        (("library", "search"), cs.Library.search),
        (("library", "remove"), cs.Library.remove),
        (("library", "tag"), cs.Library.tag),
        (("library", "embed"), cs.Library.embed),
        (("receipts", "show"), cs.Client.receipt),
        (("receipts", "replay"), cs.Client.replay),
    ],
)
def test_commands(path: tuple[str, ...], function: Callable[..., object]) -> None:
    # The library of a command, called `name` within it, is the object of a method.
    words = [word for word in of_command(*path) if path[0] != "library" or word != "name"]
    assert words == list(of_function(function))


def test_every_plan_and_every_command_of_a_library_has_a_method() -> None:
    commands = command("plan")
    assert isinstance(commands, click.Group)
    assert set(commands.commands) == set(plan.__all__)


# A word of the routes, where the address says more or less than a name: each is a difference that is meant.
_OTHERWISE = {"law": "laws"}
_OF_THE_PAGE = {"stream", "session"}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), embedder="", generate=False)
    with Workspace.open(settings) as workspace:
        yield create_app(workspace).openapi()


@pytest.mark.parametrize(
    ("method", "path", "function", "lacking"),
    [
        # A key is a header of the request.
        ("post", "/api/ask", cs.Client.ask, {"limit_key"}),
        ("get", "/api/libraries", cs.Client.libraries, set()),
        ("get", "/api/library/documents", cs.Library.documents, set()),
        ("get", "/api/library/documents/{document}", cs.Library.document, set()),
        ("delete", "/api/library/documents/{document}", cs.Library.remove, set()),
        ("get", "/api/library/search", cs.Library.search, set()),
        ("get", "/api/receipts", cs.Client.receipts, set()),
        ("get", "/api/receipts/{receipt_id}", cs.Client.receipt, set()),
        ("post", "/api/receipts/{receipt_id}/replay", cs.Client.replay, set()),
        ("post", "/api/receipts/{receipt_id}/diagnose", cs.Client.diagnose, set()),
        # A server reads no file that a request names, and its hourly prices hold electricity.
        ("get", "/api/plan/lifetime", plan.lifetime, {"from_ledger", "runs", "electricity_extra"}),
        ("get", "/api/plan/magnitudes", plan.magnitudes, {"electricity_extra"}),
    ],
)
def test_routes(
    routes: dict[str, Any], method: str, path: str, function: Callable[..., object], lacking: set[str]
) -> None:
    operation = routes["paths"][path][method]
    words = [parameter["name"] for parameter in operation.get("parameters", ())]
    if body := operation.get("requestBody"):
        shape = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        words += list(routes["components"]["schemas"][shape]["properties"])
    # The library of a route is the object of a method.
    passed_over = _OF_THE_PAGE | ({"library"} if "/library/" in path else set())
    asked = [_OTHERWISE.get(word, word) for word in words if word not in passed_over]
    called = [word for word in of_function(function) if word not in lacking]
    # What stands in an address has no order.
    assert asked == called if method == "post" else sorted(asked) == sorted(called)
