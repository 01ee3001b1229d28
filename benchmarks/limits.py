"""Claim: dials that nobody measured together are held below the reach at which text stops being fluent.

python benchmarks/limits.py [--prompts 8] [--tokens 32] [--keep] [--json] [--write]

Directions of three kinds are added at growing reach (norm of what is added, in median norms of the residual stream):
random ones at three depths, those of the presets that ship, and features of the bundled dictionary. A kind breaks where
fewer of its replies are fluent than presets promise. `--keep` measures every preset that ships at its limit, too, and
writes the record of it beside its dictionary, which is what lets a preset go farther than the default.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from clearspan import settings as configuration
from clearspan.features.catalogue import open_dictionary
from clearspan.features.doses import preset_dials
from clearspan.features.generation.fluency import Yardstick
from clearspan.features.generation.replies import DialledPrompt, replies
from clearspan.features.places import places
from clearspan.features.presets import Preset, presets
from clearspan.features.tuning.measure import DialOutcome, Trial, measure
from clearspan.features.tuning.prompts import tuning_prompts
from clearspan.features.tuning.tune import FLUENCY, FLUENT
from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.measure.intervals import wilson
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.limits.dose import DEFAULT_REACH
from clearspan.models.inside.limits.gauge import SiteGauge
from clearspan.models.inside.limits.measured import FILE, MeasuredDose, keep_measured
from clearspan.models.inside.limits.pushes import pushes, reach
from clearspan.models.inside.sites import Site
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
REACHES = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.7)
DEPTHS = (6, 12, 20)
_RANDOM, _FEATURES = 2, 8
_LEAST = 3.0
"""Maximum from which a feature was more than hardly ever active."""


@dataclass(frozen=True, slots=True)
class ModelSites:
    """The statistics of a model's sites, as a gauge gives them."""

    model: LanguageModel

    def at(self, site: Site) -> SiteGauge:
        return self.model.statistics(site)


def directions_of(model: LanguageModel, settings: Settings) -> dict[str, list[Direction]]:
    """Directions of each kind."""
    generator = torch.Generator().manual_seed(5)
    width = len(model.statistics("embedding").mean)
    random = [
        Direction.of(
            "random", model.reference, f"layers.{depth}.residual", torch.randn(width, generator=generator)
        )
        for depth in DEPTHS
        for _ in range(_RANDOM)
    ]
    made = [
        dial.direction
        for preset in presets(settings, model.reference).values()
        for dial in preset_dials(preset, settings)[:1]
        if dial.direction.threshold is None
    ]
    opened = open_dictionary(model.reference, settings)
    evidence = opened.evidence
    usual = np.flatnonzero((evidence.maxima > _LEAST) & (evidence.densities < 0.05))
    chosen = torch.randperm(len(usual), generator=generator)[:_FEATURES]
    features = [opened.feature(int(usual[int(place)])).direction for place in chosen]
    return {"random": random, "of presets": made, "features": features}


def at_reach(direction: Direction, wanted: float, sites: ModelSites) -> Dial:
    """The direction, raised so far that it reaches as far as is wanted."""
    return direction.add(wanted / reach(pushes([direction.add(1.0)], sites)))


def fluent_shares(
    model: LanguageModel, yardstick: Yardstick, prompts: Sequence[str], tokens: int, settings: Settings
) -> dict[str, list[DialOutcome]]:
    """What each kind does to replies, an outcome a reach over all of its directions."""
    sites = ModelSites(model)
    found: dict[str, list[DialOutcome]] = {}
    for kind, directions in directions_of(model, settings).items():
        found[kind] = []
        for wanted in REACHES:
            trials = [Trial((at_reach(one, wanted, sites),), lambda _: False) for one in directions]
            outcomes = measure(model, yardstick, trials, prompts, tokens)
            found[kind].append(
                DialOutcome(
                    tuple(reply for one in outcomes for reply in one.replies),
                    tuple(mentioned for one in outcomes for mentioned in one.mentioned),
                    tuple(fluency for one in outcomes for fluency in one.fluency),
                )
            )
            print(f"{kind} at {wanted}: {found[kind][-1].fluent:.0%} fluent", file=sys.stderr, flush=True)
    return found


