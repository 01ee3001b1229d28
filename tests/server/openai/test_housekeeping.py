"""Requests that front ends make for themselves, and people's questions that sound like them."""

import json

import pytest

from clearspan.server.openai.housekeeping import chore_reply
from clearspan.server.openai.messages import ChatMessage

ASKED = "How long is the main span of the Golden Gate Bridge?"
HISTORY = f"### Chat History:\n<chat_history>\nUSER: {ASKED}\nASSISTANT: 1,280 metres.\n</chat_history>"


def said(*messages: tuple[str, str]) -> str | None:
    return chore_reply(
        [ChatMessage.model_validate({"role": role, "content": text}) for role, text in messages]
    )


def test_a_title_is_the_first_question_in_the_form_that_is_asked_for() -> None:
    plain = said(("user", f"### Task:\nSuggest a short title for this chat.\n{HISTORY}"))
    assert plain == "How long is the main span of the …"
    shown = said(
        ("user", f'### Task:\nWrite a title of this chat.\n### Output:\n{{ "title": "yours" }}\n{HISTORY}')
    )
    assert json.loads(shown or "") == {"title": plain}


def test_tags_are_its_telling_words() -> None:
    tags = said(
        ("user", f'### Task:\nGenerate tags for the chat history.\n{{ "tags": ["one", "two"] }}\n{HISTORY}')
    )
    assert set(json.loads(tags or "")["tags"]) <= set(ASKED.lower().rstrip("?").split())
    assert said(("user", f"### Task:\nGive tags for this chat.\n{HISTORY}")) == ", ".join(
        json.loads(tags or "")["tags"]
    )


@pytest.mark.parametrize(
    ("wanted", "nothing"),
    [
        ('Suggest follow-up questions as JSON: { "follow_ups": ["A?", "B?"] }', {"follow_ups": []}),
        ('Decide which searches are needed: { "queries": ["one"] }', {"queries": []}),
        ("Suggest follow-up questions for this chat as a JSON array of strings.", []),
    ],
)
def test_nothing_is_suggested_that_nobody_asked(wanted: str, nothing: object) -> None:
    assert json.loads(said(("user", f"### Task:\n{wanted}\n{HISTORY}")) or "") == nothing


def test_it_is_known_after_the_conversation_and_in_the_system_message_too() -> None:
    after = said(
        ("user", ASKED),
        ("assistant", "1,280 m"),
        ("user", "Give this conversation a title, five words at most."),
    )
    assert after == "How long is the main span of the …"
    orders = said(
        (
            "system",
            "You create titles. Write a title for the conversation below this line: that conversation.",
        ),
    )
    assert orders is None
    ordered = said(
        ("system", "Write a short title for the following conversation."), ("user", f"user: {ASKED}")
    )
    assert ordered == "How long is the main span of the …"


@pytest.mark.parametrize(
    "question",
    [
        ASKED,
        "What is the title of Mara Quill's first book?",
        "Which tags does the chat of the harbour office use?",
        "### Task:\nAnswer from the context.\n<context>1,280 m</context>\nHow long is the main span?",
        "Who suggested the name of this session?",
        "Give me the names of the bridges.",
        "Give the name of the person who chaired the session",
        "Write the title of the paper that opened the session.",
        "Give me the names of everyone who spoke in the discussion on flood defences",
    ],
)
def test_what_a_person_asks_is_a_question(question: str) -> None:
    assert said(("user", question)) is None
    assert said(("system", "You are a harbour pilot."), ("user", question)) is None
