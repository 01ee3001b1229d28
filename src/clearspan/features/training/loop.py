"""The training loop: batches in, updates, a log, checkpoints; then thresholds, and a dictionary."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from clearspan.errors import BadInput
from clearspan.features.harvest.source import ActivationSource
from clearspan.features.training.architectures import ARCHITECTURES
from clearspan.features.training.beginning import begun, rows_wanted
from clearspan.features.training.config import TrainingConfig
from clearspan.features.training.log import TrainingLog
from clearspan.features.training.machinery import Machinery
from clearspan.features.training.parallel import Processes
from clearspan.features.training.scale import Scale
from clearspan.features.training.schedule import learning_rate
from clearspan.features.training.steps.step import StepMetrics, Tensors
from clearspan.models.weights.checkpoint import FILE, Checkpoint
from clearspan.settings import Settings

_LOG_EVERY = 20


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """How far a training is.

    Attributes:
        step: steps done, of `steps`.
        tokens: activations trained on.
        tokens_per_second: since it was started or went on.
        unexplained_variance: of the last batch, under the weights before its step.
        active: features active at a position of it.
        dead: share of the features that count as dead.
    """

    step: int
    steps: int
    tokens: int
    tokens_per_second: float
    unexplained_variance: float
    active: float
    dead: float


class Training:
    """One training, from its beginning or from where a checkpoint left it.

    Args:
        source: what it learns from; gone through as often as the configuration's tokens ask for.
        folder: for the checkpoint and the log; made if it is not there.
        processes: those that train together.

    Raises:
        NotFound: there is no architecture of the configuration's name.
        BadInput: the source holds less than a batch, nothing to learn from, or is not what the checkpoint began with.
    """

    def __init__(
        self,
        config: TrainingConfig,
        source: ActivationSource,
        folder: Path,
        settings: Settings,
        *,
        device: torch.device | None = None,
        processes: Processes | None = None,
    ) -> None:
        self.config = config
        self.source = source
        self._architecture = ARCHITECTURES.get(config.architecture)
        self._folder = folder
        self._processes = processes or Processes()
        self._device = device or torch.device("cpu")
        self._batches = source.rows // config.batch
        if not self._batches:
            raise BadInput(
                "There are too few activations to train on.",
                why=f"The source holds {source.rows:,}, and one batch takes {config.batch:,}.",
                do="Harvest more text, or choose a smaller batch.",
            )
        card = source.card
        self.scale = Scale.of(card).to(self._device)
        kept = Checkpoint.read(folder, self._fingerprint())
        parameters = kept.group("parameters") if kept else self._first_parameters()
        parameters = {
            name: self._processes.same(one.to(self._device, copy=True)) for name, one in parameters.items()
        }
        machinery = Machinery.of(config, parameters, self._processes, settings)
        self.objective = self._architecture.objective(config, parameters, machinery)
        self._adam = machinery.adam
        self._silent = torch.zeros(config.features, dtype=torch.int64, device=self._device)
        self.step = 0
        if kept:
            kept.restore("first", self._adam.first)
            kept.restore("second", self._adam.second)
            kept.restore("counters", {"silent": self._silent, **self.objective.state})
            self.step = kept.step

    def run(
        self, told: Callable[[TrainingProgress], None] = lambda _: None, checkpoint_seconds: float = 60.0
    ) -> None:
        """Train to the end, keeping a checkpoint every so often.

        Raises:
            BadInput: activations are not finite, or the weights no longer are.
            StorageError: the disk did not take a checkpoint.
        """
        first = self._processes.rank == 0
        log = TrainingLog(self._folder, self.step) if first else None
        began, begun_at = time.monotonic(), self.step
        kept = began
        while self.step < self.config.steps:
            for batch in self._source_batches():
                metrics = self._update(batch)
                now = time.monotonic()
                progress = self._progress(metrics, (self.step - begun_at) / max(1e-9, now - began))
                told(progress)
                if log and (self.step % _LOG_EVERY == 0 or self.step == self.config.steps):
                    log.write(
                        **_line(
                            progress, metrics, learning_rate(self.config, self.step - 1), self.objective.state
                        )
                    )
                if first and now - kept >= checkpoint_seconds and self.step < self.config.steps:
                    self.checkpoint()
                    kept = now
        if first:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Keep the state of now."""
        self._folder.mkdir(parents=True, exist_ok=True)
        state = {
            "parameters": self.objective.parameters,
            "first": self._adam.first,
            "second": self._adam.second,
            "counters": {"silent": self._silent, **self.objective.state},
        }
        Checkpoint.of(self._fingerprint(), self.step, state).write(self._folder)

    def clear(self) -> None:
        """Delete the checkpoint: what it was for is done."""
        (self._folder / FILE).unlink(missing_ok=True)

    def _first_parameters(self) -> Tensors:
        """From the first batches, which are trained on later as all others are."""
        count = -(-rows_wanted(self.config, self.source.card.width) // self.config.batch)
        first = itertools.islice(self.source.batches(self.config.batch), count)
        rows = torch.cat([self._normalised(one, number) for number, one in enumerate(first)])
        return self._architecture.first(begun(self.config, rows))

    def _source_batches(self) -> Iterator[torch.Tensor]:
        """From where the training is to the end of the source or of the training, whichever comes first."""
        start = self.step % self._batches
        for batch in self.source.batches(self.config.batch, start):
            yield batch
            if self.step == self.config.steps:
                return

    def _update(self, batch: torch.Tensor) -> StepMetrics:
        mine = self._normalised(self._processes.share(batch), self.step % self._batches)
        metrics = self.objective.step(mine, self._silent >= self.config.dead_after)
        if not metrics.error < float("inf"):
            raise BadInput(
                f"The training diverged in step {self.step:,}.",
                why=f"The squared error is {metrics.error}.",
                do="Lower the learning rate, or lengthen its rise.",
            )
        rate = learning_rate(self.config, self.step)
        self._adam.update(self.objective.gradients, rate, self.step)
        self.objective.updated()
        self._silent.add_(len(batch)).masked_fill_(metrics.fired > 0, 0)
        self.step += 1
        return metrics

    def _normalised(self, batch: torch.Tensor, number: int) -> torch.Tensor:
        rows = self.scale.normalised(batch)
        if not bool(rows.sum().isfinite()):
            raise BadInput(
                f"Activations of batch {number:,} of the source are not finite.",
                why="NaN or infinity in them would spread to all weights.",
                do="Check the model and the number format that it was harvested in, and harvest again; the "
                "training goes on from its last checkpoint.",
            )
        return rows

    def _progress(self, metrics: StepMetrics, steps_per_second: float) -> TrainingProgress:
        return TrainingProgress(
            self.step,
            self.config.steps,
            self.step * self.config.batch,
            steps_per_second * self.config.batch,
            metrics.error / self.source.card.width,
            metrics.active,
            float((self._silent >= self.config.dead_after).double().mean()),
        )

    def _fingerprint(self) -> dict[str, object]:
        card = self.source.card
        return {
            **self.config.model_dump(),
            "model": card.model,
            "site": str(card.site),
            "rows": self.source.rows,
            "mean_square": card.mean_square,
        }


def require_unfinished(folder: Path) -> None:
    """Raise if a folder holds a dictionary, and no training that is yet to end in it.

    Raises:
        BadInput: it does.
    """
    if (folder / "cfg.json").exists() and not (folder / FILE).exists():
        raise BadInput(
            f"{folder} holds a dictionary already.",
            do="Name another folder, or delete this one to train it again.",
        )


def _line(progress: TrainingProgress, metrics: StepMetrics, rate: float, state: Tensors) -> dict[str, object]:
    return {
        "step": progress.step - 1,
        "tokens": progress.tokens,
        "unexplained_variance": progress.unexplained_variance,
        "l0": progress.active,
        "dead": progress.dead,
        "learning_rate": rate,
        "lowest": metrics.lowest,
        "revival": metrics.revival,
        **{name: float(tensor) for name, tensor in state.items()},
    }
