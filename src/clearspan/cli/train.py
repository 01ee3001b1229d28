"""`clearspan train`: the parts of Clearspan that are learned, made anew."""

import json
import math
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clearspan.cli.options import FILE, FOLDER, Command, json_option

if TYPE_CHECKING:
    from clearspan.models.weights.descent import DescentProgress
    from clearspan.overview.answering.tables.training.train import JudgedAnswer

QUESTIONS = Path("evals") / "questions"
_LINE_SECONDS = 5.0
"""From one line of progress to the next, where standard error is no terminal."""


def _data(help: str, **more: Any) -> Callable[[Command], Command]:
    return click.option("--data", type=FOLDER, envvar="CLEARSPAN_DATA", help=help, **more)


@click.group()
def train() -> None:
    """Train what Clearspan has learned: what reads, chooses and judges."""


@train.command()
@_data("Folder with evals/satire_articles and corpus.", default=Path("../shared"), show_default=True)
@click.option("--out", type=FILE, help="Where to; the model that ships with Clearspan if none.")
@json_option()
def satire(data: Path, out: Path | None, as_json: bool) -> None:
    """Train the judge of whole documents on satire and serious pages, and say how far it can be trusted."""
    from clearspan.overview.trust import satire as judge
    from clearspan.overview.trust.training import satire as satire_training

    trained = satire_training.train(*satire_training.read_articles(data))
    target = out or judge.SHIPPED
    judge.save(trained.model, target)
    card = json.dumps(trained.card, indent=1)
    target.with_suffix(".json").write_text(card + "\n", "utf-8")
    click.echo(json.dumps({**trained.card, "file": str(target)}) if as_json else f"{target.name}: {card}")


@train.command()
@_data(
    "Folder with evals/questions: a folder a set, in each dev.jsonl.zst with a question a line, its documents, "
    "answers and evidence.",
    required=True,
)
@click.option(
    "--out",
    type=FOLDER,
    required=True,
    help="Folder of the reader, and of its state while it is trained; a training that was broken off goes on.",
)
@click.option(
    "--passes",
    type=click.FloatRange(0, min_open=True),
    help="Over the questions; 1, and 0.36 of the close reader.",
)
@click.option(
    "--frozen", type=click.IntRange(0), help="Layers that stay as they are; 2, and 3 of the close reader."
)
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    help="Highest learning rate, less when another training goes before; 1.5e-4, and 4e-4 of the close reader.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--close",
    is_flag=True,
    help="Train the adapters of the close reader, which reads again what the small one thinks likeliest.",
)
@click.option(
    "--from",
    "begin",
    type=FOLDER,
    help="The --out of an earlier training, or a finished reader: begin with its weights, not with MiniLM's, and "
    "write the mean of these and those that it comes to. With --close, adapters to go on from.",
)
def reader(data: Path, out: Path, seed: int, close: bool, begin: Path | None, **chosen: float | None) -> None:
    """Train the reader, which finds the sentences that answer.

    It begins with MiniLM's weights, or those of --from, and leaves a fold of the documents out, on which it is
    calibrated and measured. The folder can take the place of src/clearspan/overview/answering/reader/data; with
    --close, its two files can join those that are there.
    """
    from clearspan.overview.answering.reader.training.loop import Recipe
    from clearspan.overview.answering.reader.training.run import CLOSE, train_close_reader, train_reader
    from clearspan.settings import Settings

    with _telling("reading questions") as tell:

        def measuring(done: int, total: int) -> None:
            tell(f"calibrating: {done:,} of {total:,} held-out questions")

        base, made = (CLOSE, train_close_reader) if close else (Recipe(), train_reader)
        wanted: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
        recipe = replace(base, seed=seed, **wanted)
        measured = made(data / QUESTIONS, out, recipe, Settings(), _stepping(tell), measuring, begin)
    click.echo(f"The reader is in {out}.")
    click.echo(
        f"Of {measured.questions:,} held-out questions, those that are answered have a right sentence first in "
        f"{measured.first:.1%} [{measured.low:.1%}, {measured.high:.1%}]; calibration error {measured.error:.3f}."
    )
    click.echo(
        f"Silent on {measured.silent:.1%} of the unanswerable; {measured.wrong:.1%} of what is shown is wrong."
    )


@train.command("tables")
@_data("Folder with evals/questions, as for the reader.", required=True)
@click.option(
    "--out",
    type=FILE,
    help="Where to; the model that ships with Clearspan if none. Its card is written beside it.",
)
@json_option()
def tables(data: Path, out: Path | None, as_json: bool) -> None:
    """Train the parser of table questions, and say how often it is right on documents it has not seen."""
    from clearspan import settings
    from clearspan.models.serving.embedder import Embedder
    from clearspan.overview.answering.reader.training.run import split_questions
    from clearspan.overview.answering.tables import answer, model
    from clearspan.overview.answering.tables.training import examples, train

    def told(number: int) -> None:
        if number % 100 == 0 and not as_json:
            click.echo(f"\r{number:,} of {len(questions):,} questions", nl=False, err=True)

    # Not those of the fold that `clearspan check answers` asks.
    questions = examples.about_tables(split_questions(data / QUESTIONS).train)
    embedder = Embedder.load(answer.EMBEDDER, settings.load())
    read = list(examples.examples_of(questions, embedder, told))
    judged = train.held_out(read)
    target = out or model.shipped()
    model.save(train.train(read, judged), target)
    card = train.card(questions, judged)
    target.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    if as_json:
        click.echo(json.dumps(card))
        return
    click.echo(f"\n{len(questions):,} questions; {target.stat().st_size:,} bytes: {target.name}")
    for name, share in _shares(judged).items():
        click.echo(f"  {name}: {share}")


