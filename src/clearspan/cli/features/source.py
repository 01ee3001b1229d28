"""What a training reads: shards that were harvested, or the model itself while it trains."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from clearspan.features.harvest.source import ActivationSource
    from clearspan.features.training.config import TrainingConfig
    from clearspan.settings import Settings

STREAM = "stream"
"""Folder within the dictionary's in which the text of a stream lies while it trains."""

_CONTEXT = 256
_HOLDOUT = 0.02


@dataclass(frozen=True, slots=True)
class Read:
    """A source of activations, and how its text was read.

    Attributes:
        context: tokens that the model sees at once.
        holdout: share of the documents that is kept back.
    """

    source: "ActivationSource"
    context: int
    holdout: float


def from_shards(folder: Path, site: str | None, config: "TrainingConfig", streamed: Sequence[object]) -> Read:
    """Shards that `clearspan features harvest` wrote, as often as the training needs them.

    Raises:
        UsageError: flags of a stream are given too.
        BadInput: the shards are damaged, or hold no such site.
    """
    from clearspan.features.harvest.manifest import Manifest
    from clearspan.features.harvest.shards import ShardSource

    if any(flag is not None for flag in streamed):
        raise click.UsageError(
            "--model, --context and --holdout are those of the harvest that --activations names."
        )
    manifest = Manifest.read(folder)
    epochs = -(-config.steps * config.batch // manifest.rows)
    source = ShardSource(folder, site or manifest.plan.sites[0], seed=config.seed, epochs=epochs)
    return Read(source, manifest.plan.context, manifest.plan.holdout)


@contextmanager
def from_model(
    model: str | None,
    site: str | None,
    corpora: Sequence[str],
    config: "TrainingConfig",
    out: Path,
    settings: "Settings",
    context: int | None,
    holdout: float | None,
) -> Generator[Read]:
    """The model, which reads the text while the training goes on; no activation touches the disk.

    Raises:
        UsageError: the text or the site is not named.
        BadInput: the model has no such site, or the text gives nothing.
    """
    from clearspan.features.harvest.chunks import load_settled
    from clearspan.features.harvest.run import plan
    from clearspan.features.harvest.stream import StreamSource

    if not corpora or site is None:
        raise click.UsageError("Give --activations, or --site and --corpus to read a model while it trains.")
    context = context or _CONTEXT
    holdout = _HOLDOUT if holdout is None else holdout
    with load_settled(model or settings.model, settings) as loaded:
        tokens = config.steps * config.batch
        asked = plan(loaded, [site], tokens, seed=config.seed, context=context, holdout=holdout)
        yield Read(StreamSource(out / STREAM, loaded, asked, corpora), context, holdout)
