"""How far each of several presets is turned up: doses are tried on everyday prompts, and the best is kept.

A dose is judged by the share of replies that mention the thing and the share that stay fluent, each against what a
preset promises; the smaller of the two is its margin. A first round tries every candidate at a few doses on a few
prompts, a second the two best at doses around their best on all of them. Presets share each round's batch.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from clearspan.errors import NotFound, Refused
from clearspan.features.annotated import AnnotatedDictionary
from clearspan.features.directions.contrast import difference_of_means
from clearspan.features.directions.named import NamedDirection, directions
from clearspan.features.finding import Findings, described, exemplified, find, written
from clearspan.features.generation.fluency import Yardstick
from clearspan.features.generation.replies import DialledPrompt, replies
from clearspan.features.presets import DIRECTION, Dose, Preset, PresetDial
from clearspan.features.tuning.drafts import PresetDraft
from clearspan.features.tuning.measure import DialOutcome, Trial, measure, outcomes
from clearspan.features.tuning.prompts import tuning_prompts
from clearspan.models.inside.dials import Dial, Direction
from clearspan.models.inside.limits.measured import MeasuredDose
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

FLUENCY = "fluency"
"""What is looked at here, as records of measurements name it: nothing of guard rails."""

MENTIONS = 0.8
FLUENT = 0.7
"""What a preset promises at its recommended dose."""

FEATURE_DOSES = (0.75, 1.0, 1.25, 1.5, 2.0, 3.0)
DIRECTION_DOSES = (0.4, 0.5, 0.6, 0.7, 0.85, 1.0)
"""Of the first round: a direction's reaches farther, because nothing else holds it back."""
SECOND_STEPS = (0.8, 0.9, 1.0, 1.1, 1.25)
FINALISTS = 2
FIRST_PROMPTS = 8
FIRST_TOKENS = 32
SECOND_TOKENS = 64
_SINGLES = 3
_APART = 3
"""Layers between the three at which a thing is dialled at once."""
_SHARE = 0.7
"""Of each of the three, of what one alone would take."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A preset with the doses that were found for it.

    Attributes:
        preset: its `measured` are the figures on the prompts that the dose was chosen with.
        outcome: at the recommended dose.
        doses: every dose of the second round with what it did, lowest first.
        directions: those that the preset needs and that were made for it.
        limit: its dials at the limit, up to which fluency was measured.
    """

    preset: Preset
    outcome: DialOutcome
    doses: tuple[tuple[float, DialOutcome], ...]
    directions: tuple[NamedDirection, ...]
    limit: MeasuredDose

    @property
    def works(self) -> bool:
        """Whether it keeps what presets promise, on the prompts that the dose was chosen with."""
        return margin(self.outcome) >= 1


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Dials that one draft may become."""

    draft: int
    dials: tuple[PresetDial, ...]

    @property
    def doses(self) -> tuple[float, ...]:
        """Those of the first round."""
        return DIRECTION_DOSES if self.dials[0].target.startswith(DIRECTION) else FEATURE_DOSES

    def at(self, dose: float, known: Mapping[str, Direction]) -> tuple[Dial, ...]:
        return tuple(
            Dial(
                known[one.target],
                one.operation,
                0.0 if one.operation == "ablate" else one.share * dose,
            )
            for one in self.dials
        )


def margin(outcome: DialOutcome) -> float:
    """How far an outcome keeps what presets promise: from 1 on, both shares reach their bar."""
    return min(outcome.mentions / MENTIONS, outcome.fluent / FLUENT)


def tune(
    model: LanguageModel,
    annotated: AnnotatedDictionary | None,
    drafts: Sequence[PresetDraft],
    settings: Settings,
    tell: Callable[[str], None] = lambda _: None,
    prompts: Sequence[str] | None = None,
) -> list[Tuned]:
    """Find the best dials and doses of each draft.

    Args:
        annotated: the dictionary whose features `#…` are, and in which is searched; None for directions alone.
        tell: is told in a few words what is done next.
        prompts: those that ship by default; `clearspan check` measures with others.

    Raises:
        NotFound: a candidate names a direction that does not exist, or a feature and there is no dictionary.
    """
    prompts = tuple(tuning_prompts() if prompts is None else prompts)
    known = _Known(model, annotated, settings)
    candidates = [
        _Candidate(number, dials)
        for number, draft in enumerate(drafts)
        for dials in _candidates(draft, known, tell)
    ]
    directions_by_target = {one.target: known.direction(one.target) for c in candidates for one in c.dials}
    tell("what fluent means")
    written = replies(model, [DialledPrompt(prompt) for prompt in prompts], SECOND_TOKENS)
    yardstick = Yardstick.of(model, prompts, written)
    undialled = outcomes(
        model,
        yardstick,
        [Trial((), draft.mentions) for draft in drafts],
        prompts,
        list(written) * len(drafts),
    )

    def round_of(
        asked: Sequence[tuple[_Candidate, float]], some: Sequence[str], tokens: int
    ) -> list[DialOutcome]:
        trials = [Trial(c.at(dose, directions_by_target), drafts[c.draft].mentions) for c, dose in asked]
        return measure(model, yardstick, trials, some, tokens)

    tell(f"{len(candidates)} candidates, each at several doses")
    first = [(candidate, dose) for candidate in candidates for dose in candidate.doses]
    tried = list(zip(first, round_of(first, prompts[:FIRST_PROMPTS], FIRST_TOKENS), strict=True))
    finalists = [pair for number in range(len(drafts)) for pair in _finalists(number, tried)]
    tell(f"{len(finalists)} finalists at {len(SECOND_STEPS)} doses around their best")
    second = [(candidate, round(step * dose, 3)) for candidate, dose in finalists for step in SECOND_STEPS]
    measured = list(zip(second, round_of(second, prompts, SECOND_TOKENS), strict=True))
    return [
        _tuned(
            draft,
            [one for one in measured if one[0][0].draft == number],
            undialled[number],
            known,
            directions_by_target,
        )
        for number, draft in enumerate(drafts)
    ]


_Tried = tuple[tuple[_Candidate, float], DialOutcome]


def _finalists(draft: int, tried: Sequence[_Tried]) -> list[tuple[_Candidate, float]]:
    """The best candidates of a draft, each with the dose at which it was best."""
    ranked = sorted((one for one in tried if one[0][0].draft == draft), key=lambda one: _worth(one[1]))
    best = {candidate: dose for (candidate, dose), _ in ranked}
    order = list(dict.fromkeys(candidate for (candidate, _), _ in reversed(ranked)))
    return [(candidate, best[candidate]) for candidate in order[:FINALISTS]]


class _Known:
    """Features and directions that candidates may name, those found for them among them."""

    def __init__(
        self, model: LanguageModel, annotated: AnnotatedDictionary | None, settings: Settings
    ) -> None:
        self.model = model
        self.annotated = annotated
        self.made: dict[str, NamedDirection] = {}
        self._saved = directions(model.reference, settings)

    def direction(self, target: str) -> Direction:
        """What a target of a preset moves."""
        if not target.startswith(DIRECTION):
            return self.dictionary.feature(int(target[1:])).direction
        name = target.removeprefix(DIRECTION)
        named = self.made.get(name) or self._saved.get(name)
        if named is None:
            raise NotFound(
                f"There is no direction '{name:.60}'.", do="Make it with 'features find … --keep NAME'."
            )
        return named.direction

    @property
    def dictionary(self) -> AnnotatedDictionary:
        """The dictionary.

        Raises:
            NotFound: there is none.
        """
        if self.annotated is None:
            raise NotFound(
                "There is no dictionary to tune presets with.",
                why="A draft names a feature, or something to be found.",
                do="Name one: --dictionary.",
            )
        return self.annotated


def _candidates(
    draft: PresetDraft, known: _Known, tell: Callable[[str], None]
) -> list[tuple[PresetDial, ...]]:
    """What may be dialled for a draft: what it names, or the best features, pairs of them, and directions."""
    if draft.candidates:
        return list(draft.candidates)
    tell(f"finding {draft.about or draft.title}")
    meaning = exemplified(draft.like, draft.unlike, draft.about) if draft.like else described(draft.about)
    found: Findings = find(known.dictionary, meaning, known.model)
    singles = [(_feature(one.index),) for one in found[:_SINGLES]]
    pairs = [tuple(_feature(one.index) for one in found[:2])] if len(found) > 1 else []
    offered: list[tuple[PresetDial, ...]] = []
    for one in found.directions:
        name = f"{draft.name}-{one.named.card.method.replace('_', '-')}"
        known.made[name] = one.named.renamed(name)
        offered.append((PresetDial(target=f"{DIRECTION}{name}"),))
    return [*singles, *pairs, *offered, *_from_its_own_texts(draft, known, tell)]


def _from_its_own_texts(
    draft: PresetDraft, known: _Known, tell: Callable[[str], None]
) -> list[tuple[PresetDial, ...]]:
    """The direction that texts about it give which the model writes itself, if it writes any; and three at once."""
    try:
        meaning = written(known.model, draft.about or draft.title, draft.mentions, draft.requests)
    except Refused as refused:
        tell(str(refused))
        return []
    middle = known.dictionary.card.parsed_name.site
    layers = (middle.layer, middle.layer - _APART, middle.layer + _APART)
    depth = 1 + max(shape.site.layer for shape in known.model.sites())
    names: list[str] = []
    for layer in (layer for layer in layers if 0 <= layer < depth):
        name = f"{draft.name}-written-{layer}"
        site = replace(middle, layer=layer)
        known.made[name] = difference_of_means(known.model, site, meaning.like, meaning.unlike, name)
        names.append(f"{DIRECTION}{name}")
    return [
        (PresetDial(target=names[0]),),
        tuple(PresetDial(target=name, share=_SHARE) for name in names),
    ]


def _feature(index: int) -> PresetDial:
    return PresetDial(target=f"#{index}")


def _worth(outcome: DialOutcome) -> tuple[float, float, float]:
    # Of two that keep their promise to the same degree, the one with more replies that do both; of two that do not
    # keep it at all, the one that says anything of the thing.
    return margin(outcome), outcome.both, outcome.mentions


def _tuned(
    draft: PresetDraft,
    measured: Sequence[_Tried],
    undialled: DialOutcome,
    known: _Known,
    by_target: Mapping[str, Direction],
) -> Tuned:
    (candidate, recommended), outcome = max(measured, key=lambda one: _worth(one[1]))
    ordered = sorted(
        ((dose, one) for (other, dose), one in measured if other == candidate), key=lambda one: one[0]
    )
    limit, at_limit = recommended, outcome
    for dose, one in ordered:
        if dose > recommended:
            if one.fluent < FLUENT:
                break
            limit, at_limit = dose, one
    names = [
        one.target.removeprefix(DIRECTION) for one in candidate.dials if one.target.startswith(DIRECTION)
    ]
    preset = Preset(
        name=draft.name,
        title=draft.title,
        description=draft.description,
        model=known.model.reference,
        dictionary=known.dictionary.card.name
        if any(one.target.startswith("#") for one in candidate.dials)
        else "",
        dials=candidate.dials,
        dose=Dose(recommended=recommended, limit=limit),
        measured={
            "mentions": outcome.mentions,
            "fluent": outcome.fluent,
            "both": outcome.both,
            "undialled_mentions": undialled.mentions,
            "undialled_fluent": undialled.fluent,
            "prompts": float(len(outcome.replies)),
        },
        topics=draft.topics,
        identity=draft.identity,
    )
    made = tuple(known.made[name] for name in names if name in known.made)
    dose = MeasuredDose(
        preset.name,
        preset.model,
        known.model.fingerprint,
        candidate.at(limit, by_target),
        (FLUENCY,),
        (("dose", limit), ("fluent", at_limit.fluent), ("prompts", float(len(at_limit.replies)))),
    )
    return Tuned(preset, outcome, tuple(ordered), made, dose)