@train.command("chains")
@_data("Folder with evals/questions, as for the reader.", required=True)
@click.option("--out", type=FILE, help="Where to; the model that ships with Clearspan if none.")
@json_option()
def chains(data: Path, out: Path | None, as_json: bool) -> None:
    """Fit what weighs pairs of sentences for questions of several hops, on questions that the reader has not seen."""
    from clearspan import settings
    from clearspan.checks.answers.chained import chain_examples
    from clearspan.checks.answers.sample import held_out
    from clearspan.overview.answering.chains import model, training
    from clearspan.overview.answering.reader.training.questions import content_hash

    def told(done: int, total: int) -> None:
        if done % 20 == 0 and not as_json:
            click.echo(f"\r{done:,} of {total:,} questions", nl=False, err=True)

    questions, configured = held_out(data / QUESTIONS), settings.load()
    fitted, quality = training.fit(chain_examples(questions, configured, told))
    card = training.card(fitted, quality, content_hash(questions), configured.reading)
    (out or model.SHIPPED).write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    if as_json:
        click.echo(json.dumps(card))
        return
    click.echo(
        f"\nOf {quality.questions:,} questions the best pair tells {quality.told:.1%} [{quality.low:.1%}, "
        f"{quality.high:.1%}], the two likeliest sentences {quality.alone:.1%}. From .6 on {quality.shown:.1%} are "
        f"shown, {quality.wrong:.1%} of them wrong."
    )


@train.command("writer")
@_data("Folder with evals/rewriting and evals/questions.", required=True)
@click.option(
    "--out",
    type=FOLDER,
    required=True,
    help="Folder of the prefix, and of its state while it is trained; a training that was broken off goes on.",
)
@click.option(
    "--rounds",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    help="Of writing and learning from what was proved, at most.",
)
@click.option("--passes", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True)
@click.option("--rate", type=click.FloatRange(0, min_open=True), default=2e-2, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@json_option()
def writer(data: Path, out: Path, rounds: int, passes: float, rate: float, seed: int, as_json: bool) -> None:
    """Train the prefix that the local model writes with, and say how often what it writes is proved.

    It begins with the words that any model is told, learns from sentences that people made of others, then from its
    own: of several that it writes to a question that one is kept that is proved and answers. The folder's two files
    can take the place of those in src/clearspan/tiers/writer/data.
    """
    from dataclasses import asdict

    from clearspan import settings
    from clearspan.checks.writing.training import Telling, train_writer
    from clearspan.tiers.writer.training.loop import WritingRecipe

    with _telling("reading pairs") as tell:

        def sampling(done: int, total: int) -> None:
            tell(f"writing: {done:,} of {total:,} questions")

        recipe = WritingRecipe(passes=passes, rate=rate, seed=seed)
        quality = train_writer(data, out, rounds, recipe, settings.load(), Telling(_stepping(tell), sampling))
    if as_json:
        click.echo(json.dumps(asdict(quality)))
        return
    click.echo(f"The prefix is in {out}.")
    shares = ", ".join(f"{one:.1%}" for one in quality.kept)
    click.echo(
        f"Of {quality.questions} held-out questions a text is proved and answers for {shares}: before any round, and "
        f"after each. Sentences of people took {quality.nats[0]:.3f} nats a token, and take {quality.nats[1]:.3f}."
    )


@contextmanager
def _telling(first: str) -> Generator[Callable[[str], None]]:
    """Says on standard error where a training stands: in one line that changes, or, where that is redirected, in a
    line every few seconds."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with console.status(first) as status:
            yield status.update
        return
    last = -math.inf

    def line(text: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_SECONDS:
            last = time.monotonic()
            click.echo(text, err=True)

    line(first)
    yield line


def _stepping(tell: Callable[[str], None]) -> "Callable[[DescentProgress], None]":
    return lambda one: tell(
        f"step {one.step:,} of {one.steps:,}, loss {one.loss:.3f}, {one.seconds_left / 60:.0f} min left"
    )


def _shares(judged: "list[JudgedAnswer]") -> dict[str, str]:
    from clearspan.overview.answering.tables.training.train import groups

    return {
        name: f"{sum(one.right for one in own) / len(own):.3f} of {len(own):,} right"
        for name, own in groups(judged).items()
    }
