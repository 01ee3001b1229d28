"""Training of dictionaries: the step against SAELens and sparsify, and the way from text to a trained dictionary.

Data: `corpus/`, a folder of JSONL (also .zst) files, one document a line with a key `text`. The peers run in an
environment of their own, `.venv-peers`, which `make test-peers` installs.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file

from clearspan.features.harvest.corpora import training as training_documents
from clearspan.features.harvest.run import Harvest, plan
from clearspan.features.harvest.shards import ShardSource
from clearspan.features.harvest.source import SourceCard
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.finish import finished
from clearspan.features.training.loop import Training
from clearspan.features.training.measure import reconstruction
from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.models.inside.sites import Site
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
PEERS = REPOSITORY / ".venv-peers" / "bin" / "python"
MODEL, SITE = "smollm2-135m", "layers.15.residual"
BATCH, K = 2048, 48
HELD_OUT = 16_384
TIMED_STEPS = 10
RUNNER_TOKENS = 49_152
RATES = (1e-3, 2e-3, 3e-3, 5e-3)
"""Every peer is given the best of these."""


class Rows:
    """Activations in memory, in their order, over and over; see `ActivationSource`."""

    def __init__(self, rows: torch.Tensor, passes: int) -> None:
        exact = rows.float()
        self._rows = rows
        self.rows = len(rows) // BATCH * BATCH * passes
        square = float(exact.square().sum(1).mean())
        site = Site.parse(SITE)
        self.card = SourceCard(MODEL, site, rows.shape[1], exact.mean(0), square, (), 0, 256, 0.0)

    def batches(self, batch_size: int, start_batch: int = 0) -> Iterator[torch.Tensor]:
        """See `ActivationSource.batches`."""
        whole = len(self._rows) // batch_size
        for number in range(start_batch, self.rows // batch_size):
            at = number % whole * batch_size
            yield self._rows[at : at + batch_size]


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training took and came to.

    Attributes:
        seconds: of one step.
        unexplained: variance, on held-out activations.
    """

    seconds: float
    unexplained: float


