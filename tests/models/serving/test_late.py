"""Values made once, and failures that stand for a while."""

import threading

import pytest

from clearspan.errors import FetchError, Refused
from clearspan.models.serving import late
from clearspan.models.serving.late import Late


def test_a_failure_is_told_again_without_a_new_attempt_until_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attempts: list[int] = []

    def make() -> str:
        attempts.append(1)
        if len(attempts) == 1:
            raise FetchError("The network is down.")
        return "here"

    value = Late(make)
    assert value.state == "not loaded"
    for _ in range(3):
        with pytest.raises(FetchError, match="network is down"):
            value.get()
    assert len(attempts) == 1
    assert value.state == "off: The network is down."
    monkeypatch.setattr(late, "RETRY_SECONDS", 0.0)
    assert value.state == "not loaded"
    assert value.get() == value.get() == "here"
    assert (len(attempts), value.state) == (2, "ready")


def test_a_second_attempt_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "RETRY_SECONDS", 0.0)
    trying, go_on = threading.Event(), threading.Event()
    attempts: list[int] = []

    def make() -> str:
        attempts.append(1)
        if len(attempts) == 1:
            raise FetchError("The network is down.")
        trying.set()
        assert go_on.wait(60)
        return "here"

    value = Late(make)
    with pytest.raises(FetchError):
        value.get()
    second = threading.Thread(target=value.get)
    second.start()
    assert trying.wait(60)
    assert value.state == "loading"
    with pytest.raises(FetchError):
        value.get()
    go_on.set()
    second.join()
    assert value.get() == "here"


def test_those_who_wait_for_a_first_attempt_share_its_failure() -> None:
    start = threading.Barrier(4)
    attempts: list[int] = []
    raised: list[str] = []

    def make() -> str:
        attempts.append(1)
        raise FetchError("The network is down.")

    value = Late(make)

    def ask() -> None:
        start.wait()
        try:
            value.get()
        except FetchError as error:
            raised.append(error.what)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert (len(attempts), len(raised)) == (1, 4)


def test_an_error_of_the_programme_does_not_leave_it_loading() -> None:
    def make() -> str:
        raise ZeroDivisionError

    value = Late(make)
    with pytest.raises(ZeroDivisionError):
        value.get()
    assert value.state == "not loaded"


def test_closing_ends_the_value_once_and_makes_no_other() -> None:
    ended: list[str] = []
    value = Late(lambda: "here", ended.append)
    value.close()
    assert ended == []
    with pytest.raises(Refused, match="closed"):
        value.get()
    value = Late(lambda: "here", ended.append)
    assert value.get() == "here"
    value.close()
    value.close()
    assert ended == ["here"]
    assert value.value is None
    with pytest.raises(Refused, match="closed"):
        value.get()


def test_what_is_being_made_while_it_closes_ends_as_soon_as_it_is_there() -> None:
    began, goes_on = threading.Event(), threading.Event()
    ended: list[str] = []
    refused: list[Refused] = []

    def make() -> str:
        began.set()
        goes_on.wait(10)
        return "here"

    value = Late(make, ended.append)

    def get() -> None:
        try:
            value.get()
        except Refused as error:
            refused.append(error)

    maker = threading.Thread(target=get)
    maker.start()
    assert began.wait(10)
    value.close()  # returns at once: a download may be under way
    assert ended == []
    goes_on.set()
    maker.join(10)
    assert (ended, len(refused)) == (["here"], 1)
