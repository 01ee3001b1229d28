"""Whether a preset does what it promises: its topic in everyday replies, whole sentences, and an identity."""

from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.errors import Refused
from clearspan.features.doses import preset_dials
from clearspan.features.generation.fluency import Yardstick
from clearspan.features.generation.replies import DialledPrompt, replies
from clearspan.features.presets import Preset
from clearspan.features.tuning.measure import DialOutcome, Trial, measure, outcomes
from clearspan.features.tuning.prompts import IDENTITY, check_prompts
from clearspan.measure.bars import Bar, Report, Table
from clearspan.measure.intervals import wilson
from clearspan.models.inside.limits.overrides import measuring
from clearspan.models.serving.engine import LanguageModel
from clearspan.settings import Settings

MENTIONS = 80.0
FLUENT = 70.0
MAX_TOKENS = 64
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Checked:
    """What was measured of one preset.

    Attributes:
        who: the replies to "Who are you?", undialled and dialled.
    """

    preset: Preset
    yardstick: Yardstick
    prompts: tuple[str, ...]
    undialled: DialOutcome
    dialled: DialOutcome
    who: tuple[str, str]


def check(
    model: LanguageModel, preset: Preset, settings: Settings, prompts: Sequence[str] | None = None
) -> Checked:
    """Measure a preset at its recommended dose.

    Args:
        prompts: those that ship by default; no preset's dose was chosen with them.

    Raises:
        Refused: the preset does not say what counts as mentioning its topic.
        NotFound: a feature or direction of the preset does not exist.
    """
    if not preset.topics:
        raise Refused(
            f"The preset '{preset.name}' cannot be checked.",
            why="It does not say what counts as a mention of its topic.",
            do="Give it 'topics': regular expressions, of which one matches a text that mentions it.",
        )
    prompts = tuple(check_prompts() if prompts is None else prompts)
    dials = tuple(preset_dials(preset, settings))
    written = replies(model, [DialledPrompt(prompt) for prompt in prompts], MAX_TOKENS)
    yardstick = Yardstick.of(model, prompts, written)
    (undialled,) = outcomes(model, yardstick, [Trial((), preset.mentions)], prompts, written)
    (dialled,) = measure(model, yardstick, [Trial(dials, preset.mentions)], prompts, MAX_TOKENS)
    with measuring(f"the preset '{preset.name}'"):
        before, after = replies(model, [DialledPrompt(IDENTITY), DialledPrompt(IDENTITY, dials)], MAX_TOKENS)
    return Checked(preset, yardstick, prompts, undialled, dialled, (before, after))


def as_report(checked: Checked, command: str) -> Report:
    """Rates beside the undialled ones, and the bars."""
    preset, yardstick = checked.preset, checked.yardstick
    sides = (("undialled", checked.undialled), ("dialled", checked.dialled))
    count = len(checked.prompts)
    bars = [
        Bar(f"replies that mention it, %, of {count}", 100 * checked.dialled.mentions, MENTIONS),
        Bar(f"replies that stay fluent, %, of {count}", 100 * checked.dialled.fluent, FLUENT),
    ]
    if preset.identity:
        bars.append(Bar(f"'{IDENTITY}' is answered as it", float(preset.speaks_as(checked.who[1])), 1))
    return Report(
        section=f"Dialled: {preset.name}",
        command=command,
        tables=(
            Table(
                f"'{preset.name}' at {preset.dose.recommended:g} × ({_dials(preset)}) on {preset.model}",
                ("", "mention it, %", "95 %", "fluent, %", "95 %", "both, %", "perplexity", "distinct"),
                [_row(side, outcome) for side, outcome in sides],
                f"Fluent: perplexity under the undialled model at most {yardstick.perplexity:.1f}, which 95 % of "
                "undialled replies keep to when they are read as the reply to another prompt (to their own, the "
                f"median is {yardstick.undialled:.1f}), and at least {yardstick.distinct:.0%} of the runs of three "
                "pieces (signs, and words in fours of letters) different. Perplexity and distinct runs are medians.",
            ),
            Table(
                "What it says",
                ("prompt", "undialled", "dialled"),
                [
                    (IDENTITY, *(_short(text) for text in checked.who)),
                    *(
                        (prompt, _short(before), _short(after))
                        for prompt, before, after in zip(
                            checked.prompts[:_SHOWN],
                            checked.undialled.replies,
                            checked.dialled.replies,
                            strict=False,
                        )
                    ),
                ],
            ),
        ),
        bars=tuple(bars),
        notes=(
            f"{count} everyday prompts, none of which names the thing and none of which its dose was chosen with; "
            f"the likeliest token each time, {MAX_TOKENS} tokens at most. A reply mentions it if one of these "
            f"matches: {', '.join(f'`{topic}`' for topic in preset.topics)}.",
        ),
    )


def _row(side: str, outcome: DialOutcome) -> tuple[str | float, ...]:
    count = len(outcome.replies)
    return (
        side,
        100 * outcome.mentions,
        _interval(outcome.mentions * count, count),
        100 * outcome.fluent,
        _interval(outcome.fluent * count, count),
        100 * outcome.both,
        outcome.perplexity,
        outcome.distinct,
    )


def _interval(successes: float, trials: int) -> str:
    low, high = wilson(successes, trials)
    return f"{100 * low:.0f} – {100 * high:.0f}"


def _dials(preset: Preset) -> str:
    return ", ".join(f"{one.operation} {one.share:g} × {one.target}" for one in preset.dials)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 160 else f"{plain[:159]}…"
