"""About a thing: what it is first, then what matters of it."""

from clearspan.language.words import stems
from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.shapes.shaped import ShapedAnswer, all_quoted
from clearspan.overview.question import defined

_MOST = 4


def about(given: Given) -> ShapedAnswer | None:
    """The sentence that says what it is, then further evidence in the order of its source; None without evidence."""
    if not given.chosen:
        return None
    first = _definition(given) or given.best
    others = [one for one in (*given.chosen, *given.evidence) if one is not first]
    same = [one for one in others if one.source == first.source and one.statement.unit == "prose"]
    rest = [one for one in others if one.source != first.source and one in given.chosen]
    kept = dict.fromkeys((one.source, one.start) for one in [*same, *rest][: _MOST - 1])
    told = [one for one in others if (one.source, one.start) in kept]
    told.sort(key=lambda one: (one.source != first.source, one.source, one.start))
    return ShapedAnswer("about", all_quoted([first, *told]))


def _definition(given: Given) -> ScoredStatement | None:
    """The surest statement that says what the thing is: 'X is a …', where X is nearly all that stands before it."""
    asked = frozenset(given.question.telling)
    found = [one for one in given.evidence if _defines(one, asked)]
    return next((one for one in found if one in given.chosen), found[0] if found else None)


def _defines(one: ScoredStatement, asked: frozenset[str]) -> bool:
    subject = stems(defined(one.statement.sentence))
    return bool(subject & asked) and len(subject & asked) >= 0.5 * len(subject)
