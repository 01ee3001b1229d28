"""`clearspan features sample`: let a model write text to train a dictionary on."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from clearspan import settings as settings_module
from clearspan.cli.options import FILE


@click.command()
@click.option("--model", "reference", default=None, help="Model reference; by default that of the settings.")
@click.option("--tokens", type=click.IntRange(1), required=True, help="To write, in all.")
@click.option("--out", type=FILE, required=True, help="JSONL file of the texts.")
@click.option("--about", multiple=True, help="A subject that gets a share of its own; may be repeated.")
@click.option(
    "--share",
    type=click.FloatRange(0, 0.9),
    default=0.25,
    show_default=True,
    help="Share of the texts that is about these subjects.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of subjects and words.")
@click.option(
    "--longest", type=click.IntRange(1), default=256, show_default=True, help="Tokens of one text at most."
)
def sample(
    reference: str | None,
    tokens: int,
    out: Path,
    about: Sequence[str],
    share: float,
    seed: int,
    longest: int,
) -> None:
    """Let a model write text over hundreds of subjects, to train a dictionary on.

    Interrupted, also by kill -9, the same command goes on where it stopped and ends in the same bytes.
    """
    from clearspan.features.generation.samples import sample as write
    from clearspan.features.harvest.chunks import load_settled

    settings = settings_module.load()
    with load_settled(reference or settings.model, settings) as model:
        texts = 0
        with click.progressbar(
            length=tokens,
            label="tokens written",
            show_pos=True,
            show_eta=True,
            file=sys.stderr,
        ) as bar:
            shown = 0
            for far in write(model, out, tokens, seed=seed, about=about, share=share, max_tokens=longest):
                texts = far.texts
                bar.update(min(far.tokens, tokens) - shown)
                shown = min(far.tokens, tokens)
    click.echo(f"✓ {texts:,} texts: {out}")
