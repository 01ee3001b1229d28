"""Who does what to whom: a claim must not swap the two sides of a verb or a comparison that its evidence has.

There is no parser here. A word that both texts have, with words on either side of it in one clause, stands for the
verb; the passive voice ('was built by') and converse comparisons ('lighter than') turn the sides round.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clearspan.language.words import STOPWORDS, stem
from clearspan.receipts import Check

_WORD = re.compile(r"\d[\d,.]*\w*|[^\W_]+(?:['’-][^\W_]+)*")
_BREAK = re.compile(
    r"[,;:](?=\s)|[()]|\b(?:and|but|while|whereas|because|although|though|which|who|whose|when|if|that|after|before|so)\b",
    re.IGNORECASE,
)
# Words that open a phrase of place, time or manner, whose nouns are neither subject nor object.
_ADJUNCT = frozenset(
    "in on at from for with since during near between into over under across through until within without against "
    "along around beneath beside above below".split()
)
_DETERMINERS = frozenset("the a an its their his her this these those each every".split())
_BE = frozenset("is are was were be been being gets got".split())
_SYMMETRIC = frozenset(
    stem(word)
    for word in "joins meets marries equals resembles touches borders connects links differs matches".split()
)
_COMPARISONS: tuple[tuple[str, str], ...] = (
    ("heavier", "lighter"),
    ("longer", "shorter"),
    ("taller", "shorter"),
    ("bigger larger greater", "smaller"),
    ("more", "less fewer"),
    ("older", "younger newer"),
    ("faster quicker", "slower"),
    ("higher", "lower"),
    ("wider broader", "narrower"),
    ("deeper", "shallower"),
    ("farther further", "nearer closer"),
    ("stronger", "weaker"),
    ("harder", "softer"),
    ("hotter warmer", "colder cooler"),
    ("better", "worse"),
    ("earlier", "later"),
    ("richer", "poorer"),
    ("dearer", "cheaper"),
)


@dataclass(frozen=True, slots=True)
class Relation:
    """One word with its two sides; `passive` when a form of 'be' stands before it and 'by' or nothing after it."""

    pivot: str
    agents: frozenset[str]
    patients: frozenset[str]
    passive: bool = False


def order(claim: str, evidence: Sequence[str]) -> Check:
    """Whether subject and object stand on the sides on which the evidence has them."""
    found = [relation for text in evidence for relation in _relations(text)]
    for said in _relations(claim):
        same = [other for other in found if other.pivot == said.pivot]
        if any(_agrees(said, other) for other in same):
            continue
        if swapped := next((other for other in same if _swapped(said, other)), None):
            sides = ", ".join(sorted((said.agents & swapped.patients) | (said.patients & swapped.agents)))
            return Check(
                name="order", score=0.0, detail=f"the cited text has it the other way round: {sides}"
            )
    return Check(name="order", score=1.0, detail="no sides swapped")


def compares_alike(claim: str, evidence: Sequence[str]) -> bool:
    """Whether a comparison of the claim is one of the evidence, perhaps told from the other side."""
    found = [
        relation for text in evidence for relation in _relations(text) if relation.pivot.startswith("than ")
    ]
    return any(
        said.pivot == other.pivot and _agrees(said, other) for said in _relations(claim) for other in found
    )


def _agrees(said: Relation, other: Relation) -> bool:
    agents, patients = _own(said)
    others, sufferers = _own(other)
    return bool(agents & others) and bool(patients & sufferers)


def _swapped(said: Relation, other: Relation) -> bool:
    agents, patients = _own(said)
    others, sufferers = _own(other)
    if agents & sufferers and patients & others:
        return True
    # 'The mayor was accused', from a text in which the mayor accuses somebody else.
    return said.passive and not other.passive and not agents and bool(patients & others) and bool(sufferers)


def _own(relation: Relation) -> tuple[frozenset[str], frozenset[str]]:
    """The words that stand on one side only: 'bridge' in 'this bridge is longer than that bridge' tells nothing."""
    return relation.agents - relation.patients, relation.patients - relation.agents


def _relations(text: str) -> Iterator[Relation]:
    start = 0
    for match in (*_BREAK.finditer(text), None):
        clause = [word.lower().replace("’", "'").removesuffix("'s") for word in _words(text, start, match)]
        start = match.end() if match else len(text)
        if "than" in clause and (comparison := _comparison(clause)):
            yield comparison
        for index, word in enumerate(clause):
            if word in STOPWORDS or word[0].isdigit() or stem(word) in _SYMMETRIC:
                continue
            yield _around(clause, index)


def _words(text: str, start: int, match: re.Match[str] | None) -> list[str]:
    return [found.group() for found in _WORD.finditer(text[start : match.start() if match else len(text)])]


def _around(clause: Sequence[str], index: int) -> Relation:
    """The relation that the word at `index` would make as a verb."""
    before, after = clause[:index], clause[index + 1 :]
    auxiliary = any(word in _BE for word in before[-2:])
    participle = clause[index].endswith(("ed", "en", "t", "n"))
    # 'was added to the list by': the agent may be far off where the passive is certain.
    certain = participle and bool(before) and before[-1] in _BE
    if (auxiliary or participle) and _has_agent(after, reach=len(after) if certain else 3):
        agent = after[after.index("by") + 1 :]
        return Relation(stem(clause[index]), _telling(agent), _telling(before), passive=True)
    if auxiliary and participle and not _telling(after):
        return Relation(stem(clause[index]), frozenset(), _telling(before), passive=True)
    return Relation(stem(clause[index]), _telling(before), _telling(after))


def _has_agent(after: Sequence[str], reach: int) -> bool:
    """Whether 'by' and somebody follow within `reach` words, and no other verb stands between."""
    if "by" not in after[:reach]:
        return False
    place = after.index("by")
    if place + 1 == len(after) or after[place + 1][0].isdigit():
        return False
    return not any(word in _BE or word == "than" for word in after[:place])


def _comparison(clause: Sequence[str]) -> Relation | None:
    than = clause.index("than")
    for up, down in _COMPARISONS:
        for words, reverse in ((up, False), (down, True)):
            if not (key := next((word for word in clause[:than] if word in words.split()), None)):
                continue
            left = _telling([word for word in clause[:than] if word != key], adjuncts=True)
            right = _telling(clause[than + 1 :], adjuncts=True)
            agents, patients = (right, left) if reverse else (left, right)
            return Relation(f"than {up}", agents, patients)
    return None


def _telling(clause: Sequence[str], adjuncts: bool = False) -> frozenset[str]:
    """Stems of the telling words, without numbers and, unless `adjuncts`, without phrases of place and time."""
    kept: list[str] = []
    inside, opened = False, False
    for word in clause:
        if word in _ADJUNCT:
            inside, opened = not adjuncts, False
        elif (opened and word in _DETERMINERS) or word in _BE or word == "by":
            inside = False
        elif inside:
            opened = True
        if not inside and word not in STOPWORDS and not word[0].isdigit():
            kept.append(stem(word))
    return frozenset(kept)
