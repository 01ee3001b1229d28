"""Training the reader: one pass of steps that goes on from its last checkpoint to the same weights.

The loss of a batch is the sum of what each head is asked: whether a window answers, which sentences are evidence (each
alone, which calibrates; and all sentences that one question was shown against each other, which ranks: Cao et al. 2007,
'Learning to Rank: From Pairwise Approach to Listwise Approach'), where the short answer begins and ends, yes or no,
and the kind of the question.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from clearspan.errors import BadInput
from clearspan.models.weights.checkpoint import Checkpoint
from clearspan.models.weights.descent import Descent, DescentProgress
from clearspan.overview.answering.reader.adapters import adapt
from clearspan.overview.answering.reader.network import Logits, ReaderNetwork, batch_of
from clearspan.overview.answering.reader.training.examples import LabelledWindow, LabelledWindows, batches
from clearspan.overview.answering.reader.training.precision import Runner

_PER_CHECKPOINT = 100
_SIDES = 2.0
"""What yes or no counts: few questions have such an answer, and it is the hardest thing that is asked."""

_TABLES = frozenset({"wikitables", "tatqa", "fetaqa", "aitqa"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the reader is trained.

    Attributes:
        passes: over the questions; the last may be a part of one.
        rate: highest learning rate of AdamW; it rises over `warm` of the steps and falls to nothing in a line.
        tokens: of a batch, padding included.
        tables: share of the questions about tables that a pass reads: their windows are long and much alike.
        frozen: layers of the encoder that stay as they are, from the lowest, with the embeddings below them.
        rank: of the adapters beside the layers above, which alone are trained then; 0 trains the layers themselves.
        near: passages of a question's own documents that mislead, at most.
        seed: of the order, and of the windows that mislead.
    """

    passes: float = 1.0
    rate: float = 1.5e-4
    warm: float = 0.06
    decay: float = 0.01
    tokens: int = 6144
    tables: float = 0.3
    frozen: int = 2
    rank: int = 0
    near: int = 2
    seed: int = 0


def train(
    network: ReaderNetwork,
    examples: LabelledWindows,
    recipe: Recipe,
    folder: Path,
    data: str,
    begin: Checkpoint | None,
    progress: Callable[[DescentProgress], None],
) -> None:
    """Train in place; a training that was broken off in the same folder goes on.

    Args:
        folder: of its checkpoints.
        data: hash of the questions.
        begin: the state of another training whose parameters this one begins with.
        progress: told after each step.

    Raises:
        BadInput: the folder holds another training, or `begin` is of something else than a reader.
        StorageError: a checkpoint could not be written.
    """
    fingerprint: dict[str, object] = {**asdict(recipe), "data": data}
    if begin:
        fingerprint["begin"] = {"step": begin.step, **begin.fingerprint}
    trained = _trained(network, recipe)
    if begin:
        _begin_with(network, begin)
    steps = _steps(examples, recipe)
    network.train()
    run = Runner(network, trained)

    def gradient(step: int, groups: Sequence[Sequence[LabelledWindow]]) -> float:
        torch.manual_seed(recipe.seed * 1_000_003 + step)  # pyright: ignore[reportUnknownMemberType]
        loss = loss_of(run(batch_of([example.window for each in groups for example in each])), groups)
        loss.backward()  # pyright: ignore[reportUnknownMemberType]
        run.collect()
        return float(loss.detach())

    Descent(
        trained,
        torch.optim.AdamW(list(trained.values()), lr=recipe.rate, weight_decay=recipe.decay),
        lambda step: recipe.rate * _share(step / steps, recipe.warm),
        fingerprint,
        folder,
        _PER_CHECKPOINT,
    ).run(_all_batches(examples, recipe), steps, gradient, progress)
    network.eval()


