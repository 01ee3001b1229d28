"""What a sentence says in answer to a question, and whether two sentences give one answer.

Two sentences are held against each other by the value that is asked for (quantities, names), and where neither can be
read off, by the words that one has in the place of the other's: pages that were altered keep all others.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from clearspan.language.words import STOPWORDS, stems, words
from clearspan.overview.answering.select import Candidate, passage_stems
from clearspan.overview.proof.numbers import NAME
from clearspan.overview.proof.vetoes import direction, negation
from clearspan.overview.question import Question, defined, wanted_quantities

_YES_NO = re.compile(
    r"^\W*(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|must)\b", re.IGNORECASE
)
_ROW = re.compile(r"[^:;\n]{1,80}: [^;\n]+(?:; [^:;\n]{1,80}: [^;\n]+)+")
_ASIDE = re.compile(r"\([^)]*\)")
_NAMING = frozenset("known called named formerly née born of".split())
_ALTERED = 0.7
"""Share of words in the same order from which one sentence is an altered copy of the other."""

_LONGEST_CHANGE = 6
_SAME_FOCUS = 0.34
_STRAY = 3


def asks_yes_or_no(question: Question) -> bool:
    """Whether a question is answered by yes or no."""
    return _YES_NO.search(question.text) is not None


def agree(question: Question, one: Candidate, two: Candidate) -> bool:
    """Whether two sentences give one answer."""
    if (
        one.judged.source.witness
        and one.judged.source.witness == two.judged.source.witness
        and one.text == two.text
    ):
        return True
    if asks_yes_or_no(question):
        said = (negation(one.text, [two.text]), direction(one.text, [two.text]))
        return all(check.score == 1.0 for check in said)
    mine, theirs = wanted_quantities(question, one.sentence), wanted_quantities(question, two.sentence)
    if mine and theirs:
        return any(a.consistent(b) for a in mine for b in theirs)
    changed = change(one.text, two.text)
    if changed is not None:
        return not changed
    asked = question.sentence.stems
    if "name" in question.wants:
        names = [
            frozenset(word for name in NAME.findall(each.text) for word in stems(name)) - asked
            for each in (one, two)
        ]
        if all(names):
            return bool(names[0] & names[1])
    own, other = one.sentence.stems - asked, two.sentence.stems - asked
    return len(own & other) >= _SAME_FOCUS * max(1, min(len(own), len(other)))


def change(one: str, two: str) -> str | None:
    """What the first sentence has in place of the second's words; empty if nothing; None if it is no altered copy."""
    first, second = words(one), words(two)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    if 2 * sum(block.size for block in matcher.get_matching_blocks()) < _ALTERED * (len(first) + len(second)):
        return None
    for kind, a, b, c, d in matcher.get_opcodes():
        told = [word for word in first[a:b] if word not in STOPWORDS]
        instead = [word for word in second[c:d] if word not in STOPWORDS]
        if kind == "replace" and told and instead and max(b - a, d - c) <= _LONGEST_CHANGE:
            return " ".join(first[a:b])
    return ""


def value(question: Question, candidate: Candidate, others: Sequence[Candidate]) -> str:
    """What a sentence answers, in its own words: the quantity, the words changed, the names, or all of it.

    Args:
        others: sentences that answer otherwise.
    """
    quantities = wanted_quantities(question, candidate.sentence)
    if quantities:
        return quantities[0].text
    for other in others:
        if other is not candidate and (changed := change(candidate.text, other.text)):
            return changed
    if "name" in question.wants:
        names = [name for name in NAME.findall(candidate.text) if stems(name) - question.sentence.stems]
        if names:
            return " ".join(names[:3])
    return " ".join(candidate.text.split())[:160]


def subject(question: Question, candidate: Candidate) -> str:
    """What a sentence speaks of: its document's title if that has the name, else its own words before 'is a …'."""
    title = candidate.judged.source.title
    if question.names <= stems(title):
        return title
    start = defined(candidate.sentence)
    return " ".join(start.split()[:12]) if question.names <= stems(start) else ""


def carries(question: Question, candidate: Candidate) -> bool:
    """Whether a sentence has a quantity of the kind that is asked for and every telling word of the question."""
    return bool(wanted_quantities(question, candidate.sentence)) and (
        set(question.telling) - question.names <= candidate.titled
    )


def speaks_of(question: Question, candidate: Candidate) -> bool:
    """Whether a sentence, its title or its passage has the names of the question; a row names what it is about."""
    if question.names <= candidate.titled:
        return True
    around = passage_stems(candidate.judged.hit.passage.text)
    return not _ROW.fullmatch(candidate.text) and question.names <= around


def says_what_it_is(question: Question, candidate: Candidate) -> bool:
    """Whether a sentence says of the named thing what it is: nothing but the name stands before 'is a …'."""
    if question.wants - {"name", "place", "definition"} or not question.names <= candidate.sentence.stems:
        return False
    before = defined(candidate.sentence)
    others = [
        word
        for word in _ASIDE.sub(" ", before).split()
        if word.islower() and word not in STOPWORDS and word not in _NAMING
    ]
    return question.names <= stems(before) and len(others) <= _STRAY


def share_said(question: Question, candidate: Candidate) -> float:
    """Share of what is asked about the named thing that a sentence speaks of."""
    asked = frozenset(question.telling) - question.names
    return len(asked & candidate.titled) / max(1, len(asked))


def dimensions(question: Question, candidate: Candidate) -> frozenset[str]:
    """The kinds of the quantities that a sentence answers with."""
    return frozenset(quantity.dimension for quantity in wanted_quantities(question, candidate.sentence))
