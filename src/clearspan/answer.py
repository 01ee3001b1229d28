"""The journey of a question, from top to bottom. Nothing else knows all of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clearspan.economy.meter import Metering
from clearspan.journey.asked import ask, held, spelt_as
from clearspan.journey.compose import calculated, choose, instruments_for
from clearspan.journey.inside import Seen, look_inside
from clearspan.journey.judge import judge
from clearspan.journey.read import follow, read
from clearspan.journey.receipt import Answered, record
from clearspan.journey.route import choose_tier, escalated, settled
from clearspan.journey.search import search
from clearspan.journey.write import Written, write
from clearspan.overview.follow_up import Turn
from clearspan.receipts import Claim, Layout, Receipt, RouteDecision, Source, Verdict
from clearspan.tiers.base import Writer
from clearspan.tiers.calculator import Calculator
from clearspan.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Routed:
    """The tier that answers is chosen; told again with another one when its quotes turn out not to be enough."""

    route: RouteDecision


@dataclass(frozen=True, slots=True)
class Judged:
    """Sources are found and judged; cited ones first, those not believed last."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Shaped:
    """The form that the claims after it take together, and the one word that answers a yes/no question."""

    layout: Layout
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim joins the end of the overview; it will not move or change afterwards."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Finished:
    """The receipt is in the ledger, and with that the answer is final."""

    receipt: Receipt


Step = Routed | Judged | Shaped | Stated | Finished


def journey(
    workspace: Workspace,
    question: str,
    *,
    library: str | None = None,
    generate: bool | None = None,
    dials: Sequence[str] = (),
    before: Sequence[Turn] = (),
    keep: bool = True,
) -> Iterator[Step]:
    """Answer a question step by step; the last step is `Finished`, after the receipt is committed.

    Args:
        workspace: settings, ledger, libraries and models.
        question: what is asked, one line of text.
        library: a library's name or a folder; the settings' library when None.
        generate: False keeps to calculated and quoted sentences; None takes the settings' word.
        dials: what the local model is dialled with while it writes, as `features.doses` reads them; what is quoted
            or calculated stays as it is.
        before: the turns of the conversation that the question goes on from, oldest first. The receipt keeps the
            question as it can be asked alone.
        keep: False leaves no receipt in the ledger; a replay must not change what it looks at.

    Raises:
        BadInput: the question is empty, too long or holds control characters, or a dial is malformed.
        NotFound, Refused: a dial names what does not exist or cannot be set, or a remote tier would write.
        BeyondLimit: the dials reach farther than they may.
        StorageError, Busy: the receipt could not be written; then there is no answer.
    """
    settings = workspace.settings
    asked = held(ask(question, library, generate, dials, settings, before), lambda: workspace.model)
    with Metering(settings.watts_per_core) as metering:
        loaded = workspace.loaded()
        with metering.stage("route"):
            steering = workspace.steering
            route = choose_tier(
                asked, workspace.tiers, workspace.costs(), steering, lambda: workspace.embedder
            )
        yield Routed(route.decision)
        found, written, seen = None, Written(), Seen()
        if isinstance(route.tier, Calculator):
            chosen = calculated(asked, route.tier)
            yield from map(Stated, chosen.claims)
        else:
            with metering.stage("search"):
                embedder, searched = workspace.embedder, workspace.existing_library(asked.library)
                asked = spelt_as(asked, searched)
                found = search(asked, searched, embedder, settings.search_limit)
            with metering.stage("judge"):
                judges = workspace.judge(found.library)
                judged = judge(asked, found, judges, settings.search_limit)
            with metering.stage("read"):
                scored = read(asked, judged, workspace.reader)
                found, scored = follow(asked, found, scored, judges, workspace.reader, settings.search_limit)
            with metering.stage("compose"):
                instruments = instruments_for(asked, found, workspace)
                chosen = choose(asked, found, scored, instruments, settings)
            yield Judged(chosen.sources)
            if chosen.claims:
                yield Shaped(chosen.layout, chosen.verdict)
            yield from map(Stated, chosen.claims)
            if further := escalated(route, chosen, steering):
                yield Routed((route := further).decision)
            if isinstance(writer := route.tier, Writer):
                with metering.stage("generate and verify"):
                    threshold, answers = settings.support_threshold, workspace.reader.answers
                    written = write(asked, chosen, writer, instruments, threshold, answers)
                yield from map(Stated, written.claims)
                if written.claims and (model := writer.inside):
                    with metering.stage("look inside"):
                        seen = look_inside(model, written.claims, len(chosen.claims), settings)
        route = settled(route, written, workspace.tiers)
        answered = Answered(asked, route.decision, found, chosen, written, seen)
        receipt = record(answered, metering.meter(written.spent, sorted(workspace.loaded() - loaded)))
        if keep:
            workspace.ledger.append(receipt)
        yield Finished(receipt)
