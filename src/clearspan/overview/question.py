"""What a question asks for: its telling words, its names, and the kind of value that would answer it."""

import re
from dataclasses import dataclass
from functools import cached_property

from clearspan.language.quantities import Quantity
from clearspan.language.quantities.conversion import dimension
from clearspan.language.quantities.currencies import MONEY
from clearspan.language.quantities.units import unit_at
from clearspan.language.sentences import Sentence
from clearspan.language.words import STOPWORDS, stem, words

_LENGTH, _TIME, _MASS = "[length]", "[time]", "[mass]"
_AREA, _SPEED, _TEMPERATURE = "[length] ** 2", "[length] / [time]", "[temperature]"

_WANTS: tuple[tuple[str, frozenset[str]], ...] = (
    (r"^\W*who(?:m|se)?\b", frozenset({"name"})),
    (r"\bhow\s+(?:tall|high|deep|wide|far|thick)\b", frozenset({_LENGTH})),
    (r"\bhow\s+(?:big|large)\b", frozenset({_LENGTH, _AREA, _MASS, "count"})),
    (r"\bhow\s+heavy\b|\bweighs?\b|\b(?:weight|mass)\b", frozenset({_MASS})),
    (r"\bhow\s+(?:fast|quick(?:ly)?)\b|\b(?:top\s+)?speed\b", frozenset({_SPEED})),
    (r"\bhow\s+(?:hot|cold|warm)\b|\btemperature\b", frozenset({_TEMPERATURE})),
    (r"\bhow\s+old\b", frozenset({_TIME, "date"})),
    (r"\bhow\s+long\s+(?:did|does|do|will|has|have|can|may|until|before)\b", frozenset({_TIME, _LENGTH})),
    (r"\bhow\s+long\b", frozenset({_LENGTH, _TIME})),
    (r"\bhow\s+often\b", frozenset({"count", _TIME, "clock"})),
    (r"\b(?:diameter|height|length|width|depth|distance|span)\b", frozenset({_LENGTH})),
    (r"\bpopulation\b|\bhow\s+populous\b", frozenset({"count"})),
    (
        r"\b(?:costs?|price|fees?|(?<!in\s)charges?|paid|pay|budget|expensive|cheap|fines?)\b",
        MONEY,
    ),
    (r"\bwhat\s+(?:percentage|percent|share|proportion)\b", frozenset({"percent"})),
    (
        r"\bwhat\s+time\b|\bopening\s+(?:hours|times)\b|\b(?:when|until\s+when)\s+(?:does|do|is|are)\b.*\b(?:open|close|shut|start|begin|end|finish|collected|emptied|meet)",
        frozenset({"clock", "weekday"}),
    ),
    (r"\b(?:what|which)\s+day\b", frozenset({"weekday", "date"})),
    (r"\bwhen\b|\b(?:what|which|in\s+what|in\s+which)\s+(?:year|date|month)\b", frozenset({"date"})),
    (r"\bwho(?:m|se)?\b", frozenset({"name"})),
    (r"\bwhere\b", frozenset({"place"})),
    (r"\bwhy\b|\bwhat\s+(?:causes?|makes?)\b|\bwhat\s+is\s+the\s+reason\b", frozenset({"reason"})),
)
# What a sentence states that says of a thing what it is: 'Aldo Venn was a Danish chess player.'
_DEFINED = (
    r"sport|genre|medium|type|kind|sort|profession|occupation|job|career|nationality|format|category|species|position|"
    r"instrument|party|language|field|role"
)
_ASKS_DEFINITION = re.compile(
    rf"^\W*(?:what|which)\s+(?:\w+\s+)?(?:{_DEFINED})\b"
    rf"|\bwhat\s+(?:is|was)\s+(?:the\s+)?(?:\S+\s+)?(?:{_DEFINED})\s+(?:of|is)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"\b(?:is|was|are|were)\s+(?:an?|the|one)\b", re.IGNORECASE)
_COUNTED = re.compile(r"\bhow\s+many\s+((?:[\w-]+\s+)?[\w-]+)", re.IGNORECASE)

# Words that say which value is wanted rather than what it is a value of.
_MEASURING = frozenset(
    "long tall high deep wide far thick big large heavy weigh weighs weight fast quick quickly hot cold warm old often "
    "many much year date day time month called name named main kind type tell know please does did happen "
    "exactly approximately roughly about around total away currently usually".split()
)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bweekdays?\b", re.IGNORECASE)
_REASON = re.compile(
    r"\bbecause\b|\bso\s+that\b|\bdue\s+to\b|\bin\s+order\s+to\b|\bsince\b|\bto\s+(?:help|make|keep|reduce|avoid|prevent|protect|let|allow|improve|be)\b"
    r"|\b(?:therefore|thanks\s+to|caused?|means\s+that|which\s+is\s+why|reason|makes?|helps?)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(?:in|at|on|near|between|across|off|to|from|of)\s+(?:the\s+)?[A-Z]")
_SAID = {"weekday": _WEEKDAY, "reason": _REASON, "place": _PLACE}


@dataclass(frozen=True)
class Question:
    """A question, taken apart.

    Attributes:
        telling: stems of the words that say what it is about, in order, without repeats.
        spoken: the same words as a person wrote them.
        names: stems of the telling words that are written as names; an answer about something else is no answer.
        wants: kinds of value that would answer it: dimensions, `date`, `count`, `percent`, `money:…`, `clock`,
            `weekday`, `name`, `place`, `reason`, `definition`; empty when any sentence may answer.
        counted: stem of the noun that `how many` counts, else empty.
    """

    text: str
    telling: tuple[str, ...]
    spoken: tuple[str, ...]
    names: frozenset[str]
    wants: frozenset[str]
    counted: str

    @cached_property
    def sentence(self) -> Sentence:
        """The question as any other sentence is read."""
        return Sentence(self.text)


def understand(text: str) -> Question:
    """Take a question apart."""
    wants, counted = _wanted(text)
    ordered = [word for word in words(text) if word not in STOPWORDS]
    telling = [word for word in ordered if word not in _MEASURING] or ordered
    names = {stem(word) for name in _names(text) for word in words(name) if word not in STOPWORDS}
    spoken = {stem(word): word for word in reversed(telling)}
    order = tuple(dict.fromkeys(stem(word) for word in telling))
    shown = tuple(spoken[each] for each in order)
    return Question(text, order, shown, frozenset(names & set(order)), wants, counted)


def defined(sentence: Sentence) -> str:
    """What a sentence says of something what it is: its words before 'is a …'; empty where it defines nothing."""
    match = _DEFINES.search(sentence.text)
    return sentence.text[: match.start()].strip() if match else ""


def carries(question: Question, sentence: Sentence) -> bool:
    """Whether a sentence holds a value of the kind that is asked for, and does not merely repeat the question."""
    if wanted_quantities(question, sentence):
        return True
    if "name" in question.wants and any(name - question.sentence.stems for name in sentence.name_stems):
        return True
    return any(_SAID[kind].search(sentence.text) for kind in question.wants & _SAID.keys())


def wanted_quantities(question: Question, sentence: Sentence) -> tuple[Quantity, ...]:
    """The quantities of a sentence that are of a wanted kind and do not merely repeat the question."""
    if question.counted:
        found = counts_of(question, sentence)
    else:
        found = tuple(q for q in sentence.quantities if q.dimension in question.wants)
    asked = question.sentence.quantities
    return tuple(quantity for quantity in found if not any(quantity.same(other) for other in asked))


def counts_of(question: Question, sentence: Sentence) -> tuple[Quantity, ...]:
    """The numbers of a sentence that count what `how many` asks for: a bare number shortly before the noun."""
    counted: list[Quantity] = []
    for quantity in sentence.quantities:
        # A density keeps the noun that it counts within its words: '400 people per square mile'.
        if quantity.dimension != "count" and not quantity.unit.startswith("1/"):
            continue
        after = quantity.end if quantity.dimension == "count" else quantity.start
        following = [stem(word) for word in words(sentence.text[after:])[:4]]
        preceding = [stem(word) for word in words(sentence.text[: quantity.start])[-3:]]
        if question.counted in following or question.counted in preceding:
            counted.append(quantity)
    return tuple(counted)


def _wanted(text: str) -> tuple[frozenset[str], str]:
    if match := _COUNTED.search(text):
        if found := unit_at(text, match.start(1)):
            kind = dimension(found.unit.name)
            # Degrees are of an angle or of a temperature.
            return frozenset({kind, _TEMPERATURE} if kind == "[angle]" else {kind}), ""
        following = match[1].split()
        noun = following[-1] if following[-1].lower() not in STOPWORDS else following[0]
        return frozenset({"count"}), stem(noun.lower())
    for pattern, kinds in _WANTS:
        if re.search(pattern, text, re.IGNORECASE):
            return kinds, ""
    if _ASKS_DEFINITION.search(text):
        return frozenset({"definition"}), ""
    if re.search(r"\bhow\s+much\b", text, re.IGNORECASE):
        return MONEY | {_MASS, "percent", "[length] ** 3"}, ""
    return frozenset(), ""


def _names(text: str) -> list[str]:
    return [match.group() for match in re.finditer(r"(?<=\s)[A-Z][\w’'-]*(?:\s+[A-Z][\w’'-]*)*", text)]
