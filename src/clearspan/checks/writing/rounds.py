"""Sentences that the writer makes of questions to train on, and of which those are kept that are proved and answer.

Expert iteration, as 'Beyond Human Data' has it (Singh et al. 2024, section 3): write several, keep what a judge who is
not the writer finds right, learn from these.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from clearspan.checks.writing.evidence import quotes_of
from clearspan.models.backends.prefix import Prefix
from clearspan.models.serving.engine import LanguageModel
from clearspan.models.text.sampling import Sampling, Variant
from clearspan.overview.answering import writing
from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.overview.proof.verify import Instruments
from clearspan.receipts import Claim
from clearspan.tiers.forms import form_of
from clearspan.tiers.rewriting import MOST_TOKENS, conversation, statement_of, together
from clearspan.tiers.writer.training.pairs import WritingPair

_TEMPERATURES = (0.0, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1)
_QUOTES = 4
_PATIENCE_SECONDS = 120.0
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Judges:
    """Who says what is kept.

    Attributes:
        threshold: probability from which a sentence counts as supported.
    """

    reader: EvidenceReader
    instruments: Instruments
    threshold: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question; no pair where nothing was proved."""

    id: str
    pair: WritingPair | None


def written(
    questions: Sequence[LabelledQuestion],
    model: LanguageModel,
    prefix: Prefix,
    judges: Judges,
    file: Path,
    progress: Callable[[int, int], None],
) -> list[Outcome]:
    """The best proved text of each question; those that a file already has are not written again.

    Args:
        file: a line an outcome, to which each is appended as it comes.
        progress: told after each how many of how many are done.
    """
    key = hashlib.sha256(prefix.packed()).hexdigest()[:16]
    known = {one.id: one for one in _kept(file, key)}
    missing = [one for one in questions if one.id not in known]
    # The model writes for one question while the sentences of another are proved.
    with ThreadPoolExecutor(_AT_ONCE) as pool, file.open("a", encoding="utf-8") as out:
        waiting = iter(missing)
        running = [pool.submit(_one, each, model, prefix, judges) for each in islice(waiting, _AT_ONCE)]
        while running:
            outcome = running.pop(0).result()
            running += [pool.submit(_one, each, model, prefix, judges) for each in islice(waiting, 1)]
            known[outcome.id] = outcome
            out.write(_line(outcome, key))
            out.flush()
            progress(len(known), len(questions))
    return [known[one.id] for one in questions]


def _one(question: LabelledQuestion, model: LanguageModel, prefix: Prefix, judges: Judges) -> Outcome:
    quotes = quotes_of(question, _QUOTES)
    variants = [
        Variant(Sampling(max_tokens=MOST_TOKENS, temperature=one, seed=place, stop=("\n",)))
        for place, one in enumerate(_TEMPERATURES)
    ]
    said = conversation(question.question, quotes)
    wording = together(
        lambda: model.stream_variants(said, variants, prefix=prefix),
        _PATIENCE_SECONDS,
        form_of(question.question).sentences,
    )
    candidates = (wording.text, *wording.others) if wording.text else ()
    found = writing.choose(
        question.question, candidates, quotes, judges.threshold, judges.instruments, judges.reader.answers
    )
    whole = found.claims and not found.dropped
    return Outcome(question.id, _pair(question, quotes, found.claims) if whole else None)


def _pair(question: LabelledQuestion, quotes: Sequence[Claim], claims: Sequence[Claim]) -> WritingPair:
    statements = tuple(statement_of(one) for one in quotes)
    answer = " ".join(claim.text for claim in claims)
    return WritingPair(f"{question.origin}:{question.id}", question.question, statements, answer)


def _kept(file: Path, key: str) -> Iterator[Outcome]:
    """What the same prefix wrote before."""
    if not file.exists():
        return
    text = file.read_text("utf-8")
    if text and not text.endswith("\n"):  # the last line of a run that was broken off
        text = text[: text.rfind("\n") + 1]
        file.write_text(text, "utf-8")
    for line in text.splitlines():
        kept = json.loads(line)
        if kept["prefix"] == key:
            yield Outcome(kept["id"], WritingPair.from_json(kept["pair"]) if kept["pair"] else None)


def _line(outcome: Outcome, key: str) -> str:
    return (
        json.dumps({"id": outcome.id, "prefix": key, "pair": outcome.pair and outcome.pair.as_json()}) + "\n"
    )
