"""How fast one model writes: alone and with others, dialled and not, beside what others make of the same weights.

Everything runs on the same GGUF file in the same run, in rounds that take turns, so that a busy machine slows all of
them alike; medians of the rounds are compared. Peers are measured where they are installed: llama.cpp as
`llama-cpp-python` in this environment, vLLM's CPU build in `.venv-vllm` (`make test-vllm` makes it).
"""

import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import torch

from clearspan.measure.bars import Bar, Report, Table
from clearspan.measure.processor import instructions
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.limits.overrides import measuring
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.weights.pretrained import read_causal
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
MODEL = "smollm2-135m"
SITE = "layers.15.residual"
ROUNDS = 3
TOKENS = 96
MANY = 32
SHORT = 32
"""Tokens of each of many that transformers writes: it takes a minute for them on some processors."""
PROMPT = "Write a long story about a lighthouse keeper who counts ships."


def measure(data: Path, settings: Settings) -> list[Report]:
    """Speeds, ratios and their bars."""
    del data
    with tempfile.TemporaryDirectory(prefix="clearspan-engine-") as home:
        used = Settings(home=Path(home), weights=settings.models_dir)
        with LanguageModel.load(MODEL, used) as model:
            model.settle()
            single = _single(model, used)
            many = {**_many(model), **_batch(used, model.chat_tokens(PROMPT))}
            backend = model.backend_name
    vllm = _vllm(used)
    return [_report(single, many, vllm, backend)]


def dials(model: LanguageModel, count: int) -> list[Dial]:
    """Small dials that differ, so that the text stays text."""
    generator = torch.Generator().manual_seed(11)
    return [
        model.direction(f"direction {number}", SITE, torch.randn(576, generator=generator)).add(0.2)
        for number in range(count)
    ]


def _single(model: LanguageModel, settings: Settings) -> Mapping[str, list[float]]:
    """Tokens per second of one stream, each way, round by round."""
    [dial] = dials(model, 1)
    ways: dict[str, Callable[[], int]] = {
        "Clearspan, no dial": lambda: _write(model, ()),
        "Clearspan, one dial": lambda: _write(model, (dial,)),
        **_huggingface(settings, model.chat_tokens(PROMPT)),
        **_llama_cpp(settings, model.chat_tokens(PROMPT)),
    }
    speeds: dict[str, list[float]] = {name: [] for name in ways}
    for write in ways.values():
        write()
    for turn in range(ROUNDS):
        # The order changes, so that no way always follows the same other one.
        for name in sorted(ways, key=lambda name: (hash((name, turn)), name)):
            # Fast ways write several times, so that each is timed for about as long.
            repeats = 4 if name.startswith("Clearspan") else 1
            started = time.perf_counter()
            written = sum(ways[name]() for _ in range(repeats))
            speeds[name].append(written / (time.perf_counter() - started))
    return speeds


def _write(model: LanguageModel, set_: Sequence[Dial]) -> int:
    with measuring("speed"):
        made = model.chat(PROMPT, dials=set_, max_tokens=TOKENS)
    if made.output_tokens < TOKENS:
        raise SystemExit(f"The text ended after {made.output_tokens} tokens; speeds need all {TOKENS}.")
    return made.output_tokens


def _huggingface(settings: Settings, tokens: list[int]) -> dict[str, Callable[[], int]]:
    """transformers' own `generate` on the dequantised weights."""
    files = resolve(MODEL, settings)
    assert files.gguf is not None
    folder = next(settings.models_dir.glob("float32--*"))
    inputs = {
        "input_ids": torch.tensor([tokens]),
        "attention_mask": torch.ones(1, len(tokens), dtype=torch.long),
    }

    def way(dtype: torch.dtype) -> Callable[[], int]:
        model = read_causal(folder, dtype)

        def write() -> int:
            with torch.inference_mode():
                output = model.generate(
                    **inputs, do_sample=False, max_new_tokens=TOKENS, min_new_tokens=TOKENS, pad_token_id=0
                )
            return int(output.shape[1] - inputs["input_ids"].shape[1])

        return write

    return {
        "Hugging Face generate, bfloat16": way(torch.bfloat16),
        "Hugging Face generate, float32": way(torch.float32),
    }


def _batch(settings: Settings, tokens: list[int]) -> Mapping[str, list[float]]:
    """Tokens per second of transformers' `generate` on as many sequences, the faster number format of the two."""
    folder = next(settings.models_dir.glob("float32--*"))
    inputs = {
        "input_ids": torch.tensor([tokens] * MANY),
        "attention_mask": torch.ones(MANY, len(tokens), dtype=torch.long),
    }
    found: dict[str, list[float]] = {}
    for name, dtype in (("bfloat16", torch.bfloat16), ("float32", torch.float32)):
        model = read_causal(folder, dtype)
        started = time.perf_counter()
        with torch.inference_mode():
            model.generate(
                **inputs, do_sample=False, max_new_tokens=SHORT, min_new_tokens=SHORT, pad_token_id=0
            )
        found[f"Hugging Face generate, {name}"] = [MANY * SHORT / (time.perf_counter() - started)]
    return found


