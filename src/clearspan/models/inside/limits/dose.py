"""The one check that every request with dials passes, whatever names them and whichever way it comes.

Dials are allowed if they are dials that were measured together, up to the share that was measured; or if

- together they reach no farther than `DEFAULT_REACH`, which is less than presets do at the limit of their fluency, and
- along whatever was measured they reach no farther than that measurement's limit, at its sites or at any other.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch

from clearspan.errors import Refused
from clearspan.models.inside.dials import Dial
from clearspan.models.inside.hooks import norms
from clearspan.models.inside.limits.gauge import ActivationGauge
from clearspan.models.inside.limits.measured import GUARD_RAILS, MeasuredDose
from clearspan.models.inside.limits.overrides import LOGGER, is_measuring, leave
from clearspan.models.inside.limits.pushes import SitePush, pushes, reach, reach_along
from clearspan.record import DoseVerdict

DEFAULT_REACH = 0.3
"""How far dials that nobody measured together may go, in median norms of the residual stream, all sites added: less
than any preset that ships reaches at the limit of its fluency (docs/concepts/limits.md)."""

_ROUNDING = 1e-4
"""Relative; sums of float32 vectors differ by less."""

_SLACK = 0.01
"""Reach along a measured direction that is no dialling of it: two directions of a model are never quite orthogonal."""


class BeyondLimit(Refused):
    """Dials that reach farther than they may (HTTP 403)."""

    code = "beyond_limit"


@dataclass(frozen=True, slots=True)
class _Bound:
    """How far one may go along a unit vector: translation, and root mean square."""

    name: str
    axis: torch.Tensor
    translation: float
    size: float

    def passed_by(self, made: Sequence[SitePush]) -> bool:
        translation, size = reach_along(made, self.axis)
        if size <= _SLACK:
            return False
        # What is not a number is beyond everything.
        return not (translation <= _more(self.translation) and size <= _more(self.size))


class DoseLimits:
    """The limits of one model; safe to share between threads.

    Args:
        gauge: of the model.
        measured: what was measured of it.
        weights: `fingerprint` of the weights that run, asked for when a measurement is relied on.
    """

    def __init__(
        self, gauge: ActivationGauge, measured: Sequence[MeasuredDose], weights: Callable[[], str]
    ) -> None:
        self._gauge = gauge
        self._measured = measured
        self._weights = weights

    def verdict(self, dials: Sequence[Dial]) -> DoseVerdict:
        """What the limits say; nothing is refused.

        Raises:
            BadInput: the model has not one of the sites.
        """
        made = pushes(dials, self._gauge)
        size = reach(made)
        expired = ""
        for one in self._measured:
            share = one.share_of(dials)
            # A smaller amount may push farther: a clamp to nothing takes away what is there.
            if share is not None and share <= 1 + _ROUNDING and size <= _more(self._reach_of(one)):
                if one.weights == self._weights():
                    return _as_measured(one, size, share)
                expired = f"'{one.name}' was measured on other weights, and counts no more"
        too_far = not size <= _more(DEFAULT_REACH)
        passed = next((bound for bound in self._bounds if bound.passed_by(made)), None)
        beyond = [expired] if expired and too_far else []
        if passed is not None:
            beyond.append(
                f"they reach farther along what was measured as '{passed.name}' than it was measured"
            )
        if too_far:
            beyond.append(
                f"they reach {size:.3g} of the residual stream's median norm, and dials that were not measured "
                f"together may reach {DEFAULT_REACH:g}"
            )
        return DoseVerdict(
            reach=size,
            limit=DEFAULT_REACH,
            basis="default",
            beyond="; ".join(beyond),
            override=leave() if beyond else "",
            guard_rails="Not audited: nobody measured these dials together. They reach less than presets do at the "
            "limit of their fluency, and that says nothing about guard rails."
            if not beyond
            else "Not audited, and beyond the limit.",
        )

    def require(self, dials: Sequence[Dial]) -> DoseVerdict:
        """The verdict, if the dials are within their limits or may exceed them; that is logged.

        Raises:
            BeyondLimit: they are not, and may not.
            BadInput: as `verdict`.
        """
        found = self.verdict(dials)
        if found.holds:
            return found
        named = ", ".join(f"{one.direction.name!r:.80} {one.operation} {one.amount:g}" for one in dials)
        if not found.override:
            LOGGER.info("refused: %s: %s", named, found.beyond)
            raise BeyondLimit(
                "These dials are beyond their limit.",
                why=f"{found.beyond[:1].upper()}{found.beyond[1:]}.",
                do="Set them lower, or fewer of them. Whoever has the limit key may exceed it, and that is recorded.",
            )
        level = logging.INFO if is_measuring() else logging.WARNING
        LOGGER.log(level, "exceeded %s: %s: %s", found.override, named, found.beyond)
        return found

    def _reach_of(self, one: MeasuredDose) -> float:
        return reach(pushes(one.dials, self._gauge))

    @cached_property
    def _bounds(self) -> list[_Bound]:
        """What was measured, each as one direction a site and as each of its dials alone."""
        return [bound for one in self._measured for bound in self._bounds_of(one)]

    def _bounds_of(self, one: MeasuredDose) -> list[_Bound]:
        made = pushes(one.dials, self._gauge)
        vectors = [push.translation for push in made]
        vectors += [push.translation for dial in one.dials for push in pushes([dial], self._gauge)]
        lengths = [float(norms(vector)) for vector in vectors]
        axes = [vector / length for vector, length in zip(vectors, lengths, strict=True) if length > 0]
        return [_Bound(one.name, axis, *reach_along(made, axis)) for axis in axes]


def _more(limit: float) -> float:
    return limit * (1 + _ROUNDING)


def _as_measured(one: MeasuredDose, size: float, share: float) -> DoseVerdict:
    audited = GUARD_RAILS in one.probes
    looked = ", ".join(one.probes)
    return DoseVerdict(
        reach=size,
        limit=size / share if share > 0 else size,
        basis="measured",
        measured_as=one.name,
        measurement=one.sha256,
        probes=one.probes,
        guard_rails=f"Audited at this dose: {looked} stayed within their margins."
        if audited
        else f"Not audited: at this dose only {looked} was measured.",
    )
