"""Many streams with dials of their own through the server, and what one model does as batch and context grow.

A `clearspan serve` process answers streaming chats of so many clients at once. Each client's request is one of a
fixed set: another prompt, dial, temperature. Every text must be the one that the same request gets alone. Then more
requests come at once than the model takes. Time to first token, speed and memory are measured in this process.

    python benchmarks/engine_load.py [--clients 64] [--seconds 120] [--json] [--write]
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
import torch
from serving import served_samples

from clearspan.measure.bars import Bar, Cell, Report, Table, report
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.serving.schedule import PLACES, QUEUE
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY

REPOSITORY = Path(__file__).resolve().parent.parent
MEASUREMENTS = REPOSITORY / "docs" / "measurements.md"
MODEL = "smollm2-135m"
WIDTH = 576
MAX_TOKENS = 48
WARM_SHARE = 0.25
"""Of the time, after which memory is compared: caches and threads are there by then."""
BURST = 48
"""Requests that come at once beyond those that the model takes."""
BURST_SECONDS = 90.0
"""How long it may take until they all know."""

PROMPTS = (
    "Say hello to the harbour.",
    "Name three colours of the sea at noon.",
    "Why do bridges hum in the wind?",
    "Write two lines about a green ferry.",
    "What would you pack for an island without shops? " * 12,
)


@dataclass
class Seen:
    """What the clients saw.

    Attributes:
        first: seconds to the first piece of text.
        whole: seconds to the end.
    """

    texts: int = 0
    wrong: int = 0
    tokens: int = 0
    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident megabytes of the server, and when they were read, as a share of the run."""

    at: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class LoadResult:
    """One run of the load.

    Attributes:
        turned_away: of the burst, with status 429 and a Retry-After.
        ended: of the burst, whose text came to its end meanwhile, so that its place was free for another.
        badly: of the burst, with anything but 200 or that.
    """

    seen: Seen
    memory: Sequence[Memory]
    seconds: float
    turned_away: int
    ended: int
    badly: int


def main() -> int:
    """Run the load and the growth, and print their bars; 0 only if every bar holds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=64, help="clients streaming at once")
    parser.add_argument("--seconds", type=float, default=120.0, help="how long they go on asking")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--write", action="store_true", help="replace the section in docs/measurements.md")
    arguments = parser.parse_args()
    [found] = measure(Path(), Settings(), arguments.clients, arguments.seconds)
    return report(found, as_json=arguments.json, write=MEASUREMENTS if arguments.write else None)


def measure(data: Path, settings: Settings, clients: int = 64, seconds: float = 120.0) -> list[Report]:
    """The load, and how one model's speed and memory grow; needs no data."""
    del data
    with tempfile.TemporaryDirectory(prefix="clearspan-engine-load-") as folder:
        settings = Settings(home=Path(folder), weights=settings.models_dir, library=SAMPLES_LIBRARY)
        with LanguageModel.load(MODEL, settings) as model:
            # What is measured here once, the server below finds, and begins on.
            model.settle()
            name, grown = model.backend_name, growth(model)
        result = load(settings, clients, seconds)
    tables, bars = load_summary(result, clients, name)
    return [
        Report(
            section="Load: many streams with dials",
            command=f"python benchmarks/engine_load.py --clients {clients} --seconds {seconds:g}",
            tables=(*tables, *grown),
            bars=bars,
            notes=tuple(f"{count} × {what}" for what, count in result.seen.errors.items()),
        )
    ]


def load(settings: Settings, clients: int, seconds: float) -> LoadResult:
    """Serve, let clients stream for so many seconds, then send more than the model takes."""
    with served_samples(settings) as (url, process):
        return asyncio.run(_load(url, process, clients, seconds))


def requests() -> list[Mapping[str, Any]]:
    """The fixed set: every prompt with every kind of dial, some sampled with a seed."""
    kinds: Sequence[Mapping[str, Any] | None] = (
        None,
        {"site": "layers.12.residual", "vector": direction(1), "add": 1.0},
        {"site": "layers.20.mlp", "vector": direction(2), "clamp": 1.5},
        {"site": "layers.5.attention", "vector": direction(3), "ablate": True},
    )
    made: list[Mapping[str, Any]] = []
    for number, (prompt, dial) in enumerate(itertools.product(PROMPTS, kinds)):
        body: dict[str, Any] = {
            "model": MODEL,
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": MAX_TOKENS,
            "stream": True,
            "stream_options": {"include_usage": True},
            "dials": [dial] if dial else [],
        }
        made.append(body | ({"temperature": 0.8, "top_p": 0.95, "seed": number} if number % 2 else {}))
    return made