def _llama_cpp(settings: Settings, tokens: list[int]) -> dict[str, Callable[[], int]]:
    """llama.cpp on the same file, or nothing where it is not installed."""
    try:
        from llama_cpp import Llama
    except ImportError:
        return {}
    gguf = resolve(MODEL, settings).gguf
    cores = os.cpu_count() or 1
    made: Any = Llama(str(gguf), n_ctx=1024, n_threads=cores, n_threads_batch=cores, verbose=False)

    def write() -> int:
        made.reset()
        return sum(1 for _ in itertools.islice(made.generate(tokens, temp=0.0), TOKENS))

    return {"llama.cpp": write}


def _many(model: LanguageModel) -> Mapping[str, list[float]]:
    """Tokens per second of many sequences together, each with another dial."""
    settings = dials(model, MANY)
    prompts = [f"{PROMPT} There were {number} of them." for number in range(MANY)]

    def written_by(prompt: str, held: list[Dial]) -> int:
        with measuring("speed"):
            return model.chat(prompt, dials=held, max_tokens=TOKENS).output_tokens

    speeds: dict[str, list[float]] = {"Clearspan, no dials": [], "Clearspan, a dial each": []}
    for _ in range(ROUNDS):
        for name in speeds:
            started = time.perf_counter()
            # A reader each: a stream that nobody reads pauses.
            with ThreadPoolExecutor(MANY) as readers:
                texts = readers.map(
                    lambda prompt, dial, name=name: written_by(
                        prompt, [dial] if name.endswith("a dial each") else []
                    ),
                    prompts,
                    settings,
                )
                written = sum(texts)
            speeds[name].append(written / (time.perf_counter() - started))
    return speeds


def _vllm(settings: Settings) -> Mapping[str, Any] | None:
    """What benchmarks/engine_vllm.py says in vLLM's environment; None where there is none."""
    python = REPOSITORY / ".venv-vllm" / "bin" / "python"
    if not python.is_file():
        return None
    folder = next(settings.models_dir.glob("float32--*"))
    command = [
        str(python),
        str(REPOSITORY / "benchmarks" / "engine_vllm.py"),
        "--model",
        str(folder),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        print(f"vLLM was not measured: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return None
    return json.loads(lines[-1])


def _report(
    single: Mapping[str, list[float]],
    many: Mapping[str, list[float]],
    vllm: Mapping[str, Any] | None,
    backend: str,
) -> Report:
    middle = {name: statistics.median(speeds) for name, speeds in single.items()}
    best = max(speed for name, speed in middle.items() if name.startswith("Hugging Face"))
    rows: list[Sequence[Any]] = [
        (name, 1, speed, min(single[name]), max(single[name]), speed / best)
        for name, speed in sorted(middle.items(), key=lambda item: -item[1])
    ]
    together = {name: statistics.median(speeds) for name, speeds in many.items()}
    rows += [
        (name, MANY, speed, min(many[name]), max(many[name]), speed / best)
        for name, speed in together.items()
    ]
    if vllm is not None:
        rows += [
            ("vLLM's CPU build, no dials", count, vllm[key], None, None, vllm[key] / best)
            for count, key in ((1, "single"), (MANY, "many"))
        ]
    batch = max(speed for name, speed in together.items() if name.startswith("Hugging Face"))
    peer = "vLLM's CPU build" if vllm else "Hugging Face's batch"
    pairs = zip(single["Clearspan, one dial"], single["Clearspan, no dial"], strict=True)
    cost = 1 - statistics.median(dialled / plain for dialled, plain in pairs)
    bars = [
        Bar("one stream with a dial, times Hugging Face", middle["Clearspan, one dial"] / best, 4),
        *(
            [
                Bar(
                    "one stream with a dial, times llama.cpp",
                    middle["Clearspan, one dial"] / middle["llama.cpp"],
                    1,
                )
            ]
            if "llama.cpp" in middle
            else []
        ),
        Bar("one stream with a dial, tokens/s", middle["Clearspan, one dial"], 100),
        Bar("what a dial costs, share of the speed", cost, 0.03, "<="),
        Bar(
            f"{MANY} sequences with a dial each, times {peer}",
            together["Clearspan, a dial each"] / (vllm["many"] if vllm else batch),
            1.5,
        ),
    ]
    missing = [
        name
        for name, there in (("llama.cpp", "llama.cpp" in single), ("vLLM", vllm is not None))
        if not there
    ]
    return Report(
        section=f"Engine: speed of writing, {next(iter(instructions()), platform.machine())}",
        command="python benchmarks/engine.py --only speed",
        tables=(
            Table(
                f"{MODEL}, {TOKENS} tokens a text, tokens/s over {ROUNDS} rounds",
                ("what", "sequences", "median", "lowest", "highest", "times the better Hugging Face"),
                rows,
            ),
        ),
        bars=bars,
        notes=(
            f"Backend: {backend}; {torch.get_num_threads()} threads; load average {os.getloadavg()[0]:.1f}.",
            *(f"{name} is not installed here, and was not measured." for name in missing),
        ),
    )