def at_limits(
    model: LanguageModel, yardstick: Yardstick, prompts: Sequence[str], tokens: int, settings: Settings
) -> list[tuple[Preset, MeasuredDose]]:
    """Every preset that ships at its limit, with the record of what came out."""
    known = list(presets(settings, model.reference).values())
    dials = [tuple(preset_dials(one, settings, one.dose.limit)) for one in known]
    outcomes = measure(model, yardstick, [Trial(one, lambda _: False) for one in dials], prompts, tokens)
    return [
        (
            preset,
            MeasuredDose(
                preset.name,
                preset.model,
                model.fingerprint,
                held,
                (FLUENCY,),
                (("dose", preset.dose.limit), ("fluent", outcome.fluent), ("prompts", float(len(prompts)))),
            ),
        )
        for preset, held, outcome in zip(known, dials, outcomes, strict=True)
    ]


def as_report(
    found: dict[str, list[DialOutcome]],
    limits: list[tuple[Preset, MeasuredDose]],
    undialled: float,
    model: LanguageModel,
    seconds: float,
) -> Report:
    """Shares of fluent replies by kind and reach, the presets' own reaches, and the bar of the default."""
    sites = ModelSites(model)
    below = max((one for one in REACHES if one <= DEFAULT_REACH), default=REACHES[0])
    rows = [
        (kind, *(f"{100 * one.fluent:.0f} [{_interval(one)}]" for one in outcomes))
        for kind, outcomes in found.items()
    ]
    own = [
        (
            preset.name,
            preset.dose.recommended,
            preset.dose.limit,
            round(reach(pushes(measured.dials, sites)), 3),
            round(100 * dict(measured.figures)["fluent"], 1),
        )
        for preset, measured in limits
    ]
    return Report(
        section="Limits of dials",
        command="python benchmarks/limits.py --write",
        tables=(
            Table(
                "Fluent replies by reach, % [95 %]",
                ("directions", *(f"{one:g}" for one in REACHES)),
                rows,
                f"Reach: norm of what is added, in median norms of the stream. Undialled {100 * undialled:.0f} %.",
            ),
            *(
                [Table("Presets at their limits", ("preset", "works at", "limit", "reach", "fluent, %"), own)]
                if own
                else []
            ),
        ),
        bars=tuple(
            Bar(
                f"{kind}: fluent at the default's {below:g}, %",
                100 * outcomes[REACHES.index(below)].fluent,
                100 * FLUENT,
            )
            for kind, outcomes in found.items()
        ),
        notes=(f"{seconds:.0f} s; directions are added (`+`), the likeliest token each time.",),
    )


def _interval(outcome: DialOutcome) -> str:
    count = len(outcome.replies)
    low, high = wilson(outcome.fluent * count, count)
    return f"{100 * low:.0f}, {100 * high:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--prompts", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=32)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    began = time.perf_counter()
    settings = configuration.load()
    prompts = tuning_prompts()[: args.prompts]
    with LanguageModel.load(settings.model, settings) as model:
        model.settle()
        written = replies(model, [DialledPrompt(prompt) for prompt in prompts], args.tokens)
        yardstick = Yardstick.of(model, prompts, written)
        (plain,) = measure(model, yardstick, [Trial((), lambda _: False)], prompts, args.tokens)
        found = fluent_shares(model, yardstick, prompts, args.tokens, settings)
        limits = at_limits(model, yardstick, prompts, args.tokens, settings)
        if args.keep:
            (folder,) = [
                one.folder for one in places(settings) if one.ships and one.name.model == model.reference
            ]
            keep_measured([one for _, one in limits], folder / FILE)
        result = as_report(found, limits, plain.fluent, model, time.perf_counter() - began)
    sys.exit(
        report(
            result, as_json=args.json, write=REPOSITORY / "docs" / "measurements.md" if args.write else None
        )
    )


if __name__ == "__main__":
    main()
