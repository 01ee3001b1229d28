"""Whether a sentence is made of what the quotes say: of whole stretches of them, joined where they may be joined.

Verification weighs words and meaning more than relations, and a small model mixes up who does what to whom, on what
condition, and of how many. So a sentence in a machine's words consists of stretches of the quotes (the extractive
fragments of Grusky et al. 2018, 'Newsroom', section 4.1), and what is left out of a quote is a part that stands between
signs or is a clause of its own, binds nothing, and is not what the rest is said of.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.language.words import STOPWORDS
from clearspan.models.text.excerpts import BINDING
from clearspan.receipts import Claim

_SHORTEST = 3
"""Words of a stretch; fewer may stand next to each other by chance."""

_WORD = re.compile(r"[<>~±≈−-]?\.?\d(?:[\d.,:–−-]*\d)?(?!\w)|[^\W_](?:[\w’'.-]*\w)?|[%£$€°<>]")
"""A number is one word with its sign, its commas and its range: a part of it is another number."""

_SIGN = re.compile(r"[,;:()\[\]–—]|\s-\s")
_PARTING = re.compile(r"[;–—]")
_JOINERS = frozenset("and while also".split())
"""Words that a writer may put between quotes; 'but' and 'because' would say of two quotes what neither does."""

_ARTICLES = frozenset("the a an".split())
_PREPOSITIONS = _ARTICLES | frozenset("in on at of for from by with to".split())
_CLAUSES = frozenset("because since while whereas although though".split())
"""Words that a clause with a subject of its own begins with."""

_FURTHER = _CLAUSES | frozenset("so and but".split())
"""Words before which a quote may be broken off."""

_NEGATIONS = frozenset(
    "not never no none nobody nothing neither nor few little nearly almost hardly rarely seldom barely".split()
)
_JUDGING = frozenset(
    "false wrong disproved myth reported estimated alleged according assuming long so since while as".split()
)
"""Words of an insertion that says how true, how long or on what ground the rest holds."""

_LIMITING = frozenset("in per for of at under over among during".split())
"""What an insertion begins with that says of what the rest holds."""

_CONTRASTS = frozenset("but however although though yet despite".split())

_STAND_FOR = frozenset(
    """
    it its he his she her they their this these the a an that condition disorder disease syndrome illness infection
    medication medicine drug film movie song album novel book species series club team band group company
    however therefore thus moreover furthermore also then so and but both consequently nevertheless hence meanwhile
    similarly finally instead
    """.split()
)
"""What a quote begins with where it says who or what it speaks of without the name, or only goes on."""


@dataclass(frozen=True, slots=True)
class _ReadWord:
    """A word of a text; whether a sign stands in front of it, and whether it is one that parts two sentences in one."""

    text: str
    marked: bool
    parted: bool


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words of one quote that stand together in the sentence, after words that it puts in itself.

    Attributes:
        parted: whether a semicolon or the like stands before them.
    """

    quote: int
    first: int
    last: int
    put: tuple[str, ...]
    parted: bool


def unfaithful(sentence: str, question: str, quotes: Sequence[Claim]) -> str:
    """Why a sentence is not made of what the quotes say; empty where it is.

    Args:
        question: whose words may name what is spoken of, as those of the titles may.
        quotes: what it was written from.
    """
    told = [_read(quote.text) for quote in quotes]
    titles = [frozenset(one.text for one in _read(_title(quote))) for quote in quotes]
    names = _ARTICLES.union(*titles, (one.text for one in _read(question)))
    found = _stretches(_read(sentence), told, names)
    if isinstance(found, str):
        return f"says “{found}”, which no quote does there"
    if not found:
        return "says nothing of the quotes"
    return (
        _twice(found, told)
        or _unjoined(found, told)
        or _gaps(found, told, titles)
        or _subjects(found, told, titles, quotes)
    )


def _stretches(
    own: Sequence[_ReadWord], told: Sequence[Sequence[_ReadWord]], names: frozenset[str]
) -> list[_Stretch] | str:
    """The stretches that words consist of; the first word that is of none, and may not be put in."""
    found: list[_Stretch] = []
    put: list[str] = []
    place = 0
    while place < len(own):
        quote, first, length = _longest([one.text for one in own[place:]], told)
        if length >= _SHORTEST or (length and place + length == len(own) and found and not put):
            parted = own[place - len(put)].parted
            found.append(_Stretch(quote, first, first + length - 1, tuple(put), parted))
            put, place = [], place + length
            continue
        word = own[place].text
        # A name may be put where a stretch begins; within the sentence it would be told of what stands there.
        if word not in _JOINERS and (word not in names or (found and not put)):
            return word
        put.append(word)
        place += 1
    return put[0] if put else found


def _longest(own: Sequence[str], told: Sequence[Sequence[_ReadWord]]) -> tuple[int, int, int]:
    """Quote, place and length of the longest stretch that some words begin with."""
    best = (0, 0, 0)
    for number, said in enumerate(told):
        for first in range(len(said)):
            length = 0
            while (
                length < len(own) and first + length < len(said) and own[length] == said[first + length].text
            ):
                length += 1
            if length > best[2]:
                best = (number, first, length)
    return best


