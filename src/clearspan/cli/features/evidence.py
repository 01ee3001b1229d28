"""`clearspan features evidence` and `label`: what the features of a dictionary respond to, and what they are called."""

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from clearspan import settings as settings_module
from clearspan.cli.features.bars import bars
from clearspan.errors import BadInput, Refused
from clearspan.features.names import FeatureName
from clearspan.settings import Settings

if TYPE_CHECKING:
    from clearspan.features.annotated import AnnotatedDictionary, Feature
    from clearspan.models.remote.model import RemoteModel
    from clearspan.models.serving.engine import LanguageModel

_LOCAL_AT_ONCE = 8
"""Questions that a local model answers together."""


@click.command()
@click.argument("dictionary", metavar="DICTIONARY")
@click.option(
    "--corpus",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Text that was harvested; what the harvest kept back is read. May be repeated.",
)
@click.option(
    "--fresh",
    multiple=True,
    metavar="PATH",
    help="Text that no harvest read, all of which is read; may be repeated.",
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
    dictionary: str,
    paths: Sequence[str],
    fresh: Sequence[str],
    quoted: Sequence[str],
    tokens: int,
    holdout: float,
) -> None:
    """Read held-out text and keep what each feature responds to beside the dictionary.

    DICTIONARY is a name, a folder, or a model. Interrupted, also by kill -9, the same command goes on where it
    stopped and ends in the same bytes.
    """
    from clearspan.features.catalogue import open_dictionary
    from clearspan.features.evidence.build import build_evidence
    from clearspan.features.evidence.mixing import Mixture
    from clearspan.features.evidence.table import DictionaryEvidence
    from clearspan.features.harvest.chunks import load_settled

    settings = settings_module.load()
    opened = open_dictionary(dictionary, settings)
    if not paths and not fresh:
        raise click.UsageError("Name text to read, with --corpus or --fresh.")
    mixture = Mixture(paths, quoted, holdout, fresh)
    with (
        load_settled(opened.card.parsed_name.model, settings) as model,
        _progress(tokens, "tokens") as seen,
    ):
        path = build_evidence(opened.dictionary, model, mixture.texts(tokens), opened.folder, tokens, seen)
    click.echo(f"✓ Evidence of {len(opened):,} features, {path.stat().st_size / 1e6:.1f} MB: {path}")
    found = DictionaryEvidence(path, len(opened)).tokens
    if found < tokens:
        click.echo(
            f"! {found:,} tokens were read, not {tokens:,}: the documents that were drawn for them hold no more. Ask "
            "for more --tokens, give more text with --corpus or --fresh, or a larger --holdout if no harvest read it."
        )


@contextmanager
def _progress(total: int, unit: str) -> Generator[Callable[[int], None]]:
    with bars(unit) as progress:
        task = progress.add_task("", total=total)
        yield lambda read: progress.update(task, completed=min(read, total))


@click.command()
@click.argument("name", metavar="DICTIONARY[#NUMBER]")
@click.argument("text", required=False)
@click.option(
    "--by",
    "maker",
    metavar="words|TIER|MODEL",
    default=None,
    help="Who makes the labels: words (the default, no model), a tier of the settings, or a local model.",
)
def label(name: str, text: str | None, maker: str | None) -> None:
    """Name what features are about, from their evidence; each label is scored on examples that its maker did not see.

    With a feature and a TEXT, the label is yours, and no other maker replaces it; an empty text takes it away.
    """
    from clearspan.features.catalogue import open_dictionary

    settings = settings_module.load()
    reference, sign, number = name.rpartition("#")
    if bool(sign) != (text is not None) or (sign and maker is not None):
        raise BadInput(
            "It is not clear what to label.",
            do="Name a dictionary, or a feature as DICTIONARY#NUMBER with its label behind it and without --by.",
        )
    if text is not None:
        opened = open_dictionary(reference or settings.model, settings)
        index = FeatureName.parse(f"{opened.card.name}#{number}").index
        _label_one(opened.feature(index), text, settings)
        return
    _label_all(open_dictionary(name, settings), maker or "words", settings)


def _label_one(feature: "Feature", text: str, settings: Settings) -> None:
    from clearspan.features.labels.detection import Detection
    from clearspan.features.labels.labelling import label_by_person
    from clearspan.models.serving.embedder import Embedder

    annotated = feature.annotated
    detection = None
    if settings.embedder and text.strip():
        rows = annotated.evidence.rows(range(len(annotated)))
        detection = Detection(rows, Embedder.load(settings.embedder, settings).embed)
    made = label_by_person(annotated.labels, feature.index, text, detection)
    told = "" if made.score is None else f" (tells its examples from others: {made.score:.2f})"
    click.echo(f"✓ {feature.name}: {made.text or 'no label'}{told}")


def _label_all(opened: "AnnotatedDictionary", maker: str, settings: Settings) -> None:
    from clearspan.features.labels import words
    from clearspan.features.labels.labelling import label_by_tier, label_by_words
    from clearspan.models.remote.model import RemoteModel
    from clearspan.models.serving.embedder import Embedder
    from clearspan.models.serving.engine import LanguageModel

    if not settings.embedder:
        raise Refused(
            "Labels cannot be scored.",
            why="The setting 'embedder' is empty, and scores are taken with a sentence embedder.",
            do="Set it to 'minilm'.",
        )
    embed = Embedder.load(settings.embedder, settings).embed
    with ExitStack() as stack:
        seen = stack.enter_context(_progress(len(opened), "features"))
        if maker == words.MAKER:
            done = label_by_words(opened.evidence, opened.labels, embed, seen)
        else:
            remote = settings.tiers.get(maker)
            model = RemoteModel.of(maker, settings) if remote else LanguageModel.load(maker, settings)
            stack.enter_context(model)
            at_once = remote.concurrency if remote else _LOCAL_AT_ONCE
            ask = partial(_ask, model)
            done = label_by_tier(opened.evidence, opened.labels, maker, ask, embed, seen, at_once)
    score = (
        "" if done.mean_score is None else f", which tell {done.mean_score:.2f} on average (0.5 is chance)"
    )
    click.echo(f"✓ {done.made:,} labels were made, and {done.kept:,} of them stand{score}.")


def _ask(model: "LanguageModel | RemoteModel", question: str) -> str:
    return model.chat(question, max_tokens=32, temperature=0.0).text
