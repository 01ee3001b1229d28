r"""What dials do to the activations at a site, as geometry.

A dial adds `(target - a(h)) · d` to a hidden state `h`, where `a` is the direction's activation and `d` its vector.
Over all of a site's dials that is a vector that is the same everywhere, the translation `t`, and a part that changes
with `h`, of which only the size is known, the fluctuation:

    Δ(h) = t + Σ b_i(h) d_i,    E[b_i²] ≤ A_i²

Without a threshold `a` is affine, `t` holds the target less the mean activation, and `A²` is the variance of
`encoder · h`. With a threshold of 0 or more `a` is never negative and never above `max(0, encoder · h + bias)`, and
for any distribution with mean `m` and variance `s²`

    E[max(0, x)²] ≤ max(0, m)² + s²

so that `t` holds the whole target, and `A²` is this bound. By Cauchy and Schwarz

    E|Δ|² ≤ |t|² + Σ_ij A_i A_j |d_i · d_j|

whatever the activations have to do with each other. An encoder that reads much where its decoder writes something
else is thereby counted for what it can do.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from clearspan.models.inside.dials import Dial
from clearspan.models.inside.limits.gauge import ActivationGauge, SiteGauge
from clearspan.models.inside.sites import Site


@dataclass(frozen=True, slots=True, eq=False)
class SitePush:
    """What the dials of one site do, in multiples of the median norm of the residual stream there.

    Attributes:
        translation: shape `(width,)`, float64.
        vectors: shape `(k, width)`, float64: the vectors of the dials whose part changes with `h`.
        fluctuations: shape `(k,)`, float64, their factors' root mean squares, at most.
    """

    site: Site
    translation: torch.Tensor
    vectors: torch.Tensor
    fluctuations: torch.Tensor

    @property
    def size(self) -> float:
        """Root mean square of the norm of what is added, at most."""
        gram = (self.vectors @ self.vectors.T).abs()
        spread = float(self.fluctuations @ gram @ self.fluctuations)
        return math.sqrt(float(self.translation.square().sum()) + spread)

    def along(self, axis: torch.Tensor) -> tuple[float, float]:
        """Translation along a unit vector of shape `(width,)`, float64, and fluctuation along it, at most."""
        fluctuation = float(self.fluctuations @ (self.vectors @ axis).abs())
        return float(self.translation @ axis), fluctuation


def pushes(dials: Sequence[Dial], gauge: ActivationGauge) -> list[SitePush]:
    """What some dials do together, a push a site.

    Raises:
        BadInput: the model has not one of the sites.
    """
    sites = dict.fromkeys(dial.direction.site for dial in dials)
    return [
        _push(site, [dial for dial in dials if dial.direction.site == site], gauge.at(site)) for site in sites
    ]


def reach(made: Sequence[SitePush]) -> float:
    """How far all sites together go: their sizes added, since what is added at one is still there at the next."""
    return sum(push.size for push in made)


def reach_along(made: Sequence[SitePush], axis: torch.Tensor) -> tuple[float, float]:
    """How far all sites together go along a unit vector: translation, and root mean square.

    What one site takes back does not count against what another adds.
    """
    parts = [push.along(axis) for push in made]
    translation = sum(max(0.0, one) for one, _ in parts)
    return translation, math.hypot(translation, sum(two for _, two in parts))


def _push(site: Site, dials: Sequence[Dial], there: SiteGauge) -> SitePush:
    width = len(there.mean)
    translation = torch.zeros(width, dtype=torch.float64)
    vectors: list[torch.Tensor] = []
    fluctuations: list[float] = []
    for dial in dials:
        vector = dial.direction.decoder.detach().cpu().double()
        factor, fluctuation = _factor(dial, there)
        translation += factor * vector
        if fluctuation:
            vectors.append(vector)
            fluctuations.append(fluctuation)
    rows = torch.stack(vectors) if vectors else torch.zeros(0, width, dtype=torch.float64)
    return SitePush(
        site, translation / there.norm, rows / there.norm, torch.tensor(fluctuations, dtype=torch.float64)
    )


def _factor(dial: Dial, there: SiteGauge) -> tuple[float, float]:
    """What is constant of the factor of a dial's vector, and the root mean square of the rest, at most."""
    direction = dial.direction
    target = 0.0 if dial.operation == "ablate" else dial.amount * direction.maximum
    if dial.operation == "add":
        return target, 0.0
    encoder = direction.encoder.detach().float().cpu()
    middle = float(encoder @ there.mean) + direction.bias
    variance = there.variance(encoder)
    if direction.threshold is None:
        return target - middle, math.sqrt(variance)
    if direction.threshold < 0:
        most = math.sqrt(middle**2 + variance)
        return target + math.copysign(most, target), most
    most = math.sqrt(max(middle, 0.0) ** 2 + variance)
    return (target if target >= 0 else target - most), most
