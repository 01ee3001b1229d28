"""A remote tier against a real server: this project's own, over the real model."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import uvicorn

from clearspan.errors import NotFound, Refused
from clearspan.models.remote.model import RemoteModel
from clearspan.models.text.conversation import Message
from clearspan.server.app import create_app
from clearspan.settings import RemoteTier, Settings
from clearspan.workspace.workspace import Workspace

if TYPE_CHECKING:
    from clearspan.models.serving.engine import LanguageModel

CONVERSATION: list[Message] = [
    {"role": "system", "content": "You answer in one word."},
    {"role": "user", "content": "What colour is snow? Say “white” or “grün”."},
]


@pytest.fixture(scope="module")
def address(language_model: "LanguageModel", tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(home=tmp_path_factory.mktemp("served-home"), embedder="", api_key="a-key-of-our-own")
    with (
        Workspace.open(settings) as workspace,
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.MonkeyPatch.context() as patch,
    ):
        # The model is loaded once for all tests, and is not this workspace's to close.
        patch.setattr(Workspace, "model", property(lambda _: language_model))
        config = uvicorn.Config(create_app(workspace), lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=asyncio.run, args=(server.serve([listener]),))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        server.should_exit = True
        thread.join()


@pytest.fixture
def remote(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[RemoteModel]:
    monkeypatch.setenv("OUR_KEY", "a-key-of-our-own")
    tier = RemoteTier(
        base_url=address,
        model="smollm2-135m",
        api_key_env="OUR_KEY",
        first_timeout=200,
        idle_timeout=200,
        timeout=200,
    )
    with RemoteModel("own", tier) as model:
        yield model


def test_over_the_wire_it_says_what_it_says_here(
    remote: RemoteModel, language_model: "LanguageModel"
) -> None:
    here = language_model.chat(CONVERSATION, max_tokens=12)
    there = remote.chat(CONVERSATION, max_tokens=12)
    assert there == here


def test_pieces_join_into_the_whole_and_stop_strings_hold(remote: RemoteModel) -> None:
    with remote.stream_chat("Count from one to nine.", max_tokens=24, stop=("three", "3")) as stream:
        deltas = list(stream)
    finish = deltas[-1].finish
    assert finish is not None
    assert "".join(delta.text for delta in deltas) == finish.text
    assert "3" not in finish.text
    assert "three" not in finish.text
    assert stream.output_tokens == finish.output_tokens


def test_its_errors_are_told_in_its_own_words(
    address: str, remote: RemoteModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = RemoteTier(base_url=address, model="nobody", api_key_env="OUR_KEY")
    with RemoteModel("own", nobody) as unknown, pytest.raises(NotFound, match="nobody"):
        unknown.chat("Hi")
    monkeypatch.setenv("OUR_KEY", "another-key")
    with pytest.raises(Refused, match="status 401"):
        remote.chat("Hi")
