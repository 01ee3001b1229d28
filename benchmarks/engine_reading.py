"""Reading activations at layer 15: packed documents against transformers on the same layers.

Data: `corpus/wikitext2_valid_test.jsonl.zst` and `corpus/medquad_health.jsonl.zst`, one document a line with a key
`text`. Both sides compute the first 16 layers in the processor's own number format and nothing above them; every way
reads the same tokens in turn, several times over, and the medians are compared.
"""

import argparse
import copy
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import zstandard

from clearspan import settings as settings_module
from clearspan.bars import Bar, Report, Table, report
from clearspan.models.anatomy import Anatomy
from clearspan.models.pretrained import read_causal, read_tokenizer
from clearspan.models.reading import Reader
from clearspan.models.runtime import preferred_dtype, set_threads
from clearspan.models.sinks import SinkRule
from clearspan.models.sites import Site
from clearspan.models.sources import resolve
from clearspan.models.weights import LoadedModel, load_weights
from clearspan.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
MODEL = "smollm2-135m"
SITE = Site("residual", 15)
FILES = ("wikitext2_valid_test", "medquad_health")
LONGEST = 1024
LENGTH = 512
TOKENS = 8_192
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Way:
    """One way of reading: its name, and what reads all tokens once."""

    name: str
    read: Callable[[], object]


def measure(data: Path, settings: Settings) -> list[Report]:
    """Tokens a second of every way, and how far each is from float32."""
    set_threads(settings)
    files = resolve(MODEL, settings)
    loaded = load_weights(files, settings, preferred_dtype())
    texts = documents(data, loaded.tokenizer)
    tokens = [loaded.tokenizer(text)["input_ids"] for text in texts]
    size = sum(len(document) for document in tokens)
    anatomy = Anatomy.of(loaded.model)
    reader = Reader(loaded, anatomy, SinkRule(loaded, anatomy, 8192))
    reader.activations(texts[:1], [SITE])
    truncated = truncate(loaded.model)
    ordered = sorted(tokens, key=len)
    even = [part for part in pieces(tokens, LENGTH) if len(part) == LENGTH]
    even_texts = [loaded.tokenizer.decode(part) for part in even]
    batches = (4, 8)
    mixed = [
        *(
            Way(
                f"transformers, padded batches of {n}, sorted by length",
                lambda n=n: padded(truncated, ordered, n),
            )
            for n in batches
        ),
        Way("transformers, one document at a time", lambda: padded(truncated, tokens, 1)),
        Way("Clearspan, packed", lambda: list(reader.stream(texts, [SITE]))),
    ]
    equal = [
        *(
            Way(f"transformers, {n} × {LENGTH} tokens, no padding", lambda n=n: padded(truncated, even, n))
            for n in (2, 4)
        ),
        Way("Clearspan, packed, the same texts", lambda: list(reader.stream(even_texts, [SITE]))),
    ]
    even_size = sum(len(loaded.tokenizer(text)["input_ids"]) for text in even_texts)
    speeds = [*timed(mixed, [size] * len(mixed)), *timed(equal, [len(even) * LENGTH] * 2 + [even_size])]
    ours, ours_even = speeds[len(mixed) - 1], speeds[-1]
    best, best_even = max(speeds[: len(mixed) - 1]), max(speeds[len(mixed) : -1])
    rows = [
        (way.name, speed, speed / reference)
        for way, speed, reference in zip(
            [*mixed, *equal], speeds, [best] * len(mixed) + [best_even] * len(equal), strict=True
        )
    ]
    distances = distance(settings, loaded, truncated, reader, texts[:8])
    dtype = str(preferred_dtype()).removeprefix("torch.")
    return [
        Report(
            section="Engine: reading",
            command="python benchmarks/engine.py --only reading",
            tables=(
                Table(
                    f"{MODEL}, {SITE}, {dtype}: {len(texts)} documents, {size:,} tokens; "
                    f"then {len(even)} pieces of {LENGTH} tokens",
                    ("way", "tokens/s, median", "against the fastest of transformers"),
                    rows,
                ),
                Table(
                    "Distance from float32 over the norm, median of all positions",
                    ("way", "distance"),
                    distances,
                ),
            ),
            bars=(
                Bar("reading at layer 15 against padded batches of transformers, times", ours / best, 1.5),
                Bar("reading at layer 15 against unpadded batches, times", ours_even / best_even, 1.5),
                Bar(
                    "distance from float32 against that of transformers, times",
                    distances[1][1] / distances[0][1],
                    1.5,
                    "<=",
                ),
            ),
            notes=(
                f"{torch.get_num_threads()} threads; the load average was {os.getloadavg()[0]:.1f}. "
                f"Median of {ROUNDS} rounds, the ways in turn. Clearspan's figures include tokenising the texts.",
            ),
        )
    ]


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


def timed(ways: Sequence[Way], sizes: Sequence[int]) -> list[float]:
    """Median tokens a second of each."""
    seconds: list[list[float]] = [[] for _ in ways]
    for number in range(ROUNDS + 1):
        for way, taken in zip(ways, seconds, strict=True):
            started = time.perf_counter()
            way.read()
            if number:
                taken.append(time.perf_counter() - started)
    return [size / statistics.median(taken) for size, taken in zip(sizes, seconds, strict=True)]


def distance(
    settings: Settings, loaded: LoadedModel, truncated: Any, reader: Reader, texts: Sequence[str]
) -> list[tuple[str, float]]:
    folder = next(settings.models_dir.glob("float32--*"))
    exact = LoadedModel(read_causal(folder, torch.float32), read_tokenizer(folder))
    tokens = [loaded.tokenizer(text)["input_ids"] for text in texts]
    expected = torch.cat(padded(truncate(exact.model), tokens, 1))
    plain = torch.cat(padded(truncated, tokens, 1)).float()
    packed = torch.cat([found.values[SITE] for found in reader.stream(texts, [SITE])]).float()
    return [
        (name, float(((found - expected).norm(dim=-1) / expected.norm(dim=-1)).median()))
        for name, found in (("transformers", plain), ("Clearspan, packed", packed))
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
