"""Why: the cause, with what stands around it and belongs to it."""

import re

from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, all_quoted, in_order

CAUSE = re.compile(
    r"\b(?:because|due\s+to|owing\s+to|caused?\s+by|causes?|leads?\s+to|led\s+to|results?\s+(?:in|from)|as\s+a\s+result|"
    r"therefore|thus|hence|consequently|so\s+that|in\s+order\s+to|since|reasons?|thanks\s+to|arises?\s+from|"
    r"stems?\s+from|triggered|produced\s+by|responsible\s+for|explains?|why)\b",
    re.IGNORECASE,
)
_MOST = 4
_NEARLY = 0.5
"""Share of the threshold from which a sentence beside the cause belongs to it."""


def why(given: Given) -> ShapedAnswer | None:
    """The sentences that explain, in the order of their source; those of the best one's paragraph are taken readily."""
    found = explanation(given)
    return ShapedAnswer("why", all_quoted(found)) if found else None


def explanation(given: Given) -> list[ScoredStatement]:
    """The best statement with what explains it, at most four, as their sources have them."""
    if not given.chosen:
        return []
    best = given.best
    beside = [one for one in given.scored if one is not best and _beside(one, best)]
    near = [
        one
        for one in beside
        if one.probability >= _NEARLY * given.threshold
        or (abs(_distance(given, one, best)) == 1 and bool(CAUSE.search(one.text)))
    ]
    near.sort(key=lambda one: one.probability, reverse=True)
    others = [one for one in given.chosen if one is not best and one not in near]
    # A list of causes is told whole by its own shape; here its items stand for themselves.
    return in_order([best, *near, *others][:_MOST])


def _beside(one: ScoredStatement, best: ScoredStatement) -> bool:
    """Whether a statement stands in the same paragraph, or the same list, as the best one."""
    if (one.source, one.offset) != (best.source, best.offset):
        return False
    if best.list_id is not None:
        return one.list_id == best.list_id
    return one.statement.paragraph == best.statement.paragraph


def _distance(given: Given, one: ScoredStatement, best: ScoredStatement) -> int:
    """Statements from the best one on to another of its window."""
    window = [each for each in given.scored if (each.source, each.offset) == (best.source, best.offset)]
    return window.index(one) - window.index(best)
