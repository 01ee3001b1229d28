"""What was active in the local model while it reads a sentence that it wrote, if it has a dictionary."""

from collections.abc import Sequence
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


def look_inside(model: "LanguageModel", claims: Sequence[Claim], first: int, settings: Settings) -> Seen:
    """Read each generated sentence once.

    Args:
        claims: that the model wrote.
        first: index of the first of them in the overview.
    """
    from clearspan.features.active import strongest
    from clearspan.features.catalogue import default_dictionary

    try:
        opened = default_dictionary(settings.model, settings)
        found = [strongest(model, opened, claim.text) if opened else [] for claim in claims]
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
        for index, each in enumerate(found, first)
        for active in each
    )
    return Seen(tuple(readings))
