"""From a folder of questions to trained weights: what `clearspan train reader` does."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from clearspan.errors import BadInput, NotFound
from clearspan.models.weights.checkpoint import FILE, Checkpoint
from clearspan.models.weights.descent import DescentProgress
from clearspan.models.weights.pretrained import read_encoder
from clearspan.models.weights.sources import resolve
from clearspan.overview.answering.reader.adapters import adapters_of, packed, unpacked
from clearspan.overview.answering.reader.close import ADAPTERS, CLOSE_GRAPH, LARGE, folded
from clearspan.overview.answering.reader.graph import graph_of, weights_of
from clearspan.overview.answering.reader.mpnet import read_mpnet
from clearspan.overview.answering.reader.network import ReaderNetwork
from clearspan.overview.answering.reader.reader import GRAPH, SHIPPED, VOCABULARY
from clearspan.overview.answering.reader.training.examples import LabelledWindows
from clearspan.overview.answering.reader.training.finish import ReaderQuality, card_of, finish, finish_close
from clearspan.overview.answering.reader.training.loop import Recipe, train
from clearspan.overview.answering.reader.training.questions import (
    LabelledQuestion,
    content_hash,
    grouped_folds,
    read_questions,
)
from clearspan.overview.answering.reader.windows import WindowCutter
from clearspan.settings import Settings

ENCODER = "minilm"
"""The weights that training begins with, and the vocabulary that the reader keeps."""

CLOSE = Recipe(passes=0.36, rate=4e-4, frozen=3, rank=32, near=1, tables=0.15)
"""How the close reader that ships was trained: 4 million weights of adapters beside 85 million."""

_FEWEST = 20
FOLDS = 8
HELD_OUT = 0
"""The fold of questions that weights which ship have not seen; it calibrates and measures them."""

NEVER = frozenset({"covid_qa", "pubmedqa"})
"""Sets whose texts belong to their publishers: they measure and never train."""


@dataclass(frozen=True, slots=True)
class Split:
    """Questions by what they are for."""

    train: list[LabelledQuestion]
    held_out: list[LabelledQuestion]


def split_questions(folder: Path) -> Split:
    """Questions that train, and those of the fold that is held out, sets that never train among them.

    Raises:
        NotFound, BadInput: as `read_questions`.
    """
    questions = read_questions(folder)
    folds = grouped_folds(questions, FOLDS)
    kept = [one for one, fold in zip(questions, folds, strict=True) if fold == HELD_OUT]
    rest = [one for one, fold in zip(questions, folds, strict=True) if fold != HELD_OUT]
    train = [one for one in rest if one.trainable and one.origin not in NEVER]
    return Split(train, kept)


def train_reader(
    data: Path,
    folder: Path,
    recipe: Recipe,
    settings: Settings,
    progress: Callable[[DescentProgress], None],
    measuring: Callable[[int, int], None],
    begin: Path | None = None,
) -> ReaderQuality:
    """Train the reader from MiniLM's weights; one that was broken off in the same folder goes on.

    The folder holds the finished reader afterwards, beside the state of its training.

    Args:
        begin: the folder of a reader, or of its training, to begin with its weights instead of MiniLM's; what is
            written is the mean of these and those that the training comes to.
        progress: told after each step.
        measuring: told after each held-out question how many of how many are read.

    Raises:
        NotFound, BadInput: the data or the weights to begin with are not there or damaged, the questions are too few,
            or the folder holds another training.
        StorageError: a checkpoint could not be written.
    """
    files = resolve(ENCODER, settings)
    questions = _enough(data)
    start = _beginning(begin) if begin else None
    tokenizer = Tokenizer.from_file(str(files.folder / "tokenizer.json"))
    examples = LabelledWindows(questions.train, WindowCutter(tokenizer))
    torch.manual_seed(recipe.seed)  # pyright: ignore[reportUnknownMemberType]
    network = ReaderNetwork(read_encoder(files.folder, torch.float32))
    folder.mkdir(parents=True, exist_ok=True)
    train(network, examples, recipe, folder, content_hash(questions.train), start, progress)
    card = card_of(recipe, questions.train, questions.held_out)
    if start:
        halfway(network, start)
        card["begun with"] = {"step": start.step, **start.fingerprint}
    return finish(graph_of(network), tokenizer, questions.held_out, folder, card, measuring)


def train_close_reader(
    data: Path,
    folder: Path,
    recipe: Recipe,
    settings: Settings,
    progress: Callable[[DescentProgress], None],
    measuring: Callable[[int, int], None],
    begin: Path | None = None,
) -> ReaderQuality:
    """Train adapters of MPNet for the close reader; as `train_reader`, whose result reads before it.

    Args:
        recipe: with a rank.
        begin: a folder with adapters of the same rank and layers to go on from.

    Raises:
        NotFound, BadInput, FetchError, StorageError: as `train_reader`.
    """
    base = resolve(LARGE, settings).folder
    questions = _enough(data)
    start = _beginning_close(begin) if begin else None
    tokenizer = Tokenizer.from_file(str(SHIPPED / VOCABULARY))
    examples = LabelledWindows(questions.train, WindowCutter(tokenizer))
    torch.manual_seed(recipe.seed)  # pyright: ignore[reportUnknownMemberType]
    network = ReaderNetwork(*read_mpnet(base, tokenizer))
    folder.mkdir(parents=True, exist_ok=True)
    train(network, examples, recipe, folder, content_hash(questions.train), start, progress)
    adapters = packed(adapters_of(network))
    graph = folded(adapters, SHIPPED / VOCABULARY, settings).folder / CLOSE_GRAPH
    card = card_of(recipe, questions.train, questions.held_out)
    if start:
        card["begun with"] = {"step": start.step, **start.fingerprint}
    return finish_close(adapters, graph, questions.held_out, folder, card, measuring)


def _enough(data: Path) -> Split:
    questions = split_questions(data)
    if len(questions.train) < _FEWEST or len(questions.held_out) < _FEWEST:
        raise BadInput(
            f"{data} holds too few questions to train a reader.",
            why=f"{len(questions.train)} would train it and {len(questions.held_out)} measure it; {_FEWEST} of each "
            "are needed.",
            do="Name a folder with more sets, or with sets whose documents are more varied.",
        )
    return questions


def halfway(network: ReaderNetwork, start: Checkpoint) -> None:
    """Weights halfway between those that a training began with and those that it came to.

    They read better than either, and know better what they do not know (Wortsman et al. 2022, 'Robust Fine-tuning of
    Zero-Shot Models', equation 1, at one half).
    """
    began = start.group("parameters")
    with torch.no_grad():
        for name, weight in network.state_dict().items():
            if name in began:
                weight.lerp_(began[name], 0.5)


def _beginning(folder: Path) -> Checkpoint:
    """What another training came to: its state, or the finished reader where only that was kept."""
    if found := Checkpoint.last(folder):
        return found
    if not (graph := folder / GRAPH).is_file():
        raise NotFound(
            f"{folder} holds no reader to begin with.",
            why=f"There is neither {FILE} nor {GRAPH} in it.",
            do="Name the --out of an earlier `clearspan train reader`, or leave --from out.",
        )
    content = graph.read_bytes()
    weights = {name: torch.tensor(one) for name, one in weights_of(content).items()}
    return Checkpoint.of({"graph": hashlib.sha256(content).hexdigest()}, 0, {"parameters": weights})


def _beginning_close(folder: Path) -> Checkpoint:
    if not (file := folder / ADAPTERS).is_file():
        raise NotFound(
            f"{folder} holds no close reader to begin with.",
            why=f"There is no {ADAPTERS} in it.",
            do="Name the --out of an earlier `clearspan train reader --close`, or leave --from out.",
        )
    content = file.read_bytes()
    return Checkpoint.of(
        {"adapters": hashlib.sha256(content).hexdigest()}, 0, {"parameters": unpacked(content)}
    )
