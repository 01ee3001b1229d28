"""A remote tier against a server that behaves, and one that does not."""

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from clearspan.errors import BadInput, Busy, ClearspanError, FetchError, NotFound, Refused, TooLarge
from clearspan.models.remote.backoff import Backoff
from clearspan.models.remote.model import RemoteModel
from clearspan.settings import RemoteTier
from tests.models.remote.conftest import Act, Script, Stage

Tier = Callable[..., RemoteModel]
KEY = "a-key-that-nobody-may-see"


def hello(stage: Stage) -> None:
    stage.whole("Hel", "lo.")


def failing(status: int, message: str = "not now", **headers: str) -> Act:
    def act(stage: Stage) -> None:
        stage.begin(status, "application/json", **headers)
        stage.raw(f'{{"error": {{"message": "{message}"}}}}'.encode())
        stage.end()

    return act


def saying(content: bytes, kind: str = "text/event-stream") -> Act:
    def act(stage: Stage) -> None:
        stage.begin(kind=kind)
        stage.raw(content)
        stage.end()

    return act


def cut_after_first(stage: Stage) -> None:
    stage.begin()
    stage.chunk("Hel")
    stage.drop()


def silent(stage: Stage) -> None:
    stage.hang()


def stalling(stage: Stage) -> None:
    stage.begin()
    stage.chunk("Hel")
    stage.hang()


def dripping(stage: Stage) -> None:
    stage.begin()
    while True:
        stage.chunk("x")
        threading.Event().wait(0.01)


def test_a_reply_arrives_piece_by_piece(script: Script, tier: Tier) -> None:
    script.plays(hello)
    with tier().stream_chat("Hi", max_tokens=7, temperature=0.5, top_p=0.9, seed=3, stop=["END"]) as stream:
        deltas = list(stream)
    assert [delta.text for delta in deltas] == ["Hel", "lo.", ""]
    finish = deltas[-1].finish
    assert finish is not None
    assert (finish.text, finish.input_tokens, finish.output_tokens, finish.finish_reason) == (
        "Hello.", 12, 3, "stop",
    )  # fmt: skip
    asked = script.asked[0]
    assert asked["path"] == "/v1/chat/completions"
    assert asked["body"] == {
        "model": "far-1b",
        "messages": [{"role": "user", "content": "Hi"}],
        "max_tokens": 7,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 3,
        "stop": ["END"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert "Authorization" not in asked["headers"]


def test_a_connection_is_used_again(script: Script, tier: Tier) -> None:
    script.plays(hello)
    model = tier(concurrency=1)
    assert {model.chat("Hi").text for _ in range(3)} == {"Hello."}
    assert len({asked["port"] for asked in script.asked}) == 1


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503])
def test_failures_that_pass_are_tried_again(script: Script, tier: Tier, status: int) -> None:
    script.plays(failing(status), failing(status), hello)
    assert tier().chat("Hi").text == "Hello."
    assert len(script.asked) == 3


def test_the_server_says_how_long_to_wait(script: Script, tier: Tier) -> None:
    script.plays(failing(429, Retry_After="0.2"), hello)
    assert tier().chat("Hi").text == "Hello."
    assert script.asked[1]["moment"] - script.asked[0]["moment"] >= 0.2


def test_a_wait_that_would_not_fit_is_not_begun(script: Script, tier: Tier) -> None:
    script.plays(failing(429, Retry_After="3600"))
    with pytest.raises(Busy, match="429"):
        tier(timeout=5).chat("Hi")
    assert len(script.asked) == 1


def test_tries_have_an_end(script: Script, tier: Tier) -> None:
    script.plays(failing(503, "we are\\n closed"))
    with pytest.raises(FetchError, match=r"503.*we are closed"):
        tier(retries=2).chat("Hi")
    assert len(script.asked) == 3


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, BadInput), (401, Refused), (403, Refused), (404, NotFound), (413, TooLarge), (422, BadInput)],
)
def test_failures_that_stay_are_told_at_once(
    script: Script, tier: Tier, status: int, kind: type[ClearspanError]
) -> None:
    script.plays(failing(status, "no such model"))
    with pytest.raises(kind, match=f"'far' answered with status {status}.*no such model"):
        tier().chat("Hi")
    assert len(script.asked) == 1


