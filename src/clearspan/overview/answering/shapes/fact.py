"""Fact: the quotes that answer, the short answer set off inside them. What every other shape falls back to."""

from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, ShapedClaim, quoted
from clearspan.overview.question import wanted_quantities


def fact(given: Given) -> ShapedAnswer | None:
    """The chosen statements in their order."""
    return ShapedAnswer("fact", told(given)) if given.chosen else None


def told(given: Given) -> tuple[ShapedClaim, ...]:
    """The chosen statements as claims with their short answers; what introduces several is shown once."""
    claims: list[ShapedClaim] = []
    for one in given.chosen:
        shown = [claim.spot for claim in claims if claim.spot]
        claims.extend(quoted(one, shown=shown, emphasis=short_answer(given, one)))
    return tuple(claims)


def short_answer(given: Given, one: ScoredStatement) -> tuple[int, int] | None:
    """Where the short answer stands in a statement: where it was read, else the one quantity of the kind asked for.

    A quantity that is given in several units is one; which of several quantities is meant is not guessed.
    """
    if one.answer is not None:
        return one.answer
    found = wanted_quantities(given.question, one.statement.sentence)
    one_value = bool(found) and all(each.same(found[0]) for each in found)
    return (found[0].start, found[0].end) if one_value else None
