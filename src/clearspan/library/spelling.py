"""Words of a question that no passage has, as the library spells them.

Source:
    Norvig, "How to Write a Spelling Corrector", 2007: of the words one change away, the commonest that is known. A
    change is two neighbours that swapped places, a letter too few, too many, or another one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clearspan.language.words import STOPWORDS, words

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SHORTEST = 5
"""Letters below which a word has too many neighbours to tell which was meant."""

_MOST_LIKELY = 8
"""Spellings that are looked for in the passages themselves; an index knows words by their stems alone."""

_MOST_WORDS = 6
"""Unknown words that are looked at; a text in another language has more, and none of them is misspelt."""


@dataclass(frozen=True, slots=True)
class Respelled:
    """A text as it was read.

    Attributes:
        text: with the changes.
        changes: each word that was changed, as it was written and as it was read.
    """

    text: str
    changes: tuple[tuple[str, str], ...] = ()


def respelled(
    text: str, frequency: Callable[[Sequence[str]], Mapping[str, int]], written_so: Callable[[str], bool]
) -> Respelled:
    """A text with its unknown words in the nearest spelling that is known; names in capitals stay as they are.

    Args:
        frequency: in how many passages each of some words, or another form of it, occurs.
        written_so: whether some passage has exactly this word.
    """
    written = {
        word: match for match in re.findall(r"[^\W\d_]+", text) if (word := match.casefold()) not in STOPWORDS
    }
    looked_up = [
        word for word in words(text) if word in written and len(word) >= _SHORTEST and word.isascii()
    ]
    known = frequency(looked_up)
    unknown = [
        word for word in dict.fromkeys(looked_up) if not known[word] and not _is_name(written[word], text)
    ]
    changes: list[tuple[str, str]] = []
    for word in unknown if len(unknown) <= _MOST_WORDS else ():
        if meant := _meant(word, frequency, written_so):
            changes.append((written[word], meant))
            text = re.sub(rf"\b{re.escape(written[word])}\b", meant, text)
    return Respelled(text, tuple(changes))


def _is_name(word: str, text: str) -> bool:
    """Whether a word is written as a name: one that the library lacks is another's name, not a slip."""
    return word[0].isupper() and not text.lstrip().startswith(word)


def _meant(
    word: str, frequency: Callable[[Sequence[str]], Mapping[str, int]], written_so: Callable[[str], bool]
) -> str:
    for changed in (_swapped(word), _others(word)):
        # Another ending is another form of a word that the library may lack, not a slip.
        able = [each for each in changed if each[: len(word) - 1] != word[:-1]]
        found = frequency(sorted(able))
        likely = sorted((each for each in able if found[each]), key=lambda each: (-found[each], each))
        if best := next(filter(written_so, likely[:_MOST_LIKELY]), ""):
            return best
    return ""


def _swapped(word: str) -> set[str]:
    each = range(len(word) - 1)
    return {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in each} - {word}


def _others(word: str) -> set[str]:
    places = range(len(word) + 1)
    fewer = {word[:at] + word[at + 1 :] for at in places[:-1]}
    other = {word[:at] + letter + word[at + 1 :] for at in places[:-1] for letter in _LETTERS}
    more = {word[:at] + letter + word[at:] for at in places for letter in _LETTERS}
    return (fewer | other | more) - {word}
