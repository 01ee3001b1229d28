"""Fitting the parser: marginal likelihood of all derivations that come to the answer (Pasupat & Liang, 2015)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from clearspan.overview.answering.tables.model import OUTCOMES_FROM, WIDTH, Parser
from clearspan.overview.answering.tables.predictors import MEANINGS, PREDICTORS, Floats
from clearspan.overview.answering.tables.training.examples import TableExample

SEED = 0


@dataclass(frozen=True, slots=True)
class ParserRecipe:
    """How a parser is fitted; set by hand, the second of two that were tried on held-out documents.

    Attributes:
        hidden: units of the hidden layer.
        epochs: passes over the questions.
        rate: of AdamW, falling to zero as a cosine does.
        decay: of the weights of the linear part and the hidden layer; `decay_words` of what words and meaning say.
        dropout: share of hidden units left out.
        wrong: derivations that do not come to the answer, drawn once for each question.
        blind: share of questions that are read without the embedder, so that one parser serves with and without it.
        at_least: questions in which a run of words must stand to be known.
        batch: questions of one step.
    """

    hidden: int = 32
    epochs: int = 14
    rate: float = 4e-3
    decay: float = 0.02
    decay_words: float = 0.3
    dropout: float = 0.1
    wrong: int = 200
    blind: float = 0.2
    at_least: int = 4
    batch: int = 24


def fit(examples: Sequence[TableExample], recipe: ParserRecipe | None = None) -> Parser:
    """A parser without calibration; questions with no right derivation teach nothing.

    The draw of wrong derivations, the order of the questions and the first weights come from `SEED`.
    """
    recipe = recipe or ParserRecipe()
    useful = [one for one in examples if one.right.any() and not one.right.all()]
    index = _vocabulary(useful, recipe.at_least)
    generator = np.random.default_rng(SEED)
    torch.manual_seed(SEED)  # pyright: ignore[reportUnknownMemberType]
    drawn = [_drawn(one, index, recipe, generator) for one in useful]
    net = _Net(len(index), len(drawn[0].whole), recipe)
    steps = recipe.epochs * (-(-len(useful) // recipe.batch))
    optimiser = torch.optim.AdamW(net.groups(recipe), lr=recipe.rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    net.train()
    for _ in range(recipe.epochs):
        order: list[int] = generator.permutation(len(drawn)).tolist()
        for first in range(0, len(order), recipe.batch):
            chosen = [drawn[place] for place in order[first : first + recipe.batch]]
            loss = net.loss(chosen, generator.random(len(chosen)) < recipe.blind)
            optimiser.zero_grad()
            loss.backward()  # pyright: ignore[reportUnknownMemberType]
            optimiser.step()  # pyright: ignore[reportUnknownMemberType]
            schedule.step()
    return net.parser(index)


def scores(parser: Parser, example: TableExample) -> Floats:
    """The score of each derivation of an example, over all its grids in order."""
    said = parser.said(example.grams, example.whole)
    return (
        np.concatenate([parser.scores(one, said) for one in example.predictors])
        if example.predictors
        else np.zeros(0, np.float32)
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Some derivations of a question; `spare` makes up for those that were not drawn."""

    table: NDArray[np.float16]
    operation: NDArray[np.int64]
    outcome: NDArray[np.int64]
    right: NDArray[np.bool_]
    spare: Floats
    grams: NDArray[np.int64]
    whole: Floats


def _drawn(
    one: TableExample, index: dict[str, int], recipe: ParserRecipe, generator: np.random.Generator
) -> _Drawn:
    right, wrong = np.flatnonzero(one.right), np.flatnonzero(~one.right)
    some = generator.choice(wrong, min(recipe.wrong, len(wrong)), replace=False)
    those = np.sort(np.concatenate([right[: recipe.wrong], some]))
    table, places = _rows(one, those)
    return _Drawn(
        table.astype(np.float16),
        places[:, 0].astype(np.int64),
        places[:, 5].astype(np.int64) + OUTCOMES_FROM,
        one.right[those],
        np.where(one.right[those], 0.0, np.log(len(wrong) / max(1, len(some)))).astype(np.float32),
        np.array([index[gram] for gram in sorted(one.grams) if gram in index], np.int64),
        np.zeros(0, np.float32) if one.whole is None else one.whole,
    )


