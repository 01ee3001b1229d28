"""The tools through the SDK's own client: over standard streams and over streamable HTTP."""

import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from mcp import Client, StdioServerParameters

from clearspan.server.mcp.running import PATH, guarded
from clearspan.server.mcp.tools import mcp_server
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

SPAN = "How long is the main span of the Golden Gate Bridge?"
Opened = Callable[[], Any]


@pytest.fixture
def settings(words_home: Path) -> Settings:
    return Settings(home=words_home, embedder="", generate=False, library=SAMPLES_LIBRARY)


@pytest.fixture
def address(settings: Settings) -> Iterator[str]:
    with Workspace.open(settings) as workspace, socket.create_server(("127.0.0.1", 0)) as listener:
        app = guarded(mcp_server(workspace), settings)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=2))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
        finally:
            server.should_exit = True
            thread.join()


def started(settings: Settings) -> StdioServerParameters:
    own = {
        "CLEARSPAN_HOME": str(settings.home),
        "CLEARSPAN_EMBEDDER": "",
        "CLEARSPAN_GENERATE": "false",
        "CLEARSPAN_READING": "quick",
    }
    arguments = ["-m", "clearspan", "mcp", "--library", SAMPLES_LIBRARY]
    return StdioServerParameters(command=sys.executable, args=arguments, env={**os.environ, **own})


@pytest.fixture(params=["stdio", "http"])
def opened(request: pytest.FixtureRequest, settings: Settings) -> Opened:
    target = started(settings) if request.param == "stdio" else request.getfixturevalue("address")

    @asynccontextmanager
    async def client() -> AsyncIterator[Client]:
        async with Client(target, read_timeout_seconds=120) as one:
            yield one

    return client


def use(opened: Opened, work: Callable[[Client], Awaitable[None]]) -> None:
    async def within() -> None:
        async with opened() as client:
            await work(client)

    anyio.run(within)


def test_each_tool_does_what_it_says(opened: Opened) -> None:
    async def work(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["ask", "search", "open", "receipt", "check"]
        assert all(tool.description for tool in tools.values())

        asked = (await client.call_tool("ask", {"question": SPAN})).structured_content
        assert asked
        assert "1,280" in asked["text"]
        (cited, *_) = asked["claims"][0]["citations"]
        opened_text = await client.call_tool(
            "open", {"document": cited["document_id"], "start": cited["start"], "end": cited["end"]}
        )
        assert opened_text.structured_content
        assert opened_text.structured_content["text"] == cited["quote"]

        receipt = (await client.call_tool("receipt", {"id": asked["receipt"]})).structured_content
        assert receipt
        assert receipt["question"] == SPAN

        found = (await client.call_tool("search", {"query": "Golden Gate", "limit": 3})).structured_content
        assert found
        assert len(found["passages"]) == 3

    use(opened, work)


def test_a_sentence_is_checked_part_by_part(opened: Opened) -> None:
    async def work(client: Client) -> None:
        right = await client.call_tool(
            "check", {"sentence": "The main span of the Golden Gate Bridge is 1,280 metres long."}
        )
        wrong = await client.call_tool(
            "check", {"sentence": "The main span of the Golden Gate Bridge is 2,560 metres long."}
        )
        assert right.structured_content
        assert wrong.structured_content
        assert right.structured_content["support"] == "supported"
        assert wrong.structured_content["support"] != "supported"
        assert right.structured_content["parts"][0]["source"]

    use(opened, work)


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("ask", {"question": " "}, "empty"),
        ("ask", {"question": SPAN, "library": "/etc"}, "no library"),
        ("open", {"document": "nothing"}, "nothing"),
        ("receipt", {"id": "r-0"}, "no receipt"),
        ("search", {"query": "a", "limit": 0}, "limit"),
    ],
)
def test_what_cannot_be_done_is_said_to_the_model(
    address: str, tool: str, arguments: dict[str, Any], says: str
) -> None:
    async def within() -> None:
        async with Client(address, read_timeout_seconds=120) as client:
            result = await client.call_tool(tool, arguments)
            assert result.is_error
            assert says in result.content[0].text  # type: ignore[union-attr]

    anyio.run(within)


def test_foreign_hosts_and_pages_are_refused(address: str) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    assert httpx.post(address, json=body, headers={"Host": "evil.example"}).status_code == 403
    assert httpx.post(address, json=body, headers={"Origin": "https://evil.example"}).status_code == 403
