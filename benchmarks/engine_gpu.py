"""How fast one model writes on a GPU: alone and with others, dialled and not. Says so where there is no GPU."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from engine_speed import MANY, MODEL, PROMPT, dials

from clearspan.measure.bars import Cell, Report, Table
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.limits.overrides import measuring
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

TOKENS = 256
ROUNDS = 5


def measure(data: Path, settings: Settings) -> list[Report]:
    """One table without bars: what a GPU reaches depends on the GPU."""
    del data
    table = Table(
        "Writing on a GPU",
        ("device", "backend", "what", "tokens/s"),
        rows_gpu(settings),
        note=f"{MODEL}, {TOKENS} tokens a text after a prompt of {len(PROMPT.split())} words, bfloat16; the best of "
        f"{ROUNDS} rounds after one that records.",
    )
    return [Report("The engine on a GPU", "python benchmarks/engine.py --only gpu", (table,), ())]


def rows_gpu(settings: Settings) -> list[Sequence[Cell]]:
    """Device, backend, what was measured, and tokens per second; one row that says so where there is no GPU."""
    if not torch.cuda.is_available():
        return [("no GPU here", None, "not measured", None)]
    device = torch.cuda.get_device_name()
    with LanguageModel.load(MODEL, settings) as model:
        some = dials(model, MANY)
        cases: dict[str, list[Sequence[Dial]]] = {
            "one text, no dial": [()],
            "one text, one dial": [some[:1]],
            f"{MANY} texts, no dial": [()] * MANY,
            f"{MANY} texts, each with another dial": [[dial] for dial in some],
        }
        return [(device, model.backend_name, name, _speed(model, sets)) for name, sets in cases.items()]


def _speed(model: LanguageModel, sets: Sequence[Sequence[Dial]]) -> float:
    """Tokens per second over texts that run together, each with its dials."""

    def write(chosen: Sequence[Dial]) -> int:
        with measuring("speed"):
            return model.generate(PROMPT, dials=chosen, max_tokens=TOKENS)[0].output_tokens

    speeds: list[float] = []
    with ThreadPoolExecutor(len(sets)) as threads:
        for _ in range(ROUNDS + 1):
            started = time.perf_counter()
            written = sum(threads.map(write, sets))
            speeds.append(written / (time.perf_counter() - started))
    return max(speeds[1:])
