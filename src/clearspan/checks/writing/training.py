"""From pairs of sentences and questions to a prefix that writes: what `clearspan train writer` does."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch

from clearspan.checks.writing.evidence import drawn
from clearspan.checks.writing.rounds import Judges, Outcome, written
from clearspan.models.backends.prefix import Prefix
from clearspan.models.serving.embedder import Embedder
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.serving.runtime import preferred_dtype, set_threads
from clearspan.models.weights.descent import DescentProgress
from clearspan.models.weights.loading import load_weights
from clearspan.models.weights.sources import resolve
from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.overview.answering.reader.training.run import split_questions
from clearspan.overview.proof.verify import Instruments
from clearspan.settings import Settings
from clearspan.tiers.writer.learned import CARD, PREFIX
from clearspan.tiers.writer.training.loop import Learner, WritingRecipe, nats, train
from clearspan.tiers.writer.training.pairs import WritingPair, content_hash, read_pairs

SETS = {
    "clapnq": 100,
    "medquad": 90,
    "qed": 40,
    "selqa": 40,
    "conditional_qa": 30,
    "hotpotqa": 40,
    "2wiki": 20,
}
"""Questions of each set that a round writes answers to, at most."""

_MEASURED = {"clapnq": 25, "medquad": 25, "conditional_qa": 15, "hotpotqa": 15}
_AGAIN = WritingRecipe(rate=1e-2)
_REPLAYED = 0.25
"""Of the pairs that people made, what a later round reads again beside its own."""


@dataclass(frozen=True, slots=True)
class WriterQuality:
    """What a prefix came to on questions that it has not seen.

    Attributes:
        nats: a token of the sentences that people made of others, before the training and after it.
        kept: share of the questions of which a text is proved and answers: before any round, and after each.
        best: round whose prefix is written.
    """

    nats: tuple[float, float]
    kept: tuple[float, ...]
    questions: int
    best: int


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told how a training goes on.

    Attributes:
        step: after each step.
        sampling: after each question how many of how many are written.
    """

    step: Callable[[DescentProgress], None]
    sampling: Callable[[int, int], None]


def train_writer(
    data: Path, folder: Path, rounds: int, recipe: WritingRecipe, settings: Settings, tell: Telling
) -> WriterQuality:
    """Train a prefix of the settings' model; one that was broken off in the same folder goes on.

    Args:
        data: holds `evals/rewriting` and `evals/questions`.
        folder: holds the finished prefix afterwards, beside the state of its training.
        rounds: of writing and learning from what is proved, at most; they end when the share kept rises no more.

    Raises:
        NotFound, BadInput: data or weights are missing or damaged, or the folder holds another training.
        StorageError: a checkpoint could not be written.
    """
    questions = split_questions(data / "evals" / "questions")
    pairs = read_pairs(data / "evals", {one.question for one in questions.held_out}, recipe.seed)
    set_threads(settings)
    loaded = load_weights(resolve(settings.model, settings), settings, preferred_dtype())
    torch.manual_seed(recipe.seed)  # pyright: ignore[reportUnknownMemberType]
    learner = Learner(loaded, settings.model)
    before = nats(learner, pairs.held_out, recipe)
    _learn(learner, pairs.train, recipe, folder / "pairs", tell)
    after = nats(learner, pairs.held_out, recipe)
    measured, asked = drawn(questions.held_out, _MEASURED), drawn(questions.train, SETS)
    embedder = Embedder.load(settings.embedder, settings)
    judges = Judges(EvidenceReader.load(), Instruments(embedder), settings.support_threshold)
    prefixes, shares = [learner.prefix], list[float]()
    made: list[WritingPair] = []
    with LanguageModel.load(settings.model, settings) as model:
        model.settle()
        for number in range(rounds + 1):
            own = folder / f"round-{number}"
            own.mkdir(parents=True, exist_ok=True)
            now = prefixes[-1]
            held = written(measured, model, now, judges, own / "held-out.jsonl", tell.sampling)
            shares.append(sum(one.pair is not None for one in held) / len(held))
            if number == rounds or (number and shares[-1] <= shares[-2]):
                break
            kept = _pairs(written(asked, model, now, judges, own / "written.jsonl", tell.sampling))
            made = [*made, *kept]
            again = pairs.train[: round(_REPLAYED * len(pairs.train))]
            later = replace(_AGAIN, seed=recipe.seed + number + 1, longest=recipe.longest, batch=recipe.batch)
            _learn(learner, [*kept, *again], later, own, tell)
            prefixes.append(learner.prefix)
    best = max(range(len(shares)), key=lambda at: shares[at])
    quality = WriterQuality((before, after), tuple(shares), len(measured), best)
    _finish(prefixes[best], folder, _card(settings, recipe, quality, pairs.train, made))
    return quality


def _learn(
    learner: Learner, pairs: Sequence[WritingPair], recipe: WritingRecipe, folder: Path, tell: Telling
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    train(learner, pairs, recipe, folder, tell.step)


def _pairs(outcomes: Sequence[Outcome]) -> list[WritingPair]:
    return [one.pair for one in outcomes if one.pair]


def _card(
    settings: Settings,
    recipe: WritingRecipe,
    quality: WriterQuality,
    pairs: Sequence[WritingPair],
    made: Sequence[WritingPair],
) -> dict[str, Any]:
    return {
        "model": settings.model,
        "method": "prefix-tuning (Li and Liang 2021), then expert iteration",
        "recipe": asdict(recipe),
        "pairs": {"count": len(pairs), "sha256": content_hash(pairs)},
        "written and proved": {"count": len(made), "sha256": content_hash(made)},
        "held out": asdict(quality),
    }


def _finish(prefix: Prefix, folder: Path, card: dict[str, Any]) -> None:
    content = prefix.packed()
    (folder / PREFIX).write_bytes(content)
    card = {**card, "sha256": hashlib.sha256(content).hexdigest()}
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", "utf-8")
