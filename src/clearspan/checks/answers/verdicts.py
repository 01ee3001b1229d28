"""What an overview is worth: right, something else or silent, and by how much where that is a matter of degree."""

from collections.abc import Collection, Sequence
from typing import Literal

from clearspan.checks.answers.asking import OURS, ShownAnswer
from clearspan.checks.answers.libraries import Place
from clearspan.checks.answers.matching import LONG_WORDS, is_slight, normalised, states, token_f1
from clearspan.overview.answering.reader.training.questions import LabelledQuestion
from clearspan.receipts import Claim

Verdict = Literal["right", "something else", "silent", "rightly silent", "should be silent"]

PEOPLE = ("gold", "span")
"""How evidence is marked where people marked its sentences."""

_SECTIONED = (*PEOPLE, "section", "passage")
"""Where what is cited tells whether an overview is right: by people, if only a whole section."""

_LONGEST_WORDS = 2 * LONG_WORDS
"""Words above which an answer is a text, which is not looked for as such: then what is cited tells."""


def overlaps(one: Place, other: Place) -> bool:
    """Whether two spans share at least half of the shorter one."""
    shared = min(one[2], other[2]) - max(one[1], other[1])
    return one[0] == other[0] and 2 * shared >= min(one[2] - one[1], other[2] - other[1]) and shared > 0


def hits(first: Place | None, shown: ShownAnswer) -> bool:
    """Whether a span holds a marked sentence, or lies in one."""
    return first is not None and any(overlaps(first, place) for places in shown.evidence for place in places)


def is_yes_no(question: LabelledQuestion) -> bool:
    """Whether the right answer is yes, no or maybe."""
    return bool(question.answers) and normalised(question.answers[0]).split()[:1] in (
        ["yes"],
        ["no"],
        ["maybe"],
    )


def is_calculated(question: LabelledQuestion) -> bool:
    """Whether the answer stands nowhere but is worked out from a table or from what stands there."""
    unmarked = question.answerable and question.marked == "none"
    return "calculate" in question.kinds or ("table" in question.kinds and unmarked)


def stated(question: LabelledQuestion, shown: ShownAnswer) -> bool:
    """Whether one of the right answers stands in the overview.

    An answer that is worked out must be stated in words that are not merely quoted, and one that is so short that it
    may stand in a text by chance in a sentence that cites what is marked.
    """
    if is_yes_no(question):
        return shown.word == normalised(question.answers[0]).split()[0]
    return any(_stated(question, shown, answer) for answer in question.answers)


def cited_sentences(shown: ShownAnswer) -> list[bool]:
    """Of each marked sentence, whether the overview cites it."""
    cited = _cited(shown.claims)
    return [any(overlaps(place, one) for place in places for one in cited) for places in shown.evidence]


def evidence_f1(shown: ShownAnswer) -> float:
    """The harmonic mean of the share of citations that are marked and that of marked sentences cited, in [0, 1]."""
    cited = set(_cited(shown.claims))
    if not cited or not shown.evidence:
        return 0.0
    found = cited_sentences(shown)
    recall = sum(found) / len(found)
    precision = sum(hits(one, shown) for one in cited) / len(cited)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def list_f1(question: LabelledQuestion, shown: ShownAnswer) -> float:
    """The harmonic mean of the share of sentences that name an item and that of items named, in [0, 1]."""
    items = _items(question.answers)
    if not items or not shown.claims:
        return 0.0
    named = [any(_stated(question, shown, form) for form in forms) for forms in items]
    telling = [
        any(_stated_in(question, shown, claim, form) for form in question.answers) for claim in shown.claims
    ]
    recall, precision = sum(named) / len(named), sum(telling) / len(telling)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def squad_f1(question: LabelledQuestion, shown: ShownAnswer) -> float:
    """SQuAD 2's F1 of the short answer, or of the first sentence where none is set off; right silence is 1.

    Source: P. Rajpurkar, R. Jia and P. Liang, Know what you don't know: unanswerable questions for SQuAD, ACL 2018.
    """
    if not question.answerable or not shown.claims:
        return float(not question.answerable and not shown.claims)
    return max((token_f1(_shortly(shown), answer) for answer in question.answers), default=0.0)


def first_is_right(question: LabelledQuestion, shown: ShownAnswer) -> bool | None:
    """Whether Clearspan's first sentence answers, shown or not; None where nothing tells."""
    if not question.answerable:
        return False
    if shown.evidence:
        return hits(shown.firsts[OURS], shown)
    if is_yes_no(question) or is_calculated(question):
        return None
    return any(states(shown.first_text, answer) for answer in question.answers)


def verdict(question: LabelledQuestion, shown: ShownAnswer) -> Verdict:
    """What became of a question, as a person would count it who sees the overview and what is marked."""
    if not question.answerable:
        return "should be silent" if shown.claims else "rightly silent"
    if not shown.claims:
        return "silent"
    if stated(question, shown) or _shows_evidence(question, shown):
        return "right"
    if is_yes_no(question) and not shown.word and not shown.evidence:
        # Neither word is said and nothing is marked: nobody can tell what is made of it, so it is no answer.
        return "silent"
    return "something else"


def _shortly(shown: ShownAnswer) -> str:
    short = (claim.text[slice(*claim.emphasis)] for claim in shown.claims if claim.emphasis)
    return next(short, shown.claims[0].text)


def _shows_evidence(question: LabelledQuestion, shown: ShownAnswer) -> bool:
    """Whether what is cited is what people marked: all of it where several facts must come together."""
    if question.marked not in _SECTIONED or not shown.evidence or is_calculated(question):
        return False
    if is_yes_no(question) and shown.word:
        return False
    found = cited_sentences(shown)
    return all(found) if question.kind == "multi_hop" else any(found)


def _stated(question: LabelledQuestion, shown: ShownAnswer, answer: str) -> bool:
    if len(normalised(answer).split()) > _LONGEST_WORDS and shown.evidence:
        return any(cited_sentences(shown))
    together = " ".join(claim.text for claim in shown.claims if _counts(question, shown, claim, answer))
    return states(together, answer)


def _stated_in(question: LabelledQuestion, shown: ShownAnswer, claim: Claim, answer: str) -> bool:
    return _counts(question, shown, claim, answer) and states(claim.text, answer)


def _counts(question: LabelledQuestion, shown: ShownAnswer, claim: Claim, answer: str) -> bool:
    if claim.origin != "quoted":
        return True
    if is_calculated(question):
        return False
    return not is_slight(answer) or not shown.evidence or any(hits(one, shown) for one in _cited([claim]))


def _cited(claims: Collection[Claim]) -> list[Place]:
    return [(one.document_id, one.start, one.end) for claim in claims for one in claim.citations]


def _items(answers: Sequence[str]) -> list[list[str]]:
    """Answers that are forms of one item together: one of them holds the words of the other."""
    items: list[list[str]] = []
    for answer in sorted(answers, key=len):
        words = set(normalised(answer).split())
        if not words:
            continue
        known = next((one for one in items if set(normalised(one[0]).split()) <= words), None)
        if known is None:
            items.append([answer])
        else:
            known.append(answer)
    return items
