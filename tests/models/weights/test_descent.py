"""A training goes on where it was broken off, to the same weights."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from clearspan.errors import BadInput
from clearspan.models.weights.descent import Descent, DescentProgress

STEPS = 7
RATE = 0.1


class BrokenOff(Exception):
    pass


class Line:
    """A line that is fitted to y = 2x, a point a step."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.weight = nn.Parameter(torch.zeros(2))
        self.descent = Descent(
            {"weight": self.weight},
            torch.optim.Adam([self.weight]),
            lambda step: RATE * (1.0 - step / STEPS),
            {"seed": seed},
            folder,
            2,
        )
        self.points = [torch.tensor([float(at), 1.0]) for at in range(STEPS)]
        self.told: list[DescentProgress] = []

    def gradient(self, step: int, point: Tensor) -> float:
        assert point[0] == step
        loss = (self.weight @ point - 2.0 * point[0]) ** 2
        loss.backward()
        return float(loss.detach())

    def run(self, stop: int = STEPS) -> None:
        def progress(one: DescentProgress) -> None:
            self.told.append(one)
            if one.step == stop < STEPS:
                raise BrokenOff

        self.descent.run(self.points, STEPS, self.gradient, progress)


def test_what_was_broken_off_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    for name in ("whole", "broken"):
        (tmp_path / name).mkdir()
    whole = Line(tmp_path / "whole")
    whole.run()
    with pytest.raises(BrokenOff):
        Line(tmp_path / "broken").run(stop=5)
    later = Line(tmp_path / "broken")
    later.run()
    assert [one.step for one in later.told] == [5, 6, 7]
    assert [one.done for one in later.told] == [1, 2, 3]
    assert torch.equal(later.weight, whole.weight)
    again = Line(tmp_path / "broken")
    again.run()
    assert again.told == []
    assert torch.equal(again.weight, whole.weight)


def test_the_rate_is_that_of_the_step(tmp_path: Path) -> None:
    line = Line(tmp_path)
    rates: list[float] = []

    def gradient(step: int, point: Tensor) -> float:
        rates.append(line.descent.optimizer.param_groups[0]["lr"])
        return line.gradient(step, point)

    line.descent.run(line.points, STEPS, gradient, line.told.append)
    assert rates == [RATE * (1.0 - step / STEPS) for step in range(STEPS)]
    assert line.told[-1].seconds_left == 0


def test_another_training_does_not_go_on_from_it(tmp_path: Path) -> None:
    Line(tmp_path).run()
    with pytest.raises(BadInput, match="another training"):
        Line(tmp_path, seed=1).run()
