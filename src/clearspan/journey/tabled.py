"""Answers that stand in a table, or are worked out from its cells, where the reader is led to one."""

from collections.abc import Sequence

from clearspan.journey.asked import Asked
from clearspan.journey.read import Scored
from clearspan.journey.search import Found
from clearspan.language.sentences import units
from clearspan.language.words import stems
from clearspan.library.documents import Passage
from clearspan.overview.answering.select import Candidate
from clearspan.overview.answering.tables.claims import TableClaims, table_claims

_LEADS = 3
"""Best sentences of which one must stand in a passage with a table."""

_ABOUT = 0.8
"""Share of the telling words of a question that its table must have: what a table has no word for it cannot count."""

_PASSAGES = 12
"""Passages of the best sentences whose documents' tables are read."""


def from_tables(
    asked: Asked, found: Found, scored: Scored, candidates: Sequence[Candidate], threshold: float
) -> TableClaims | None:
    """What a table says, where it is surer of it than the best sentence is; None elsewhere.

    Args:
        candidates: of `scored` as they were weighed; tables of sources that are not believed, that may be satire or
            copy from it are not read.
        threshold: probability from which there is an answer.
    """
    firm = [one for one in candidates if one.believed and _is_firm(one)]
    led = any(_has_rows(one.judged.hit.passage.text) for one in firm[:_LEADS])
    if not led or max(scored.kinds, key=lambda kind: scored.kinds[kind]) in (
        "why",
        "how",
        "definition",
        "yes_no",
    ):
        return None
    passages: dict[str, Passage] = {}
    for one in firm:
        passages.setdefault(one.judged.hit.passage.id, one.judged.hit.passage)
    chosen = list(passages.values())[:_PASSAGES]
    # An answer rests on one table, so that its document is the first source.
    numbers = {one.document_id: 1 for one in chosen}
    said = table_claims(asked.question.text, chosen, found.library, found.embedder, numbers, threshold)
    best = max((one.probability for one in firm), default=0.0)
    if said is None or said.answer.probability <= best or not _is_about(asked, found, said):
        return None
    return said


def _is_about(asked: Asked, found: Found, said: TableClaims) -> bool:
    """Whether the table speaks of nearly all that is asked, and its answer of more than what was asked."""
    table, told = said.answer.table, frozenset(asked.question.telling)
    text = found.library.document(table.document_id).text[table.start : table.end]
    spoken = stems(f"{table.caption} {' '.join(cell.text for cell in table.header)} {text}")
    new = stems(said.answer.text) - asked.question.sentence.stems
    return len(told & spoken) >= _ABOUT * len(told) and (bool(new) or said.answer.calculation is not None)


def _is_firm(candidate: Candidate) -> bool:
    return not candidate.judged.copied and candidate.judged.source.may_be_satire is None


def _has_rows(text: str) -> bool:
    return any(unit.kind == "row" for unit in units(text))
