"""What was active in the local model while it reads a sentence that it wrote, if it has a dictionary."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from clearspan.errors import ClearspanError
from clearspan.receipts import Claim, FeatureReading
from clearspan.settings import Settings

if TYPE_CHECKING:
    from clearspan.models.serving.engine import LanguageModel


@dataclass(frozen=True, slots=True)
class Seen:
    """Features that were active, strongest first; a note where they cannot be known."""

    features: tuple[FeatureReading, ...] = ()
    notes: tuple[str, ...] = ()


def look_inside(model: "LanguageModel", claim: Claim, index: int, settings: Settings) -> Seen:
    """Read a generated sentence once.

    Args:
        index: of the claim in the overview.
    """
    from clearspan.features.active import strongest
    from clearspan.features.catalogue import default_dictionary

    try:
        opened = default_dictionary(settings.model, settings)
        found = strongest(model, opened, claim.text) if opened else []
    except ClearspanError as error:
        # The sentence is verified and shown; what was active beside it must not take it away.
        return Seen(notes=(f"What was active inside is not known: {error.what}",))
    readings = (
        FeatureReading(
            feature=active.name,
            label=active.label,
            activation=active.activation,
            share=active.share,
            claim=index,
        )
        for active in found
    )
    return Seen(tuple(readings))
