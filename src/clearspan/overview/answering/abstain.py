"""When there is no answer: why, what was looked for and found, and what would help. Silence has a reason."""

from collections.abc import Sequence

from clearspan.language.words import stems
from clearspan.overview.answering.answerability.model import Answerability
from clearspan.overview.answering.question_odds import FALSE_PREMISE, UNKNOWABLE, is_nonsense
from clearspan.overview.answering.select import Candidate
from clearspan.overview.question import Question
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
    assessed: Answerability | None = None,
) -> Abstention:
    """No believed sentence answers; says which of the reasons it is.

    Args:
        assessed: what the question alone says; None where it was not asked.
    """
    doubtful = [c for c in candidates if not c.believed and c.probability >= threshold and not _planted(c)]
    if doubtful:
        return _untrusted(doubtful, searched)
    if is_nonsense(question):
        return Abstention(
            code="nonsense",
            message="This does not read as a question: most of its words are no words.",
            searched=tuple(searched),
            would_help="Ask in whole words, or name the thing that you look for.",
        )
    if assessed is not None and (faulty := _of_the_question(assessed, sources, searched)):
        return faulty
    if not sources:
        return Abstention(
            code="nothing_found",
            message="Nothing in the library matches this question.",
            searched=tuple(searched),
            found="No passage shares its words or comes near its meaning.",
            would_help="Ask with other words, or add a document on the subject.",
        )
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


def _of_the_question(
    assessed: Answerability, sources: Sequence[Source], searched: Sequence[str]
) -> Abstention | None:
    """Silence that is put down to the question, where it reads surely enough as one that has no answer."""
    titles = "; ".join(dict.fromkeys(source.title for source in sources[:3]))
    found = (
        f"The nearest documents are: {titles}. None of their sentences answers the question."
        if titles
        else ""
    )
    if assessed.unknowable >= UNKNOWABLE:
        return Abstention(
            code="unknowable",
            message="Nobody can know this: it asks for a view, for what has not happened yet, or for what cannot be "
            f"found out. (So it reads; how sure: {assessed.unknowable:.0%}.)",
            searched=tuple(searched),
            found=found,
            would_help="Ask for what somebody has said or measured about it, and name who, when or where.",
            probability=round(assessed.unknowable, 3),
        )
    if assessed.false_premise >= FALSE_PREMISE:
        return Abstention(
            code="false_premise",
            message="The question may take for true what is not, and the library does not say otherwise. "
            f"(So it reads; how sure: {assessed.false_premise:.0%}.)",
            searched=tuple(searched),
            found=found,
            would_help="Ask first whether what the question takes for true is so.",
            probability=round(assessed.false_premise, 3),
        )
    return None


def _untrusted(doubtful: Sequence[Candidate], searched: Sequence[str]) -> Abstention:
    """A data void: only such pages match as nobody should answer from. They are named, with what they are."""
    sources = list({c.judged.source.document_id: c.judged.source for c in doubtful}.values())
    groups: dict[str, list[str]] = {}
    for source in sources:
        groups.setdefault(_what_it_is(source), []).append(source.publisher or source.title)
    named = "; ".join(f"{what}: {', '.join(dict.fromkeys(who))}" for what, who in groups.items())
    return Abstention(
        code="only_untrusted_sources",
        message=f"The only pages found on this are {_listed(sorted(groups, reverse=True))}, so there is no answer.",
        searched=tuple(searched),
        found=f"{named[:1].upper()}{named[1:]}. Of the first: {sources[0].reasons[0]}.",
        would_help="Add a document on the subject from a source that means what it says.",
    )


def _planted(candidate: Candidate) -> bool:
    """Whether its page gives orders to an AI reader: who plants such a page decides nothing, not even this."""
    return any(s.name == "instructions" and s.effect == "rejects" for s in candidate.judged.source.signals)


def _what_it_is(source: Source) -> str:
    rejecting = {signal.name for signal in source.signals if signal.effect == "rejects"}
    if "retraction" in rejecting:
        return "retracted texts"
    if source.kind == "satire":
        return "satire"
    if source.copy_of:
        return "copies of satire"
    if "publisher" in rejecting:
        return "pages of publishers that are listed as unreliable"
    return "pages that cannot be trusted"


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _missing_names(question: Question, candidates: Sequence[Candidate]) -> str:
    if not question.names:
        return ""
    said = frozenset[str]().union(*(candidate.titled for candidate in candidates if candidate.believed))
    missing = [word for word in question.text.split() if _is_missing(word, question, said)]
    return " ".join(missing).strip("?.,!")


def _is_missing(word: str, question: Question, said: frozenset[str]) -> bool:
    own = stems(word) & question.names
    return bool(own) and not own & said
