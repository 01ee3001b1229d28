"""Finding a feature by what it means: what it responds to, what it is called, and what it makes the model say.

This is the room's face; its modules are nobody else's.
"""

from clearspan.features.finding.lexical import WordMatch, search_words
from clearspan.features.finding.ranking import ENOUGH, Findings, FoundFeature, Offered, find
from clearspan.features.finding.responding import Responses, responses
from clearspan.features.finding.saying import SteeringEffect
from clearspan.features.finding.searchable import SearchableDictionary
from clearspan.features.finding.texts import Meaning, described, exemplified, holds
from clearspan.features.finding.writing import written

__all__ = [
    "ENOUGH",
    "Findings",
    "FoundFeature",
    "Meaning",
    "Offered",
    "Responses",
    "SearchableDictionary",
    "SteeringEffect",
    "WordMatch",
    "described",
    "exemplified",
    "find",
    "holds",
    "responses",
    "search_words",
    "written",
]