def _rows(one: TableExample, those: NDArray[np.intp]) -> tuple[Floats, NDArray[np.int16]]:
    """Predictors and places of derivations that are numbered over all grids."""
    tables: list[Floats] = []
    places: list[NDArray[np.int16]] = []
    first = 0
    for each in one.predictors:
        own = those[(those >= first) & (those < first + len(each.places))] - first
        tables.append(each.table(own))
        places.append(each.places[own])
        first += len(each.places)
    return np.concatenate(tables), np.concatenate(places)


def _tensor(array: NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(array)  # pyright: ignore[reportUnknownMemberType]


class _Net(torch.nn.Module):
    def __init__(self, grams: int, dimension: int, recipe: ParserRecipe) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]
        self.linear = torch.nn.Linear(len(PREDICTORS), 1, bias=False)
        self.inner = torch.nn.Linear(len(PREDICTORS), recipe.hidden)
        self.outer = torch.nn.Linear(recipe.hidden, 1, bias=False)
        self.words = torch.nn.Parameter(torch.zeros(grams, WIDTH))
        self.vector = torch.nn.Parameter(torch.zeros(dimension, WIDTH))
        self.dropout = torch.nn.Dropout(recipe.dropout)

    def groups(self, recipe: ParserRecipe) -> list[dict[str, Any]]:
        plain = [*self.linear.parameters(), *self.inner.parameters(), *self.outer.parameters()]
        return [
            {"params": plain, "weight_decay": recipe.decay},
            {"params": [self.words, self.vector], "weight_decay": recipe.decay_words},
        ]

    def loss(self, drawn: Sequence[_Drawn], blind: NDArray[np.bool_]) -> torch.Tensor:
        """Mean over questions of −log P(derivations that come to the answer)."""
        sizes = [len(one.right) for one in drawn]
        owner = _tensor(np.repeat(np.arange(len(drawn)), sizes))
        table = _tensor(np.concatenate([one.table for one in drawn]).astype(np.float32))
        unseen = _tensor(blind)
        table[:, MEANINGS] *= (~unseen).float()[owner][:, None]
        hidden = self.dropout(torch.relu(self.inner(table)))
        said = self._said(drawn, unseen)
        operation, outcome, right, spare = (
            _tensor(np.concatenate([getattr(one, name) for one in drawn]))
            for name in ("operation", "outcome", "right", "spare")
        )
        score = (
            (self.linear(table) + self.outer(hidden))[:, 0] + said[owner, operation] + said[owner, outcome]
        )
        # Scores lie within a few dozens of one another: their mean is taken off, so that no exponential overflows.
        score = (score - score.detach().mean()).clamp(-60, 60)
        mass = torch.zeros(len(drawn)).index_add(0, owner, torch.exp(score + spare))
        hit = torch.zeros(len(drawn)).index_add(0, owner, torch.exp(score) * right)
        return (torch.log(mass) - torch.log(hit)).mean()

    def _said(self, drawn: Sequence[_Drawn], unseen: torch.Tensor) -> torch.Tensor:
        """What the words and the vector of each question say, (questions, operations + outcomes)."""
        counts = [len(one.grams) for one in drawn]
        owner = _tensor(np.repeat(np.arange(len(drawn)), counts))
        grams = _tensor(np.concatenate([one.grams for one in drawn]))
        total = torch.zeros(len(drawn), WIDTH).index_add(0, owner, self.words[grams])
        share = torch.tensor([max(1, count) for count in counts]).float().sqrt()[:, None]
        whole = _tensor(np.stack([one.whole for one in drawn])) * (~unseen).float()[:, None]
        return total / share + whole @ self.vector

    def parser(self, index: dict[str, int]) -> Parser:
        def array(tensor: torch.Tensor) -> Floats:
            return tensor.detach().numpy().astype(np.float32)

        return Parser(
            index=index,
            linear=array(self.linear.weight[0]),
            inner=array(self.inner.weight.T.contiguous()),
            inner_bias=array(self.inner.bias),
            outer=array(self.outer.weight[0]),
            words=array(self.words),
            vector=array(self.vector),
            calibration=np.zeros(0, np.float32),
        )


def _vocabulary(examples: Sequence[TableExample], at_least: int) -> dict[str, int]:
    counted = Counter(gram for one in examples for gram in one.grams)
    return {gram: row for row, gram in enumerate(sorted(g for g, n in counted.items() if n >= at_least))}


def calibrated(parser: Parser, calibration: Floats) -> Parser:
    """The parser with the weights of its sureness."""
    return replace(parser, calibration=calibration)
