"""Training a prefix: the model stays as it is, and what every layer finds in front of a prompt is moved.

Li and Liang 2021, 'Prefix-Tuning', section 4; begun with what the model makes of the words that the prefix stands for,
which is where a short training gets furthest (their section 7.4). The loss is of the answer's tokens alone.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import DynamicCache

from clearspan.models.backends.prefix import Prefix
from clearspan.models.text.conversation import conversation_text, conversation_tokens
from clearspan.models.weights.descent import Descent, DescentProgress
from clearspan.models.weights.loading import LoadedModel
from clearspan.tiers.rewriting import MANNER, told
from clearspan.tiers.writer.training.pairs import WritingPair, content_hash

_PER_CHECKPOINT = 40
_POOL = 128
"""WritingPairs that are sorted by length together: rows of a batch are then alike, and little is padded."""


@dataclass(frozen=True, slots=True)
class WritingRecipe:
    """How a prefix is trained.

    Attributes:
        passes: over the pairs; the last may be a part of one.
        rate: highest learning rate of Adam; it rises over `warm` steps and falls to nothing in a line.
        batch: pairs of a step.
        longest: tokens of a pair beyond which it is left out.
        seed: of the order.
    """

    passes: float = 1.0
    rate: float = 2e-2
    warm: int = 10
    batch: int = 8
    longest: int = 360
    seed: int = 0


@dataclass(frozen=True, slots=True)
class _Encoded:
    """Tokens of a pair behind the prefix."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer)


class Learner:
    """A model with a prefix that is trained.

    Args:
        loaded: its weights are not changed.
        reference: of the model.
        begin: the prefix to go on from; what the model makes of `rewriting.MANNER` by default.
    """

    def __init__(self, loaded: LoadedModel, reference: str, begin: Prefix | None = None) -> None:
        self._model: Any = loaded.model
        self._model.requires_grad_(False)
        self._tokenizer = loaded.tokenizer
        self._reference = reference
        start = begin or self._as_read()
        self._tokens = start.tokens
        self.keys = nn.Parameter(start.keys.float().clone())
        self.values = nn.Parameter(start.values.float().clone())

    @property
    def parameters(self) -> dict[str, nn.Parameter]:
        """What is trained, by name."""
        return {"keys": self.keys, "values": self.values}

    @property
    def prefix(self) -> Prefix:
        """As it is now."""
        return Prefix(self._tokens, self.keys.detach().clone(), self.values.detach().clone(), self._reference)

    def encode(self, pair: WritingPair) -> _Encoded:
        """Tokens of a pair without those that the prefix stands for."""
        messages = told(pair.question, pair.statements)
        prompt = conversation_tokens(self._tokenizer, self._reference, messages)
        turn = {"role": "assistant", "content": pair.answer}
        whole = conversation_text(
            self._tokenizer, self._reference, [*messages, cast("Any", turn)], reply_follows=False
        )
        both = cast("list[int]", self._tokenizer(whole.rstrip("\n"), add_special_tokens=False)["input_ids"])
        return _Encoded(tuple(prompt[len(self._tokens) :]), tuple(both[len(prompt) :]))

    def loss(self, batch: Sequence[_Encoded]) -> tuple[Tensor, int]:
        """Sum of the negative log-likelihoods of all tokens of the answers, in nats, and how many they are."""
        longest = max(map(len, batch))
        tokens = torch.zeros(len(batch), longest, dtype=torch.long)
        mask = torch.zeros(len(batch), len(self._tokens) + longest, dtype=torch.long)
        mask[:, : len(self._tokens)] = 1
        places: list[tuple[int, int]] = []
        for row, one in enumerate(batch):
            tokens[row, : len(one)] = torch.tensor((*one.prompt, *one.answer))
            mask[row, len(self._tokens) : len(self._tokens) + len(one)] = 1
            places += [(row, len(one.prompt) - 1 + at) for at in range(len(one.answer))]
        hidden = self._model.model(
            input_ids=tokens, past_key_values=self._cache(len(batch)), attention_mask=mask, use_cache=True
        ).last_hidden_state
        rows, columns = torch.tensor(places).T
        logits = self._model.lm_head(hidden[rows, columns]).float()
        targets = torch.tensor([token for one in batch for token in one.answer])
        return functional.cross_entropy(logits, targets, reduction="sum"), len(targets)

    def _cache(self, rows: int) -> DynamicCache:
        cache: Any = DynamicCache(config=self._model.config)
        for layer in range(self.keys.shape[0]):
            pair = [
                held[layer].to(self._model.dtype)[None].expand(rows, -1, -1, -1)
                for held in (self.keys, self.values)
            ]
            cache.update(pair[0], pair[1], layer)
        return cache

    def _as_read(self) -> Prefix:
        messages = [{"role": "system", "content": MANNER}]
        text = conversation_text(self._tokenizer, self._reference, cast("Any", messages), reply_follows=False)
        tokens = cast("list[int]", self._tokenizer(text, add_special_tokens=False)["input_ids"])
        with torch.inference_mode():
            cache = self._model(input_ids=torch.tensor([tokens]), use_cache=True).past_key_values
        keys, values = (
            torch.cat([getattr(layer, name) for layer in cache.layers]).float() for name in ("keys", "values")
        )
        return Prefix(tuple(tokens), keys.clone(), values.clone(), self._reference)


