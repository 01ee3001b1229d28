"""Texts about a thing and texts about others, where only a description of it is given."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, cast

from clearspan.errors import BadInput
from clearspan.language.words import STOPWORDS, words

_FORMS = (
    "{}",
    "I am {}.",
    "This text is about {}.",
    "Tell me about {}.",
    "{} is well known.",
    "We talked about {} for a long time.",
    "What do you know of {}?",
    "My favourite subject is {}.",
)
_OTHERS = 32
_MOST_KEYWORDS = 6
_EMPTY = frozenset({"references", "related", "terms", "mentions", "text", "something", "things", "various"})
"""Words by which descriptions begin, and which no text about the thing need hold."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is searched for.

    Attributes:
        text: the description; empty where only texts were given.
        like: texts about it.
        unlike: texts about other things.
        keywords: words, in small letters, of which a text about it would have some.
    """

    text: str
    like: tuple[str, ...]
    unlike: tuple[str, ...]
    keywords: tuple[str, ...]


def described(text: str) -> Meaning:
    """What a description means, with short texts around it and around other things.

    Raises:
        BadInput: the description has no word that says anything.
    """
    text = " ".join(text.split()).strip(" .")
    keywords = _keywords(text)
    if not keywords:
        raise BadInput(
            f"'{text:.80}' describes nothing that could be found.",
            why="It has no word but those that stand in every text.",
            do="Name the thing: 'the Golden Gate Bridge', 'baking bread'.",
        )
    others = _others(frozenset(keywords))
    like = tuple(_filled(form, text) for form in _FORMS)
    # Each other thing stands in two of the forms, so that no form tells the two sides apart.
    unlike = tuple(
        _filled(_FORMS[(place + turn * 3) % len(_FORMS)], one)
        for place, one in enumerate(others)
        for turn in range(2)
    )
    return Meaning(text, like, (*unlike, *_data()["neutral"]), keywords)


def exemplified(like: Sequence[str], unlike: Sequence[str], text: str = "") -> Meaning:
    """What texts that are like a thing have and texts that are not do not have.

    Args:
        unlike: neutral sentences by default.
        text: a description beside them.

    Raises:
        BadInput: there is no text that is like it.
    """
    here = tuple(one.strip() for one in like if one.strip())
    there = tuple(one.strip() for one in unlike if one.strip()) or _background()
    if not here:
        raise BadInput(
            "There is no text that is like it.",
            why="A feature is found by what it responds to.",
            do="Give a few sentences, one a line.",
        )
    return Meaning(text, here, there, (_keywords(text) if text else ()) or telling_words(here, there))


def telling_words(like: Sequence[str], unlike: Sequence[str]) -> tuple[str, ...]:
    """Words that many texts of the one side hold and few of the other, most telling first."""
    here, there = _held(like), _held(unlike)
    lead = {word: count / len(like) - there[word] / max(len(unlike), 1) for word, count in here.items()}
    ranked = sorted(lead, key=lambda word: (-lead[word], word))
    return tuple(word for word in ranked if lead[word] > 0)[:_MOST_KEYWORDS]


def holds(text: str, keyword: str) -> bool:
    """Whether a text has a keyword in some form: `bridges` and `bridge` are one thing to say."""
    return bool(re.search(rf"(?<!\w){re.escape(_stem(keyword))}", text.casefold()))


def _stem(word: str) -> str:
    for ending in ("ies", "es", "s", "e", "y"):
        if len(word) > 4 and word.endswith(ending):
            return word.removesuffix(ending)
    return word


def _held(texts: Sequence[str]) -> Counter[str]:
    """How many texts hold each word that says anything."""
    return Counter(word for text in texts for word in set(words(text)) if _says(word))


def _keywords(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words(text) if _says(word)))[:_MOST_KEYWORDS]


def _says(word: str) -> bool:
    return len(word) > 2 and word not in STOPWORDS and word not in _EMPTY


def _background() -> tuple[str, ...]:
    others = _others(frozenset())
    forms = (_FORMS[place % len(_FORMS)] for place in range(len(others)))
    return (*map(_filled, forms, others), *_data()["neutral"])


def _others(keywords: frozenset[str]) -> list[str]:
    """Things of every kind that share no telling word with the description."""
    kinds = cast("dict[str, list[str]]", _data()["subjects"])
    apart = [[one for one in kind if not keywords & set(words(one))] for kind in kinds.values()]
    longest = max(map(len, apart))
    in_turn = (kind[place] for place in range(longest) for kind in apart if place < len(kind))
    return [one for one, _ in zip(in_turn, range(_OTHERS), strict=False)]


def _filled(form: str, text: str) -> str:
    filled = form.format(text)
    return filled[:1].upper() + filled[1:]


@cache
def _data() -> dict[str, Any]:
    folder = resources.files("clearspan.features") / "data"
    subjects = json.loads((folder / "subjects.json").read_text("utf-8"))["subjects"]
    neutral = json.loads((folder / "neutral.json").read_text("utf-8"))
    return {"subjects": subjects, "neutral": tuple(neutral)}