def direction(seed: int) -> list[float]:
    """A fixed random direction, long enough to change what is said."""
    drawn = torch.randn(WIDTH, generator=torch.Generator().manual_seed(seed))
    return (30 * drawn / drawn.norm()).tolist()


async def _load(url: str, process: psutil.Process, clients: int, seconds: float) -> LoadResult:
    asked = requests()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(120), limits=limits) as client:
        alone = Seen()
        expected = [await _text(client, one, alone) for one in asked]
        if alone.errors:
            raise SystemExit(f"The requests fail alone: {dict(alone.errors)}.")
        # Every client once, so that all caches are there that the load needs.
        await asyncio.gather(*(_text(client, asked[n % len(asked)], alone) for n in range(clients)))
        seen, memory = Seen(), list[Memory]()
        began = time.monotonic()

        async def ask(number: int) -> None:
            for turn in itertools.count(number):
                if time.monotonic() - began > seconds:
                    return
                text = await _text(client, asked[turn % len(asked)], seen)
                seen.wrong += text != expected[turn % len(asked)]

        async def watch() -> None:
            while (elapsed := time.monotonic() - began) < seconds:
                memory.append(Memory(elapsed / seconds, process.memory_info().rss / 1e6))
                await asyncio.sleep(0.5)

        await asyncio.gather(watch(), *(ask(number) for number in range(clients)))
        wall = time.monotonic() - began
        turned_away, ended, badly = await _burst(client, asked[0])
    return LoadResult(seen, memory, wall, turned_away, ended, badly)


async def _text(client: httpx.AsyncClient, body: Mapping[str, Any], seen: Seen) -> str:
    """The text of one stream; what goes wrong is counted."""
    began = time.monotonic()
    text, finished = "", False
    try:
        async with client.stream("POST", "/v1/chat/completions", json=body) as response:
            if response.status_code != 200:
                seen.errors[f"status {response.status_code}"] += 1
                return text
            async for chunk in _chunks(response):
                if "error" in chunk:
                    seen.errors[chunk["error"]["code"]] += 1
                    return text
                for choice in chunk["choices"]:
                    if not text and choice["delta"].get("content"):
                        seen.first.append(time.monotonic() - began)
                    text += choice["delta"].get("content", "")
                    finished = finished or choice["finish_reason"] is not None
                seen.tokens += (chunk.get("usage") or {}).get("completion_tokens", 0)
    except httpx.HTTPError as error:
        seen.errors[type(error).__name__] += 1
        return text
    seen.texts += 1
    seen.errors.update([] if finished else ["stream without an end"])
    seen.whole.append(time.monotonic() - began)
    return text


