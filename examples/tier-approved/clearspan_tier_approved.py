"""A tier that answers in sentences that an editor has approved: `approved.csv` in the home folder.

Its columns are `question` and `answer`. An approved sentence is held against the quotes like any other, so that it is
no longer shown once the library says otherwise.
"""

import csv
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from clearspan import BadInput, Settings
from clearspan.language.words import stems
from clearspan.receipts import Claim, Offer
from clearspan.tiers.base import Wording, Writer

if TYPE_CHECKING:
    from clearspan.models.inside.dials import Dial


class Approved(Writer):
    """Knows a question by its words, whatever their order and endings."""

    name = "approved"
    spoken = "an approved answer"
    reference = "approved.csv"
    word_for_word = False

    def __init__(self, settings: Settings) -> None:
        self._file = settings.home / "approved.csv"

    def offer(self, question: str) -> Offer:
        """As good as an editor where there is a sentence, for the price of finding the quotes that must bear it out."""
        known = stems(question) in self._answers
        return Offer(
            tier=self.name,
            quality=0.95 if known else 0.0,
            joules=3.0,
            seconds=0.2,
            why_not="" if known else "no answer to it has been approved",
        )

    def write(self, question: str, quotes: Sequence[Claim], dials: "Sequence[Dial]" = ()) -> Wording:
        """The approved sentence."""
        del quotes, dials
        return Wording(self._answers.get(stems(question), ""), why="no answer to it has been approved")

    @cached_property
    def _answers(self) -> dict[frozenset[str], str]:
        if not self._file.is_file():
            return {}
        with self._file.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if rows and not {"question", "answer"} <= rows[0].keys():
            raise BadInput(
                f"{self._file} has no columns 'question' and 'answer'.", do="Name them in its first line."
            )
        return {stems(row["question"]): row["answer"] for row in rows}
