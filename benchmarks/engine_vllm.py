"""vLLM's CPU build on the default model: one sequence, and 32 at once; a program of its own.

It runs in the environment that `make test-vllm` makes; `benchmarks/engine.py` calls it where that is there. By hand:

    .venv-vllm/bin/python benchmarks/engine_vllm.py --model FOLDER [--eager] [--json]

FOLDER is a transformers folder, such as the float32 copy in the weights cache. With `--eager` dials can be applied,
and are: each sequence has another one in two further figures.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

NEW_TOKENS = 128
REPEATS = 3
TOPICS = """bridges tides salt glass clocks bees maps snow bread looms wells kites ferries lamps chess honey
inks ropes sails mills coins bells seeds tiles wool clay drums locks ladders mirrors anchors chimneys""".split()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True, help="a transformers folder")
    parser.add_argument("--json", action="store_true", help="print one line of JSON for programs")
    parser.add_argument("--eager", action="store_true", help="without compiling; dials too")
    arguments = parser.parse_args()
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "2")
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    import vllm

    started = time.perf_counter()
    engine = vllm.LLM(
        model=str(arguments.model),
        dtype="bfloat16",
        max_model_len=2048,
        max_num_seqs=32,
        enforce_eager=arguments.eager,
        enable_prefix_caching=False,
        hf_overrides={"architectures": ["LlamaForCausalLM"]},
    )
    loaded = time.perf_counter() - started
    found: dict[str, Any] = {
        "vllm": vllm.__version__,
        "torch": torch.__version__,
        "dtype": "bfloat16",
        "eager": arguments.eager,
        "new_tokens": NEW_TOKENS,
        "load_seconds": loaded,
        "first_token_after_512": first_token(engine),
        "single": measured(engine, 1, dialled=False),
        "many": measured(engine, len(TOPICS), dialled=False),
    }
    if arguments.eager:
        found["single_dialled"] = measured(engine, 1, dialled=True)
        found["many_dialled"] = measured(engine, len(TOPICS), dialled=True)
    if arguments.json:
        print(json.dumps(found))
    else:
        print("\n".join(f"{name.replace('_', ' '):24} {value}" for name, value in found.items()))


def measured(engine: Any, sequences: int, *, dialled: bool) -> float:
    """Tokens a second over all sequences, median of the repeats after one that warms up."""
    prompts = [
        f"Write about {topic}. Begin with what everybody knows of {topic}:" for topic in TOPICS[:sequences]
    ]
    sampling = [parameters(place if dialled else None) for place in range(sequences)]
    speeds: list[float] = []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        outputs = engine.generate(prompts, sampling, use_tqdm=False)
        seconds = time.perf_counter() - started
        speeds.append(sum(len(output.outputs[0].token_ids) for output in outputs) / seconds)
    return statistics.median(speeds[1:])


def parameters(dial: int | None) -> Any:
    """Greedy, never ended by the model; with the dial of this number, if any."""
    import torch
    import vllm

    extra = None
    if dial is not None:
        from clearspan.models.backends.vllm.encoding import request_arguments
        from clearspan.models.inside.dials import Direction

        vector = torch.randn(576, generator=torch.Generator().manual_seed(dial))
        direction = Direction.of(f"direction {dial}", "smollm2-135m", "layers.15.residual", vector)
        extra = request_arguments([direction.clamp(0.5)], lambda _: 1e6)
    return vllm.SamplingParams(temperature=0, max_tokens=NEW_TOKENS, ignore_eos=True, extra_args=extra)


def first_token(engine: Any) -> float:
    """Seconds to the first token after a prompt of 512, median of the repeats after one that warms up."""
    import vllm

    seconds: list[float] = []
    for start in range(REPEATS + 1):
        prompt = {"prompt_token_ids": [1000 + start + 7 * place for place in range(512)]}
        began = time.perf_counter()
        engine.generate([prompt], vllm.SamplingParams(temperature=0, max_tokens=1), use_tqdm=False)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:])


if __name__ == "__main__":
    main()
