"""The scheduler over a model of arithmetic: who is served when, and that nobody hurts anybody else."""

import gc
import random
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clearspan.errors import BadInput, Busy, Refused
from clearspan.models.backends.base import Work
from clearspan.models.backends.prefix import Prefix
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.serving import schedule
from clearspan.models.serving.jobs import CHUNK, Generating, ModelFailed, Scoring
from clearspan.models.serving.schedule import Scheduler
from clearspan.models.text.sampling import Sampling
from clearspan.models.text.tokens import CAPACITY, TokensEnded, TokenStream

VOCABULARY = 97
END = 96


@dataclass(eq=False)
class Tally:
    """A sequence of the model of arithmetic."""

    total: int
    length: int = 0
    open: bool = True


@dataclass(eq=False)
class Arithmetic:
    """A backend whose likeliest next token is the sum of all tokens so far, and of the dials' amounts.

    Attributes:
        steps: for every step, the tokens of each sequence in it.
        turnstile: a step needs one permit; None lets every step pass.
        trouble: called before a step.
        most_open: sequences that were open at once.
    """

    name: str = "arithmetic"
    context_length: int = 4_096
    vocabulary: int = VOCABULARY
    preferred_batch: int = 4
    places: int = 1_000
    turnstile: threading.Semaphore | None = None
    trouble: Callable[[Sequence[Work]], None] = lambda _: None
    steps: list[dict[int, int]] = field(default_factory=list)
    slots: list[Tally] = field(default_factory=list)
    most_open: int = 0

    def check(self, dials: Sequence[Dial]) -> None: ...

    def open(self, dials: Sequence[Dial] = (), prefix: Prefix | None = None) -> Tally:
        del prefix
        if any(dial.amount == 13 for dial in dials):
            raise BadInput("Nothing opens with thirteen.")
        self.slots.append(Tally(sum(int(dial.amount) for dial in dials)))
        self.most_open = max(self.most_open, sum(slot.open for slot in self.slots))
        return self.slots[-1]

    def forward(self, work: Sequence[Work]) -> list[torch.Tensor | None]:
        if self.turnstile is not None:
            self.turnstile.acquire()
        self.trouble(work)
        self.steps.append({id(entry.slot): len(entry.tokens) for entry in work})
        return [self._append(entry) for entry in work]

    def fork(self, slot: Any) -> Tally:
        assert slot.open
        self.slots.append(Tally(slot.total, slot.length))
        self.most_open = max(self.most_open, sum(slot.open for slot in self.slots))
        return self.slots[-1]

    def close(self, slot: Any) -> None:
        slot.open = False

    def median_norm(self, site: object) -> float:
        return 1.0

    def _append(self, entry: Work) -> torch.Tensor | None:
        slot: Any = entry.slot
        assert slot.open
        rows = torch.zeros(len(entry.tokens), VOCABULARY)
        for row, token in enumerate(entry.tokens):
            slot.total += token
            rows[row, slot.total % VOCABULARY] = 3.0
        slot.length += len(entry.tokens)
        return {"last": rows[-1], "all": rows, "none": None}[entry.logits]


def expected(
    prompt: Sequence[int], limit: int, amount: int = 0, ends: frozenset[int] = frozenset()
) -> list[int]:
    total, made = sum(prompt) + amount, []
    while len(made) < limit:
        made.append(total % VOCABULARY)
        total += made[-1]
        if made[-1] in ends:
            break
    return made


def dialled(amount: float) -> list[Dial]:
    return [Direction.of("plus", "arithmetic", "embedding", torch.ones(2)).add(amount)]


