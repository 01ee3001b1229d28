"""Outcomes that are made up: a cheap tier that fails on long questions, or on none that can be told."""

import numpy as np

from clearspan.economy.routing.outcomes import Outcomes, made

WORDS = "river bridge tower stone light water north garden metal paper".split()


def outcomes(count: int = 600, *, seed: int = 0, told: bool = True, harm: float = 0.7) -> Outcomes:
    """Rows of two tiers; `small` is wrong on long questions with the probability `harm`.

    Args:
        told: whether the length of a question tells it.
    """
    random = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        hard = bool(random.random() < 0.5)
        length = (40 if hard else 6) if told else int(random.integers(5, 41))
        question = f"{seed} {number} {' '.join(random.choice(WORDS, length))}?"
        small = float(not (hard and random.random() < harm))
        rows.append(
            {
                "question": question,
                "small.quality": small,
                "small.cost": 1.0,
                "small.score": small * 0.5 + 0.5 * random.random(),
                "large.quality": float(random.random() < 0.97),
                "large.cost": 10.0,
            }
        )
    return made(rows, "made up")
