"""Hard checks on words: names, negation, opposites and hedges that a claim may not change.

Each is a check with a score of 1 or 0; `detail` tells a person what was changed.
"""

import re
from collections.abc import Sequence
from importlib.resources import files

from clearspan.language.clauses import coverage, nearest, nearest_clause, telling_clauses, without_title
from clearspan.language.roles import compares_alike
from clearspan.language.words import STOPWORDS, stems, words
from clearspan.overview.proof.numbers import NAME
from clearspan.receipts import Check

NEGATION = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|hardly|rarely|\w+n['’]t)\b",
    re.IGNORECASE,
)
_DIRECTIONS = [
    line.split(" / ")
    for line in (files("clearspan.overview.proof") / "directions.txt").read_text("utf-8").splitlines()
]
"""Patterns of words that say opposite things."""

_UNSURE = (
    # The month is written with a capital.
    r"\b(?:may|might)\b|(?i:\b(?:could|possibly|perhaps|maybe|reportedly|allegedly|apparently|supposedly|likely|"
    r"unlikely|rumou?red|claim(?:s|ed|ing)?|alleg(?:e|es|ed|ing)|suggest(?:s|ed)?|speculat(?:e|es|ed)|"
    r"believ(?:e|es|ed)|thought|expected|proposed|estimates?|estimated|sa(?:y|ys|id)|"
    r"argu(?:e|es|ed)\s+that|according\s+to|popular\s+belief)\b)"
)
_ABLE = r"(?i:\b(?:can|up\s+to|able\s+to|possible|as\s+(?:much|many|few|little)\s+as)\b)"
_FEW = r"(?i:\b(?:some|few|several|sometimes|occasionally|rarely|seldom|partly|in\s+part)\b)"
_PARTIAL = (
    r"(?i:\b(?:some|few|several|sometimes|occasionally|rarely|seldom|partly|in\s+part|many|most|mostly|often|usually|"
    r"generally|typically|mainly|almost|nearly)\b)"
)
_ALL = r"(?i:\b(?:all|every|each|always|everyone|everybody|entirely|completely|exclusively|must)\b)"
_SURE = r"(?i:\b(?:must|certainly|definitely|undoubtedly)\b)"
_ROUGHLY = r"(?i:\b(?:about|around|roughly|approximately|nearly|almost|some)\b)"
_EXACTLY = r"(?i:\b(?:exactly|precisely)\b)"
_ATTRIBUTION = re.compile(
    r"(?:^|:\s)(?:according\s+to|reportedly|allegedly|perhaps|possibly)\b[^,]*,", re.IGNORECASE
)
# Words other than stop words that begin a sentence without being of its matter.
_OPENERS = frozenset(
    "although though despite since according located today currently every many several another one two three".split()
)


def names(claim: str, evidence: Sequence[str]) -> Check:
    """Whether all names of the claim are in the evidence; its first word counts as one unless the evidence has it."""
    said = {word for text in evidence for word in words(text)}
    known = {word for text in evidence for word in stems(text)}
    found = list(NAME.finditer(claim))
    unknown = {
        match.group()
        for match in found
        if not all(word in said for word in words(match.group()) if word not in STOPWORDS)
        and not (match.start() == 0 and _ordinary(match.group(), known))
    }
    detail = f"not in the cited text: {', '.join(sorted(unknown))}" if unknown else "all in the cited text"
    return Check(name="names", score=0.0 if unknown else 1.0, detail=detail if found else "none to check")


def negation(claim: str, evidence: Sequence[str]) -> Check:
    """Whether claim and evidence both deny or both affirm; an opposite in place of 'not' says the same."""
    for part in telling_clauses(claim):
        close = nearest_clause(part, evidence)
        # A clause that says nearly all of it decides; words scattered over a sentence are judged by the sentence.
        sentence = without_title(nearest(claim, evidence))
        whole, text = (part, close) if coverage(part, close) >= 0.75 else (claim, sentence)
        if _denies(whole) != _denies(text) and not _opposite(part, close):
            return Check(name="negation", score=0.0, detail="one says it, the other denies it")
        # The same words with one 'not' more: 'no orca is not known' where the text has 'no orca is known'.
        alike = min(coverage(whole, text), coverage(text, whole))
        if alike >= 0.9 and len(NEGATION.findall(whole)) != len(NEGATION.findall(text)):
            return Check(name="negation", score=0.0, detail="one denies more than the other")
    return Check(name="negation", score=1.0, detail="agrees with the cited text")


