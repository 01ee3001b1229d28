"""The form of a question, for counting by it: a handful of types that say nothing of what was asked."""

import re

from clearspan.errors import BadInput
from clearspan.events import QueryType
from clearspan.overview.calculate import recognise
from clearspan.overview.question import understand

_YES_OR_NO = re.compile(
    r"^\W*(?:is|are|was|were|am|do|does|did|can|could|may|might|must|should|will|would|has|have|had)\b",
    re.IGNORECASE,
)
_EXPLAINS = re.compile(
    r"^\W*(?:why|explain|how\s+(?:do|does|did|can|could|should|to|is|are|was|were))\b", re.IGNORECASE
)
_TIMES = frozenset({"date", "clock", "weekday"})


def query_type(text: str) -> QueryType:
    """The type of a question, by its form alone: the same whether or not it is answered."""
    try:
        if recognise(text) is not None:
            return "calculation"
    except BadInput:
        return "calculation"
    if _YES_OR_NO.search(text):
        return "yes or no"
    if _EXPLAINS.search(text):
        return "reason"
    wants = understand(text).wants
    for kind in ("name", "place", "reason"):
        if wants == frozenset({kind}):
            return "person" if kind == "name" else kind
    if wants and wants <= _TIMES:
        return "time"
    return "number" if wants else "other"
