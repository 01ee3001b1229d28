"""Decoding held to given sentences: a model chooses what to keep, drop and join, and cannot say anything else.

A small model that is told several sentences restates them with other words in their places. Held to them, it only
chooses at each word among few ways on: the next word, past an insertion, an end where the rest can be spared, or on to
another sentence. A form of lexically constrained decoding (Hokamp and Liu, 2017) over deletions, as sentence
compression has them (Knight and Marcu, 2002). What is never dropped: a condition, a restriction, a 'not', whose word
it is, and how sure it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Encode = Callable[[str], Sequence[int]]

_UNIT = re.compile(r"\s*(?:[,;:()\[\]]|[^\s,;:()\[\]]+(?:[,:][^\s,;:()\[\]]+)*)")
_WORD = re.compile(r"\w[\w'’-]*")
_OPENS, _CLOSES = frozenset("(["), frozenset(")]")
BINDING = frozenset(
    """
    if unless except only until when whenever provided without reportedly allegedly according supposedly apparently
    suggest suggests suggested claim claims claimed believe believed thought said says argue argues alleged
    """.split()
)
"""Conditions, limits and whose word it is: what is left without them says more than it did."""

_RELATIVE = frozenset("which who whom whose where".split())
_INSERTIONS = _RELATIVE | frozenset("such including also or e.g i.e".split())
_FINITE = frozenset("is are was were has have had can could will would may might must does did".split())
_PREPOSITIONS = frozenset("in by on at to from of for with as near between during".split())
_CONJUNCTIONS = frozenset("and or but so nor yet while whereas because which who where".split())
_PARTING = frozenset("because while whereas although though but which who where with including such".split())
_SUBJECTS = frozenset("it he she they this these there we you".split())
_LINKS = frozenset(
    "however therefore thus moreover furthermore also indeed besides nevertheless consequently".split()
)
_JOIN_COST, _CUT_COST, _BACK_COST = 0.5, 0.5, 3.0


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sentence that a text may be made of.

    Attributes:
        text: with or without its full stop.
        changed: whether it is put otherwise already than it stands in its source.
        after: the number of the sentence that it leans on, as 'they' does; None where it stands by itself.
    """

    text: str
    changed: bool = False
    after: int | None = None


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word or a sign with the space before it.

    Attributes:
        ids: its tokens; `first` where it begins the text, and each of `within` where it begins a sentence that was
            joined on: whether a name keeps its capital there is for the model to say.
    """

    word: str
    ids: tuple[int, ...]
    first: tuple[int, ...]
    within: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """A way on: what stands next, and where it leads.

    Attributes:
        ids: tokens of the next unit; `done` of them are written.
        place: sentence and unit that they are; a unit of -1 is the full stop, and -2 the end of the text.
        used: sentences that have been begun.
        changed: whether this sentence of the text is none of the given ones any more.
        joined: whether it is made of two.
    """

    ids: tuple[int, ...]
    place: tuple[int, int]
    used: frozenset[int]
    changed: bool = False
    joined: bool = False
    cost: float = 0.0
    done: int = 0


class Excerpts:
    """Sentences that a text may be made of; shared by all texts that are.

    Args:
        sentences: at least one.
        encode: the tokens of a text inside a reply.
        ends: tokens each of which ends a reply, at least one.
        most: sentences of the text at most.
    """

    def __init__(
        self, sentences: Sequence[Excerpt], encode: Encode, ends: Sequence[int], *, most: int = 2
    ) -> None:
        self._encode = encode
        self._ends = ends
        self.most = most
        self._given = sentences
        # Only words that begin no sentence show whether they are names.
        self._inside = frozenset(word for one in sentences for word in _WORD.findall(one.text)[1:])
        self._sentences = [self._read(one.text) for one in sentences]
        self._spared = [_spared(units) for units in self._sentences]
        self._stop = tuple(encode("."))
        self._and = tuple(encode(", and"))

    def begin(self, eager: float = 0.0) -> "Excerpting":
        """A text of them.

        Args:
            eager: to leave out what can be spared, in nats: what the model would keep is then often left out.
        """
        return Excerpting(self, eager)

    def starts(self) -> list[_Way]:
        """How a text may begin."""
        ways = [self._way(number) for number, one in enumerate(self._given) if one.after is None]
        return ways or [self._way(number) for number in range(len(self._given))]

    def onwards(self, way: _Way, sentences: int, eager: float) -> Iterator[_Way]:
        """The ways on from a unit that has been written.

        Args:
            sentences: of the text, that have ended.
            eager: to leave something out.
        """
        number, place = way.place
        if place == -1:
            for end in self._ends:
                yield replace(way, ids=(end,), place=(number, -2), done=0, cost=0.0)
            if sentences < self.most:
                for other in self._others(way):
                    units = self._sentences[other]
                    yield replace(
                        self._way(other), ids=units[0].ids, used=way.used | {other}, cost=_JOIN_COST
                    )
            return
        units, spared = self._sentences[number], self._spared[number]
        others = [] if way.joined else self._others(way)
        # A sentence that is one of the given ones is a quote, and stands there already: the last chance is taken.
        last = not way.changed and not others and place == max(spared, default=-1)
        if place + 1 < len(units) and not last:
            yield replace(way, ids=units[place + 1].ids, place=(number, place + 1), done=0, cost=0.0)
        for landing in spared.get(place, ()):
            yield replace(
                way, ids=units[landing].ids, place=(number, landing), done=0, cost=-eager, changed=True
            )
        whole = place + 1 == len(units)
        if not whole and not _may_end(units, place):
            return
        cost = 0.0 if whole else _CUT_COST - eager
        if way.changed or (whole and not others):
            yield replace(way, ids=self._stop, place=(number, -1), done=0, cost=cost)
        for other in others:
            back = _BACK_COST if other < number else 0.0
            for joined in self._sentences[other][0].within:
                yield _Way(
                    (*self._and, *joined),
                    (other, 0),
                    way.used | {other},
                    changed=True,
                    joined=True,
                    cost=cost + _JOIN_COST + back,
                )

    def _way(self, number: int) -> _Way:
        first = self._sentences[number][0]
        return _Way(first.first, (number, 0), frozenset((number,)), changed=self._given[number].changed)

    def _others(self, way: _Way) -> list[int]:
        """Sentences that may follow; one that leans on another comes right after that."""
        return [
            number
            for number, one in enumerate(self._given)
            if number not in way.used and one.after in {None, way.place[0]}
        ]

    def _read(self, sentence: str) -> list[_Unit]:
        text = " ".join(sentence.split()).rstrip(".!? ")
        found: list[_Unit] = []
        for match in _UNIT.finditer(text):
            shown = match.group().strip()
            spaced = match.group() if found else f" {shown}"
            found.append(
                _Unit(
                    shown.lower().replace("’", "'"),
                    tuple(self._encode(spaced)),
                    tuple(self._encode(shown[0].upper() + shown[1:])),
                    tuple(tuple(self._encode(f" {form}")) for form in _within(shown, self._inside)),
                )
            )
        return found


class Excerpting:
    """One text on its way; see `Guidance`."""

    def __init__(self, excerpts: Excerpts, eager: float) -> None:
        self._excerpts = excerpts
        self._eager = eager
        self._ways = excerpts.starts()
        self._sentences = 0

    def allowed(self) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """The tokens that may come next, and what each costs in nats."""
        costs: dict[int, float] = {}
        for way in self._ways:
            token = way.ids[way.done]
            cost = way.cost if not way.done else 0.0
            costs[token] = min(cost, costs.get(token, cost))
        return np.array(list(costs), np.intp), np.array(list(costs.values()), np.float32)

    def take(self, token: int) -> None:
        """Go on by one of the tokens that were allowed."""
        ways: list[_Way] = []
        ended = False
        for way in self._ways:
            if way.ids[way.done] != token:
                continue
            further = replace(way, done=way.done + 1)
            if further.done < len(further.ids):
                ways.append(further)
            elif further.place[1] != -2:
                if further.place[1] == -1 and not ended:
                    self._sentences, ended = self._sentences + 1, True
                ways.extend(self._excerpts.onwards(further, self._sentences, self._eager))
        self._ways = ways


_LOWERED = frozenset(
    "the a an it its he she his her they their these this those that in on at for from by with during after before "
    "there some many most all both each other another as when while because since if although no not people doctors "
    "patients children treatment treatments symptoms later currently sometimes often usually more such what how".split()
)


def _within(word: str, inside: frozenset[str]) -> tuple[str, ...]:
    """How the first word of a sentence may be written within another, going by the words inside sentences."""
    lowered = word[0].lower() + word[1:]
    if lowered in _LOWERED:
        return (lowered,)
    if lowered == word or word[1:] != word[1:].lower():
        return (word,)
    if (word in inside) != (lowered in inside):
        return (word,) if word in inside else (lowered,)
    return (lowered,) if word.endswith("ed") else (word, lowered)


def _spared(units: Sequence[_Unit]) -> dict[int, tuple[int, ...]]:
    """Places after which something inserted may be left out, and where the sentence goes on then."""
    found = {place: tuple(_past_insertion(units, place)) for place in range(len(units) - 1)}
    return {place: landings for place, landings in found.items() if landings}


def _past_insertion(units: Sequence[_Unit], place: int) -> Iterator[int]:
    """Units at which a sentence goes on when what was inserted after a place is left out."""
    sign = units[place + 1].word
    if sign in _LINKS and place + 2 < len(units) and units[place + 2].word != ",":
        yield place + 2
    if sign in _OPENS:
        closing = next((at for at in range(place + 2, len(units)) if units[at].word in _CLOSES), None)
        if closing is not None and closing + 1 < len(units) and not _binding(units[place + 2 : closing]):
            yield closing + 1
    elif sign == "," and _opens_insertion(units[place + 2 :]):
        commas = [at for at in range(place + 3, len(units) - 1) if units[at].word == ","]
        # With several commas it may hold a list, or be the member of one, unless a verb follows that has no subject.
        ends = [at for at in commas if len(commas) == 1 or units[at + 1].word in _FINITE]
        # What a relative clause leaves open is left open of itself, not of what is said around it.
        if ends and (units[place + 2].word in _RELATIVE or not _binding(units[place + 2 : ends[0]])):
            yield from (at + 1 for at in ends[:1] if units[at + 1].word not in _CONJUNCTIONS)


def _opens_insertion(units: Sequence[_Unit]) -> bool:
    """Whether a relative clause, another name or a participle with its phrase begins."""
    if len(units) < 2:
        return False
    first, second = units[0].word, units[1].word
    return first in _INSERTIONS or first in _LINKS or (first.endswith("ed") and second in _PREPOSITIONS)


def _may_end(units: Sequence[_Unit], place: int) -> bool:
    """Whether a sentence may end after a unit: before a clause of its own that runs to the end and binds nothing."""
    following, rest = units[place + 1].word, units[place + 2 :]
    relative = len(rest) > 1 and rest[0].word in _RELATIVE
    if place < 3 or len(rest) < 2 or _open_bracket(units[: place + 1]) or (not relative and _binding(rest)):
        return False
    if following in {"because", "whereas", ";"}:
        return True
    if following != ",":
        return False
    # Behind another comma the main clause may go on, and 'and' joins the members of a list as well as clauses.
    to_the_end = rest[0].word in _PARTING and all(unit.word != "," for unit in rest)
    return to_the_end or (rest[0].word in {"and", "so"} and rest[1].word in _SUBJECTS)


def _binding(units: Sequence[_Unit]) -> bool:
    return any(unit.word in BINDING or unit.word.endswith("n't") for unit in units)


def _open_bracket(units: Sequence[_Unit]) -> bool:
    signs = [unit.word for unit in units if unit.word in _OPENS | _CLOSES]
    return bool(signs) and signs[-1] in _OPENS
