"""The loop: it learns, goes on to the same bytes after being killed, sums over processes, and refuses bad input."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from clearspan.errors import BadInput
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.formats.saelens import WEIGHTS, read_saelens
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.finish import finished
from clearspan.features.training.log import read_log
from clearspan.features.training.loop import Training, TrainingProgress, require_unfinished
from clearspan.features.training.measure import reconstruction
from clearspan.models.weights.checkpoint import FILE
from clearspan.settings import Settings

from .conftest import MadeUpSource, sparse_sums

PROGRAM = Path(__file__).with_name("trainer_process.py")


def small(**changes: object) -> TrainingConfig:
    """A training of some seconds."""
    given: dict[str, object] = {"features": 96, "k": 4, "tokens": 60_000, "batch": 500, "dead_after": 4000}
    return TrainingConfig.model_validate(given | {"learning_rate": 3e-3, "decay": 0.2} | changes)


@pytest.mark.parametrize(
    ("architecture", "most"),
    [("batchtopk", 0.15), ("topk", 0.15), ("matryoshka", 0.2), ("jumprelu", 0.4), ("gated", 0.4)],
)
def test_every_architecture_learns(
    architecture: str, most: float, source: MadeUpSource, settings: Settings, tmp_path: Path
) -> None:
    training = Training(small(architecture=architecture, batch=125), source, tmp_path, settings)
    training.run()
    dictionary = finished(training, command="clearspan features train")
    held_out = sparse_sums(4000, seed=5).bfloat16()
    found = reconstruction(dictionary, held_out.split(1000))
    assert found.unexplained_variance < most
    assert 2 < found.active < 6
    assert found.alive > 0.2
    assert sum(found.histogram().values()) == 96
    lines = read_log(tmp_path)
    assert lines[-1]["tokens"] == 60_000
    assert lines[-1]["unexplained_variance"] < lines[0]["unexplained_variance"]
    assert dictionary.card.trained_as == architecture
    assert dictionary.card.name == "smollm2-135m/layers.15.residual/96"


def test_a_killed_training_ends_in_the_same_bytes(weights: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"

    def start(folder: Path) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, str(PROGRAM), str(folder), str(weights), "batchtopk"])

    assert start(whole).wait() == 0
    chance = random.Random(4)
    for _ in range(2):
        process = start(broken)
        seen = _state(broken)
        while _state(broken) == seen and process.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.2)
        process.kill()
        process.wait()
    assert start(broken).wait() == 0
    for name in (WEIGHTS, "cfg.json", "training.jsonl", FILE):
        assert (whole / name).read_bytes() == (broken / name).read_bytes(), name


def _state(folder: Path) -> int:
    path = folder / FILE
    return path.stat().st_mtime_ns if path.exists() else 0


def test_two_processes_train_as_one(weights: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    subprocess.run([sys.executable, str(PROGRAM), str(one), str(weights), "batchtopk"], check=True)
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    subprocess.run([*launch, str(PROGRAM), str(two), str(weights), "batchtopk"], check=True, env=environment)
    left, right = read_saelens(one), read_saelens(two)
    held_out = sparse_sums(2000, seed=5)
    # Sums in another order differ in their last digits, which a training amplifies.
    assert abs(_unexplained(left, held_out) - _unexplained(right, held_out)) < 0.01
    near = torch.nn.functional.cosine_similarity(left.decoder, right.decoder)
    assert float(near.median()) > 0.999


def _unexplained(dictionary: Dictionary, rows: torch.Tensor) -> float:
    return reconstruction(dictionary, [rows]).unexplained_variance


def test_it_goes_on_where_it_stopped(source: MadeUpSource, settings: Settings, tmp_path: Path) -> None:
    class Stop(Exception):
        pass

    def stop(progress: TrainingProgress) -> None:
        if progress.step == 30:
            raise Stop

    with pytest.raises(Stop):
        Training(small(), source, tmp_path, settings).run(stop, checkpoint_seconds=0)
    again = Training(small(), source, tmp_path, settings)
    assert again.step == 29
    with pytest.raises(BadInput, match="another training"):
        Training(small(k=5), source, tmp_path, settings)
    (tmp_path / FILE).write_bytes(b"damaged")
    with pytest.raises(BadInput, match="not the state of a training"):
        Training(small(), source, tmp_path, settings)


class _Damaged(MadeUpSource):
    def batches(self, batch_size: int, start_batch: int = 0) -> Iterator[torch.Tensor]:
        for number, batch in enumerate(super().batches(batch_size, start_batch), start_batch):
            yield (
                torch.where(torch.arange(len(batch))[:, None] == 7, torch.nan, batch)
                if number == 3
                else batch
            )


def test_numbers_that_are_not_finite_stop_it_and_name_the_batch(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="batch 3 of the source are not finite"):
        Training(small(), _Damaged(sparse_sums(8192), passes=8), tmp_path, settings).run()


def test_a_source_that_cannot_be_learned_from_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="too few activations"):
        Training(small(), MadeUpSource(sparse_sums(100)), tmp_path, settings)
    with pytest.raises(BadInput, match="nothing to learn"):
        Training(small(), MadeUpSource(torch.ones(8192, 32)), tmp_path, settings)


def test_a_finished_dictionary_is_not_trained_over(tmp_path: Path) -> None:
    require_unfinished(tmp_path / "new")
    (tmp_path / "cfg.json").write_text("{}")
    with pytest.raises(BadInput, match="holds a dictionary already"):
        require_unfinished(tmp_path)
    (tmp_path / FILE).write_bytes(b"")
    require_unfinished(tmp_path)


@pytest.mark.parametrize(
    "wrong", [{"k": 97}, {"warm_up": 0.7, "decay": 0.7}, {"prefixes": (96, 10)}, {"prefixes": (10, 20)}]
)
def test_settings_that_contradict_each_other_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"cannot be active|rise and fall|prefixes must"):
        small(**wrong)
