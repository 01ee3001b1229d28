"""Chats with dials through OpenAI's own client, many at once, and clients that leave."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest
import torch
from openai import OpenAI

from clearspan.models.serving.engine import LanguageModel
from clearspan.server.openai import routes
from tests.server.conftest import LIMIT_KEY

if TYPE_CHECKING:
    from tests.server.conftest import Served

pytestmark = pytest.mark.usefixtures("unlimited")

WIDTH = 576
HELLO = [{"role": "user", "content": "Say hello to the harbour."}]


def vector(seed: int, size: float = 40.0) -> list[float]:
    drawn = torch.randn(WIDTH, generator=torch.Generator().manual_seed(seed))
    return (size * drawn / drawn.norm()).tolist()


def dial(seed: int = 1, **more: Any) -> dict[str, Any]:
    operation = {} if more.keys() & {"clamp", "ablate"} else {"add": 1.0}
    return {"site": "layers.12.residual", "vector": vector(seed), **operation, **more}


def body(*dials: Any, **more: Any) -> dict[str, Any]:
    return {
        "model": "smollm2-135m",
        "messages": HELLO,
        "max_tokens": 6,
        "extra_body": {"dials": list(dials)},
        **more,
    }


@pytest.fixture
def client(served: "Served") -> Iterator[OpenAI]:
    # What dials may reach is tested in `test_limit_attempts`.
    leave = {"X-Clearspan-Limit-Key": LIMIT_KEY}
    with OpenAI(
        base_url=f"{served.url}/v1", api_key="not-needed", max_retries=0, timeout=120, default_headers=leave
    ) as one:
        yield one


def text_of(client: OpenAI, *, stream: bool = False, **asked: Any) -> str:
    if not stream:
        return client.chat.completions.create(**asked).choices[0].message.content or ""
    chunks = client.chat.completions.create(**asked, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_every_client_gets_the_text_of_its_own_dials(served: "Served", client: OpenAI) -> None:
    model = served.workspace.model
    settings: list[list[dict[str, Any]]] = [
        [],
        [dial(1)],
        [dial(2, clamp=1.5), dial(3, site="layers.20.mlp")],
        [dial(1, ablate=True, name="colour")],
    ]
    alone: list[str] = []
    for dials in settings:
        made = [_made(model, one) for one in dials]
        alone.append(model.chat(HELLO, max_tokens=6, dials=made).text)  # type: ignore[arg-type]
    assert len(set(alone[:3])) == 3
    asked = [(number, stream) for number in range(len(settings)) for stream in (False, True)]
    with ThreadPoolExecutor(len(asked)) as pool:
        got = list(pool.map(lambda one: text_of(client, stream=one[1], **body(*settings[one[0]])), asked))
    assert got == [alone[number] for number, _ in asked]


def _made(model: LanguageModel, one: dict[str, Any]) -> Any:
    made = model.direction(one.get("name", "direction"), one["site"], one["vector"])
    if "clamp" in one:
        return made.clamp(one["clamp"])
    return made.ablate() if "ablate" in one else made.add(one["add"])


@pytest.mark.parametrize(
    ("wrong", "param", "says"),
    [
        (dial(vector=[1.0] * 575), "dials.0", "575 numbers"),
        (dial(vector=[]), "dials.0", "one row of finite numbers"),
        (dial(vector=[0.0] * WIDTH), "dials.0", "not all of them zero"),
        (dial(vector=[1e300] * WIDTH), "dials.0", "finite numbers"),
        (dial(vector=[1e30] * WIDTH), "dials.0", "finite numbers"),
        (dial(vector=["long"] * WIDTH), None, "vector"),
        (dial(vector=[1.0] * 70_000), None, "vector"),
        (dial(add=1e9), "dials.0", "from -1000 to 1000"),
        (dial(site="layers.30.residual"), "dials.0", "0 to 29"),
        (dial(site="layer 3"), "dials.0", "'layers.N.residual'"),
        (dial(add=1.0, clamp=2.0), "dials.0", "clamp and add"),
        (dial(add=None), "dials.0", "no operation"),
        (dial(ablate=False), None, "ablate"),
        (dial(loud=True), None, "loud"),
        (7, None, "dials.0"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_dials_that_cannot_be_set(
    client: OpenAI, wrong: Any, param: str | None, says: str, stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**body(wrong, stream=stream))
    assert says in caught.value.message
    assert caught.value.param == param
    assert isinstance(caught.value.body, dict)
    assert {"what", "why", "do"} <= set(caught.value.body)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none(served: "Served", number: str) -> None:
    for one in (dial(add=-123.5), dial(vector=[-123.5] * WIDTH)):
        asked = body(one)
        asked.update(asked.pop("extra_body"))
        response = served.client.post(
            "/v1/chat/completions",
            content=json.dumps(asked).replace("-123.5", number),
            headers={"Content-Type": "application/json"},
        )
        assert response.status_code == 400
        assert response.json()["error"]["param"] == "dials.0"


def test_presets_overviews_and_too_many(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(**body("calm"))
    assert unknown.value.code == "preset_not_found"
    assert "no preset 'calm'" in unknown.value.message
    with pytest.raises(openai.BadRequestError, match="takes no dials") as overview:
        client.chat.completions.create(**{**body(dial()), "model": "clearspan"})
    assert overview.value.param == "dials"
    with pytest.raises(openai.BadRequestError, match="at most 32"):
        client.chat.completions.create(**body(*[dial(vector=[1.0])] * 33))
    with pytest.raises(openai.BadRequestError, match="dialled twice") as twice:
        client.chat.completions.create(**body(dial(1, clamp=1.0), dial(1, clamp=2.0)))
    assert twice.value.status_code == 400


def test_past_the_models_bound_is_a_rate_limit_error(
    served: "Served", client: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = served.workspace.model._open().scheduler
    monkeypatch.setattr(scheduler, "_bound", 0)
    for stream in (False, True):
        with pytest.raises(openai.RateLimitError, match="Try again") as caught:
            client.chat.completions.create(**body(dial(), stream=stream))
        assert int(caught.value.response.headers["Retry-After"]) > 0


@pytest.mark.parametrize("stream", [False, True])
def test_one_who_waits_too_long_gets_a_status_of_its_own(
    served: "Served", client: OpenAI, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    scheduler = served.workspace.model._open().scheduler
    monkeypatch.setattr(scheduler, "_next_admitted", lambda: None)
    monkeypatch.setattr("clearspan.server.openai.answers.TURN_SECONDS", 0.05)
    with pytest.raises(openai.RateLimitError, match=r"within 0\.05 s"):
        client.chat.completions.create(**body(stream=stream))


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_ends_its_generation(served: "Served", stream: bool) -> None:
    model = served.workspace.model
    asked = {
        **body(stream=stream, max_tokens=4_000),
        "messages": [{"role": "user", "content": "Write a long story about a lighthouse."}],
    }
    asked.update(asked.pop("extra_body"))
    left = threading.Event()

    def ask() -> None:
        with (
            httpx.Client(base_url=served.url, timeout=httpx.Timeout(60, read=1.0)) as client,
            client.stream("POST", "/v1/chat/completions", json=asked) as response,
        ):
            next(response.iter_lines())
        left.set()

    if stream:
        ask()
    else:
        with pytest.raises(httpx.ReadTimeout):
            ask()
    until(lambda: model.traffic.running == 0)
    assert model.chat("Hello", max_tokens=1).output_tokens == 1


def test_a_stream_stays_alive_until_its_first_token(
    served: "Served", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PING_SECONDS", 0.05)
    messages = [{"role": "user", "content": "What is this about? " + "The harbour was quiet. " * 120}]
    asked = {"model": "smollm2-135m", "messages": messages, "max_tokens": 1, "stream": True}
    with served.client.stream("POST", "/v1/chat/completions", json=asked) as response:
        lines = list(response.iter_lines())
    first = next(number for number, line in enumerate(lines) if '"content": "' in line and '""' not in line)
    assert any(line.startswith(": ping") for line in lines[:first])
    assert lines[-2:] == ["data: [DONE]", ""]


def test_metrics_tell_what_the_model_does(served: "Served", client: OpenAI) -> None:
    def metric(name: str) -> float:
        lines = served.client.get("/metrics").text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    before = metric("clearspan_generated_tokens_total")
    text_of(client, **body(max_tokens=3))
    # A token is handed over before it is counted.
    until(lambda: metric("clearspan_generated_tokens_total") == before + 3)
    with served.workspace.model.stream_chat("Count to 500.", max_tokens=2_000):
        until(lambda: metric("clearspan_model_running") == 1)
        assert metric("clearspan_model_waiting") == 0
    until(lambda: metric("clearspan_model_running") == 0)
