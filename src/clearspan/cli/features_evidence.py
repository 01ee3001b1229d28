"""`clearspan features evidence` and `label`: what the features of a dictionary respond to, and what they are called."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress

import click

from clearspan import settings as settings_module
from clearspan.errors import ClearspanError


@click.command()
@click.argument("dictionary", metavar="DICTIONARY")
@click.option(
    "--corpus",
    "paths",
    multiple=True,
    required=True,
    metavar="PATH",
    help="Text to read, as for a harvest; may be repeated.",
)
@click.option(
    "--quote-from",
    "quoted",
    multiple=True,
    metavar="PATH",
    help="Take examples from this corpus alone, as licences may ask; may be repeated.",
)
@click.option("--tokens", type=click.IntRange(1), required=True, help="How many to read.")
@click.option(
    "--holdout",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.02,
    show_default=True,
    help="Share of documents that the harvest kept back, which are read; 1 reads all.",
)
def evidence(
    dictionary: str, paths: Sequence[str], quoted: Sequence[str], tokens: int, holdout: float
) -> None:
    """Read held-out text and keep what each feature responds to beside the dictionary.

    DICTIONARY is a name, a folder, or a model. Interrupted, also by kill -9, the same command goes on where it
    stopped and ends in the same bytes.
    """
    from clearspan.features.catalogue import open_dictionary
    from clearspan.features.evidence.build import build_evidence
    from clearspan.features.evidence.mixing import Mixture
    from clearspan.models.backends.native import build
    from clearspan.models.engine import LanguageModel

    settings = settings_module.load()
    opened = open_dictionary(dictionary, settings)
    mixture = Mixture(paths, quoted, holdout)
    if settings.backend == "auto":
        # Compiled before, so that no pass begins on one backend and ends on another.
        with suppress(ClearspanError):
            build.build(settings)
    with LanguageModel.load(opened.card.parsed_name.model, settings) as model, _progress(tokens) as seen:
        path = build_evidence(opened.dictionary, model, mixture.texts(tokens), opened.folder, tokens, seen)
    click.echo(f"✓ Evidence of {len(opened):,} features, {path.stat().st_size / 1e6:.1f} MB: {path}")


@contextmanager
def _progress(tokens: int) -> Generator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} tokens"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=120) as progress:
        task = progress.add_task("", total=tokens)
        yield lambda read: progress.update(task, completed=min(read, tokens))
