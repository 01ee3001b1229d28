"""What sources say about one another: who repeats whom, who is out of date, who stands alone against all."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from clearspan.overview.question import Question
from clearspan.overview.trust.findings import Finding
from clearspan.overview.trust.implausible import against_all, statements
from clearspan.overview.trust.labels import page_url
from clearspan.overview.trust.publishers.addresses import parse
from clearspan.overview.trust.publishers.registry import plain_name
from clearspan.overview.trust.style import satire_probabilities
from clearspan.overview.trust.witnesses import Account, Witnesses, witnesses

if TYPE_CHECKING:
    from clearspan.models.serving.embedder import Embedder

_PRESENT = re.compile(
    r"\b(?:now|current(?:ly)?|today|latest|newest|recent(?:ly)?|nowadays|at\s+present|these\s+days|still|as\s+of|this\s+year)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_A_YEAR_OLDER = 0.05
"""What each year costs against the newest source found, as a share, when the present is asked for."""

_MOST_LOST_BY_AGE = 0.25
_BEFORE_THE_EVENT = 0.8

_ALONE = 0.6
"""What is left of the standing of a source that stands alone against all others."""

_SATIRICAL = 0.9
"""Probability of satire from which a style is worth a remark; alone it decides nothing."""

_STYLE = 0.9
"""What is left of the standing of an unlisted page in such a style."""


def corroborate(judged: Sequence[Finding], question: Question | None, embedder: "Embedder | None") -> None:
    """Add what only shows among several sources to their findings, in place."""
    grouped = witnesses([_account(one) for one in judged])
    for number, one in zip(grouped.numbers, judged, strict=True):
        one.witness = number
    _style_and_plausibility(judged, embedder)
    _age(judged, question)
    _independence(judged, grouped)


def _account(one: Finding) -> Account:
    document = one.hit.document
    address = parse(page_url(document) or "")
    names = {plain_name(name) for name in (document.publisher, document.claimed_publisher) if name}
    # What a page calls itself makes it no witness of its own, but may make it one with another of that name.
    who = {("name", name) for name in names} or (
        {("host", address.host)} if address else set[tuple[str, str]]()
    )
    return Account(document.id, frozenset(who), one.shingles)


def _style_and_plausibility(judged: Sequence[Finding], embedder: "Embedder | None") -> None:
    unlisted = [one for one in judged if one.believed and one.listing is None and one.kind == "unknown"]
    titles = list(dict.fromkeys(one.hit.document.title for one in unlisted))
    styles = dict(zip(titles, satire_probabilities(titles, embedder), strict=True))
    for one in unlisted:
        # What outranks it, or stands as high as it does, may speak against it.
        others = [
            (other.witness, statements(other.hit.passage.text))
            for other in judged
            if other.believed and other.witness != one.witness and other.standing >= one.standing
        ]
        outlier = against_all(statements(one.hit.passage.text), others)
        style = styles[one.hit.document.title]
        satirical = style >= _SATIRICAL
        if satirical:
            detail = f"its headline reads like satire ({style:.0%}); style alone decides nothing"
            one.lower("style", one.standing * _STYLE, detail, one.hit.document.title)
        if outlier is not None:
            detail = (
                f"says {outlier.says} where {outlier.witnesses} independent sources say {outlier.others_say}"
            )
            detail += ", in the style of satire, and nobody knows its publisher" if satirical else ""
            one.lower("implausible", 0.0 if satirical else one.standing * _ALONE, detail, outlier.sentence)


def _age(judged: Sequence[Finding], question: Question | None) -> None:
    asked = question.text if question else ""
    newest = max((one.hit.document.date or "" for one in judged if one.believed), default="")
    years = [int(year) for year in _YEAR.findall(asked)]
    for one in judged:
        date = one.hit.document.date
        if not date:
            continue
        older = _years(newest) - _years(date)
        if years and int(date[:4]) < max(years):
            detail = f"dated {date}, before {max(years)}, which the question is about"
            one.lower("age", one.standing * _BEFORE_THE_EVENT, detail, date)
        elif _PRESENT.search(asked) and older >= 1 and not years:
            lost = min(_A_YEAR_OLDER * older, _MOST_LOST_BY_AGE)
            detail = f"dated {date}, {older:.0f} years before the newest source found, and the present is asked for"
            one.lower("age", one.standing * (1 - lost), detail, date)
        else:
            one.note("age", f"dated {date}", date)


def _independence(judged: Sequence[Finding], grouped: Witnesses) -> None:
    for one, same_text in zip(judged, grouped.texts, strict=True):
        others = dict.fromkeys(
            judged[i].hit.document.publisher or judged[i].hit.document.title for i in same_text
        )
        if others:
            named = ", ".join(list(others)[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
            one.note("independence", f"the same text stands in {named}: together one witness", named)


def _years(date: str) -> float:
    """A date as years with a fraction; 0 for none."""
    parts = [int(part) for part in date.split("-") if part.isdecimal()]
    year, month = [*parts, 0, 0][:2] if parts else (0, 0)
    return year + max(month - 1, 0) / 12
