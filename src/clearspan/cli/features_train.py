"""`clearspan features train`: a dictionary from activations."""

import shlex
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clearspan import settings as settings_module
from clearspan.features.training.config import TrainingConfig

if TYPE_CHECKING:
    from clearspan.features.dictionaries.base import Dictionary
    from clearspan.features.training.loop import Progress

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _training_options(command: _Command) -> _Command:
    """A flag for every field of the configuration."""
    for name, field in reversed(TrainingConfig.model_fields.items()):
        flag = f"--{name.replace('_', '-')}"
        if name == "architecture":
            kind: Any = click.Choice(["batchtopk", "topk", "matryoshka", "jumprelu", "gated"])
        elif name == "prefixes":
            kind = str
        else:
            kind = field.annotation
        shown = field.default if name != "prefixes" else None
        command = click.option(flag, type=kind, default=shown, show_default=True, help=field.description)(
            command
        )
    return command


@click.command()
@click.option(
    "--activations",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder of shards, as 'clearspan features harvest' writes them.",
)
@click.option("--site", default=None, help="Which site, where several were harvested.")
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    metavar="PATH",
    help="Text that was harvested; its held-out documents measure the result. May be repeated.",
)
@click.option(
    "--held-out",
    type=click.IntRange(1),
    default=300_000,
    show_default=True,
    help="Held-out activations that are measured on, at most.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the dictionary."
)
@click.option("--name", "size", default="", help="Last part of its name; by default its size, as 8k.")
@click.option(
    "--stored",
    type=click.Choice(["float32", "bfloat16"]),
    default="float32",
    show_default=True,
    help="Number format of the matrices in the folder; bfloat16 takes half of the space.",
)
@_training_options
def train(
    activations: Path,
    site: str | None,
    corpora: Sequence[str],
    held_out: int,
    out: Path,
    size: str,
    stored: str,
    prefixes: str | None,
    **options: Any,
) -> None:
    """Train a dictionary on harvested activations.

    Interrupted, also by kill -9, the same command goes on where it stopped and ends in the same bytes. Under torchrun,
    every process takes its share of each batch.
    """
    import torch

    from clearspan.features.formats.saelens import write_saelens
    from clearspan.features.harvest.manifest import Manifest
    from clearspan.features.harvest.shards import ShardSource
    from clearspan.features.training.finish import finished, with_measures
    from clearspan.features.training.held_out import held_out_texts
    from clearspan.features.training.loop import Training, require_unfinished
    from clearspan.features.training.parallel import Processes
    from clearspan.models.runtime import set_threads

    settings = settings_module.load()
    set_threads(settings)
    config = _configuration(options, prefixes)
    manifest = Manifest.read(activations)
    texts = held_out_texts(corpora, manifest.plan.holdout) if corpora else []
    epochs = -(-config.steps * config.batch // manifest.rows)
    source = ShardSource(activations, site or manifest.plan.sites[0], seed=config.seed, epochs=epochs)
    processes = Processes.joined()
    require_unfinished(out)
    training = Training(config, source, out, settings, processes=processes)
    with _progress(config, quiet=processes.rank > 0) as told:
        training.run(told)
    if processes.rank:
        return
    command = shlex.join(["clearspan", *sys.argv[1:]])
    dictionary = finished(training, size=size, command=command, stored=getattr(torch, stored))
    write_saelens(dictionary, out)
    click.echo(f"✓ {dictionary.card.name}: {dictionary.size:,} features in {out}")
    if texts:
        measures = _measures(dictionary, texts, manifest.plan.context, held_out)
        write_saelens(with_measures(dictionary, measures), out)
        for name, value in measures.items():
            click.echo(f"  {name.replace('_', ' ')}: {value:.4g}")
    # Last of all: killed before, the same command ends what is missing.
    training.clear()


def _measures(dictionary: "Dictionary", texts: Sequence[str], context: int, tokens: int) -> dict[str, float]:
    from clearspan.features.training.held_out import as_measures, measured
    from clearspan.models.engine import LanguageModel

    with LanguageModel.load(dictionary.card.parsed_name.model, settings_module.load()) as model:
        return as_measures(*measured(model, dictionary, texts, context=context, tokens=tokens))


def _configuration(options: dict[str, Any], prefixes: str | None) -> TrainingConfig:
    from pydantic import ValidationError

    try:
        parts = tuple(int(part) for part in prefixes.split(",")) if prefixes else ()
        return TrainingConfig(**options, prefixes=parts)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise click.UsageError(f"{place}: {first['msg']}" if place else first["msg"]) from error
    except ValueError as error:
        raise click.UsageError("--prefixes is a list of whole numbers, as 512,1024,8192") from error


@contextmanager
def _progress(config: TrainingConfig, *, quiet: bool) -> Generator[Callable[["Progress"], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} tokens"),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), disable=quiet, speed_estimate_period=120) as bars:
        task = bars.add_task("", total=config.steps * config.batch)

        def told(progress: "Progress") -> None:
            words = (
                f"{progress.tokens_per_second:,.0f}/s, unexplained {progress.unexplained_variance:.3f}, "
                f"L0 {progress.active:.1f}, dead {progress.dead:.1%}"
            )
            bars.update(task, completed=progress.tokens, description=words)

        yield told
