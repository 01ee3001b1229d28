"""Which sentences of a long reference a claim is held against: those that carry its words, and their neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass

from clearspan.language.sentences import sentences
from clearspan.language.words import stems
from clearspan.overview.proof.rarity import weight

_MOST_WORDS = 180
_LONGEST_SENTENCE = 1_200
_MOST_SENTENCES = 900
_BEST = 14
_WITH_NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence of what is cited; `source` numbers the references, and `place` the sentences of each."""

    text: str
    title: str = ""
    source: int = 0
    place: int = 0

    @property
    def titled(self) -> str:
        """The sentence after the title of its document, which often tells what 'it' is."""
        return f"{self.title}: {self.text}" if self.title else self.text


def read_reference(text: str, source: int = 0, title: str = "") -> list[Evidence]:
    """The sentences of one reference in order."""
    found = [" ".join(text[start:end].split()) for start, end in sentences(text)[:_MOST_SENTENCES]]
    if not found and text.strip():
        found = [" ".join(text.split())]
    return [Evidence(each[:_LONGEST_SENTENCE], title, source, place) for place, each in enumerate(found)]


def window(claim: str, evidence: Sequence[Evidence], most_words: int = _MOST_WORDS) -> list[Evidence]:
    """At most about `most_words` words of evidence, in reading order.

    Sentences are taken greedily by the words of the claim that they add; the best few bring the sentences before
    and after them, where names and numbers that they refer to tend to stand. Evidence that is short is kept whole.
    """
    if sum(len(each.text.split()) for each in evidence) <= most_words:
        return list(evidence)
    own = stems(claim)
    shared = [own & stems(each.text) for each in evidence]
    kept: set[int] = set()
    words = 0
    covered: frozenset[str] = frozenset()
    for rank in range(min(_BEST, len(evidence))):
        left = [index for index in range(len(evidence)) if index not in kept]
        if not left or words >= most_words:
            break
        seen = covered
        best = max(
            left, key=lambda i: weight(shared[i] - seen) + 0.3 * weight(shared[i]) - _length(evidence[i])
        )
        covered |= shared[best]
        around = (best, best - 1, best + 1) if rank < _WITH_NEIGHBOURS else (best,)
        for index in around:
            if _same_source(evidence, best, index) and index not in kept and words < most_words:
                kept.add(index)
                words += len(evidence[index].text.split())
    return [evidence[index] for index in sorted(kept)]


def _length(evidence: Evidence) -> float:
    return 0.01 * len(evidence.text.split())


def _same_source(evidence: Sequence[Evidence], best: int, index: int) -> bool:
    return 0 <= index < len(evidence) and evidence[index].source == evidence[best].source
