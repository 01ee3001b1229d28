"""What a model is fed where unique tokens run short: repeated, gathered or synthesised ones, and their cost."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clearspan.economy.prices import Prices
from clearspan.economy.scaling.laws.law import FLOPS_PER_TRAINING_TOKEN
from clearspan.economy.scaling.laws.muennighoff import DataConstrained
from clearspan.errors import BadInput
from clearspan.measure.estimate import Array, positive, short

_GRID = 161


@dataclass(frozen=True, slots=True)
class TokenSource:
    """A way to have more unique tokens.

    Attributes:
        name: repeat, gather or synthesise.
        dollars_per_token: price of one token of it.
        quality: unique tokens of the first kind that one of these teaches as much as, above 0. An assumption of
            yours; whatever it is, reading a token costs the same compute.
    """

    name: str
    dollars_per_token: float
    quality: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.dollars_per_token) and self.dollars_per_token >= 0):
            raise BadInput(
                f"The price of a token must be zero or more, not {short(self.dollars_per_token, 6)}.",
                do="Give it in US dollars; 0 for tokens that are free.",
            )
        positive("The quality of a token", self.quality)


REPEAT = TokenSource("repeat", 0.0)


@dataclass(frozen=True, slots=True)
class Diet:
    """A model and what it is fed.

    Attributes:
        source: where tokens beyond the unique ones came from.
        parameters: size.
        tokens: read in training, repeats included.
        bought: tokens gathered or synthesised.
        unique: different tokens among those read.
        loss: predicted, nats per token.
        compute_dollars: cost of training.
        data_dollars: cost of the tokens bought.
    """

    source: str
    parameters: float
    tokens: float
    bought: float
    unique: float
    loss: float
    compute_dollars: float
    data_dollars: float

    @property
    def epochs(self) -> float:
        return self.tokens / self.unique

    @property
    def dollars(self) -> float:
        return self.compute_dollars + self.data_dollars


def at_compute(
    law: DataConstrained, flops: float, unique: float, bought: float, source: TokenSource, prices: Prices
) -> Diet:
    """The best model for a compute budget after buying some tokens.

    The pool of `unique + bought` tokens is worth `unique + quality·bought` of the first kind. The law is asked in
    tokens of the first kind; compute is paid for every token read.
    """
    pool, worth = unique + bought, unique + source.quality * bought
    size, equivalent = law.optimal(flops * worth / pool, worth)
    tokens = equivalent * pool / worth
    return Diet(
        source.name,
        size,
        tokens,
        bought,
        min(pool, tokens),
        float(law.loss(size, equivalent, worth)),
        flops * prices.dollars_per_training_flop,
        bought * source.dollars_per_token,
    )


def for_one_epoch(law: DataConstrained, flops: float, unique: float, source: TokenSource) -> float:
    """Tokens to buy so that the compute-optimal model reads the whole pool exactly once; 0 if none are missing."""
    low, high = 0.0, law.base.optimal(flops * max(1.0, source.quality))[1] / source.quality
    for _ in range(100):
        bought = (low + high) / 2
        worth = unique + source.quality * bought
        wanted = law.base.optimal(flops * worth / (unique + bought))[1]
        low, high = (bought, high) if wanted > worth else (low, bought)
    return high if high > 1 else 0.0


def cheapest(
    law: DataConstrained, loss: float, unique: float, source: TokenSource, prices: Prices
) -> Diet | None:
    """The cheapest way to a loss with one source; None where that source cannot reach it.

    Searches sizes and amounts bought on a grid (to about 2 %) and finds the tokens of each by bisection.

    Raises:
        BadInput: the loss is at or below the law's floor, or the unique tokens are not positive.
    """
    positive("The unique tokens", unique)
    if not loss > law.floor:
        raise BadInput(
            f"A loss of {short(loss, 6)} cannot be reached: the irreducible loss is {short(law.floor, 4)}.",
            why="No size and no amount of data get below it under this law.",
            do="Ask for a higher loss.",
        )
    centre_size, centre_tokens = law.base.optimal_for_loss(loss)
    sizes = np.geomspace(centre_size / 30, centre_size * 300, _GRID)[:, None]
    bought = np.zeros((1, 1))
    if source != REPEAT:
        most = 30 * (unique + centre_tokens) / min(1.0, source.quality)
        bought = np.concatenate([[0.0], np.geomspace(unique / 100, max(unique, most), _GRID)])[None, :]
    pool, worth = unique + bought, unique + source.quality * bought
    tokens = _tokens_for(law, loss, sizes, worth) * pool / worth
    compute = FLOPS_PER_TRAINING_TOKEN * sizes * tokens * prices.dollars_per_training_flop
    total = compute + bought * source.dollars_per_token
    i, j = np.unravel_index(int(np.argmin(total)), total.shape)
    if not math.isfinite(float(total[i, j])):
        return None
    read = float(tokens[i, j])
    return Diet(
        source.name,
        float(sizes[i, 0]),
        read,
        float(bought[0, j]),
        min(float(pool[0, j]), read),
        loss,
        float(compute[i, j]),
        float(bought[0, j]) * source.dollars_per_token,
    )


def _tokens_for(law: DataConstrained, loss: float, sizes: Array, fresh: Array) -> Array:
    """Tokens of the first kind with which each size reaches a loss; infinity where it never does."""
    shape = np.broadcast_shapes(sizes.shape, fresh.shape)
    low, high = np.full(shape, math.log(1e6)), np.full(shape, math.log(1e20))

    def reached(tokens: Array) -> NDArray[np.bool_]:
        return law.loss(sizes, tokens, fresh) <= loss

    able = reached(np.exp(high))
    for _ in range(60):
        middle = (low + high) / 2
        ok = reached(np.exp(middle))
        low, high = np.where(ok, low, middle), np.where(ok, middle, high)
    return np.where(able, np.exp(high), np.inf)