def test_a_redirect_is_not_followed(script: Script, tier: Tier) -> None:
    script.plays(failing(307, Location="http://127.0.0.1:9/v1/chat/completions"))
    with pytest.raises(FetchError, match="elsewhere"):
        tier().chat("Hi")


def test_a_held_reply_that_breaks_off_is_asked_for_again(script: Script, tier: Tier) -> None:
    script.plays(cut_after_first, hello)
    assert tier().chat("Hi").text == "Hello."


def test_a_shown_reply_that_breaks_off_is_an_error(script: Script, tier: Tier) -> None:
    script.plays(cut_after_first, hello)
    stream = tier().stream_chat("Hi")
    assert next(stream).text == "Hel"
    with pytest.raises(FetchError):
        next(stream)
    assert list(stream) == []
    assert len(script.asked) == 1


def test_a_reply_that_ends_early_but_politely_is_broken_off_too(script: Script, tier: Tier) -> None:
    def early(stage: Stage) -> None:
        stage.begin()
        stage.chunk("Hel")
        stage.end()

    script.plays(early)
    with pytest.raises(FetchError, match="broke off"):
        tier(retries=1).chat("Hi")


def test_nobody_listens(script: Script) -> None:
    with (
        RemoteModel("gone", RemoteTier(base_url="http://127.0.0.1:9/v1", model="m"), Backoff(0.001)) as model,
        pytest.raises(FetchError, match="could not be reached at http"),
    ):
        model.chat("Hi")


@pytest.mark.parametrize(
    ("act", "setting", "seconds"),
    [(silent, "first_timeout", 0.1), (stalling, "idle_timeout", 0.1), (dripping, "timeout", 0.2)],
)
def test_a_server_that_is_too_slow_names_the_limit(
    script: Script, tier: Tier, act: Act, setting: str, seconds: float
) -> None:
    script.plays(act)
    with pytest.raises(FetchError, match=f"within {seconds} s.*raise {setting}"):
        tier(**{setting: seconds}).chat("Hi", max_tokens=10_000)
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (saying(b'{"choices": []}', "application/json"), "application/json instead of text/event-stream"),
        (saying(b"<html></html>", "text/html; charset=utf-8"), "text/html instead of"),
        (saying(b"data: {broken\n\n"), "cannot be read"),
        (saying(b'data: {"choices": 3}\n\n'), "cannot be read"),
        (saying(b"data: [1, 2]\n\n"), "cannot be read"),
        (saying(b"data: \xff\xfe\n\n"), "not UTF-8"),
        (saying(b"data: " + b"x" * 1_100_000), "characters"),
        (saying(b'data: {"choices": [{"finish_reason": "tool_calls"}]}\n\n'), "tool"),
        (saying(b'data: {"choices": [{"delta": {"content": "%s"}}]}\n\n' % (b"x" * 50_000)), "far more text"),
    ],
)
def test_what_is_not_the_protocol_is_named(script: Script, tier: Tier, act: Act, says: str) -> None:
    script.plays(act)
    with pytest.raises(FetchError, match=says):
        tier().chat("Hi")
    assert len(script.asked) == 1


def test_a_withheld_reply_is_a_refusal(script: Script, tier: Tier) -> None:
    script.plays(saying(b'data: {"choices": [{"finish_reason": "content_filter"}]}\n\n'))
    with pytest.raises(Refused, match="withheld"):
        tier().chat("Hi")


def test_a_complaint_in_the_middle_of_a_stream(script: Script, tier: Tier) -> None:
    overloaded = saying(b'data: {"error": {"message": "overloaded", "code": 503}}\n\n')
    too_long = saying(b'data: {"error": {"message": "too long", "code": 400}}\n\n')
    vague = saying(b'data: {"error": "oh no"}\n\n')
    script.plays(overloaded, vague, too_long)
    with pytest.raises(BadInput, match="too long"):
        tier().chat("Hi")
    assert len(script.asked) == 3


def test_an_end_without_its_mark_is_an_end(script: Script, tier: Tier) -> None:
    def unmarked(stage: Stage) -> None:
        stage.begin()
        stage.chunk("Hello.")
        stage.chunk(reason="length")
        stage.end()

    script.plays(unmarked)
    generation = tier().chat("What do you say to a neighbour?")
    assert (generation.text, generation.finish_reason) == ("Hello.", "length")
    # No counts were sent: four characters a token.
    assert (generation.input_tokens, generation.output_tokens) == (8, 2)


