"""Two vocabularies side by side: how they split words, and what that does to neighbourhoods."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from clearspan.models.vocabularies.neighbourhoods import (
    LISTS,
    NEAREST,
    Measured,
    Neighbourhoods,
    Share,
    categories,
)
from clearspan.models.vocabularies.vocabulary import Vocabulary

_FEWEST_WORDS = 20
"""Groups of fewer words are left out: their intervals would say nothing."""

_Filter = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One measure over one group of words.

    Attributes:
        difference: second minus first, on the same words.
    """

    measure: str
    words: str
    first: Share
    second: Share
    difference: Share


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two vocabularies.

    Attributes:
        sizes: how many tokens each has.
    """

    sizes: tuple[int, int]
    rows: tuple[ComparisonRow, ...]

    @classmethod
    def of(cls, first: Vocabulary, second: Vocabulary) -> "Comparison":
        """Measure both; takes seconds."""
        one, two = Neighbourhoods.of(first), Neighbourhoods.of(second)
        kinds = categories()
        by_list: dict[str, _Filter] = {name: _in_list(kinds, name) for name in LISTS}
        by_split = _by_split(one, two)
        words = one.kinds.words
        rows = [
            *_rows("pieces a word", _counted(one, words), _counted(two, words), {"all": _all, **by_list}),
            *_rows(
                f"of the {NEAREST} nearest, share of the same list",
                one.kinds,
                two.kinds,
                {"all": _all, **by_list, **by_split},
            ),
            *_rows("of the 2 nearest, share of the word's other cases", one.cases, two.cases, {"all": _all}),
            *_rows(
                "the other spelling is the nearest", one.spellings, two.spellings, {"all": _all, **by_split}
            ),
        ]
        return cls((len(first), len(second)), tuple(rows))

    def row(self, measure: str, words: str = "all") -> ComparisonRow:
        """The row whose measure begins so."""
        return next(row for row in self.rows if row.measure.startswith(measure) and row.words == words)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"sizes": list(self.sizes), "rows": [asdict(row) for row in self.rows]}


def _rows(measure: str, one: Measured, two: Measured, groups: dict[str, _Filter]) -> list[ComparisonRow]:
    rows = [
        ComparisonRow(measure, name, one.share(group), two.share(group), two.minus(one, group))
        for name, group in groups.items()
    ]
    return [row for row in rows if row.first.words >= _FEWEST_WORDS]


def _counted(measured: Neighbourhoods, words: Sequence[str]) -> Measured:
    return Measured(tuple(words), np.array([measured.pieces[word] for word in words], np.float64))


def _by_split(one: Neighbourhoods, two: Neighbourhoods) -> dict[str, _Filter]:
    def group(first_whole: bool, second_whole: bool) -> _Filter:
        return lambda word: (one.pieces[word] == 1, two.pieces[word] == 1) == (first_whole, second_whole)

    return {
        "whole in both": group(True, True),
        "split in the first alone": group(False, True),
        "split in the second alone": group(True, False),
        "split in both": group(False, False),
    }


def _in_list(kinds: dict[str, str], name: str) -> _Filter:
    return lambda word: kinds[word] == name


def _all(_: str) -> bool:
    return True
