"""The record of what happened."""

from dataclasses import dataclass

from clearspan.journey.asked import Asked
from clearspan.journey.compose import Chosen
from clearspan.journey.inside import Seen
from clearspan.journey.search import Found
from clearspan.journey.write import Written
from clearspan.overview.diagnosis.plain import plain_faults
from clearspan.overview.spoken import spoken
from clearspan.receipts import Meter, Overview, Receipt, RouteDecision, Versions
from clearspan.version import __version__


@dataclass(frozen=True, slots=True)
class Answered:
    """What the stages came to; `found` is None where nothing was searched."""

    asked: Asked
    route: RouteDecision
    found: Found | None
    chosen: Chosen
    written: Written
    seen: Seen


def record(answered: Answered, meter: Meter) -> Receipt:
    """The receipt of an answer."""
    asked, found, chosen, written = answered.asked, answered.found, answered.chosen, answered.written
    overview = _overview(answered)
    dropped = (*chosen.dropped, *written.dropped)
    embedder = found.embedder if found and chosen.sources else None
    return Receipt(
        question=asked.as_written,
        library=asked.library,
        route=answered.route,
        overview=overview,
        sources=chosen.sources,
        hops=found.hops if found else (),
        dropped=dropped,
        features=answered.seen.features,
        dials=asked.dials_as_written,
        dose=asked.dose,
        diagnoses=plain_faults(overview, dropped),
        meter=meter,
        versions=Versions(
            clearspan=__version__,
            library_revision=found.revision if found else 0,
            model=written.model,
            embedder=embedder.reference if embedder else None,
        ),
    )


def _overview(answered: Answered) -> Overview:
    found, chosen, written = answered.found, answered.chosen, answered.written
    dials = answered.asked.dials_as_written
    in_vain = (
        f"The dials ({', '.join(dials)}) changed nothing that is shown: no sentence here was generated, "
        "and what is quoted or calculated is never dialled."
    )
    notes = (
        *((answered.asked.understood,) if answered.asked.understood else ()),
        *((found.note,) if found and found.note else ()),
        *chosen.notes,
        *written.notes,
        *answered.seen.notes,
        *((in_vain,) if dials and not written.claims else ()),
    )
    overview = Overview(
        claims=(*chosen.claims, *written.claims),
        abstention=chosen.abstention,
        conflict=chosen.conflict,
        notes=notes,
        layout=chosen.layout,
        verdict=chosen.verdict,
        missing=chosen.missing,
        more=chosen.more,
    )
    return overview.model_copy(update={"spoken": spoken(overview, chosen.sources)})
