"""Questions that go on from the ones before them, as questions that can be asked alone.

'And how long is its main span?' says what it is about in the question before it. A search knows nothing of that, so the
name is put back in. There is no parser here: where no name or noun of the last turns fits, a question stays as it is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clearspan.language.sentences import Sentence
from clearspan.language.words import STOPWORDS

_LEAD = re.compile(
    r"^\W*(?:(?:and|but|so|also|then|ok(?:ay)?|thanks|thank\s+you|great|i\s+see)\b[,.!]?\s+)+", re.IGNORECASE
)
_PEOPLE = frozenset({"he", "she", "him", "his", "her", "hers"})
_OWNING = frozenset({"its", "his", "her", "their"})
_PRONOUN = re.compile(
    r"\b(?:it|its|he|she|him|his|her|hers|they|them|their|that\s+one|this\s+one)\b(?!['’])", re.IGNORECASE
)
# 'It' of 'Is it true that …' and 'How long does it take to …' stands for nothing.
_EXPLETIVE = re.compile(
    r"\bit\s+(?:true|possible|necessary|important|likely|raining|take|takes|took|cost|costs|mean|means)\b"
    r"|\b(?:is|was)\s+it\s+(?:\w+\s+)?(?:true|possible|safe|legal|allowed|necessary|important|likely|that|to)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"^\W*(?:(?:what|how)\s+about|and)\s+(?P<what>[^?]+?)\s*\?*\s*$", re.IGNORECASE)
_OPENING = re.compile(
    r"^\W*(?:(?:in|at|on|to|from|of|for|by|with)\s+)?(?:what|which|who|whom|whose|when|where|why|how|is|are|was|were|"
    r"do|does|did|can|could|will|would|should|has|have|had|may|must|tell|give|list|explain|describe|name|compare)\b",
    re.IGNORECASE,
)
_LINKING = r"of|in|at|near|on|for|the|an?|is|are|was|were|did|does|do|to|from|and|or"
_MODIFIERS = rf"(?:(?!(?:{_LINKING})\b)[a-z][a-z-]*\s+){{0,3}}"
_NAME = r"[A-Z0-9][\w’'.-]*(?:\s+(?:(?:of|de|van|von|the)\s+)?[A-Z0-9][\w’'.-]*)*"
_NAMED = re.compile(rf"(?:\b(?:the|an?)\s+{_MODIFIERS}(?:(?:in|at|near|on)\s+)?)?(?<=\s)(?P<name>{_NAME})")
_NOUN = re.compile(r"\b(?:the|my|our|your)\s+(?P<nouns>[a-z][a-z-]*(?:\s+[a-z][a-z-]*){0,3})")
_DATES = frozenset(
    "January February March April May June July August September October November December Monday Tuesday Wednesday "
    "Thursday Friday Saturday Sunday I".split()
)
_ASKS_WHO = re.compile(r"^\W*(?:by\s+)?who(?:m|se)?\b", re.IGNORECASE)
_DO = re.compile(r"\b(?:did|does|do)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of before, as it could be asked alone, and what was replied."""

    question: str
    reply: str = ""


def standalone(question: str, before: Sequence[Turn]) -> str:
    """The question so that it can be asked alone; as it is where it can be already, or nothing says what it is about.

    Args:
        before: the turns before it, oldest first.
    """
    lead = _LEAD.match(question)
    asked = question[lead.end() :] if lead else question
    if not before or not asked.strip():
        return question
    if (about := _ABOUT.match(question)) and not _OPENING.match(about["what"]):
        return _asked_about(about["what"], before) or question
    resolved = _resolved(asked, before)
    return _capital(resolved) if resolved else question


def _resolved(asked: str, before: Sequence[Turn]) -> str:
    """The question with what its first pronoun stands for in its place; empty where it has none, or none fits."""
    empty = [match.span() for match in _EXPLETIVE.finditer(asked)]
    for match in _PRONOUN.finditer(asked):
        if any(start <= match.start() < end for start, end in empty):
            continue
        if _names(asked[: match.start()]):
            return ""  # it speaks of what this question names itself
        pronoun = match.group().lower()
        if not (subject := _subject(before, person=pronoun in _PEOPLE)):
            return ""
        # 'her' before a noun owns it: 'her first book', but 'who taught her?'
        owns = pronoun in _OWNING and re.match(r"\s+\w", asked[match.end() :]) is not None
        put = (f"{subject}'" if subject.endswith("s") else f"{subject}'s") if owns else subject
        return asked[: match.start()] + put + asked[match.end() :]
    return ""


def _asked_about(what: str, before: Sequence[Turn]) -> str:
    """'And the height?' and 'What about the Forth Bridge?' as whole questions; empty where that cannot be told."""
    last = before[-1].question
    subject = _subject(before, person=False)
    if not subject:
        return ""
    if _names(f" {what}"):
        # Another thing of the same kind: the question before is asked of it.
        return last.replace(subject, what, 1) if subject in last else ""
    owned = _PRONOUN.sub("the", what, count=1) if _PRONOUN.match(what) else what
    return f"What is {owned} of {subject}?"


def _subject(before: Sequence[Turn], *, person: bool) -> str:
    """What the turns speak of, the newest first."""
    for turn in reversed(before):
        asked = _names(turn.question)
        if person and _ASKS_WHO.match(turn.question):
            new = [name for name in _said(turn.reply) if name not in turn.question]
            if new:
                return new[0]
        if asked:
            return asked[-1]
        if noun := _noun(turn.question):
            return noun
        if said := _said(turn.reply):
            return said[0]
    return ""


def _said(reply: str) -> list[str]:
    """Names in a reply, whose lines may be quotes or items of a list."""
    lines = (line.lstrip(" \t“\"'•*-") for line in reply.splitlines())
    return [name for line in lines for name in Sentence(line).names if name not in _DATES]


def _names(text: str) -> list[str]:
    """Names in a text with the words that say what they are of: 'the harbour footbridge in Port Merrow'."""
    return [
        match.group().rstrip(".,'’")
        for match in _NAMED.finditer(text)
        if match["name"] not in _DATES and not match["name"][0].isdigit()
    ]


def _noun(text: str) -> str:
    """The last thing that a text has an article for: 'the boiler'."""
    found = ""
    for match in _NOUN.finditer(text):
        words = list(_until_stopword(match["nouns"].split()))
        if len(words) > 1 and _DO.search(text[: match.start()]) and text[match.end() :].strip(" ?.!") == "":
            words.pop()  # its verb: 'did the boiler break'
        if words:
            found = f"the {' '.join(words)}"
    return found


def _until_stopword(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word in STOPWORDS:
            return
        yield word


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
