"""What can go wrong with a remote tier: each fault by its kind, with what to do, and never with the key."""

import httpx
import pytest

from clearspan.errors import BadInput, Busy, ClearspanError, FetchError, NotFound, Refused, TooLarge
from clearspan.models.remote.faults import Faults
from clearspan.settings import RemoteTier

TABLE = "[tiers.far] of config.toml"


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    monkeypatch.setenv("FAR_KEY", "sk-secret")
    return Faults("far", tier("FAR_KEY"))


def tier(variable: str = "") -> RemoteTier:
    return RemoteTier(base_url="https://far.example/v1", model="big", api_key_env=variable)


def test_a_key_is_read_each_time_and_none_where_none_is_wanted(
    faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert faults.key() == "sk-secret"
    monkeypatch.setenv("FAR_KEY", "  other ")
    assert faults.key() == "other"
    assert Faults("far", tier()).key() == ""


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("", "is not set"),
        ("  ", "is not set"),
        ("schlüssel", "holds signs that no key has"),
        ("a\tb", "holds signs that no key has"),
    ],
)
def test_a_key_that_cannot_be_one_is_refused(
    key: str, fault: str, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAR_KEY", key)
    with pytest.raises(Refused) as refused:
        faults.key()
    assert str(refused.value) == (
        f"The tier 'far' has no key. The environment variable FAR_KEY {fault}. "
        f"Set FAR_KEY, or change api_key_env in {TABLE}."
    )


@pytest.mark.parametrize(
    ("status", "kind", "do"),
    [
        (401, Refused, "Check the key in FAR_KEY."),
        (403, Refused, "Check the key in FAR_KEY."),
        (404, NotFound, f"Check base_url and model in {TABLE}."),
        (413, TooLarge, "Ask with fewer or shorter messages."),
        (429, Busy, f"Try again later, or lower concurrency in {TABLE}."),
        (500, FetchError, "Try again later."),
        (503, FetchError, "Try again later."),
        (302, FetchError, f"Correct base_url in {TABLE}."),
        (400, BadInput, f"Check model in {TABLE}, and what is asked of it."),
        (422, BadInput, f"Check model in {TABLE}, and what is asked of it."),
    ],
)
def test_a_status_says_what_to_do(status: int, kind: type[ClearspanError], do: str, faults: Faults) -> None:
    found = faults.refusal(status, "no  such\nthing")
    assert type(found) is kind
    assert found.what == f"The tier 'far' answered with status {status}."
    assert found.why == (
        "It sends requests elsewhere." if status == 302 else "The server says: no such thing"
    )
    assert found.do == do


def test_the_key_is_never_quoted_and_long_words_are_cut(faults: Faults) -> None:
    assert faults.refusal(400, "bad key sk-secret here").why == "The server says: bad key … here"
    assert len(faults.refusal(400, "x" * 999).why) == len("The server says: ") + 300
    assert faults.refusal(400, " ").why == ""
    assert Faults("far", tier()).refusal(401, "").do == "Check the key in api_key_env."


def test_faults_say_what_why_and_what_to_do(faults: Faults) -> None:
    said = [
        faults.inside("show features"),
        faults.no_plain_text(),
        faults.closed(),
        faults.busy(2.0),
        faults.too_slow("first_timeout"),
        faults.too_slow("idle_timeout"),
        faults.too_slow("timeout"),
        faults.unreachable(httpx.ConnectError("refused")),
        faults.unreachable(httpx.ReadError("")),
        faults.cut_off(),
        faults.nonsense("it sent HTML"),
    ]
    of = tier()
    assert [str(one) for one in said] == [
        "The tier 'far' cannot show features. Only text crosses the server's protocol; what is inside the model stays "
        "there. Use a local model for this, such as smollm2-135m.",
        "The tier 'far' cannot continue plain text. The server's protocol takes conversations. Use chat(), or a local "
        "model.",
        "The tier 'far' is closed. Make another RemoteModel.",
        f"The tier 'far' is busy with other requests. {of.concurrency} are under way, and none ended within 2 s. "
        f"Try again later, or raise concurrency in {TABLE}.",
        f"The tier 'far' is too slow. The first piece of its reply did not come within {of.first_timeout:g} s. "
        f"Try again later, or raise first_timeout in {TABLE}.",
        f"The tier 'far' is too slow. The next piece of its reply did not come within {of.idle_timeout:g} s. "
        f"Try again later, or raise idle_timeout in {TABLE}.",
        f"The tier 'far' is too slow. Its whole reply did not come within {of.timeout:g} s. "
        f"Try again later, or raise timeout in {TABLE}.",
        "The tier 'far' could not be reached at https://far.example/v1. ConnectError: refused Check the address and "
        "the network.",
        "The tier 'far' could not be reached at https://far.example/v1. ReadError. Check the address and the network.",
        "The tier 'far' broke off in the middle of its reply. The connection ended before the reply did. Try again.",
        "The tier 'far' does not answer as an OpenAI-compatible server does. It sent HTML. "
        f"Check base_url in {TABLE}; it usually ends with /v1.",
    ]