def train(
    learner: Learner,
    pairs: Sequence[WritingPair],
    recipe: WritingRecipe,
    folder: Path,
    progress: Callable[[DescentProgress], None],
) -> None:
    """Train in place; a training that was broken off in the same folder goes on.

    Args:
        folder: of its checkpoints.
        progress: told after each step.

    Raises:
        BadInput: the folder holds another training.
        StorageError: a checkpoint could not be written.
    """
    begin = learner.prefix
    fingerprint: dict[str, object] = {
        **asdict(recipe),
        "pairs": content_hash(pairs),
        "model": begin.reference,
        "tokens": list(begin.tokens),
    }
    batches = _batches([learner.encode(one) for one in pairs], recipe)
    parameters = learner.parameters

    def rate(step: int) -> float:
        return recipe.rate * min(1.0, (step + 1) / recipe.warm) * (1.0 - step / len(batches))

    def gradient(_: int, batch: Sequence[_Encoded]) -> float:
        total, count = learner.loss(batch)
        (total / count).backward()  # pyright: ignore[reportUnknownMemberType]
        return float(total.detach()) / count

    optimizer = torch.optim.Adam(list(parameters.values()), lr=recipe.rate)
    Descent(parameters, optimizer, rate, fingerprint, folder, _PER_CHECKPOINT).run(
        batches, len(batches), gradient, progress
    )


def nats(learner: Learner, pairs: Sequence[WritingPair], recipe: WritingRecipe) -> float:
    """Mean negative log-likelihood of a token of the answers."""
    encoded = sorted((one for one in map(learner.encode, pairs) if len(one) <= recipe.longest), key=len)
    total, count = 0.0, 0
    with torch.inference_mode():
        for at in range(0, len(encoded), recipe.batch):
            loss, tokens = learner.loss(encoded[at : at + recipe.batch])
            total, count = total + float(loss), count + tokens
    return total / max(1, count)


def _batches(encoded: Sequence[_Encoded], recipe: WritingRecipe) -> list[list[_Encoded]]:
    usable = [one for one in encoded if one.answer and len(one) <= recipe.longest]
    found: list[list[_Encoded]] = []
    wanted = round(recipe.passes * len(usable))
    number = 0
    while wanted > 0:
        chance = random.Random(recipe.seed * 1_000 + number)  # noqa: S311
        order = chance.sample(usable, min(wanted, len(usable)))
        own: list[list[_Encoded]] = []
        for at in range(0, len(order), _POOL):
            pool = sorted(order[at : at + _POOL], key=len)
            batches = [pool[first : first + recipe.batch] for first in range(0, len(pool), recipe.batch)]
            chance.shuffle(batches)
            own += batches
        found += own
        wanted -= len(order)
        number += 1
    return found
