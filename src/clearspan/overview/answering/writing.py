"""Which of several candidates is shown: the one that is proved, and of those the one that says most in fewest words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clearspan.language.clauses import telling_clauses
from clearspan.language.sentences import sentences
from clearspan.language.words import stems, stems_in_order
from clearspan.overview.proof import citing
from clearspan.overview.proof.rarity import weight
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Claim, Dropped

Completeness = Callable[[str, Sequence[Claim], str], float]
"""How well a text answers a question as far as quotes do: (question, quotes, text) → a figure, more is better.

Only the order of candidates rests on it: what is shown is proved in any case.
"""

_MOST_PROOFS = 4
"""Candidates that are held against the quotes; to read one takes longer than to write it beside others."""

_LONG_WORDS = 32
_LEANS_BACK = re.compile(
    r"^(?:it|its|he|she|his|her|they|their|this|these|those|however|therefore)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Selected:
    """The sentences of the candidate that is shown, and what was not shown of it, or of the others if there is none."""

    claims: tuple[Claim, ...] = ()
    dropped: tuple[Dropped, ...] = ()


def completeness(question: str, quotes: Sequence[Claim], text: str) -> float:
    """Coverage of what the question and the quotes say, less what is new and what is long.

    The first quote counts twice the second, and so on: it is the one that answers best.
    """
    said = stems(text)
    told = [stems(quote.text) for quote in quotes]
    shares = [weight(each & said) / max(weight(each), 1.0) for each in told]
    ranks = [0.5**place for place in range(len(told))]
    covered = sum(share * rank for share, rank in zip(shares, ranks, strict=True)) / sum(ranks)
    asked = stems(question) & frozenset[str]().union(*told)
    answers = weight(asked & said) / max(weight(asked), 1.0)
    new = weight(said - frozenset[str]().union(stems(question), *told, *map(_title, quotes)))
    length = len(text.split()) / max(1, sum(len(quote.text.split()) for quote in quotes))
    longest = max((len(text[start:end].split()) for start, end in sentences(text)), default=0)
    too_long = max(0, longest - _LONG_WORDS) / _LONG_WORDS
    return covered + 0.5 * answers - 0.5 * length - 0.5 * too_long - 2.0 * new / max(weight(said), 1.0)


def choose(
    question: str,
    candidates: Sequence[str],
    quotes: Sequence[Claim],
    threshold: float,
    instruments: Instruments,
    complete: Completeness = completeness,
) -> Selected:
    """The first candidate that is proved, the completest first; where none is whole, the one that keeps most.

    Args:
        candidates: texts of one sentence or several.
        quotes: claims that `citing.prove_quotes` has passed.
        threshold: probability from which a sentence counts as supported.
        complete: what candidates are ordered by.
    """
    ranked = sorted(set(candidates), key=lambda text: (-complete(question, quotes, text), text))
    tried: list[Selected] = []
    for text in ranked[:_MOST_PROOFS]:
        proved = _prove(text, question, quotes, threshold, instruments)
        if proved.claims and not proved.dropped:
            return proved
        tried.append(proved)
    best = max(tried, key=lambda one: len(one.claims), default=Selected())
    if best.claims:
        return best
    return Selected(dropped=tuple(dict.fromkeys(each for one in tried for each in one.dropped)))


def _prove(
    text: str, question: str, quotes: Sequence[Claim], threshold: float, instruments: Instruments
) -> Selected:
    claims: list[Claim] = []
    dropped: list[Dropped] = []
    for start, end in sentences(text):
        sentence = text[start:end].strip()
        if dropped and _LEANS_BACK.match(sentence):
            why = "leans on a sentence that is not shown"
            dropped.append(Dropped(text=sentence, origin="generated", why=why))
            continue
        if not _keeps_order(sentence, question, quotes):
            why = "puts the words of the quotes together in another way"
            dropped.append(Dropped(text=sentence, origin="generated", why=why))
            continue
        proof = citing.prove_sentence(sentence, quotes, threshold, instruments)
        claims.extend(proof.claims)
        dropped.extend(proof.dropped)
    return Selected(tuple(claims), tuple(dropped))


def _keeps_order(sentence: str, question: str, quotes: Sequence[Claim]) -> bool:
    """Whether each clause has its telling words from one quote, in the order in which they stand there.

    The subject may be named with words of the question or of the title. Verification weighs words and meaning more than
    relations: 'Hypotonia is supported by the institute' passes where that supports research on it.
    """
    named = stems(question).union(*map(_title, quotes))
    told = [stems_in_order(quote.text) for quote in quotes]
    return all(_in_order(stems_in_order(clause), told, named) for clause in telling_clauses(sentence))


def _in_order(own: Sequence[str], told: Sequence[Sequence[str]], named: frozenset[str]) -> bool:
    subject = next((place for place, word in enumerate(own) if word not in named), len(own))
    # A sentence of the question's words alone would follow anything.
    return any(_follows(own, each) or (subject < len(own) and _follows(own[subject:], each)) for each in told)


def _follows(own: Sequence[str], told: Sequence[str]) -> bool:
    rest = iter(told)
    return all(word in rest for word in own)


def _title(quote: Claim) -> frozenset[str]:
    return stems(quote.citations[0].title) if quote.citations else frozenset()
