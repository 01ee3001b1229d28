r"""What dials do to the activations at a site, as geometry.

A dial adds `(target - a(h)) · d` to a hidden state `h`, where `a` is the direction's activation and `d` its vector.
Over all of a site's dials that is a vector that is the same everywhere, the translation `t`, and a part that changes
with `h`, of which only the size is known, the fluctuation:

    Δ(h) = t + Σ b_i(h) d_i,    E[b_i²] ≤ A_i²

Without a threshold `a` is affine: `t` holds the target less the mean activation, and the rest has a mean of 0 and the
variance of `encoder · h`. With a threshold of 0 or more `a` is never negative and never above
`max(0, encoder · h + bias)`, and for any distribution with mean `m` and variance `s²`

    E[max(0, x)²] ≤ max(0, m)² + s²

so that `t` holds the target, and `A²` is this bound on the rest, whose mean is not known. By Cauchy and Schwarz

    E|Σ b_i d_i|² ≤ Σ_ij A_i A_j |d_i · d_j|

whatever the activations have to do with each other; what has a mean of 0 adds to `t` as a right angle does, and the
rest as a length (Minkowski). An encoder that reads much where its decoder writes something else is thereby counted for
what it can do.
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
        centred: shape `(k,)`, whether the factors have a mean of 0.
    """

    site: Site
    translation: torch.Tensor
    vectors: torch.Tensor
    fluctuations: torch.Tensor
    centred: torch.Tensor

    @property
    def size(self) -> float:
        """Root mean square of the norm of what is added, at most."""
        gram = (self.vectors @ self.vectors.T).abs()
        centred, other = self._parts
        around = math.sqrt(float(self.translation.square().sum() + centred @ gram @ centred))
        return around + math.sqrt(float(other @ gram @ other))

    def along(self, axis: torch.Tensor) -> tuple[float, float, float]:
        """Along a unit vector of shape `(width,)`, float64: translation, fluctuation about it, and the other one."""
        shares = (self.vectors @ axis).abs()
        centred, other = self._parts
        return float(self.translation @ axis), float(centred @ shares), float(other @ shares)

    @property
    def _parts(self) -> tuple[torch.Tensor, torch.Tensor]:
        return self.fluctuations * self.centred, self.fluctuations * ~self.centred


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
    translation = sum(max(0.0, one) for one, _, _ in parts)
    around = math.hypot(translation, sum(centred for _, centred, _ in parts))
    return translation, around + sum(other for _, _, other in parts)


def _push(site: Site, dials: Sequence[Dial], there: SiteGauge) -> SitePush:
    width = len(there.mean)
    translation = torch.zeros(width, dtype=torch.float64)
    vectors: list[torch.Tensor] = []
    fluctuations: list[float] = []
    centred: list[bool] = []
    for dial in dials:
        vector = dial.direction.decoder.detach().cpu().double()
        factor, fluctuation = _factor(dial, there)
        translation += factor * vector
        if fluctuation:
            vectors.append(vector)
            fluctuations.append(fluctuation)
            centred.append(dial.direction.threshold is None)
    rows = torch.stack(vectors) if vectors else torch.zeros(0, width, dtype=torch.float64)
    return SitePush(
        site,
        translation / there.norm,
        rows / there.norm,
        torch.tensor(fluctuations, dtype=torch.float64),
        torch.tensor(centred, dtype=torch.bool),
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
    # Below a threshold under 0 an activation counts as 0, and above it may be negative.
    least = max(middle, 0.0) if direction.threshold >= 0 else middle
    return target, math.hypot(least, math.sqrt(variance))
