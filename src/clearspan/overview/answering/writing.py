"""Which of several candidates is shown: the one that is proved, and of those the one that says most in fewest words."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clearspan.language.sentences import sentences
from clearspan.language.words import stems
from clearspan.overview.answering.fidelity import unfaithful
from clearspan.overview.proof import citing
from clearspan.overview.proof.rarity import weight
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Claim, Dropped

Answers = Callable[[str, Sequence[str]], Sequence[float]]
"""How surely each of some texts answers a question by itself: (question, texts) → logits."""

_MOST_PROOFS = 4
"""Candidates that are held against the quotes; to read one takes longer than to write it beside others."""

_LESS_SURE = 0.1
"""Of a probability: what a text may answer less surely by itself than the surest quote does."""

_LEAST = 0.05
"""What a quote counts that answers by no means: it was chosen for something."""

_LONG_WORDS = 32
_LEANS_BACK = re.compile(
    r"^(?:it|its|he|she|his|her|they|their|this|these|those|however|therefore)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Selected:
    """The sentences of the candidate that is shown, and what was not shown of it, or of the others if there is none."""

    claims: tuple[Claim, ...] = ()
    dropped: tuple[Dropped, ...] = ()


def completeness(question: str, quotes: Sequence[Claim], sure: Sequence[float], text: str) -> float:
    """Coverage of what the question and the quotes say, less what is new and what is long.

    Args:
        sure: how surely each quote answers, from 0 to 1: what it says counts as much.
    """
    said = stems(text)
    told = [stems(quote.text) for quote in quotes]
    shares = [weight(each & said) / max(weight(each), 1.0) for each in told]
    ranks = [max(each, _LEAST) for each in sure]
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
    answers: Answers,
    *,
    word_for_word: bool = True,
) -> Selected:
    """The first candidate that is proved, the best first; where none is whole, the one that keeps most.

    A candidate is good as it answers and as it is complete; one that answers less surely than the quotes do is none.

    Args:
        candidates: texts of one sentence or several.
        quotes: claims that `citing.prove_quotes` has passed.
        threshold: probability from which a sentence counts as supported.
        answers: the reader's word on whether a text answers.
        word_for_word: whether a sentence must consist of whole stretches of the quotes besides (`fidelity`).
    """
    own = sorted(set(candidates))
    said = [quote.text for quote in quotes]
    sure = [_share(logit) for logit in answers(question, [*own, *said])]
    needed = max(sure[len(own) :], default=0.0) - _LESS_SURE
    dropped = tuple(
        Dropped(text=text, origin="generated", why="answers less surely than the quotes do")
        for text, each in zip(own, sure, strict=False)
        if each < needed
    )
    worth = {
        text: completeness(question, quotes, sure[len(own) :], text) + each
        for text, each in zip(own, sure, strict=False)
        if each >= needed
    }
    if not worth:
        return Selected(dropped=dropped[:_MOST_PROOFS])
    ranked = sorted(worth, key=lambda text: (-worth[text], text))
    tried: list[Selected] = []
    for text in ranked[:_MOST_PROOFS]:
        proved = _prove(text, question if word_for_word else None, quotes, threshold, instruments)
        if proved.claims and not proved.dropped:
            return proved
        tried.append(proved)
    best = max(tried, key=lambda one: len(one.claims), default=Selected())
    if best.claims:
        return best
    return Selected(dropped=tuple(dict.fromkeys(each for one in tried for each in one.dropped)))


def _share(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-logit))


def _prove(
    text: str, question: str | None, quotes: Sequence[Claim], threshold: float, instruments: Instruments
) -> Selected:
    """What holds of a candidate; with a question each of its sentences must be `fidelity`'s, too."""
    claims: list[Claim] = []
    dropped: list[Dropped] = []
    for start, end in sentences(text):
        sentence = text[start:end].strip()
        if dropped and _LEANS_BACK.match(sentence):
            why = "leans on a sentence that is not shown"
            dropped.append(Dropped(text=sentence, origin="generated", why=why))
            continue
        if question is not None and (why := unfaithful(sentence, question, quotes)):
            dropped.append(Dropped(text=sentence, origin="generated", why=why))
            continue
        proof = citing.prove_sentence(sentence, quotes, threshold, instruments)
        if claims and _LEANS_BACK.match(sentence) and not _documents(claims[-1:]) & _documents(proof.claims):
            why = "leans on a sentence about something else"
            dropped.append(Dropped(text=sentence, origin="generated", why=why))
            continue
        claims.extend(proof.claims)
        dropped.extend(proof.dropped)
    return Selected(tuple(claims), tuple(dropped))


def _documents(claims: Sequence[Claim]) -> frozenset[str]:
    return frozenset(one.document_id for claim in claims for one in claim.citations)


def _title(quote: Claim) -> frozenset[str]:
    return stems(quote.citations[0].title) if quote.citations else frozenset()
