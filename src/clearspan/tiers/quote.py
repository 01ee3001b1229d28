"""Quotes: sentences of believed sources, word for word. They are found for every answer that needs sources."""

from clearspan.receipts import Offer
from clearspan.tiers.base import Tier, is_wide


class Quote(Tier):
    """Answers with quotes alone; can always be asked."""

    name = "quote"

    def offer(self, question: str) -> Offer:
        """One quoted sentence suits a question for one fact. The qualities are priors set by hand."""
        return Offer(tier=self.name, quality=0.6 if is_wide(question) else 0.9, joules=3.0, seconds=0.2)

    def why(self, question: str) -> str:
        """Why this tier is the one to answer."""
        if is_wide(question):
            return "asks for reasons or a description, but only quotes are shown"
        return "asks for one fact: a quoted sentence is enough"
