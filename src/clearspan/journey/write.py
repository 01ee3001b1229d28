"""A sentence of the model that joins or shortens the quotes; shown only if it is verified against them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearspan.economy.meter import NOTHING_USED, Usage
from clearspan.errors import ClearspanError
from clearspan.journey.asked import Asked
from clearspan.journey.compose import Chosen
from clearspan.overview.answering.rewrite import Rewriting, rewrite
from clearspan.overview.proof import citing
from clearspan.overview.proof.verify import Witnesses
from clearspan.receipts import Claim, Dropped
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial

_SHORT_QUOTE_WORDS = 24
"""A single quote up to this length needs neither joining nor shortening."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of asking a model.

    Attributes:
        claim: the sentence, if it was written and verified.
        model: who was to write, as `Versions.model` names it; None where no model was to.
    """

    claim: Claim | None = None
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()
    usage: Usage = NOTHING_USED
    model: str | None = None


def write(asked: Asked, chosen: Chosen, asks: Witnesses, workspace: Workspace) -> Written:
    """One sentence that joins the quotes, if they want joining and it is verified against them."""
    settings = workspace.settings
    quoted = [claim for claim in chosen.claims if claim.origin == "quoted" and claim.support == "supported"]
    enough = len(quoted) == 1 and len(quoted[0].text.split()) <= _SHORT_QUOTE_WORDS
    if chosen.quotes_only or not quoted or enough:
        return Written(model=settings.writer)
    try:
        wording = _reword(workspace, [claim.text for claim in quoted], asked.dials)
    except (ClearspanError, RuntimeError) as error:
        # The quotes are shown already and are right without it: PyTorch out of memory must not take them away.
        reason = error.what if isinstance(error, ClearspanError) else f"the model failed ({error})."
        return Written(notes=(f"No sentence was generated: {reason}",), model=settings.writer)
    usage = _usage(wording, settings)
    if not wording.text:
        return Written(
            notes=(f"No sentence was generated: {wording.why}.",), usage=usage, model=settings.writer
        )
    proof = citing.prove_sentence(wording.text, quoted, settings.support_threshold, asks)
    return Written(next(iter(proof.claims), None), proof.dropped, (), usage, settings.writer)


def _reword(workspace: Workspace, statements: Sequence[str], dials: "Sequence[Dial]") -> Rewriting:
    seconds = workspace.settings.generate_seconds
    if not dials:
        return rewrite(workspace.writer, statements, seconds)
    with workspace.model.dial(*dials) as model:
        return rewrite(model, statements, seconds)


def _usage(wording: Rewriting, settings: Settings) -> Usage:
    read, written, tier = wording.input_tokens, wording.output_tokens, settings.generating
    if tier is None:
        return Usage(read, written)
    how = (
        f"{read} tokens read at {tier.price_in:g} and {written} written at {tier.price_out:g} {tier.currency} "
        f"a million ([tiers.{settings.generate_tier}]); where the server states no counts, "
        "four characters are taken for a token, and failed tries are not counted"
    )
    return Usage(read, written, tier.cost(read, written), tier.currency, how)
