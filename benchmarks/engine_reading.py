"""Reading activations at layer 15: packed documents against transformers on the same layers.

Data: `corpus/wikitext2_valid_test.jsonl.zst` and `corpus/medquad_health.jsonl.zst`, one document a line with a key
`text`. All ways compute the first 16 layers and nothing above them, and read the same tokens in turn, several times
over; the medians are compared.
"""

import argparse
import copy
import io
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
import zstandard

from clearspan import settings as settings_module
from clearspan.measure.bars import Bar, Report, Table
from clearspan.measure.processor import instructions, report
from clearspan.models.backends.native import build
from clearspan.models.backends.native.opening import open_native
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.anatomy import Anatomy
from clearspan.models.inside.reading import ActivationReader
from clearspan.models.inside.sinks import SinkRule
from clearspan.models.inside.sites import Site
from clearspan.models.serving.runtime import preferred_dtype, set_threads
from clearspan.models.weights.loading import LoadedModel, load_weights
from clearspan.models.weights.pretrained import read_causal, read_tokenizer
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
MODEL = "smollm2-135m"
SITE = Site("residual", 15)
FILES = ("wikitext2_valid_test", "medquad_health")
LONGEST = 1024
LENGTH = 512
TOKENS = 8_192
ROUNDS = 5


def measure(data: Path, settings: Settings) -> list[Report]:
    """Tokens a second of every way, and how far each is from float32."""
    set_threads(settings)
    files = resolve(MODEL, settings)
    loaded = load_weights(files, settings, preferred_dtype())
    texts = documents(data, loaded.tokenizer)
    tokens = [loaded.tokenizer(text)["input_ids"] for text in texts]
    even = [part for part in pieces(tokens, LENGTH) if len(part) == LENGTH]
    truncated = truncate(loaded.model)
    anatomy = Anatomy.of(loaded.model)
    sinks = SinkRule(loaded, anatomy, 8192)
    native = open_native(build.build(settings), loaded, files, settings, PlainBackend(loaded, MODEL))
    readers = {
        "Clearspan, packed in transformers": ActivationReader(loaded, anatomy, sinks),
        "Clearspan, fast path": ActivationReader(loaded, anatomy, sinks, lambda: native),
    }
    even_texts = [loaded.tokenizer.decode(part) for part in even]
    tables = [
        compare(
            f"{len(texts)} documents of at most {LONGEST:,} tokens",
            {
                f"transformers, batches of {size}, sorted by length, padded": partial(
                    padded, truncated, sorted(tokens, key=len), size
                )
                for size in (1, 4, 8)
            },
            tokens,
            readers,
            texts,
        ),
        compare(
            f"{len(even)} pieces of {LENGTH} tokens",
            {
                f"transformers, batches of {size}, no padding": partial(padded, truncated, even, size)
                for size in (2, 4)
            },
            even,
            readers,
            even_texts,
        ),
    ]
    distances = distance(settings, loaded, truncated, readers, texts[:8])
    (mixed, ratio), (equal, even_ratio) = tables
    return [
        Report(
            section=f"Engine: reading, {next(iter(instructions()), platform.machine())}",
            command="python benchmarks/engine.py --only reading",
            tables=(
                mixed,
                equal,
                Table(
                    "Distance from float32 over the norm, median of positions", ("way", "distance"), distances
                ),
            ),
            bars=(
                Bar("reading at layer 15 against padded batches of transformers, times", ratio, 1.5),
                Bar("reading at layer 15 against unpadded batches of transformers, times", even_ratio, 1.5),
                Bar(
                    "distance from float32 against that of transformers, times",
                    distances[-1][1] / distances[0][1],
                    1.0,
                    "<=",
                ),
            ),
            notes=(
                f"{torch.get_num_threads()} threads, transformers in {preferred_dtype()}; the load average was "
                f"{os.getloadavg()[0]:.1f}. Median of {ROUNDS} rounds, the ways in turn. Clearspan's figures include "
                "tokenising the texts; the bars are held by the fast path, on which this model reads where there is "
                "a C++ compiler.",
            ),
        )
    ]