def direction(claim: str, evidence: Sequence[str]) -> Check:
    """Whether the claim has a word whose opposite stands in the evidence (more: less, pass: fail)."""
    alike = compares_alike(claim, evidence)
    for part in telling_clauses(claim):
        text, close = nearest(part, evidence), nearest_clause(part, evidence)
        pair = _opposite(part, text) or _opposite(part, close)
        if pair and _denies(part) == _denies(close) and not alike:
            detail = f"the cited text says the opposite: {pair[1]}, not {pair[0]}"
            return Check(name="direction", score=0.0, detail=detail)
    return Check(name="direction", score=1.0, detail="no opposite")


def hedges(claim: str, evidence: Sequence[str]) -> Check:
    """Whether the claim keeps what its evidence leaves open (may, reportedly) or says of a part only (some)."""
    for part in telling_clauses(claim):
        text = nearest(part, evidence)
        opening = match.group() if (match := _ATTRIBUTION.search(text)) else ""
        close = nearest_clause(part, [text])
        scope = f"{opening} {close if coverage(part, close) >= 0.5 else text}"
        if (hedge := re.search(_UNSURE, scope)) and not re.search(f"{_UNSURE}|{_ABLE}", claim):
            detail = f"the cited text says '{hedge.group().lower()}'"
            return Check(name="hedges", score=0.0, detail=detail)
        if (hedge := re.search(_UNSURE, text)) and re.search(_SURE, part) and not re.search(_SURE, text):
            return Check(name="hedges", score=0.0, detail=f"the cited text says '{hedge.group().lower()}'")
        if (
            (rough := re.search(_ROUGHLY, close))
            and re.search(_EXACTLY, part)
            and not re.search(_EXACTLY, close)
        ):
            return Check(name="hedges", score=0.0, detail=f"the cited text says '{rough.group().lower()}'")
        limit = re.search(_PARTIAL, scope) if re.search(_ALL, part) else re.search(_FEW, scope)
        kept = re.search(_ALL, scope) if re.search(_ALL, part) else re.search(_PARTIAL, claim)
        if limit and not kept:
            return Check(name="hedges", score=0.0, detail=f"the cited text says '{limit.group().lower()}'")
    return Check(name="hedges", score=1.0, detail="nothing left open was settled")


def is_opener(word: str) -> bool:
    """Whether a word with a capital merely begins the sentence."""
    return word.lower() in _OPENERS or word.lower() in STOPWORDS


def scope_words(text: str) -> list[tuple[int, int]]:
    """Spans of the words that say how far a statement goes or how sure it is: some, all, may, reportedly."""
    return [match.span() for match in re.finditer(f"{_UNSURE}|{_PARTIAL}|{_ALL}", text)]


def _ordinary(name: str, known: set[str]) -> bool:
    return name.lower() in _OPENERS or all(word in known for word in stems(name))


def _denies(text: str) -> bool:
    return bool(NEGATION.search(text))


def _opposite(said: str, found: str) -> tuple[str, str] | None:
    """A word of the first text and its opposite in the second, where neither text has both."""
    for pair in _DIRECTIONS:
        here = [re.search(rf"\b(?:{side})\b", said, re.IGNORECASE) for side in pair]
        there = [re.search(rf"\b(?:{side})\b", found, re.IGNORECASE) for side in pair]
        for side, other in ((0, 1), (1, 0)):
            mine, theirs = here[side], there[other]
            if mine and theirs and not here[other] and not there[side]:
                return mine.group(), theirs.group()
    return None
