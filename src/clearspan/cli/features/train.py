"""`clearspan features train`: a dictionary from activations."""

import shlex
import shutil
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clearspan import settings as settings_module
from clearspan.cli.features.bars import bars
from clearspan.cli.features.flags import configuration, training_flags
from clearspan.cli.features.source import STREAM, from_model, from_shards
from clearspan.cli.options import FOLDER, FOLDER_THERE

if TYPE_CHECKING:
    from clearspan.features.dictionaries.base import Dictionary
    from clearspan.features.training.config import TrainingConfig
    from clearspan.features.training.loop import TrainingProgress
    from clearspan.features.training.parallel import Processes


@click.command()
@click.option(
    "--activations",
    type=FOLDER_THERE,
    default=None,
    help="Folder of shards, as 'clearspan features harvest' writes them; without it the model reads while it trains.",
)
@click.option("--site", default=None, help="As layers.12.residual; with --activations, which of several.")
@click.option(
    "--corpus",
    "corpora",
    multiple=True,
    metavar="PATH",
    help="Text that is read, or was harvested; its held-out documents measure the result. May be repeated.",
)
@click.option("--model", default=None, help="That reads; by default the settings'. Not with --activations.")
@click.option("--context", type=click.IntRange(2), default=None, help="Tokens that it reads at once: 256.")
@click.option(
    "--holdout",
    type=click.FloatRange(0, 1, max_open=True),
    default=None,
    help="Share of documents that it keeps back to measure on: 0.02.",
)
@click.option(
    "--held-out",
    type=click.IntRange(1),
    default=300_000,
    show_default=True,
    help="Held-out activations that are measured on, at most.",
)
@click.option("--out", type=FOLDER, required=True, help="Folder of the dictionary.")
@click.option("--name", "size", default="", help="Last part of its name; by default its size, as 8k.")
@click.option(
    "--stored",
    type=click.Choice(["float32", "bfloat16"]),
    default="float32",
    show_default=True,
    help="Number format of the matrices in the folder; bfloat16 takes half of the space.",
)
@training_flags
def train(
    activations: Path | None,
    site: str | None,
    corpora: Sequence[str],
    model: str | None,
    context: int | None,
    holdout: float | None,
    held_out: int,
    out: Path,
    size: str,
    stored: str,
    prefixes: str | None,
    **options: Any,
) -> None:
    """Train a dictionary on activations: harvested ones, or a model's while it reads.

    Interrupted, also by kill -9, the same command goes on where it stopped and ends in the same bytes. Under torchrun,
    every process takes its share of each batch.
    """
    import torch

    from clearspan.features.formats.saelens import write_saelens
    from clearspan.features.places import remember
    from clearspan.features.training.finish import finished, with_measures
    from clearspan.features.training.held_out import held_out_texts
    from clearspan.features.training.loop import Training, require_unfinished
    from clearspan.features.training.parallel import Processes
    from clearspan.features.training.plot import plot
    from clearspan.models.serving.runtime import set_threads

    settings = settings_module.load()
    set_threads(settings)
    config = configuration(options, prefixes)
    processes = Processes.joined()
    require_unfinished(out)
    with ExitStack() as open_until_trained:
        if activations is not None:
            read = from_shards(activations, site, config, [model, context, holdout])
        else:
            _require_alone(processes)
            reading = from_model(model, site, corpora, config, out, settings, context, holdout)
            read = open_until_trained.enter_context(reading)
        texts = held_out_texts(corpora, read.holdout) if corpora else []
        training = Training(config, read.source, out, settings, processes=processes)
        with _progress(config, quiet=processes.rank > 0) as told:
            training.run(told)
        if processes.rank:
            return
        command = shlex.join(["clearspan", *sys.argv[1:]])
        dictionary = finished(training, size=size, command=command, stored=getattr(torch, stored))
    write_saelens(dictionary, out)
    remember(out, settings)
    click.echo(f"✓ {dictionary.card.name}: {dictionary.size:,} features in {out}")
    measures: dict[str, float] = {}
    if texts:
        measures = _measures(dictionary, texts, read.context, held_out)
        write_saelens(with_measures(dictionary, measures), out)
        for name, value in measures.items():
            click.echo(f"  {name.replace('_', ' ')}: {value:.4g}")
    click.echo(f"  {plot(out, measures)} shows the training")
    # Last of all: killed before, the same command ends what is missing.
    shutil.rmtree(out / STREAM, ignore_errors=True)
    training.clear()


def _require_alone(processes: "Processes") -> None:
    if processes.count > 1:
        raise click.UsageError("Under torchrun, harvest to shards first, and give --activations.")


def _measures(dictionary: "Dictionary", texts: Sequence[str], context: int, tokens: int) -> dict[str, float]:
    from clearspan.features.training.held_out import as_measures, measured
    from clearspan.models.serving.engine import LanguageModel

    with LanguageModel.load(dictionary.card.parsed_name.model, settings_module.load()) as model:
        return as_measures(*measured(model, dictionary, texts, context=context, tokens=tokens))


@contextmanager
def _progress(config: "TrainingConfig", *, quiet: bool) -> Generator[Callable[["TrainingProgress"], None]]:
    with bars("tokens", "{task.description}", quiet=quiet) as shown:
        task = shown.add_task("", total=config.steps * config.batch)

        def told(progress: "TrainingProgress") -> None:
            words = (
                f"{progress.tokens_per_second:,.0f}/s, unexplained {progress.unexplained_variance:.3f}, "
                f"L0 {progress.active:.1f}, dead {progress.dead:.1%}"
            )
            shown.update(task, completed=progress.tokens, description=words)

        yield told