class Reader:
    """A request and its tokens."""

    def __init__(
        self, scheduler: Scheduler, prompt: Sequence[int], limit: int = 5, *, amount: float = 0, **more: Any
    ) -> None:
        self.stream = TokenStream(scheduler.wake)
        ends = more.pop("ends", frozenset())
        sampling = more.pop("sampling", Sampling())
        self.job = Generating(
            prompt,
            sampling,
            self.stream,
            ends=ends,
            limit=limit,
            dials=dialled(amount) if amount else (),
            **more,
        )
        scheduler.submit(self.job)

    def next(self) -> int | TokensEnded | None:
        return self.stream.get(block=True)

    def all(self) -> list[int]:
        tokens: list[int] = []
        while isinstance(given := self.next(), int):
            tokens.append(given)
        assert given in {TokensEnded("stop"), TokensEnded("length")}
        return tokens


@pytest.fixture
def scheduled() -> Iterator[Callable[..., Scheduler]]:
    """Starts schedulers that end with the test."""
    started: list[Scheduler] = []

    def start(backend: Arithmetic, **more: Any) -> Scheduler:
        started.append(Scheduler(backend, **more))
        return started[-1]

    yield start
    for one in started:
        backend = one.backend
        assert isinstance(backend, Arithmetic)
        if backend.turnstile is not None:
            backend.turnstile.release(100_000)
        one.close(cut=True)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_sequence_is_written_to_its_end(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic()
    scheduler = scheduled(backend)
    assert Reader(scheduler, [3, 4]).all() == expected([3, 4], 5) == [7, 14, 28, 56, 15]
    ended = Reader(scheduler, [3, 4], 50, ends=frozenset({28}))
    assert ended.all() == [7, 14, 28]
    until(lambda: not scheduler.traffic.running)
    assert not any(slot.open for slot in backend.slots)
    assert scheduler.traffic.generated == 8


def test_sequences_take_part_in_turn_and_in_steps_of_the_size_that_pays(
    scheduled: Callable[..., Scheduler],
) -> None:
    backend = Arithmetic(preferred_batch=4, turnstile=threading.Semaphore(0))
    scheduler = scheduled(backend)
    readers = [Reader(scheduler, [number], 40) for number in range(1, 11)]
    backend.turnstile.release(1_000)  # type: ignore[union-attr]
    for number, reader in enumerate(readers, 1):
        assert reader.all() == expected([number], 40)
    assert max(len(step) for step in backend.steps[2:]) == 4
    slots = [id(slot) for slot in backend.slots]
    begun = max(next(i for i, step in enumerate(backend.steps) if slot in step) for slot in slots)
    served = dict.fromkeys(slots, 0)
    for step in backend.steps[begun + 10 : begun + 50]:
        for slot in step:
            served[slot] += 1
    assert max(served.values()) - min(served.values()) <= 1


def test_a_long_prompt_does_not_stop_those_that_write(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic(turnstile=threading.Semaphore(0))
    scheduler = scheduled(backend)
    writer = Reader(scheduler, [1], 60)
    backend.turnstile.release(3)  # type: ignore[union-attr]
    writer.next()
    long = [number % 50 for number in range(10 * CHUNK + 7)]
    reader = Reader(scheduler, long, 3)
    backend.turnstile.release(1_000)  # type: ignore[union-attr]
    assert reader.all() == expected(long, 3)
    one, other = (id(slot) for slot in backend.slots)
    reading = [step for step in backend.steps if step.get(other, 0) > 1]
    assert [step[other] for step in reading] == [CHUNK] * 10 + [7]
    assert all(step[one] == 1 for step in reading)


def test_prompts_are_cut_the_same_whatever_else_runs(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic(turnstile=threading.Semaphore(0))
    scheduler = scheduled(backend)
    lengths = [1, CHUNK, CHUNK + 1, 3 * CHUNK - 1, 50, 2 * CHUNK]
    readers = [Reader(scheduler, [1] * length, 1) for length in lengths]
    backend.turnstile.release(1_000)  # type: ignore[union-attr]
    for reader in readers:
        reader.all()
    for slot, length in zip(backend.slots, lengths, strict=True):
        parts = [step[id(slot)] for step in backend.steps if id(slot) in step]
        rest = length % CHUNK
        assert parts == [CHUNK] * (length // CHUNK) + [rest] * (rest > 0)
    assert max(sum(step.values()) for step in backend.steps) < 2 * CHUNK


@pytest.mark.parametrize(("places", "held"), [(2, 1_000), (20, 2)])
def test_places_are_given_in_the_order_of_arrival(
    scheduled: Callable[..., Scheduler], places: int, held: int
) -> None:
    """Whether the scheduler has so few of them, or the backend holds so few sequences."""
    backend = Arithmetic(turnstile=threading.Semaphore(0), places=held)
    scheduler = scheduled(backend, places=places, queue=10)
    readers = [Reader(scheduler, [number], 4) for number in range(1, 7)]
    backend.turnstile.release(1_000)  # type: ignore[union-attr]
    for reader in readers:
        reader.all()
    assert backend.most_open == 2
    firsts = [next(i for i, step in enumerate(backend.steps) if id(slot) in step) for slot in backend.slots]
    assert [slot.length for slot in backend.slots] == [4] * 6
    assert firsts == sorted(firsts)
    assert backend.slots[0].total % VOCABULARY == sum([1, *expected([1], 3)]) % VOCABULARY


def test_past_the_bound_requests_are_turned_away(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic(turnstile=threading.Semaphore(0))
    scheduler = scheduled(backend, places=2, queue=3)
    readers = [Reader(scheduler, [1]) for _ in range(5)]
    with pytest.raises(Busy, match="too many requests"):
        Reader(scheduler, [1])
    readers[4].stream.close()
    readers.append(Reader(scheduler, [2]))
    backend.turnstile.release(1_000)  # type: ignore[union-attr]
    assert [reader.all() for reader in readers[:4]] == [expected([1], 5)] * 4
    assert readers[5].all() == expected([2], 5)


def test_one_who_waits_too_long_is_told(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic()
    scheduler = scheduled(backend, places=1, queue=3)
    holder = Reader(scheduler, [1], 4_000)
    holder.next()
    until(lambda: holder.stream.full_since is not None)
    with pytest.raises(Busy, match=r"within 0\.01 s.*Try again later"):
        Reader(scheduler, [1], wait=0.01).next()
    with pytest.raises(Busy, match=r"within 0 s"):
        Reader(scheduler, [1], wait=0).next()
    holder.stream.close()
    assert Reader(scheduler, [1], wait=0).all() == expected([1], 5)
    assert Reader(scheduler, [1], wait=None).all() == expected([1], 5)


def test_the_memory_of_open_sequences_is_bounded(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic(context_length=100, turnstile=threading.Semaphore(0))
    scheduler = scheduled(backend)
    readers = [Reader(scheduler, [1], 99) for _ in range(schedule.CONTEXTS + 3)]
    small = Reader(scheduler, [1], 1)
    backend.turnstile.release(10_000)  # type: ignore[union-attr]
    for reader in readers:
        assert len(reader.all()) == 99
    assert small.all() == [1]
    assert backend.most_open == schedule.CONTEXTS


def test_a_slow_reader_pauses_its_own_sequence_alone(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic(preferred_batch=1)
    scheduler = scheduled(backend)
    slow = Reader(scheduler, [1], 3 * CAPACITY)
    until(lambda: slow.stream.full_since is not None)
    assert Reader(scheduler, [2], 500).all() == expected([2], 500)
    assert backend.slots[0].length == CAPACITY
    assert slow.all() == expected([1], 3 * CAPACITY)


def test_a_reader_that_stopped_gives_way_to_those_that_wait(
    scheduled: Callable[..., Scheduler], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "STALL_SECONDS", 0.05)
    scheduler = scheduled(Arithmetic(), places=1, queue=2)
    stopped = Reader(scheduler, [1], 4_000)
    until(lambda: stopped.stream.full_since is not None)
    time.sleep(0.06)
    assert scheduler.traffic.running == 1
    assert Reader(scheduler, [2]).all() == expected([2], 5)
    assert [stopped.next() for _ in range(CAPACITY)] == expected([1], CAPACITY)
    with pytest.raises(Refused, match="not read"):
        stopped.next()


def test_a_request_that_cannot_begin_or_go_on_fails_alone(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic(turnstile=threading.Semaphore(0))
    scheduler = scheduled(backend)
    good = Reader(scheduler, [1], 20)
    unlucky = Reader(scheduler, [1], amount=13)
    broken = Reader(scheduler, [1])
    broken.job.take = lambda _: 1 // 0  # type: ignore[method-assign,assignment]
    backend.turnstile.release(1_000)  # type: ignore[union-attr]
    with pytest.raises(BadInput, match="thirteen"):
        unlucky.next()
    with pytest.raises(ModelFailed, match="ZeroDivisionError"):
        broken.next()
    assert good.all() == expected([1], 20)
    until(lambda: not scheduler.traffic.running)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_numbers_out_of_range_are_an_error_and_never_a_token(
    scheduled: Callable[..., Scheduler], value: float, temperature: float
) -> None:
    backend = Arithmetic()
    backend._append = lambda entry: torch.full((VOCABULARY,), value)  # type: ignore[method-assign]
    scheduler = scheduled(backend)
    sampling = Sampling(temperature=temperature, top_p=0.9)
    with pytest.raises(ModelFailed, match="out of range"):
        Reader(scheduler, [1], sampling=sampling).next()
    with pytest.raises(BadInput, match="smaller amounts"):
        Reader(scheduler, [1], amount=999, sampling=sampling).next()


def test_after_a_failed_step_the_next_requests_are_served(scheduled: Callable[..., Scheduler]) -> None:
    failing = threading.Event()

    def trouble(work: Sequence[Work]) -> None:
        if failing.is_set():
            raise MemoryError("the secret inside")

    backend = Arithmetic(trouble=trouble)
    scheduler = scheduled(backend)
    victim = Reader(scheduler, [1], 1_000_000)
    victim.next()
    failing.set()
    with pytest.raises(ModelFailed, match="MemoryError") as caught:
        victim.all()
    assert "secret" not in str(caught.value)
    failing.clear()
    assert Reader(scheduler, [2]).all() == expected([2], 5)
    assert not any(slot.open for slot in backend.slots[:-1])


def test_a_scheduler_that_breaks_says_so_to_everybody(
    scheduled: Callable[..., Scheduler], monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = scheduled(Arithmetic(), places=1)
    running, waiting = Reader(scheduler, [1], 4_000), Reader(scheduler, [1], 4_000)
    until(lambda: running.stream.full_since is not None)
    monkeypatch.setattr(scheduler, "_sweep", lambda: 1 // 0)
    scheduler.wake()
    for reader in (running, waiting):
        with pytest.raises(ModelFailed, match="has stopped"):
            reader.all()
    with pytest.raises(ModelFailed, match="has stopped"):
        Reader(scheduler, [1])


def test_sequences_end_on_the_backend_that_they_began_on(scheduled: Callable[..., Scheduler]) -> None:
    first, second = Arithmetic("first"), Arithmetic("second")
    scheduler = scheduled(first)
    before = Reader(scheduler, [1], 2 * CAPACITY)
    before.next()
    scheduler.change_over(second)
    after = Reader(scheduler, [2], 2 * CAPACITY)
    assert after.all() == expected([2], 2 * CAPACITY)
    assert [1, *before.all()] == expected([1], 2 * CAPACITY)
    assert (len(first.slots), len(second.slots)) == (1, 1)
    with pytest.raises(ValueError, match="not of the same model"):
        scheduler.change_over(Arithmetic("third", context_length=5))
    gone = weakref.ref(first)
    del first, before
    until(lambda: gc.collect() >= 0 and gone() is None)


def test_closing_lets_the_running_end_and_refuses_the_others(scheduled: Callable[..., Scheduler]) -> None:
    scheduler = scheduled(Arithmetic(), places=2, queue=5)
    unread = Reader(scheduler, [1], 4_000)
    read = Reader(scheduler, [2], 3_000)
    until(lambda: scheduler.traffic.running == 2)
    waiting = Reader(scheduler, [3])
    got: list[int] = []
    reading = threading.Thread(target=lambda: got.extend(read.all()))
    reading.start()
    scheduler.close()
    reading.join()
    assert got == expected([2], 3_000)
    with pytest.raises(Refused, match="closed"):
        waiting.next()
    with pytest.raises(Refused, match="not read"):
        unread.all()
    with pytest.raises(Refused, match="closed"):
        Reader(scheduler, [1])
    scheduler.close()


def test_cutting_ends_the_running_too(scheduled: Callable[..., Scheduler]) -> None:
    scheduler = scheduled(Arithmetic())
    running = Reader(scheduler, [1], 1_000_000)
    running.next()
    scheduler.close(cut=True)
    with pytest.raises(Refused, match="closed"):
        running.all()


def test_a_score_is_the_sum_of_log_probabilities(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic()
    scheduler = scheduled(backend)
    prompt = [number % 30 for number in range(CHUNK + 20)]
    continuation = [*expected(prompt, 3), 5, 6, *(number % 90 for number in range(CHUNK))]
    job = Scoring(prompt, continuation)
    scheduler.submit(job)
    right = torch.tensor(3.0) - torch.logsumexp(torch.tensor([3.0] + [0.0] * (VOCABULARY - 1)), 0)
    total, score = sum(prompt), 0.0
    for token in continuation:
        score += float(right) - (3.0 if total % VOCABULARY != token else 0.0)
        total += token
    assert job.result.result(30) == pytest.approx(score, rel=1e-6)
    assert [step[id(backend.slots[0])] for step in backend.steps] == [CHUNK, 19, CHUNK, 5]
    single = Scoring([1], [1])
    scheduler.submit(single)
    assert single.result.result(30) == pytest.approx(float(right))


def test_a_score_that_nobody_wants_is_dropped(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic(turnstile=threading.Semaphore(0))
    scheduler = scheduled(backend, places=1)
    jobs = [Scoring([1], [1] * 1_000) for _ in range(3)]
    for job in jobs:
        scheduler.submit(job)
        job.result.cancel()
    backend.turnstile.release(1_000)  # type: ignore[union-attr]
    assert Reader(scheduler, [2]).all() == expected([2], 5)
    assert len(backend.steps) <= 6


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 8))
def test_what_is_written_depends_on_the_request_alone(seed: int, batch: int, places: int) -> None:
    choice = random.Random(seed)
    scheduler = Scheduler(Arithmetic(preferred_batch=batch), places=places, queue=100)
    try:
        wanted: list[tuple[Reader, list[int]]] = []
        for _ in range(25):
            prompt = [choice.randrange(VOCABULARY) for _ in range(choice.choice([1, 2, 40, 3 * CHUNK]))]
            limit, amount = choice.randint(1, CAPACITY - 1), choice.randint(0, 12)
            reader = Reader(scheduler, prompt, limit, amount=amount, ends=frozenset({END}))
            if choice.random() < 0.3:
                reader.stream.close()
            else:
                wanted.append((reader, expected(prompt, limit, amount, frozenset({END}))))
        choice.shuffle(wanted)
        for reader, tokens in wanted:
            assert reader.all() == tokens
        until(lambda: not scheduler.traffic.running)
    finally:
        scheduler.close()


def test_listeners_hear_of_everything_that_can_be_read(scheduled: Callable[..., Scheduler]) -> None:
    scheduler = scheduled(Arithmetic())
    heard = threading.Event()
    reader = Reader(scheduler, [1], 30)
    reader.stream.listen(heard.set)
    got: list[int] = []
    while True:
        assert heard.wait(30)
        heard.clear()
        while isinstance(given := reader.stream.get(block=False), int):
            got.append(given)
        if given is not None:
            break
    assert got == expected([1], 30)


class Group:
    """Requests that write after one prompt; the first reads it for all."""

    def __init__(self, scheduler: Scheduler, prompt: Sequence[int], count: int, limit: int = 5) -> None:
        self.streams = [TokenStream(scheduler.wake) for _ in range(count)]
        jobs = [
            Generating(prompt, Sampling(), stream, ends=frozenset(), limit=limit, guidance=Steady(place))
            for place, stream in enumerate(self.streams)
            if place
        ]
        self.job = Generating(
            prompt,
            Sampling(),
            self.streams[0],
            ends=frozenset(),
            limit=limit,
            guidance=Steady(0),
            followers=jobs,
        )
        scheduler.submit(self.job)

    def all(self) -> list[list[int]]:
        found: list[list[int]] = []
        for stream in self.streams:
            found.append([])
            while isinstance(given := stream.get(block=True), int):
                found[-1].append(given)
        return found


class Steady:
    """Holds a text to one token."""

    def __init__(self, token: int) -> None:
        self.token = token
        self.taken: list[int] = []

    def allowed(self) -> Any:
        return np.array([self.token]), np.zeros(1, np.float32)

    def take(self, token: int) -> None:
        self.taken.append(token)


def test_one_prompt_is_read_once_for_all_that_write_after_it(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic()
    scheduler = scheduled(backend)
    group = Group(scheduler, list(range(CHUNK + 7)), 6)
    assert group.all() == [[place] * 5 for place in range(6)]
    read = sum(count for step in backend.steps for count in step.values() if count > 1)
    assert read == CHUNK + 7
    until(lambda: not scheduler.traffic.running)
    assert (scheduler.traffic.generated, backend.most_open) == (30, 6)
    assert not any(slot.open for slot in backend.slots)


def test_a_group_waits_until_there_is_a_place_for_each_and_counts_as_many(
    scheduled: Callable[..., Scheduler],
) -> None:
    backend = Arithmetic(turnstile=threading.Semaphore(0))
    scheduler = scheduled(backend, places=4, queue=4)
    first = Reader(scheduler, [1], 3)
    group = Group(scheduler, [2], 4)
    until(lambda: scheduler.traffic.waiting == 4)
    with pytest.raises(Busy):
        Group(scheduler, [2], 4)
    backend.turnstile.release(1_000)  # type: ignore[union-attr]
    assert first.all() == expected([1], 3)
    assert group.all() == [[place] * 5 for place in range(4)]
    assert backend.most_open == 4


def test_closing_the_one_that_reads_does_not_end_the_others(scheduled: Callable[..., Scheduler]) -> None:
    backend = Arithmetic(turnstile=threading.Semaphore(0))
    scheduler = scheduled(backend)
    group = Group(scheduler, [2], 3)
    group.streams[0].close()
    backend.turnstile.release(1_000)  # type: ignore[union-attr]
    assert group.all() == [[], [1] * 5, [2] * 5]
    until(lambda: not any(slot.open for slot in backend.slots))


def test_what_fails_before_they_part_is_told_to_each(scheduled: Callable[..., Scheduler]) -> None:
    def fail(_: Sequence[Work]) -> None:
        raise BadInput("A step that cannot be.")

    scheduler = scheduled(Arithmetic(trouble=fail))
    group = Group(scheduler, [2], 3)
    for stream in group.streams:
        with pytest.raises(BadInput, match="cannot be"):
            stream.get(block=True)


def test_a_fork_that_fails_is_told_to_the_one_that_it_was_for(scheduled: Callable[..., Scheduler]) -> None:
    class Narrow(Arithmetic):
        def fork(self, slot: Any) -> Tally:
            if len(self.slots) > 1:
                raise RuntimeError("no memory")
            return super().fork(slot)

    backend = Narrow()
    group = Group(scheduled(backend), [2], 3)
    assert [stream.get(block=True) for stream in group.streams[:2]] == [0, 1]
    with pytest.raises(ModelFailed):
        group.streams[2].get(block=True)
