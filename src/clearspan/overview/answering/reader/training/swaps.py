"""Questions about another thing: a name or a year of a question is put for one that its passage does not know.

Beside the question itself, with the same passage, they teach that the sentence must be about what is asked (Kaushik et
al. 2020, 'Learning the Difference that Makes a Difference with Counterfactually-Augmented Data'; Gardner et al. 2020,
'Evaluating Models' Local Decision Boundaries via Contrast Sets').
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable

from clearspan.language.sentences import Sentence
from clearspan.overview.answering.reader.training.questions import LabelledQuestion

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")
_TIMED = frozenset({"timeqa"})
"""Sets whose passages answer for years that they do not name."""

_TRIED = 6


def _plain(title: str) -> str:
    """A title without what tells it from others of the same name."""
    return _BRACKETED.sub("", title).strip()


class NameSwaps:
    """Names of questions by the set that they are from, to be put for one another.

    Args:
        questions: whose names may be put.
    """

    def __init__(self, questions: Iterable[LabelledQuestion]) -> None:
        self._by_last: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._by_length: dict[tuple[str, int], list[str]] = defaultdict(list)
        for one in questions:
            named = [*Sentence(one.question).names, *(_plain(page.title) for page in one.pages)]
            for name in dict.fromkeys(named):
                words = name.split()
                if words:
                    self._by_last[one.origin, words[-1].casefold()].append(name)
                    self._by_length[one.origin, len(words)].append(name)

    def swapped(
        self, question: LabelledQuestion, title: str, passage: str, chance: random.Random
    ) -> str | None:
        """The question with a name or a year that its passage says put for one that it does not; None where none is.

        Args:
            title: of the passage's document: in a question in small letters it is the name that can be told.
            passage: its text.
        """
        if question.kind in ("yes_no", "compare"):
            return None
        said = f"{title} {passage}".casefold()
        text = question.question
        names = [one for one in Sentence(text).names if one.casefold() in said]
        at = text.casefold().find(plain) if (plain := _plain(title).casefold()) else -1
        if not names and at >= 0 and len(text) == len(text.casefold()):
            names = [text[at : at + len(plain)]]
        years = [] if question.origin in _TIMED else [one for one in _YEAR.findall(text) if one in said]
        if not names and not years:
            return None
        old = chance.choice([*names, *years])
        new = (
            self._year(old, said, chance) if old in years else self._name(question.origin, old, said, chance)
        )
        if new is None:
            return None
        return text.replace(old, new.lower() if old.islower() else new)

    def _name(self, origin: str, old: str, said: str, chance: random.Random) -> str | None:
        """Another one of the same kind, as its last word tells, else one of as many words."""
        words = old.split()
        for pool in (self._by_last[origin, words[-1].casefold()], self._by_length[origin, len(words)]):
            for new in (chance.choice(pool) for _ in range(_TRIED) if pool):
                if new.casefold() not in said and old.casefold() not in new.casefold():
                    return new
        return None

    @staticmethod
    def _year(old: str, said: str, chance: random.Random) -> str | None:
        found = [str(int(old) + by) for by in (-9, -5, -3, -2, -1, 1, 2, 3, 5, 9)]
        unsaid = [year for year in found if year not in said]
        return chance.choice(unsaid) if unsaid else None