def loss_of(said: Logits, groups: Sequence[Sequence[LabelledWindow]]) -> Tensor:
    """The loss of a batch, a mean over its windows."""
    examples = [example for group in groups for example in group]
    total = said.evidence.new_zeros(())
    known = [row for row, one in enumerate(examples) if one.answers >= 0]
    answers = torch.tensor([float(examples[row].answers) for row in known])
    total = total + 0.5 * functional.binary_cross_entropy_with_logits(said.answers[known], answers)
    kinds = torch.tensor([one.kind for one in examples])
    total = total + 0.1 * functional.cross_entropy(said.kinds, kinds)
    row = 0
    parts: list[Tensor] = []
    for group in groups:
        parts.append(_of_sentences(said.evidence[row : row + len(group)], group))
        row += len(group)
    total = total + torch.stack(parts).mean()
    for row, one in enumerate(examples):
        if one.span is not None:
            both = _of_span(said.starts[row], one, 0) + _of_span(said.ends[row], one, 1)
            total = total + 0.25 * both / len(groups)
    sided = [row for row, one in enumerate(examples) if one.yes >= 0]
    if sided:
        yes = torch.tensor([float(examples[row].yes) for row in sided])
        sides = functional.binary_cross_entropy_with_logits(said.yes[sided], yes, reduction="sum")
        total = total + _SIDES * sides / len(groups)
    return total


def _of_sentences(logits: Tensor, group: Sequence[LabelledWindow]) -> Tensor:
    """Of one question: each sentence alone, and those that answer against all that were shown."""
    shown = [row for row, one in enumerate(group) if one.evidence]
    if not shown:
        return logits.new_zeros(())
    flat = torch.cat([logits[row, : len(group[row].evidence)] for row in shown])
    labels = torch.tensor([float(each) for row in shown for each in group[row].evidence])
    trust = max(group[row].trust for row in shown) if labels.any() else 1.0
    each = functional.binary_cross_entropy_with_logits(flat, labels)
    if not labels.any():
        return each
    marked = flat[labels.bool()].logsumexp(0)
    # A sentence beside the marked one may answer as well where the mark was found by its words alone.
    return trust * (2.0 * each + flat.logsumexp(0) - marked)


def _of_span(logits: Tensor, example: LabelledWindow, end: int) -> Tensor:
    assert example.span is not None  # noqa: S101
    window = example.window
    first, last = window.tokens[0] + window.offset, window.tokens[1] + window.offset
    return functional.cross_entropy(logits[first:last][None], torch.tensor([example.span[end] - first]))


def _begin_with(network: ReaderNetwork, begin: Checkpoint) -> None:
    given, own = begin.group("parameters"), network.state_dict()
    if not given or any(name not in own or own[name].shape != one.shape for name, one in given.items()):
        raise BadInput(
            "A training of a reader cannot begin with these parameters.",
            why="Their names or shapes are not those of a reader.",
            do="Name a folder in which `clearspan train reader` trained one.",
        )
    network.load_state_dict(given, strict=False)


def _trained(network: ReaderNetwork, recipe: Recipe) -> dict[str, nn.Parameter]:
    """The parameters that change, by name; the others are told so, which saves their gradients."""
    if recipe.rank:
        adapt(network, recipe.rank, recipe.frozen)
    else:
        still = (
            "encoder.embeddings.",
            *(f"encoder.encoder.layer.{layer}." for layer in range(recipe.frozen)),
        )
        for name, one in network.named_parameters():
            one.requires_grad_(not name.startswith(still))
    return {name: one for name, one in network.named_parameters() if one.requires_grad}


def _all_batches(examples: LabelledWindows, recipe: Recipe) -> Iterator[list[list[LabelledWindow]]]:
    for one in range(math.ceil(recipe.passes)):
        order = _order(examples, recipe, one)
        share = min(1.0, recipe.passes - one)
        yield from batches(
            examples, order[: round(share * len(order))], recipe.tokens, recipe.near, recipe.seed + one
        )


def _order(examples: LabelledWindows, recipe: Recipe, one: int) -> list[int]:
    chance = random.Random(recipe.seed * 1_000 + one)  # noqa: S311
    order = [
        index
        for index, asked in enumerate(examples.asked)
        if asked.question.origin not in _TABLES or chance.random() < recipe.tables
    ]
    chance.shuffle(order)
    return order


def _steps(examples: LabelledWindows, recipe: Recipe) -> int:
    return sum(1 for _ in _all_batches(examples, recipe))


def _share(done: float, warm: float) -> float:
    return done / warm if done < warm else max(0.0, (1.0 - done) / (1.0 - warm))