async def _chunks(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in response.aiter_lines():
        if line.startswith("data: {"):
            yield json.loads(line.removeprefix("data: "))


async def _burst(client: httpx.AsyncClient, body: Mapping[str, Any]) -> tuple[int, int, int]:
    """Ask more at once than the model takes; how many were turned away well, came to their end, and failed.

    Those that have a place keep it until everybody knows.
    """
    statuses: list[tuple[int, str | None]] = []
    known = asyncio.Event()
    ended = 0

    async def ask() -> None:
        nonlocal ended
        long = {**body, "max_tokens": 2_000, "messages": [{"role": "user", "content": "Count to 1000."}]}
        async with client.stream("POST", "/v1/chat/completions", json=long) as response:
            statuses.append((response.status_code, response.headers.get("Retry-After")))
            if len(statuses) >= PLACES + BURST:
                known.set()
            async for _ in response.aiter_lines():
                if known.is_set():
                    return
            ended += response.status_code == 200

    asking = [asyncio.create_task(ask()) for _ in range(PLACES + QUEUE + BURST)]
    with suppress(TimeoutError):
        await asyncio.wait_for(known.wait(), BURST_SECONDS)
    known.set()
    for task in asking:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    away = sum(status == 429 and bool(retry) for status, retry in statuses)
    return away, ended, len(statuses) - away - sum(status == 200 for status, _ in statuses)


def load_summary(result: LoadResult, clients: int, backend: str) -> tuple[tuple[Table, ...], tuple[Bar, ...]]:
    """The figures of the load, and its bars."""
    seen = result.seen
    early = [one.megabytes for one in result.memory if WARM_SHARE <= one.at < WARM_SHARE + 0.2]
    late = [one.megabytes for one in result.memory if one.at >= 0.8]
    growth_percent = 100 * (float(np.median(late)) / float(np.median(early)) - 1)
    rows: list[tuple[str, Cell]] = [
        ("texts", seen.texts),
        ("tokens per second, all clients together", seen.tokens / result.seconds),
        ("time to the first text, median (s)", float(np.median(seen.first))),
        ("time to the first text, 95th percentile (s)", float(np.percentile(seen.first, 95))),
        ("whole text, median (s)", float(np.median(seen.whole))),
        ("resident memory, median after the first quarter (MB)", float(np.median(early))),
        ("resident memory, median of the last fifth (MB)", float(np.median(late))),
        (f"turned away with 429 of {PLACES + QUEUE + BURST} at once", result.turned_away),
        ("of the same, ended meanwhile, so that another took the place", result.ended),
    ]
    cores = os.cpu_count()
    title = (
        f"{clients} clients streaming for {result.seconds:.0f} s, {backend} backend, {cores} processor cores"
    )
    note = (
        f"{len(requests())} different requests of up to {MAX_TOKENS} tokens: {len(PROMPTS)} prompts, without a dial "
        "and with three kinds of dial, every second one sampled. Server and clients share the machine."
    )
    bars = (
        Bar("errors", sum(seen.errors.values()), 0, "=="),
        Bar("texts that are not those of the same request alone", seen.wrong, 0, "=="),
        Bar("growth of the server's memory (%)", growth_percent, 5, "<="),
        Bar(
            f"turned away with 429 or given a place that came free, of {BURST} past the bound",
            result.turned_away + result.ended,
            BURST,
        ),
        Bar("other refusals past the bound", result.badly, 0, "=="),
    )
    return (Table(title, ("figure", "value"), rows, note=note),), bars


def growth(model: LanguageModel) -> tuple[Table, ...]:
    """Time to first token, speed and memory of a loaded model, by batch and by context.

    Each row opens its sequences anew: `batch` prompts of `context` tokens, read one after another, then written
    together.
    """
    process = psutil.Process()
    measured: list[tuple[Cell, ...]] = []
    _written(model, 1, 64, 8)
    for batch, context in ((1, 64), (1, 512), (1, 2_048), (4, 64), (16, 64), (32, 64), (32, 512)):
        before = process.memory_info().rss
        first, speed, resident = _written(model, batch, context, 33)
        measured.append((batch, context, first, speed, speed / batch, (resident - before) / 1e6))
    return (
        Table(
            f"As batch and context grow: {model.reference}, {model.backend_name} backend, "
            f"{torch.get_num_threads()} threads",
            (
                "sequences",
                "tokens of prompt",
                "time to first token (s)",
                "tokens/s together",
                "tokens/s each",
                "memory added (MB)",
            ),
            measured,
            note="Time to first token is that of the sequence that came first; 32 tokens follow it in each sequence. "
            "Memory that an earlier row left free is used again, so that a later one may add less.",
        ),
    )


def _written(model: LanguageModel, batch: int, context: int, tokens: int) -> tuple[float, float, int]:
    """Seconds to the first token, tokens per second of all once every prompt is read, and resident bytes."""
    prompts = [_prompt(model, context, number) for number in range(batch)]
    times: list[list[float]] = [[] for _ in prompts]
    began = time.perf_counter()
    streams = model.stream_generate(prompts, max_tokens=tokens, temperature=1.0, seed=1)

    def read(number: int) -> None:
        stream = streams[number]
        while True:
            delta = next(stream)
            times[number].append(time.perf_counter())
            if delta.finish is not None:
                return

    threads = [threading.Thread(target=read, args=(number,)) for number in range(batch)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    resident = psutil.Process().memory_info().rss
    begun = max(each[0] for each in times)
    ended = max(each[-1] for each in times)
    after = sum(sum(at > begun for at in each) for each in times)
    return min(each[0] for each in times) - began, after / (ended - begun), resident


def _prompt(model: LanguageModel, tokens: int, seed: int) -> str:
    """A text of about so many tokens, another one for each seed."""
    words = ("harbour", "ledger", "weather", "bridge", "letters", "morning", "island", "boats")
    chosen = (words[(seed + place * place) % len(words)] for place in itertools.count())
    text = ""
    while model.token_count(text) < tokens:
        text += " ".join(itertools.islice(chosen, 16)) + " "
    return text


if __name__ == "__main__":
    sys.exit(main())
