"""The two things that a question holds against each other, and what was found of each."""

import re

from clearspan.language.words import stem, stems
from clearspan.overview.answering.shapes.given import Given, ScoredStatement

_THING = r"(?:the\s+|an?\s+)?[^\s,?]+(?:\s+[^\s,?]+){0,5}?"
_MORE = r"(?:\w+er|(?:more|less|fewer)\s+\w+)"
_END = r"\s*(?:[,?.]|$)"
_SIDES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:difference|differences|compare|comparison|choose|choice)\b.*?\bbetween\s+(?P<one>{_THING})\s+and\s+(?P<two>{_THING}){_END}",
        rf"\bcompare\s+(?P<one>{_THING})\s+(?:and|with|to|against)\s+(?P<two>{_THING}){_END}",
        rf"(?P<one>{_THING})\s+(?:vs\.?|versus)\s+(?P<two>{_THING}){_END}",
        rf"[,:]\s*(?P<one>{_THING})\s+or\s+(?P<two>{_THING}){_END}",
        rf"^\W*(?:is|are|was|were|do|does|did|has|have|can)\s+(?P<one>{_THING})\s+{_MORE}(?:\s+\w+)?\s+than\s+"
        rf"(?P<two>{_THING}){_END}",
        rf"\bhow\s+much\s+{_MORE}\s+(?:is|are|was|were)\s+(?P<one>{_THING})\s+than\s+(?P<two>{_THING}){_END}",
        rf"\bhow\s+(?:do|does|did|is|are)\s+(?P<one>{_THING})\s+(?:and|differ\s+from|compare\s+(?:to|with)|different\s+from)\s+"
        rf"(?P<two>{_THING})(?:\s+(?:differ|compare|different)\b.*)?{_END}",
        rf"^\W*(?:which|what|who)\b.*?{_MORE}\s+(?P<one>{_THING})\s+or\s+(?P<two>{_THING}){_END}",
    )
)
_NEARLY = 0.4
"""Share of the threshold from which a statement about one side stands for it: half of the question is not about it."""


def sides(question: str) -> tuple[str, ...]:
    """Both things as the question names them; empty where it holds no two against each other."""
    for pattern in _SIDES:
        match = pattern.search(question)
        if match is None:
            continue
        named = (match["one"].strip(" '\""), match["two"].strip(" '\""))
        own = [stems(name) for name in named]
        if own[0] - own[1] and own[1] - own[0]:
            return named
    return ()


def of_side(given: Given, side: str, other: str) -> list[ScoredStatement]:
    """Statements about a side, the surest first: those that name it, then those that stand in a text about it."""
    own, rival = telling(side, other), telling(other, side)
    able = [one for one in given.scored if one.probability >= _NEARLY * given.threshold]
    able.sort(key=lambda one: one.probability, reverse=True)
    whole = stems(side)
    naming = [one for one in able if own <= one.statement.sentence.stems and whole <= _surroundings(one)]
    # A sentence that names the other side alone tells nothing of this one, whatever page it stands on.
    under = [
        one
        for one in able
        if one not in naming and whole <= _surroundings(one) and not rival <= one.statement.sentence.stems
    ]
    return [*naming, *under]


def telling(side: str, other: str) -> frozenset[str]:
    """Stems that tell a side from the other."""
    return stems(side) - stems(other)


def named_at(text: str, own: frozenset[str]) -> int:
    """Where a text first has one of the stems, in characters; its start if it has none."""
    return next(
        (match.start() for match in re.finditer(r"[\w’'-]+", text) if stem(match.group().lower()) in own), 0
    )


def _surroundings(one: ScoredStatement) -> frozenset[str]:
    context = " ".join(each.text for each in one.statement.context)
    return one.statement.sentence.stems | stems(f"{one.title} {one.statement.heading} {context}")
