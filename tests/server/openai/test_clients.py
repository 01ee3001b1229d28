"""Programs that people use with OpenAI's protocol, each as its documentation has it, against our server."""

import os
from typing import TYPE_CHECKING, Any

import pytest
from openai import OpenAI

if TYPE_CHECKING:
    from tests.server.conftest import Served

SPAN = "How long is the main span of the Golden Gate Bridge?"
WHEN = "When did the Golden Gate Bridge open?"
KEY = "not-needed"


@pytest.fixture
def url(words_served: "Served") -> str:
    return f"{words_served.url}/v1"


@pytest.fixture(autouse=True)
def _nothing_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    for name in [name for name in os.environ if name.startswith(("OPENAI_", "LANGSMITH_", "LANGCHAIN_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    monkeypatch.setenv("LLM_USER_PATH", str(tmp_path / "llm"))


def test_openai_completes(url: str) -> None:
    with OpenAI(base_url=url, api_key=KEY) as client:
        whole = client.completions.create(model="clearspan", prompt=SPAN)
        assert "1,280" in whole.choices[0].text
        pieces = list(client.completions.create(model="clearspan", prompt=SPAN, stream=True))
    assert "".join(one.choices[0].text for one in pieces) == whole.choices[0].text
    assert pieces[-1].choices[0].finish_reason == "stop"


def test_openai_goes_on_from_a_text(served: "Served") -> None:
    with OpenAI(base_url=f"{served.url}/v1", api_key=KEY) as client:
        answer = client.completions.create(model="smollm2-135m", prompt="The bridge is", max_tokens=4)
    assert answer.usage
    assert answer.usage.completion_tokens == 4


def test_openai_responds(url: str) -> None:
    with OpenAI(base_url=url, api_key=KEY) as client:
        whole = client.responses.create(model="clearspan", input=SPAN, instructions="Be brief.")
        assert "1,280" in whole.output_text
        assert whole.status == "completed"
        followed = client.responses.create(
            model="clearspan",
            input=[
                {"role": "user", "content": WHEN},
                {"role": "assistant", "content": [{"type": "output_text", "text": "In 1937."}]},  # type: ignore[list-item]
                {"role": "user", "content": [{"type": "input_text", "text": "How long is its main span?"}]},
            ],
        )
        assert "1,280" in followed.output_text
        cut = client.responses.create(model="clearspan", input=SPAN, max_output_tokens=2)
        assert cut.status == "incomplete"
        with client.responses.stream(model="clearspan", input=SPAN) as stream:
            said = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
            assert stream.get_final_response().output_text == said == whole.output_text


def test_langchain(url: str) -> None:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="clearspan", base_url=url, api_key=KEY)  # type: ignore[arg-type]
    assert "1937" in str(model.invoke(WHEN).content)
    conversation = [("human", WHEN), ("ai", "In 1937."), ("human", "And how long is its main span?")]
    assert "1,280" in str(model.invoke(conversation).content)
    assert "1937" in "".join(str(chunk.content) for chunk in model.stream(WHEN))


def test_langchain_embeds(served: "Served") -> None:
    from langchain_openai import OpenAIEmbeddings

    texts = OpenAIEmbeddings(
        model="minilm",
        base_url=f"{served.url}/v1",
        api_key=KEY,  # type: ignore[arg-type]
        check_embedding_ctx_length=False,
    )
    assert len(texts.embed_query("a bridge")) == 384


def test_litellm(url: str) -> None:
    import litellm

    asked: dict[str, Any] = {"model": "openai/clearspan", "base_url": url, "api_key": KEY}
    answer = litellm.completion(messages=[{"role": "user", "content": WHEN}], **asked)
    assert "1937" in answer.choices[0].message.content
    pieces = litellm.completion(messages=[{"role": "user", "content": WHEN}], stream=True, **asked)
    assert "1937" in "".join(one.choices[0].delta.content or "" for one in pieces)


def test_litellm_embeds(served: "Served") -> None:
    import litellm

    url = f"{served.url}/v1"
    vectors = litellm.embedding(model="openai/minilm", input=["a bridge"], api_base=url, api_key=KEY)
    assert len(vectors.data[0]["embedding"]) == 384


def test_llm(url: str) -> None:
    from llm.default_plugins.openai_models import Chat

    model = Chat("clearspan", model_name="clearspan", api_base=url)
    model.key = KEY
    conversation = model.conversation()
    assert "1937" in conversation.prompt(WHEN).text()
    assert "1,280" in conversation.prompt("And how long is its main span?", stream=False).text()