def test_a_stop_string_counts_whatever_the_server_thinks(script: Script, tier: Tier) -> None:
    def heedless(stage: Stage) -> None:
        stage.begin()
        for piece in ("One", " two\nEN", "D three", " four"):
            stage.chunk(piece)
        stage.hang()

    script.plays(heedless)
    assert tier().chat("Count", stop=("a", "b", "c", "d", "END")).text == "One two\n"
    assert script.asked[0]["body"]["stop"] == ["a", "b", "c", "d"]
    assert script.left.wait(5)


def test_closing_a_stream_tells_the_server(script: Script, tier: Tier) -> None:
    script.plays(stalling)
    stream = tier().stream_chat("Hi")
    assert next(stream).text == "Hel"
    threading.Timer(0.05, stream.close).start()
    assert list(stream) == []
    assert script.left.wait(5)


def test_only_so_many_are_under_way(script: Script, tier: Tier) -> None:
    script.plays(stalling)
    model = tier(concurrency=2)
    streams = [model.stream_chat("Hi") for _ in range(2)]
    for stream in streams:
        next(stream)
    with pytest.raises(Busy, match=r"2 are under way"):
        model.chat("Hi", wait=0.05)
    assert len(script.asked) == 2
    streams[0].close()
    script.plays(hello)
    assert model.chat("Hi", wait=5).text == "Hello."
    assert model.waiting == 0


def test_the_key_goes_to_the_server_and_nowhere_else(
    script: Script, tier: Tier, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FAR_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    script.plays(hello, failing(401, f"the key {KEY} is not known"))
    model = tier(api_key_env="FAR_KEY")
    model.chat("Hi")
    assert script.asked[0]["headers"]["Authorization"] == f"Bearer {KEY}"
    with pytest.raises(Refused, match=r"the key … is not known.*FAR_KEY") as refused:
        model.chat("Hi")
    seen = (caplog.text, str(refused.value), repr(model), model.tier.model_dump_json())
    assert not any(KEY in text for text in seen)


@pytest.mark.parametrize("value", [None, "", "  ", "line\nbreak", "schlüssel"])
def test_a_key_that_is_not_there(
    script: Script, tier: Tier, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("FAR_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("FAR_KEY", value)
    with pytest.raises(Refused, match="FAR_KEY"):
        tier(api_key_env="FAR_KEY").chat("Hi")
    assert script.asked == []


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (lambda model: model.chat("Hi", dials=["a dial"]), "dial features"),
        (lambda model: model.stream_chat("Hi", dials=["a dial"]), "dial features"),
        (lambda model: model.dial("a dial"), "dial features"),
        (lambda model: model.activations(["text"], ["embedding"]), "activations"),
        (lambda model: model.stream_activations(iter(["text"]), ["embedding"]), "activations"),
        (lambda model: model.sites(), "sites"),
        (lambda model: model.direction("name", "embedding", None), "direction"),
        (lambda model: model.likelihood("a", "b"), "how likely"),
        (lambda model: model.generate("Once upon a time"), "plain text"),
    ],
)
def test_what_needs_the_inside_is_refused(
    script: Script, tier: Tier, use: Callable[[Any], object], says: str
) -> None:
    with pytest.raises(Refused, match=says) as refused:
        use(tier())
    assert refused.value.why
    assert refused.value.do
    assert script.asked == []


@pytest.mark.parametrize(
    ("messages", "parameters"),
    [
        ([], {}),
        ("half \ud800", {}),
        ("Hi", {"max_tokens": 0}),
        ("Hi", {"temperature": 3}),
        ("Hi", {"top_p": 0}),
    ],
)
def test_bad_input_is_not_sent(script: Script, tier: Tier, messages: Any, parameters: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        tier().chat(messages, **parameters)
    assert script.asked == []


def test_a_closed_tier_ends_its_streams_and_takes_no_more(script: Script, tier: Tier) -> None:
    script.plays(stalling)
    model = tier()
    stream = model.stream_chat("Hi")
    next(stream)
    model.close()
    model.close()
    assert list(stream) == []
    with pytest.raises(Refused, match="closed"):
        model.chat("Hi")
