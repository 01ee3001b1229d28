"""Wrong keys wait, longer each time, one after the other."""

from clearspan.server.edge.tries import WrongTries


def test_each_wrong_try_waits_twice_as_long_after_the_one_before() -> None:
    tries = WrongTries()
    assert [tries.seconds("a", 100.0) for _ in range(3)] == [0.25, 0.75, 1.75]
    assert tries.seconds("b", 100.0) == 0.25


def test_many_at_once_wait_for_no_longer_than_a_bound() -> None:
    tries = WrongTries()
    assert max(tries.seconds("a", 100.0) for _ in range(1_000)) == 32.0


def test_who_stops_is_forgotten() -> None:
    tries = WrongTries()
    for _ in range(5):
        tries.seconds("a", 100.0)
    assert tries.seconds("a", 200.0) == 0.25


def test_clients_are_bounded() -> None:
    tries = WrongTries()
    for number in range(5_000):
        tries.seconds(str(number), 100.0)
    assert len(tries._by_client) == 1_024
