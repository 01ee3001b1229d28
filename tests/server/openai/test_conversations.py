"""Conversations as clients send them: tools, parts, limits, follow-ups, and what front ends ask for themselves."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.server.conftest import Served

SPAN = "How long is the main span of the Golden Gate Bridge?"
WHEN = "When did the Golden Gate Bridge open?"


def chat(served: "Served", *messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = served.client.post(
        "/v1/chat/completions", json={"model": "clearspan", "messages": messages, **more}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def said(answer: dict[str, Any]) -> str:
    return answer["choices"][0]["message"]["content"]


def test_a_history_with_tools_is_answered(words_served: "Served") -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    answer = chat(
        words_served,
        {"role": "user", "content": "Look it up."},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "ok"},
        {"role": "user", "content": WHEN},
    )
    assert "1937" in said(answer)


def test_parts_are_joined_with_a_space(words_served: "Served") -> None:
    parts = [{"type": "text", "text": "When did the Golden Gate"}, {"type": "text", "text": "Bridge open?"}]
    answer = chat(words_served, {"role": "user", "content": parts})
    assert answer["clearspan"]["question"] == WHEN


def test_a_follow_up_is_read_after_what_was_asked(words_served: "Served") -> None:
    answer = chat(
        words_served,
        {"role": "user", "content": WHEN},
        {"role": "assistant", "content": "On 27 May 1937."},
        {"role": "user", "content": "And how long is its main span?"},
    )
    assert "1,280" in said(answer)
    assert answer["clearspan"]["question"] == "How long is the Golden Gate Bridge's main span?"
    assert any("And how long is its main span?" in note for note in answer["clearspan"]["overview"]["notes"])


def test_limits_are_obeyed_and_the_receipt_has_the_rest(words_served: "Served") -> None:
    whole = chat(words_served, {"role": "user", "content": SPAN})
    stopped = chat(words_served, {"role": "user", "content": SPAN}, stop=["1,280"])
    assert said(stopped) == said(whole).partition("1,280")[0]
    assert stopped["choices"][0]["finish_reason"] == "stop"
    cut = chat(words_served, {"role": "user", "content": SPAN}, max_tokens=2)
    assert said(whole).startswith(said(cut))
    assert 0 < len(said(cut)) < 12
    assert cut["choices"][0]["finish_reason"] == "length"
    assert cut["clearspan"]["overview"] == whole["clearspan"]["overview"]


def test_a_title_is_not_asked_of_the_library(words_served: "Served") -> None:
    before = words_served.workspace.ledger.count()
    prompt = f"### Task:\nSuggest a title of this chat.\n<chat_history>\nUSER: {SPAN}\n</chat_history>"
    answer = chat(words_served, {"role": "user", "content": prompt})
    assert said(answer) == "How long is the main span of the …"
    assert "clearspan" not in answer
    assert words_served.workspace.ledger.count() == before


@pytest.mark.parametrize(
    ("route", "body", "param"),
    [
        (
            "chat/completions",
            {
                "messages": [
                    {"role": "user", "content": [{"type": "text", "text": SPAN}, {"type": "image_url"}]}
                ]
            },
            "messages.0.content.1",
        ),
        (
            "responses",
            {"input": [{"role": "user", "content": [{"type": "input_image"}]}]},
            "input.0.content.0",
        ),
        ("responses", {"input": [{"type": "item_reference", "id": "msg_1"}]}, "input.0"),
        ("responses", {"input": SPAN, "previous_response_id": "resp_1"}, "previous_response_id"),
        ("responses", {"input": SPAN, "text": {"format": {"type": "json_object"}}}, "text.format"),
        ("responses", {"input": SPAN, "tools": [{"type": "web_search"}]}, "tools"),
        ("completions", {"prompt": [1, 2]}, "prompt"),
        ("completions", {"prompt": SPAN, "echo": True}, "echo"),
        ("embeddings", {"model": "minilm", "input": [[9906, 1917]]}, "input"),
        ("embeddings", {"model": "minilm", "input": [9906, 1917]}, "input"),
    ],
)
def test_what_is_not_read_is_refused_by_name(
    words_served: "Served", route: str, body: dict[str, Any], param: str
) -> None:
    answer = words_served.client.post(f"/v1/{route}", json={"model": "clearspan", **body})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert answer.json()["error"]["do"]


def test_the_local_model_is_told_what_tools_said(served: "Served") -> None:
    messages = [
        {"role": "user", "content": "Look at the clock."},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "tool_call_id": "c", "content": "It is noon."},
        {"role": "user", "content": "What time is it?"},
    ]
    answer = chat(served, *messages, model="smollm2-135m", max_tokens=3)
    assert answer["usage"]["completion_tokens"] == 3
