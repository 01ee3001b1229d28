"""Questions about another thing: a name or a year of a question is put for one that its passage does not know.

Beside the question itself, with the same passage, they teach that the sentence must be about what is asked (Kaushik et
al. 2020, 'Learning the Difference that Makes a Difference with Counterfactually-Augmented Data'; Gardner et al. 2020,
'Evaluating Models' Local Decision Boundaries via Contrast Sets').
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from clearspan.language.sentences import Sentence
from clearspan.overview.answering.reader.training.questions import LabelledQuestion

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")
_TIMED = frozenset({"timeqa"})
"""Sets whose passages answer for years that they do not name."""

_TRIED = 6


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    titles: frozenset[str]


class NameSwaps:
    """Names of questions by the set that they are from, to be put for one another.

    Args:
        questions: whose names may be put.
    """

    def __init__(self, questions: Iterable[LabelledQuestion]) -> None:
        self._by_last: dict[tuple[str, str], list[_Named]] = defaultdict(list)
        self._by_length: dict[tuple[str, int], list[_Named]] = defaultdict(list)
        for one in questions:
            titles = frozenset(page.title for page in one.pages)
            for name in dict.fromkeys((*Sentence(one.question).names, *map(_plain, titles))):
                if words := name.split():
                    self._by_last[one.origin, words[-1].casefold()].append(_Named(name, titles))
                    self._by_length[one.origin, len(words)].append(_Named(name, titles))

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
        if not names and (plain := _plain(title)) and (found := _word(plain).search(text)):
            names = [found[0]]
        years = [] if question.origin in _TIMED else [one for one in _YEAR.findall(text) if one in said]
        if not names and not years:
            return None
        old = chance.choice([*names, *years])
        new = self._year(old, said, chance) if old in years else self._name(question, old, said, chance)
        if new is None:
            return None
        put = new.lower() if old.islower() else new
        return _word(old).sub(lambda _: put, text, count=1)

    def _name(self, question: LabelledQuestion, old: str, said: str, chance: random.Random) -> str | None:
        """Another one of the same kind, as its last word tells, else one of as many words; of other pages in any case,
        since 'President Tarrow' may be the Jane Tarrow of this one."""
        words = old.split()
        own = {page.title for page in question.pages}
        pools = (
            self._by_last[question.origin, words[-1].casefold()],
            self._by_length[question.origin, len(words)],
        )
        for pool in pools:
            for new in (chance.choice(pool) for _ in range(_TRIED) if pool):
                if new.name.casefold() not in said and not own & new.titles:
                    return new.name
        return None

    @staticmethod
    def _year(old: str, said: str, chance: random.Random) -> str | None:
        found = [str(int(old) + by) for by in (-9, -5, -3, -2, -1, 1, 2, 3, 5, 9)]
        unsaid = [year for year in found if year not in said]
        return chance.choice(unsaid) if unsaid else None


def _plain(title: str) -> str:
    """A title without what tells it from others of the same name."""
    return _BRACKETED.sub("", title).strip()


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
