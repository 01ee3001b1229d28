"""Number: the figure with its unit, and the quote that it stands in."""

from clearspan.language.quantities import quantities
from clearspan.overview.answering.shapes.fact import short_answer, told
from clearspan.overview.answering.shapes.given import Given
from clearspan.overview.answering.shapes.shaped import ShapedAnswer


def number(given: Given) -> ShapedAnswer | None:
    """The chosen statements, if the short answer of the best one is a quantity; None where it has none."""
    if not given.chosen:
        return None
    best = given.best
    figure = short_answer(given, best)
    if figure is None or not quantities(best.text[slice(*figure)]):
        return None
    return ShapedAnswer("number", told(given))