def _twice(found: Sequence[_Stretch], told: Sequence[Sequence[_ReadWord]]) -> str:
    """Why stretches say a thing twice: the same words, or a name in front of what names it; empty where none does."""
    said = [(one.quote, at) for one in found for at in range(one.first, one.last + 1)]
    if len(set(said)) < len(said):
        return "says the same words twice"
    if any(not one.first and frozenset(one.put) - _JOINERS for one in found):
        return "puts a name in front of a quote that begins by itself"
    for one in found:
        named = frozenset(one.put) - _JOINERS - _PREPOSITIONS
        if named and named <= {each.text for each in told[one.quote][one.first : one.last + 1]}:
            return "names twice what it speaks of"
    return ""


def _unjoined(found: Sequence[_Stretch], told: Sequence[Sequence[_ReadWord]]) -> str:
    """Why quotes that follow one another are not one sentence; empty where they are."""
    for one, further in itertools.pairwise(found):
        begins = told[further.quote][further.first].text
        if further.put and begins in {"and", "or", "but"}:
            return "joins quotes twice"
        joined = {*further.put, begins} & (_JOINERS | _CLAUSES)
        if one.quote != further.quote and not joined and not further.parted:
            return "runs quotes together with nothing but a comma between them"
    return ""


def _gaps(
    found: Sequence[_Stretch], told: Sequence[Sequence[_ReadWord]], titles: Sequence[frozenset[str]]
) -> str:
    """Why what is left out of the quotes may not be; empty where it may."""
    for number in {one.quote for one in found}:
        said = told[number]
        used = {at for one in found if one.quote == number for at in range(one.first, one.last + 1)}
        for first, last in _runs([at for at in range(len(said)) if at not in used]):
            if why := _left_out(said, first, last, titles[number]):
                return why
    return ""


def _left_out(said: Sequence[_ReadWord], first: int, last: int, title: frozenset[str]) -> str:
    """Why words of a quote from one to another may not be left out; empty where they may."""
    left = {one.text for one in said[first : last + 1]}
    further = said[last + 1] if last + 1 < len(said) else None
    if left & BINDING:
        return "leaves out a condition, a limit, or whose word it is"
    denies = left & _NEGATIONS or any(one.endswith("n't") for one in left)
    if denies and not said[first].marked:  # what stands between signs denies something of its own
        return "leaves out a 'not', or how few"
    if not further and left & title and left <= title | _PREPOSITIONS:
        return ""  # it is told of that in any case
    if not first and further:
        named = left <= _STAND_FOR or left <= title | _ARTICLES
        return "" if named or further.text in _CLAUSES else "begins in the middle of a quote"
    if left & _CONTRASTS and last > first:
        return "leaves out what a quote says against it"
    if not said[first].marked and said[first].text not in _FURTHER:
        return "leaves out a part of a quote that the rest leans on"
    if left & _JUDGING or (said[first].marked and said[first].text in _LIMITING):
        return "leaves out of what, or on what ground, the rest holds"
    return "leaves out words within a part of a quote" if further and not further.marked else ""


def _subjects(
    found: Sequence[_Stretch],
    told: Sequence[Sequence[_ReadWord]],
    titles: Sequence[frozenset[str]],
    quotes: Sequence[Claim],
) -> str:
    """Why what is told of one thing is told of another; empty where it is not."""
    elsewhere = "tells of one thing what a quote says of another"
    begun = found[0].quote
    for one in found:
        put = frozenset(one.put) - _JOINERS - _PREPOSITIONS
        if not put <= titles[one.quote]:
            return elsewhere
        if _document(quotes[one.quote]) == _document(quotes[begun]):
            continue
        apart = {word for word in titles[one.quote] - titles[begun] - STOPWORDS if not word.isdigit()}
        said = told[one.quote]
        points = {each.text for each in said[one.first : one.last + 1]} & {"this", "these"}
        if not put & apart and (one.first or points or not _names_itself(said)):
            return elsewhere
    return ""


def _names_itself(said: Sequence[_ReadWord]) -> bool:
    """Whether a quote begins with what it speaks of, and not with a word that stands for it."""
    place = int(said[0].text in _ARTICLES)
    return place < len(said) and said[place].text not in _STAND_FOR


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours."""
    found: list[tuple[int, int]] = []
    for at in places:
        if found and found[-1][1] + 1 == at:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


def _read(text: str) -> list[_ReadWord]:
    found: list[_ReadWord] = []
    end = 0
    for match in _WORD.finditer(text):
        marked, parted = (bool(sign.search(text, end, match.start())) for sign in (_SIGN, _PARTING))
        found.append(_ReadWord(match.group().lower().replace("’", "'"), marked, parted))
        end = match.end()
    return found


def _title(quote: Claim) -> str:
    return quote.citations[0].title if quote.citations else ""


def _document(quote: Claim) -> str:
    return quote.citations[0].document_id if quote.citations else ""
