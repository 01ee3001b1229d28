"""`clearspan train`: the parts of Clearspan that are learned, made anew."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from clearspan.overview.answering.reader.training.loop import Progress

QUESTIONS = Path("evals") / "questions"


@click.group()
def train() -> None:
    """Train what Clearspan has learned: what reads, chooses and judges."""


@train.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="CLEARSPAN_DATA",
    required=True,
    help="Folder with evals/questions: a folder a set, in each dev.jsonl.zst with a question a line, its documents, "
    "answers and evidence.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder of the reader, and of its state while it is trained; a training that was broken off goes on.",
)
@click.option(
    "--passes",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="Over the questions.",
)
@click.option(
    "--frozen", type=click.IntRange(0), default=2, show_default=True, help="Layers that stay as they are."
)
@click.option("--seed", type=int, default=0, show_default=True)
def reader(data: Path, out: Path, passes: float, frozen: int, seed: int) -> None:
    """Train the reader, which finds the sentences that answer.

    It begins with MiniLM's weights and leaves a fold of the documents out, on which it is calibrated and measured. The
    folder can take the place of src/clearspan/overview/answering/reader/data. Needs the extra 'train'.
    """
    from rich.console import Console

    from clearspan.overview.answering.reader.training.loop import Recipe
    from clearspan.overview.answering.reader.training.run import train_reader
    from clearspan.settings import Settings

    console = Console(stderr=True)
    with console.status("reading questions") as status:

        def tell(progress: "Progress") -> None:
            left = progress.seconds_left
            status.update(
                f"step {progress.step:,} of {progress.steps:,}, loss {progress.loss:.3f}, {left / 60:.0f} min left"
            )

        def measuring(done: int, total: int) -> None:
            status.update(f"calibrating: {done:,} of {total:,} held-out questions")

        recipe = Recipe(passes=passes, frozen=frozen, seed=seed)
        measured = train_reader(data / QUESTIONS, out, recipe, Settings(), tell, measuring)
    click.echo(f"The reader is in {out}.")
    click.echo(
        f"Of {measured.questions:,} held-out questions, those that are answered have a right sentence first in "
        f"{measured.first:.1%} [{measured.low:.1%}, {measured.high:.1%}]; calibration error {measured.error:.3f}."
    )
    click.echo(
        f"Silent on {measured.silent:.1%} of the unanswerable; {measured.wrong:.1%} of what is shown is wrong."
    )
