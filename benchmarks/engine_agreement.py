"""Whether the fast path says what the model says: next-token distributions against the same weights in float32.

Data: `corpus/wikitext2_valid_test.jsonl.zst`, one document a line with a key `text`.
"""

import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
import zstandard

from clearspan.measure.bars import Bar, Report, Table
from clearspan.models.backends.base import Backend, Work
from clearspan.models.backends.native import build
from clearspan.models.backends.native.backend import NativeBackend
from clearspan.models.backends.native.opening import open_native
from clearspan.models.backends.plain import PlainBackend
from clearspan.models.inside.sites import Site
from clearspan.models.weights.loading import LoadedModel
from clearspan.models.weights.pretrained import read_causal, read_tokenizer
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings

MODEL = "smollm2-135m"
POSITIONS = 2_000
LENGTH = 250
SITE = Site.parse("layers.15.residual")


def measure(data: Path, settings: Settings) -> list[Report]:
    """Agreement of the fast path, and of bfloat16 for comparison, with float32."""
    files = resolve(MODEL, settings)
    folder = next(settings.models_dir.glob("float32--*"))
    tokenizer = read_tokenizer(folder)
    exact = LoadedModel(read_causal(folder, torch.float32), tokenizer)
    half = LoadedModel(read_causal(folder, torch.bfloat16), tokenizer)
    reference = PlainBackend(exact, MODEL)
    native = open_native(build.build(settings), exact, files, settings, reference)
    documents = texts(data, tokenizer)
    expected = [_logits(reference, document) for document in documents]
    rows = [
        _compare("fast path", expected, [_logits(native, document) for document in documents]),
        _compare("fast path, cut at every 7 tokens", expected, [_logits(native, d, 7) for d in documents]),
        _compare(
            "transformers in bfloat16", expected, [_logits(PlainBackend(half, MODEL), d) for d in documents]
        ),
    ]
    hidden = _hidden(exact, half, native, documents)
    [first, *_] = rows
    return [
        Report(
            section="Engine: agreement",
            command="python benchmarks/engine.py --only agreement",
            tables=(
                Table(
                    f"Next tokens at {sum(map(len, documents)):,} positions of encyclopaedic text, against float32",
                    ("what", "same likeliest token", "mean KL, nats", "largest KL, nats"),
                    [list(row.values()) for row in rows],
                ),
                Table(
                    f"Activations at {SITE}, against float32",
                    ("what", "relative error, mean", "relative error, 99th percentile"),
                    hidden,
                    note="Reading keeps two digits of 8 bits where activations have outliers, one elsewhere.",
                ),
            ),
            bars=(
                Bar("same likeliest token, share", float(first["top1"]), 0.99),
                Bar("mean KL divergence, nats", float(first["kl"]), 0.001, "<="),
            ),
        )
    ]


def texts(data: Path, tokenizer: Any) -> list[list[int]]:
    """Documents of `LENGTH` tokens from the corpus, as many as make `POSITIONS`."""
    path = data / "corpus" / "wikitext2_valid_test.jsonl.zst"
    if not path.is_file():
        sys.exit(f"The data is not at {path}.\n{__doc__}")
    found: list[list[int]] = []
    with path.open("rb") as file:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8"):
            tokens = tokenizer(json.loads(line)["text"])["input_ids"][:LENGTH]
            if len(tokens) == LENGTH:
                found.append(tokens)
            if len(found) * LENGTH >= POSITIONS:
                return found
    sys.exit(f"{path} holds too few documents of {LENGTH} tokens.")


def _logits(backend: Backend, tokens: list[int], portion: int | None = None) -> torch.Tensor:
    slot = backend.open()
    step = portion or len(tokens)
    found = [
        backend.forward([Work(slot, tokens[at : at + step], "all")])[0] for at in range(0, len(tokens), step)
    ]
    backend.close(slot)
    return torch.cat([part for part in found if part is not None])


def _compare(name: str, expected: list[torch.Tensor], found: list[torch.Tensor]) -> Mapping[str, str | float]:
    same: list[float] = []
    divergences: list[float] = []
    for one, other in zip(expected, found, strict=True):
        p, q = one.double().log_softmax(-1), other.double().log_softmax(-1)
        divergences += (p.exp() * (p - q)).sum(-1).tolist()
        same += (one.argmax(-1) == other.argmax(-1)).double().tolist()
    return {
        "what": name,
        "top1": np.mean(same).item(),
        "kl": np.mean(divergences).item(),
        "worst": max(divergences),
    }


def _hidden(
    exact: LoadedModel, half: LoadedModel, native: NativeBackend, documents: list[list[int]]
) -> list[tuple[str, float, float]]:
    def through(loaded: LoadedModel, tokens: list[int]) -> torch.Tensor:
        with torch.inference_mode():
            output = loaded.model(torch.tensor([tokens]), output_hidden_states=True, use_cache=False)
        return output.hidden_states[SITE.layer + 1][0].float()

    errors: dict[str, list[float]] = {
        "fast path, writing": [],
        "fast path, reading": [],
        "transformers in bfloat16": [],
    }
    for tokens in documents:
        expected = through(exact, tokens)[1:]
        found = (
            native.read([tokens], [SITE], digits=2)[0][SITE],
            native.read([tokens], [SITE], digits=1)[0][SITE],
            through(half, tokens),
        )
        for name, values in zip(errors, found, strict=True):
            difference = (values[1:] - expected).square().sum(-1).sqrt()
            errors[name] += (difference / expected.square().sum(-1).sqrt()).tolist()
    return [(name, float(np.mean(each)), float(np.quantile(each, 0.99))) for name, each in errors.items()]
