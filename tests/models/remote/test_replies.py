"""Chunks of a remote reply: what becomes text, what ends it, and what is no reply at all."""

import json
from concurrent.futures import Future

import pytest

from clearspan.errors import Refused
from clearspan.models.remote.replies import Complaint, Rejected, Reply, ReplyStream, read_complaint
from clearspan.models.text.chatting import Delta, Generation
from clearspan.models.text.sampling import Sampling


def reply(*, stop: tuple[str, ...] = (), held: bool = False, max_tokens: int = 100) -> Reply:
    return Reply(
        "far",
        [{"role": "user", "content": "twelve chars"}],
        Sampling(max_tokens=max_tokens, stop=stop),
        held=held,
    )


def chunk(content: str | None = None, reason: str | None = None, **more: object) -> str:
    return json.dumps({"choices": [{"delta": {"content": content}, "finish_reason": reason}], **more})


def given(one: Reply) -> list[Delta | BaseException | None]:
    found: list[Delta | BaseException | None] = []
    while not one.given.empty():
        found.append(one.given.get())
    return found


def test_pieces_are_given_as_they_come_and_the_whole_at_the_end() -> None:
    one = reply()
    assert not one.begun
    for data in (chunk("Hel"), chunk("lo."), chunk(None, "stop"), " [DONE] "):
        one.add(data)
    whole = Generation("Hello.", 3, 2, "stop")
    assert given(one) == [Delta("Hel"), Delta("lo."), Delta("", whole)]
    assert (one.begun, one.shown, one.over, one.cut) == (True, True, True, False)


def test_a_held_reply_is_given_at_once_and_can_be_forgotten_until_then() -> None:
    one = reply(held=True)
    one.add(chunk("Half"))
    assert not one.shown
    assert given(one) == []
    one.forget()
    for data in (chunk("All"), chunk(None, "length"), "[DONE]"):
        one.add(data)
    assert given(one) == [Delta("All", Generation("All", 3, 1, "length"))]


def test_counts_of_the_server_take_the_place_of_estimates() -> None:
    one = reply()
    one.add(chunk("Hello there", None))
    assert (one.input_tokens, one.output_tokens) == (3, 3)
    one.add(json.dumps({"choices": [], "usage": {"prompt_tokens": 17, "completion_tokens": 5}}))
    assert (one.input_tokens, one.output_tokens) == (17, 5)


def test_a_stop_string_ends_it_whatever_the_server_sends_after() -> None:
    one = reply(stop=("\n",))
    one.add(chunk("One line\nand more"))
    assert (one.over, one.cut) == (True, True)
    one.add(chunk("ignored"))
    *pieces, last = given(one)
    assert isinstance(last, Delta)
    assert last.finish is not None
    assert last.finish.text == "One line"
    assert last.finish.finish_reason == "stop"
    assert "".join(each.text for each in [*pieces, last] if isinstance(each, Delta)) == "One line"


@pytest.mark.parametrize(("reason", "over"), [(None, False), ("stop", True), ("length", True)])
def test_a_reply_without_its_last_line_is_whole_if_a_reason_came(reason: str | None, over: bool) -> None:
    one = reply()
    one.add(chunk("Hello.", reason))
    assert one.conclude() is over
    assert one.over is over


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("not json", "a chunk cannot be read"),
        (json.dumps({"choices": "none"}), "a chunk cannot be read"),
        (chunk(None, "tool_calls"), "it called a tool that it was not given"),
        (chunk(None, "function_call"), "it called a tool that it was not given"),
        (chunk("x" * (64 * 116 + 1)), "it sent far more text than was asked for"),
    ],
)
def test_what_is_not_the_protocol_is_rejected(data: str, why: str) -> None:
    with pytest.raises(Rejected, match=why):
        reply().add(data)


def test_a_withheld_reply_is_refused_by_the_tiers_name() -> None:
    with pytest.raises(Refused) as refused:
        reply().add(chunk(None, "content_filter"))
    assert refused.value.what == "The tier 'far' withheld its reply."
    assert refused.value.why == "Its content filter ended it."


def test_as_much_text_as_tokens_may_hold_is_taken() -> None:
    one = reply()
    one.add(chunk("x" * (64 * 116)))
    assert one.output_tokens == 16 * 116


def test_a_complaint_cuts_the_reply() -> None:
    one = reply()
    one.add(json.dumps({"error": {"code": 429, "message": "slow down"}}))
    assert one.cut
    assert one.complaint == Complaint(429, "slow down")
    one.add(chunk("ignored"))
    assert given(one) == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("overloaded", Complaint(500, "overloaded")),
        ({"message": "no", "code": 404}, Complaint(404, "no")),
        ({"message": "no", "code": 600}, Complaint(500, "no")),
        ({"message": "no", "code": 399}, Complaint(500, "no")),
        ({"message": None, "code": "invalid"}, Complaint(500, "")),
    ],
)
def test_what_a_server_says_about_a_failure(error: object, expected: Complaint) -> None:
    assert read_complaint(error, 500) == expected


def test_only_the_first_choice_counts() -> None:
    one = reply()
    one.add(json.dumps({"choices": [{"delta": {"content": "one"}}, {"delta": {"content": "two"}}]}))
    assert given(one) == [Delta("one")]


def streamed(one: Reply) -> tuple[ReplyStream, "Future[None]"]:
    task: Future[None] = Future()
    return ReplyStream(one, task), task


def test_a_stream_gives_pieces_until_the_whole() -> None:
    one = reply()
    stream, task = streamed(one)
    for data in (chunk("Hello."), chunk(None, "stop"), "[DONE]"):
        one.add(data)
    task.set_result(None)
    assert [delta.text for delta in stream] == ["Hello.", ""]
    assert next(stream, None) is None
    assert (stream.input_tokens, stream.output_tokens) == (3, 2)
    stream.close()
    assert not task.cancelled()


def test_a_stream_raises_what_went_wrong_after_what_came() -> None:
    one = reply()
    stream, task = streamed(one)
    one.add(chunk("Hel"))
    task.set_exception(Rejected("broken"))
    assert next(stream) == Delta("Hel")
    with pytest.raises(Rejected, match="broken"):
        next(stream)
    assert list(stream) == []


def test_closing_a_stream_cancels_what_is_left() -> None:
    stream, task = streamed(reply())
    with stream:
        pass
    assert task.cancelled()
    assert list(stream) == []
    with pytest.raises(RuntimeError, match="closed before its end"):
        stream.finish()
