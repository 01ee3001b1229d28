"""A model joins or shortens statements: what it is asked, what is taken of its reply, and what is said otherwise."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

import pytest

from clearspan.errors import Busy
from clearspan.models.text.chatting import Delta, Generation
from clearspan.models.text.conversation import Message
from clearspan.tiers.base import Spent, Wording
from clearspan.tiers.rewriting import rewrite


@dataclass
class Reply:
    """A model that replies with a text; without one it says nothing until it is closed."""

    text: str | None
    reason: Literal["stop", "length"] = "stop"
    busy: bool = False
    waiting: int = 0
    input_tokens: int = 9
    output_tokens: int = 3
    asked: dict[str, object] = field(default_factory=dict[str, object])
    closed: threading.Event = field(default_factory=threading.Event)

    def stream_chat(self, messages: Sequence[Message], **options: object) -> "Reply":
        self.asked = {"messages": messages, **options}
        if self.busy:
            raise Busy("The model is busy.", do="Ask again.")
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __iter__(self) -> Iterator[Delta]:
        if self.text is None:
            assert self.closed.wait(5)
            return
        yield Delta(self.text[:3])
        yield Delta(self.text[3:], Generation(self.text, 20, 7, self.reason))

    def close(self) -> None:
        self.closed.set()


def rewritten(reply: Reply, *statements: str, seconds: float = 1.0) -> Wording:
    return rewrite(reply, statements, seconds)  # pyright: ignore[reportArgumentType]


def test_several_statements_are_joined_and_one_is_shortened() -> None:
    reply = Reply("The mill is red and old.")
    assert rewritten(reply, "The mill is red.", "It is old.") == Wording(
        "The mill is red and old.", Spent(20, 7)
    )
    messages = reply.asked["messages"]
    assert isinstance(messages, list)
    assert [message["role"] for message in messages] == ["user", "assistant", "user"]
    join = "Join these statements into one plain sentence. Keep their names and numbers. Add nothing."
    assert messages[-1]["content"] == f"{join}\n1. The mill is red.\n2. It is old."
    assert messages[0]["content"].startswith(f"{join}\n1. ")
    assert reply.asked["max_tokens"] == 56
    assert reply.asked["stop"] == ("\n",)
    assert reply.asked["wait"] == 1.0
    rewritten(reply, "The mill is red.")
    messages = reply.asked["messages"]
    assert isinstance(messages, list)
    assert messages[-1]["content"] == (
        "Shorten this statement to one plain sentence. Keep its names and numbers. Add nothing.\n"
        "1. The mill is red."
    )


@pytest.mark.parametrize(
    ("rule", "text", "taken", "why"),
    [
        ("the first sentence", "The mill is red. It is old.", "The mill is red.", ""),
        ("without quotation marks", "“The mill is red.”", "The mill is red.", ""),
        ("an exclamation", '"The mill burned!"', "The mill burned!", ""),
        ("no sentence", " … ", "", "the model wrote no sentence"),
        ("nothing", "", "", "the model wrote no sentence"),
        ("a sentence without its end", "The mill is red and", "", "the model's sentence was cut off"),
        ("a question", "Is the mill red?", "", "the model's sentence was cut off"),
    ],
)
def test_what_is_taken_of_a_reply(rule: str, text: str, taken: str, why: str) -> None:
    assert rewritten(Reply(text), "A.", "B.") == Wording(taken, Spent(20, 7), why), rule


def test_a_busy_model_is_not_waited_for() -> None:
    found = rewritten(Reply("Never.", busy=True), "A.")
    assert found == Wording("", why="the model was busy with other questions")


def test_a_model_that_says_nothing_is_stopped_and_what_it_took_is_counted() -> None:
    reply = Reply(None)
    assert rewritten(reply, "A.", seconds=0.05) == Wording(
        "", Spent(9, 3), "the model took longer than 0.1 s"
    )
    assert reply.closed.is_set()


def test_a_reply_in_time_is_not_stopped_later() -> None:
    reply = Reply("The mill is red.")
    rewritten(reply, "A.", seconds=0.02)
    assert not reply.closed.wait(0.1)
