"""The OpenAI-compatible routes, through OpenAI's own client."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openai
import pytest
from openai import OpenAI

from clearspan.receipts import Receipt
from clearspan.server.context import ServerContext
from clearspan.server.edge.workers import WorkerPool
from tests import long_quote

if TYPE_CHECKING:
    from tests.server.conftest import Served

SPAN_QUESTION = "How long is the main span of the Golden Gate Bridge?"
HELLO = [{"role": "user", "content": "Say hello to the harbour."}]


def client_of(served: "Served", key: str = "not-needed") -> OpenAI:
    return OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0, timeout=120)


@pytest.fixture
def client(served: "Served") -> Iterator[OpenAI]:
    with client_of(served) as one:
        yield one


def question(text: str = SPAN_QUESTION, **more: Any) -> dict[str, Any]:
    return {"model": "clearspan", "messages": [{"role": "user", "content": text}], **more}


def test_models_are_listed_and_found(client: OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names == ["clearspan", "smollm2-135m", "minilm"]
    assert client.models.retrieve("minilm").id == "minilm"
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("other")
    assert caught.value.code == "model_not_found"


def test_the_model_clearspan_answers_with_its_receipt(served: "Served", client: OpenAI) -> None:
    answer = client.chat.completions.create(**question(extra_body={"clearspan": {"generate": False}}))
    assert answer.model_extra
    receipt = Receipt.model_validate(answer.model_extra["clearspan"])
    assert answer.choices[0].message.content == receipt.overview.as_text()
    assert "1,280" in receipt.overview.as_text()
    assert "[1]" in receipt.overview.as_text()
    assert answer.choices[0].finish_reason == "stop"
    assert served.workspace.ledger.receipt(receipt.id) == receipt
    assert answer.usage
    assert answer.usage.total_tokens == receipt.meter.input_tokens + receipt.meter.output_tokens


def test_the_last_user_message_is_the_question(client: OpenAI) -> None:
    messages: list[Any] = [
        {"role": "system", "content": "You are a harbour pilot."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello."},
        {
            "role": "user",
            "content": [{"type": "text", "text": "What is "}, {"type": "text", "text": "6 * 7?"}],
        },
    ]
    answer = client.chat.completions.create(model="clearspan", messages=messages)
    assert "42" in (answer.choices[0].message.content or "")
    assert answer.model_extra
    assert answer.model_extra["clearspan"]["question"] == "What is 6 * 7?"


@pytest.mark.parametrize(
    "text", [SPAN_QUESTION, "What is 12 * 12?", "Who painted the doors of Castle Nowhere?"]
)
def test_a_streamed_overview_is_the_same_text(served: "Served", client: OpenAI, text: str) -> None:
    body = question(text, stream=True, stream_options={"include_usage": True})
    chunks = list(client.chat.completions.create(**body, extra_body={"clearspan": {"generate": False}}))
    assert chunks[0].choices[0].delta.role == "assistant"
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    (last,) = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason]
    assert last.model_extra
    receipt = Receipt.model_validate(last.model_extra["clearspan"])
    assert said == receipt.overview.as_text()
    assert served.workspace.ledger.receipt(receipt.id) == receipt
    assert chunks[-1].usage
    assert not chunks[-1].choices
    assert len({chunk.id for chunk in chunks}) == 1


def test_the_word_of_a_yes_no_answer_streams_before_its_claims(
    client: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clearspan.overview.answering.shapes.yes_no._said", lambda _: 0.65)
    asked = "Is the main span of the Golden Gate Bridge 1,280 metres long?"
    body = question(asked, stream=True, extra_body={"clearspan": {"generate": False}})
    chunks = list(client.chat.completions.create(**body))
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    receipt = Receipt.model_validate((chunks[-1].model_extra or {})["clearspan"])
    assert said == receipt.overview.as_text()
    assert said.startswith("Probably yes.\n")


def test_an_overview_that_is_handed_on_to_the_model_streams_whole(
    serve_with: "Callable[..., Served]",
) -> None:
    served = serve_with(generate=True)
    served.workspace.library().add_bytes("mill.md", long_quote.DOCUMENT.encode())
    with client_of(served) as client:
        body = question(long_quote.QUESTION, stream=True)
        chunks = list(client.chat.completions.create(**body))
    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    receipt = Receipt.model_validate((chunks[-1].model_extra or {})["clearspan"])
    assert receipt.route.escalated_from == "quote" or receipt.route.tried == "generate"
    assert said == receipt.overview.as_text()


def test_plain_chat_is_the_same_streamed_or_not(client: OpenAI) -> None:
    body: dict[str, Any] = {"model": "smollm2-135m", "messages": HELLO, "max_tokens": 8, "temperature": 0}
    whole = client.chat.completions.create(**body)
    assert whole.usage
    assert whole.usage.completion_tokens == 8
    assert whole.usage.prompt_tokens > 8
    assert whole.choices[0].finish_reason == "length"
    assert not (whole.model_extra or {}).get("clearspan")
    chunks = list(client.chat.completions.create(**body, stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == whole.choices[0].message.content
    assert chunks[-1].choices[0].finish_reason == "length"
    assert all(chunk.usage is None for chunk in chunks)


def test_chat_takes_the_usual_parameters(served: "Served", client: OpenAI) -> None:
    before = served.client.get("/metrics").text
    answer = client.chat.completions.create(
        model="smollm2-135m",
        messages=[{"role": "developer", "content": "Answer in one word."}, *HELLO],  # type: ignore[list-item]
        max_completion_tokens=5,
        temperature=0.7,
        top_p=0.9,
        seed=7,
        stop=["."],
        n=1,
        presence_penalty=0,
        user="someone",
        response_format={"type": "text"},
        extra_body={"a_parameter_of_tomorrow": True},
    )
    assert answer.usage
    assert 0 < answer.usage.completion_tokens <= 5
    assert "." not in (answer.choices[0].message.content or "")
    assert served.client.get("/metrics").text != before


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("n", 2),
        ("tools", [{"type": "function", "function": {"name": "look", "parameters": {}}}]),
        ("logprobs", True),
        ("response_format", {"type": "json_object"}),
        ("logit_bias", {"5": 10}),
        ("frequency_penalty", 0.5),
        ("modalities", ["text", "audio"]),
    ],
)
def test_what_is_not_done_is_refused_by_name(client: OpenAI, param: str, value: object) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**question(), extra_body={param: value})
    assert caught.value.param == param
    assert caught.value.code == "unsupported_parameter"
    assert param in caught.value.message


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "system", "content": "Be kind."}]}, "no question"),
        ({"messages": [{"role": "user", "content": " "}]}, "empty"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            "image_url",
        ),
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"extra_body": {"clearspan": {"colour": "red"}}}, "clearspan.colour"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_bad_requests_are_bad_requests(
    client: OpenAI, change: dict[str, Any], says: str, stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError, match=says):
        client.chat.completions.create(**{**question(stream=stream), **change})


def test_a_conversation_longer_than_the_context_is_refused(client: OpenAI) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.chat.completions.create(
            model="smollm2-135m", messages=[{"role": "user", "content": "bridge " * 20_000}]
        )
    assert caught.value.status_code == 413


@pytest.mark.parametrize("stream", [False, True])
def test_unknown_models_and_libraries_are_not_found(client: OpenAI, stream: bool) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="other", messages=HELLO, stream=stream)  # type: ignore[call-overload]
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError, match="library"):
        client.chat.completions.create(
            **question(stream=stream), extra_body={"clearspan": {"library": "other"}}
        )


def test_embeddings_are_the_same_as_numbers_and_as_base64(served: "Served", client: OpenAI) -> None:
    texts = ["the length of a bridge", "how long is the span", "a recipe for bread"]
    # Without a format the client asks for base64 and decodes it.
    decoded = client.embeddings.create(model="minilm", input=texts)
    numbers = client.embeddings.create(model="minilm", input=texts, encoding_format="float")
    assert [one.index for one in decoded.data] == [0, 1, 2]
    assert [one.embedding for one in decoded.data] == [one.embedding for one in numbers.data]
    bridge, span, bread = (one.embedding for one in decoded.data)
    assert len(bridge) == 384
    assert math.isclose(sum(x * x for x in bridge), 1, abs_tol=1e-4)
    near = sum(a * b for a, b in zip(bridge, span, strict=True))
    assert near > sum(a * b for a, b in zip(bridge, bread, strict=True))
    embedder = served.workspace.embedder
    assert embedder
    assert decoded.usage.prompt_tokens == sum(embedder.token_count(text) for text in texts)
    (single,) = client.embeddings.create(model="minilm", input=texts[0]).data
    assert sum(a * b for a, b in zip(single.embedding, bridge, strict=True)) > 0.999


@pytest.mark.parametrize(
    "change", [{"input": ""}, {"input": []}, {"input": ["a", ""]}, {"input": [1, 2]}, {"dimensions": 64}]
)
def test_embeddings_that_cannot_be_made(client: OpenAI, change: dict[str, Any]) -> None:
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(**{"model": "minilm", "input": "a bridge", **change})


def test_only_the_embedder_embeds(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="smollm2-135m", input="a bridge")


def test_a_server_without_embeddings_says_so(serve_with: "Callable[..., Served]") -> None:
    with client_of(serve_with()) as client:
        assert "minilm" not in [model.id for model in client.models.list()]
        with pytest.raises(openai.NotFoundError, match="no embeddings"):
            client.embeddings.create(model="minilm", input="a bridge")


def test_a_wrong_key_is_an_authentication_error(serve_with: "Callable[..., Served]") -> None:
    served = serve_with(api_key="a-long-secret")
    with client_of(served, "a-long-secret") as right:
        assert list(right.models.list())
    with client_of(served, "guess") as wrong, pytest.raises(openai.AuthenticationError):
        wrong.models.list()


def test_a_full_queue_is_a_rate_limit_error(served: "Served", client: OpenAI) -> None:
    context: ServerContext = served.app.state.context
    served.app.state.context = replace(context, workers=WorkerPool(run=1, wait=0))
    try:
        with served.streamed(SPAN_QUESTION, generate=False) as stream:
            with served.ledger_held():
                next(stream)
                with pytest.raises(openai.RateLimitError):
                    client.chat.completions.create(**question())
            assert list(stream)[-1][0] == "receipt"
    finally:
        served.app.state.context = context
