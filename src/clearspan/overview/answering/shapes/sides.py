"""The two things that a question holds against each other, and what was found of each."""

import re
from collections.abc import Iterable

from clearspan.language.words import stem, stems, words
from clearspan.overview.answering.shapes.given import Given, ScoredStatement

_THING = r"(?:the\s+|an?\s+)?[^\s,?]+(?:\s+[^\s,?]+){0,5}?"
_THINGS = r"[^,?]{1,160}?"
_MORE = r"(?:\w+er|(?:more|less|fewer)\s+\w+)"
_END = r"\s*(?:[,?]|\.(?:\s|$)|$)"
_BE = r"(?:is|are|was|were|has|have|had)"
_DO = r"(?:is|are|was|were|do|does|did|has|have|had|can)"
_NAME = r"(?-i:(?:the\s+)?[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*){0,4})"
_PLAIN = r"(?:the|an?)\s+[^\s,?]+(?:\s+[^\s,?]+){0,2}?"
_SAID = rf"(?:in|on|at|from|near|of|part|born|open|{_MORE}|\w+ed|(?:the|an?)\s+\w+er)\b"
_SIDES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:difference|differences|compare|comparison|choose|choice)\b.*?\bbetween\s+(?P<both>{_THINGS}){_END}",
        rf"\bcompare\s+(?P<one>{_THING})\s+(?:with|to|against)\s+(?P<two>{_THING}){_END}",
        rf"\bcompare\s+(?P<both>{_THINGS}){_END}",
        rf"(?P<one>{_THING})\s+(?:vs\.?|versus)\s+(?P<two>{_THING}){_END}",
        rf"[,:]\s*(?P<one>{_THING})\s+or\s+(?P<two>{_THING}){_END}",
        rf"^\W*(?:is|are|was|were|do|does|did|has|have|can)\s+(?P<one>{_THING})\s+{_MORE}(?:\s+\w+)?\s+than\s+"
        rf"(?P<two>{_THING}){_END}",
        rf"\bhow\s+much\s+{_MORE}\s+(?:is|are|was|were)\s+(?P<one>{_THING})\s+than\s+(?P<two>{_THING}){_END}",
        rf"\bhow\s+(?:do|does|did|is|are)\s+(?P<one>{_THING})\s+(?:differ\s+from|compare\s+(?:to|with)|different\s+from)\s+"
        rf"(?P<two>{_THING}){_END}",
        rf"\bhow\s+(?:do|does|did|is|are)\s+(?P<both>{_THINGS})\s+(?:differ|compare|different)\b",
        rf"^\W*(?:which|what|who)\b.*?{_MORE}\s+(?P<one>{_THING})\s+or\s+(?P<two>{_THING}){_END}",
        rf"^\W*which\s+of\s+(?P<both>{_THINGS})\s+{_BE}\b",
        rf"^\W*{_DO}\s+(?P<one>{_NAME})\s+or\s+(?P<two>{_NAME})\s+[a-z]",
        rf"^\W*{_DO}\s+(?P<one>{_PLAIN})\s+or\s+(?P<two>{_PLAIN})\s+{_SAID}",
    )
)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|an?)\s", re.IGNORECASE)
_RESPECT = re.compile(r"\s+in\s+(?:terms\s+of\s+)?[a-z]+$")
_OF = re.compile(r"(?:the\s+)?(?P<head>[a-z]+)\s+of\s+(?P<thing>\S.*)$")
_MEASURES = frozenset(
    "age area depth diameter height length mass population price size speed temperature volume weight width".split()
)
_JOINED = "\0"
"""Stands for a space within a name while a question is cut."""

_NEARLY = 0.4
"""Share of the threshold from which a statement about one side stands for it: half of the question is not about it."""


def sides(question: str, titles: Iterable[str] = ()) -> tuple[str, ...]:
    """Both things as the question names them; empty where it holds no two against each other, or not clearly.

    Args:
        titles: of documents; 'search and rescue' is one thing where a document is about it.
    """
    text = _with_names(question, titles)
    for pattern in _SIDES:
        match = pattern.search(text)
        if match is None:
            continue
        found = match.groupdict()
        named = _cut(found["both"]) if "both" in found else (found["one"], found["two"])
        named = tuple(name.replace(_JOINED, " ").strip(" '\".") for name in named)
        own = [stems(name) for name in named]
        if own and own[0] - own[1] and own[1] - own[0]:
            return named
    return ()


def titles_of(given: Given) -> frozenset[str]:
    """What the documents that were found are about."""
    return frozenset(one.title for one in given.scored)


def _with_names(question: str, titles: Iterable[str]) -> str:
    """The question with the spaces marked in each name with 'and' that a title is, and neither half of it."""
    known = {_ARTICLE.sub("", title.strip().casefold(), 1) for title in titles}
    for name in known:
        if _AND.search(name) and not known.intersection(_AND.split(name)):
            named = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
            question = named.sub(lambda match: match.group().replace(" ", _JOINED), question)
    return question


def _cut(both: str) -> tuple[str, ...]:
    """Two things with 'and' between them; empty where several stand there and nothing says which one parts them."""
    cuts = [(both[: mark.start()], both[mark.end() :]) for mark in _AND.finditer(both)]
    if len(cuts) > 1:
        # 'The bread and butter and the jam': an article begins another thing.
        cuts = [cut for cut in cuts if _ARTICLE.match(cut[0]) and _ARTICLE.match(cut[1])]
    if len(cuts) != 1:
        return ()
    one, two = cuts[0]
    if " in " not in one:
        two = _RESPECT.sub("", two)
    measured = _OF.match(one)
    if measured is None:
        return one, two
    two = two.removeprefix("of ")
    thing = measured["thing"]
    names = thing[:1].isupper() and two[:1].isupper()
    if _OF.match(two) or not (names or measured["head"] in _MEASURES):
        return one, two
    # 'The area of Norway and Sweden' is that of both.
    return thing, two


def of_side(given: Given, side: str, other: str) -> list[ScoredStatement]:
    """Statements about a side, the surest first: those that name it, then those that stand in a text about it.

    A row of a table names what it is of: it is of nothing else, whatever its page is about.
    """
    own, rival = telling(side, other), telling(other, side)
    able = [one for one in given.scored if one.probability >= _NEARLY * given.threshold]
    able.sort(key=lambda one: one.probability, reverse=True)
    whole = stems(side)
    naming = [
        one
        for one in able
        if own <= one.statement.sentence.stems
        and (whole <= one.statement.sentence.stems or _about(one, side))
    ]
    # A sentence that names the other side alone tells nothing of this one, whatever page it stands on.
    under = [
        one
        for one in able
        if one not in naming
        and one.statement.unit != "row"
        and _about(one, side)
        and not rival <= one.statement.sentence.stems
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


def _about(one: ScoredStatement, side: str) -> bool:
    """Whether the title, what it stands under, or what is shown before it names a side in one breath.

    'Whales and sharks' is not about the whale shark.
    """
    own = [stem(word) for word in words(_ARTICLE.sub("", side, 1))]
    around = (one.title, one.statement.heading, *(each.text for each in one.statement.context))
    return any(
        own == said[at : at + len(own)]
        for text in around
        for said in ([stem(word) for word in words(text)],)
        for at in range(len(said))
    )