def compare(
    title: str,
    plain: Mapping[str, Callable[[], object]],
    tokens: Sequence[Sequence[int]],
    readers: Mapping[str, ActivationReader],
    texts: Sequence[str],
) -> tuple[Table, float]:
    """Tokens a second of each way, and how many times the last is faster than the fastest of `plain`."""
    ours = {name: partial(_drain, reader, texts) for name, reader in readers.items()}
    seconds = timed([*plain.values(), *ours.values()])
    size = sum(len(document) for document in tokens)
    speeds = [size / taken for taken in seconds]
    best = max(speeds[: len(plain)])
    rows = [(name, speed, speed / best) for name, speed in zip([*plain, *ours], speeds, strict=True)]
    columns = ("way", "tokens/s, median", "against the fastest of transformers")
    return Table(f"{MODEL}, {SITE}: {title}, {size:,} tokens", columns, rows), speeds[-1] / best


def _drain(reader: ActivationReader, texts: Sequence[str]) -> None:
    for _ in reader.stream(texts, [SITE]):
        pass


def documents(data: Path, tokenizer: Any) -> list[str]:
    """Documents of at most `LONGEST` tokens, taken from the files in turn, `TOKENS` tokens in all."""
    streams = [_lines(data / "corpus" / f"{name}.jsonl.zst") for name in FILES]
    found: list[str] = []
    held = 0
    for pair in zip(*streams, strict=False):
        for line in pair:
            tokens = tokenizer(json.loads(line)["text"], verbose=False)["input_ids"][:LONGEST]
            found.append(tokenizer.decode(tokens))
            held += len(tokens)
        if held >= TOKENS:
            break
    return found


def _lines(path: Path) -> io.TextIOWrapper:
    if not path.is_file():
        sys.exit(f"The data is not at {path}.\n{__doc__}")
    return io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(path.open("rb")), encoding="utf-8")


def pieces(tokens: Sequence[list[int]], length: int) -> list[list[int]]:
    joined = [token for document in tokens for token in document]
    return [joined[at : at + length] for at in range(0, len(joined), length)]


def truncate(model: Any) -> Any:
    """The first 16 layers, without final norm and head, sharing the weights."""
    shared = {id(parameter): parameter for parameter in model.parameters()}
    base = copy.deepcopy(model.model, shared)
    base.layers = base.layers[: SITE.layer + 1]
    base.norm = torch.nn.Identity()
    return base


def padded(model: Any, tokens: Sequence[list[int]], size: int) -> list[torch.Tensor]:
    """Read batches of `size`; a mask only where there is padding."""
    found: list[torch.Tensor] = []
    for start in range(0, len(tokens), size):
        batch = tokens[start : start + size]
        longest = max(len(document) for document in batch)
        ids = torch.zeros(len(batch), longest, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for row, document in enumerate(batch):
            ids[row, : len(document)] = torch.tensor(document)
            mask[row, : len(document)] = 1
        with torch.inference_mode():
            states = model(
                input_ids=ids, attention_mask=None if bool(mask.all()) else mask, use_cache=False
            ).last_hidden_state
        found.extend(row[: len(document)] for row, document in zip(states, batch, strict=True))
    return found


def timed(ways: Sequence[Callable[[], object]]) -> list[float]:
    """Median seconds of each; the first round is thrown away."""
    seconds: list[list[float]] = [[] for _ in ways]
    for number in range(ROUNDS + 1):
        for way, taken in zip(ways, seconds, strict=True):
            started = time.perf_counter()
            way()
            if number:
                taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in seconds]


def distance(
    settings: Settings,
    loaded: LoadedModel,
    truncated: Any,
    readers: Mapping[str, ActivationReader],
    texts: Sequence[str],
) -> list[tuple[str, float]]:
    folder = next(settings.models_dir.glob("float32--*"))
    exact = LoadedModel(read_causal(folder, torch.float32), read_tokenizer(folder))
    tokens = [loaded.tokenizer(text)["input_ids"] for text in texts]
    expected = torch.cat(padded(truncate(exact.model), tokens, 1))
    found = {f"transformers in {preferred_dtype()}": torch.cat(padded(truncated, tokens, 1))}
    for name, reader in readers.items():
        found[name] = torch.cat([part.values[SITE] for part in reader.stream(texts, [SITE])])
    return [
        (name, float(((hidden.float() - expected).norm(dim=-1) / expected.norm(dim=-1)).median()))
        for name, hidden in found.items()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = os.environ.get("CLEARSPAN_DATA", str(REPOSITORY.parent / "shared"))
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    write = REPOSITORY / "docs" / "measurements.md" if given.write else None
    (found,) = measure(given.data, settings_module.load())
    return report(found, as_json=given.json, write=write)


if __name__ == "__main__":
    sys.exit(main())