def ours(
    architecture: str, train: torch.Tensor, held_out: torch.Tensor, features: int, steps: int
) -> Trained:
    """Our step, timed over whole trainings: it includes reading the batch, and the log."""
    config = TrainingConfig(
        architecture=architecture,
        features=features,
        k=K,
        tokens=BATCH * steps,
        batch=BATCH,  # type: ignore[arg-type]
    )
    source = Rows(train, 1 + BATCH * steps // len(train))
    with tempfile.TemporaryDirectory() as folder:
        training = Training(config, source, Path(folder), Settings())
        times: list[float] = []
        training.run(lambda _: times.append(time.perf_counter()), checkpoint_seconds=float("inf"))
        gaps = sorted(b - a for a, b in itertools.pairwise(times))
        found = reconstruction(finished(training), held_out.split(2048))
    return Trained(gaps[len(gaps) // 2], found.unexplained_variance)


def peer(name: str, precision: str, file: Path, features: int, steps: int, rate: float) -> Trained:
    """A peer's step, in its own process."""
    asked = {
        "peer": name,
        "precision": precision,
        "activations": str(file),
        "features": features,
        "k": K,
        "batch": BATCH,
        "rate": rate,
        "steps": steps,
        "threads": torch.get_num_threads(),
    }
    found = in_peers_environment("dictionaries_peers.py", asked)
    return Trained(found["seconds"], found["unexplained_variance"])


def in_peers_environment(program: str, asked: dict[str, object]) -> dict[str, float]:
    """Run a program that prints JSON last, where the peers are installed."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as settings:
        json.dump(asked, settings)
        settings.flush()
        command = [PEERS, REPOSITORY / "benchmarks" / program, settings.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{program} failed: {done.stderr.strip().splitlines()[-1:]}")
    return json.loads(done.stdout.splitlines()[-1])


def whole(folder: Path, corpus: Path, tokens: int) -> tuple[Table, torch.Tensor]:
    """From text to a trained dictionary, beside SAELens' own runner; and activations, shuffled."""
    settings = Settings()
    with LanguageModel.load(MODEL, settings) as model:
        began = time.perf_counter()
        Harvest(folder / "shards", plan(model, [SITE], tokens + HELD_OUT), [corpus]).run(model)
    read = time.perf_counter()
    source = ShardSource(folder / "shards", SITE)
    config = TrainingConfig(features=8192, k=K, tokens=tokens, batch=BATCH)
    training = Training(config, source, folder / "trained", settings)
    training.run()
    finished(training)
    done = time.perf_counter()
    rows: list[list[str | float]] = [
        ["Clearspan, harvest to shards", tokens, read - began, tokens / (read - began)],
        ["Clearspan, training with thresholds", tokens, done - read, tokens / (done - read)],
        ["Clearspan, both", tokens, done - began, tokens / (done - began)],
    ]
    (converted,) = settings.models_dir.glob("float32--*")
    asked = {
        "folder": str(converted),
        "layer": Site.parse(SITE).layer,
        "texts": str(some_texts(folder, corpus)),
        "width": source.card.width,
        "features": 8192,
        "k": K,
        "batch": BATCH,
        "context": 256,
        "tokens": RUNNER_TOKENS,
        "threads": torch.get_num_threads(),
    }
    for precision in ("float32", "bfloat16"):
        taken = in_peers_environment("dictionaries_runner.py", asked | {"precision": precision})["seconds"]
        rows.append([f"SAELens' runner, topk, {precision}", RUNNER_TOKENS, taken, RUNNER_TOKENS / taken])
    table = Table(
        f"From text to a trained dictionary of 8,192 features, {MODEL} at {SITE}",
        ("what", "tokens", "seconds", "tokens/s"),
        rows,
        "Loading the model is left out on both sides.",
    )
    return table, torch.cat(list(source.batches(HELD_OUT // 8)))


def some_texts(folder: Path, corpus: Path) -> Path:
    """Text enough for the runner, as JSONL."""
    file = folder / "texts.jsonl"
    written = 0
    with file.open("w", encoding="utf-8") as lines:
        for document in training_documents([corpus], 0.02):
            lines.write(json.dumps({"text": document.text}) + "\n")
            written += len(document.text)
            if written > 8 * RUNNER_TOKENS:
                break
    return file


def speed(folder: Path) -> tuple[Table, list[Bar]]:
    """The step at two sizes, on random activations: its time does not depend on what they mean."""
    rows: list[list[str | float]] = []
    bars: list[Bar] = []
    for width, features in ((512, 4096), (576, 8192)):
        made = torch.randn(4 * BATCH, width, generator=torch.Generator().manual_seed(0)).bfloat16()
        file = folder / f"random-{width}.safetensors"
        save_file({"train": made, "held_out": made[:BATCH].clone()}, file)
        size = f"{width} × {features:,}"
        times: dict[str, float] = {}
        for architecture in ("batchtopk", "topk"):
            times[f"Clearspan, {architecture}, bfloat16"] = ours(
                architecture, made, made[:BATCH], features, TIMED_STEPS
            ).seconds
        for name in ("saelens", "sparsify"):
            for precision in ("float32", "bfloat16"):
                times[f"{name}, topk, {precision}"] = peer(
                    name, precision, file, features, TIMED_STEPS, 1e-3
                ).seconds
        rows += [[size, what, 1e3 * seconds, BATCH / seconds] for what, seconds in times.items()]
        mine = max(times["Clearspan, batchtopk, bfloat16"], times["Clearspan, topk, bfloat16"])
        for name, bound in (("saelens", 5.0), ("sparsify", 2.5)):
            best = min(seconds for what, seconds in times.items() if what.startswith(name))
            bars.append(
                Bar(f"{size}: step, times as fast as {name} at its better precision", best / mine, bound)
            )
    title = f"One training step, batch {BATCH:,}, k {K}, {torch.get_num_threads()} threads"
    return Table(title, ("width × features", "what", "ms", "tokens/s"), rows), bars


def quality(
    folder: Path, train: torch.Tensor, held_out: torch.Tensor, features: int
) -> tuple[Table, list[Bar]]:
    """Unexplained variance after the same tokens on the same activations."""
    file = folder / "real.safetensors"
    save_file({"train": train.contiguous(), "held_out": held_out.contiguous()}, file)
    steps = len(train) // BATCH
    found = {"Clearspan, batchtopk": ours("batchtopk", train, held_out, features, steps).unexplained}
    for name in ("saelens", "sparsify"):
        results = {rate: peer(name, "float32", file, features, steps, rate).unexplained for rate in RATES}
        rate = min(results, key=lambda each: results[each])
        found[f"{name}, topk, learning rate {rate:g}"] = results[rate]
    mine, *others = found.values()
    table = Table(
        f"Unexplained variance of {len(held_out):,} held-out activations after {steps * BATCH:,} tokens",
        ("what", "unexplained variance"),
        list(found.items()),
        f"{MODEL} at {SITE}, {features:,} features, k {K}; peers with the best of {len(RATES)} learning rates.",
    )
    return table, [Bar("unexplained variance over the better peer's", mine / min(others), 1.0, "<=")]


def main() -> int:
    """Measure, print, and say whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY.parent / "shared"))
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument(
        "--tokens", type=int, default=400_000, help="activations that are harvested and trained on"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    corpus = given.data / "corpus"
    if not corpus.is_dir():
        sys.exit(f"There is no {corpus}: a folder of JSONL files, one document a line with a key 'text'.")
    if not PEERS.exists():
        sys.exit(f"There is no {PEERS}: 'make test-peers' installs the peers.")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        whole_table, rows = whole(folder, corpus, given.tokens)
        speed_table, bars = speed(folder)
        quality_table, more = quality(folder, rows[HELD_OUT:], rows[:HELD_OUT], 8192)
    result = Report(
        "Training of dictionaries",
        f"python benchmarks/dictionaries.py --tokens {given.tokens}",
        [speed_table, quality_table, whole_table],
        [*bars, *more],
    )
    return report(
        result, as_json=given.json, write=REPOSITORY / "docs" / "measurements.md" if given.write else None
    )


if __name__ == "__main__":
    sys.exit(main())
