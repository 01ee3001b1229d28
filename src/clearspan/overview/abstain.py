"""When there is no answer: why, what was looked for and found, and what would help. Silence has a reason."""

from collections.abc import Sequence

from clearspan.overview.question import Question, stems
from clearspan.overview.select import Candidate
from clearspan.receipts import Abstention, Source


def empty_library(name: str) -> Abstention:
    """There is nothing to search."""
    return Abstention(
        code="library_empty",
        message=f"The library '{name}' has no documents yet, so there is nothing to answer from.",
        would_help="Add documents with `clearspan library add PATH` or on the Library page.",
    )


def cannot_calculate(what: str, why: str, do: str) -> Abstention:
    """A calculation was asked for that has no result."""
    return Abstention(code="cannot_calculate", message=what, found=why, would_help=do)


def unanswered(
    question: Question,
    candidates: Sequence[Candidate],
    sources: Sequence[Source],
    threshold: float,
    searched: Sequence[str],
) -> Abstention:
    """No believed sentence answers; says which of the reasons it is."""
    if not sources:
        return Abstention(
            code="nothing_found",
            message="Nothing in the library matches this question.",
            searched=tuple(searched),
            found="No passage shares its words or comes near its meaning.",
            would_help="Ask with other words, or add a document on the subject.",
        )
    doubtful = [c for c in candidates if not c.believed and c.probability >= threshold]
    if doubtful:
        return _untrusted(doubtful, searched)
    missing = _missing_names(question, candidates)
    titles = "; ".join(dict.fromkeys(source.title for source in sources[:3]))
    about = f" No believable source mentions {missing}." if missing else ""
    return Abstention(
        code="nothing_supports",
        message="The library does not say." + about,
        searched=tuple(searched),
        found=f"The nearest documents are: {titles}. None of their sentences answers the question.",
        would_help="Add a document that states the answer, or ask about what these documents cover.",
    )


def _untrusted(doubtful: Sequence[Candidate], searched: Sequence[str]) -> Abstention:
    sources = list({c.judged.source.document_id: c.judged.source for c in doubtful}.values())
    kinds = {"satire" if s.kind == "satire" or s.copy_of else "text that cannot be trusted" for s in sources}
    named = ", ".join(f"{s.publisher or s.title}" for s in sources[:4])
    return Abstention(
        code="only_untrusted_sources",
        message=f"The only pages found on this are {' and '.join(sorted(kinds))}, so there is no answer.",
        searched=tuple(searched),
        found=f"{named}: {sources[0].reasons[0]}.",
        would_help="Add a document on the subject from a source that means what it says.",
    )


def _missing_names(question: Question, candidates: Sequence[Candidate]) -> str:
    if not question.names:
        return ""
    said = {
        stem
        for candidate in candidates
        if candidate.believed
        for stem in stems(f"{candidate.text} {candidate.judged.source.title}")
    }
    missing = [word for word in question.text.split() if _is_missing(word, question, said)]
    return " ".join(missing).strip("?.,!")


def _is_missing(word: str, question: Question, said: set[str]) -> bool:
    own = stems(word) & question.names
    return bool(own) and not own & said
