"""Comparison: a row for each side, and the difference calculated from the two quantities that are quoted."""

import re
from collections.abc import Sequence
from itertools import product

from clearspan.language.quantities import Quantity
from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, ShapedClaim, Spot, quoted
from clearspan.overview.answering.shapes.sides import named_at, of_side, sides, telling, titles_of
from clearspan.overview.calculate import difference
from clearspan.overview.question import wanted_quantities

_COUNTED = re.compile(r"\bhow\s+many\b|\bfewer\b", re.IGNORECASE)
_COMPARED = re.compile(
    r"\b((?:more|less|fewer)\s+[a-z]+|[a-z]{2,}(?:[^aeiou]|[aeiouy])er)(?=\s+(?:than|is|are|was|were|or)\b|\s*[,?]|\s+\S+$)"
)
_LESSER = frozenset(
    "lighter shorter smaller younger newer slower lower narrower nearer closer weaker softer colder cooler poorer "
    "cheaper shallower".split()
)

_Valued = tuple[ScoredStatement, Quantity]


def comparison(given: Given) -> ShapedAnswer | None:
    """A row for each side that something was found of; None where no two sides are named, or neither was found.

    One sentence that says it of both is one row.
    """
    named = sides(given.question.text, titles_of(given))
    if not named:
        return None
    one, two = named
    found = (of_side(given, one, two), of_side(given, two, one))
    pair = _comparable(given, named, found)
    if not pair and all(found) and found[0][0] is found[1][0]:
        return ShapedAnswer(
            "comparison", tuple(quoted(found[0][0], "side", mark=f"{_opening(one)} and {two}"))
        )
    rows: list[ShapedClaim] = []
    missing: list[str] = []
    places: list[int] = []
    for place, (side, options) in enumerate(zip(named, found, strict=True)):
        if not options:
            missing.append(f"Nothing that was found says it of {side}.")
            continue
        statement, quantity = pair[place] if pair else (options[0], None)
        span = (quantity.start, quantity.end) if quantity else statement.answer
        rows.extend(quoted(statement, "side", mark=side, shown=_contexts(rows), emphasis=span))
        places.append(len(rows) - 1)
    if not rows:
        return None
    if pair and (told := _difference(given.question.text, named, pair, tuple(places))):
        rows.append(told)
    return ShapedAnswer("comparison", tuple(rows), missing=tuple(missing))


def _contexts(rows: Sequence[ShapedClaim]) -> list[Spot]:
    return [row.spot for row in rows if row.spot and row.role != "side"]


def _comparable(
    given: Given, named: Sequence[str], found: Sequence[Sequence[ScoredStatement]]
) -> tuple[_Valued, _Valued] | None:
    """The surest statement of each side such that both quantities are of one kind; None where no two are."""
    one, two = named
    mine = [(each, q) for each in found[0] for q in _values(given, each, telling(one, two))]
    theirs = [(each, q) for each in found[1] for q in _values(given, each, telling(two, one))]
    pairs = [
        (a, b)
        for a, b in product(mine, theirs)
        if a[1].dimension == b[1].dimension
        and (a[1].dimension != "count" or _COUNTED.search(given.question.text))
        and (a[0] is not b[0] or a[1].start != b[1].start)
    ]
    return max(pairs, key=lambda pair: pair[0][0].probability + pair[1][0].probability, default=None)


def _values(given: Given, one: ScoredStatement, own: frozenset[str]) -> tuple[Quantity, ...]:
    """The quantity that a statement gives of a side: the first after its name, of the kind asked for if it can be."""
    sentence = one.statement.sentence
    found = wanted_quantities(given.question, sentence) or sentence.quantities
    if one.answer is not None:
        start, end = one.answer
        found = tuple(q for q in found if q.start < end and start < q.end) or found
    at = named_at(sentence.text, own)
    return (*(q for q in found if q.start >= at), *(q for q in found if q.start < at))[:1]


def _difference(
    question: str, named: Sequence[str], pair: tuple[_Valued, _Valued], places: tuple[int, ...]
) -> ShapedClaim | None:
    one, two = pair[0][1], pair[1][1]
    calculation = difference(one, two)
    if calculation is None:
        return None
    return ShapedClaim(
        None,
        None,
        "difference",
        calculation=calculation,
        says=_worded(question, named, one, two, calculation.result),
        taken_from=places,
    )


def _worded(question: str, named: Sequence[str], one: Quantity, two: Quantity, result: str) -> str:
    if one.value == two.value:
        return "There is no difference."
    more, less = named if one.value > two.value else (named[1], named[0])
    compared = _COMPARED.search(question)
    word = compared[1].lower() if compared else ""
    if one.dimension == "date":
        return f"{_opening(less)}: {result} earlier than {more}."
    if word in _LESSER or word.startswith(("less ", "fewer ")):
        return f"{_opening(less)}: {result} {word} than {more}."
    return f"{_opening(more)}: {result} {word or 'more'} than {less}."


def _opening(side: str) -> str:
    return side[:1].upper() + side[1:]
