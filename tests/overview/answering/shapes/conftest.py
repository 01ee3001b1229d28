"""Pages whose sentences are scored by hand: what a shape makes of them does not depend on who scored them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from clearspan.overview.answering.reader.kinds import AskedFor
from clearspan.overview.answering.shapes.assemble import guessed
from clearspan.overview.answering.shapes.given import Given, ScoredStatement
from clearspan.overview.answering.statements.statement import statements
from clearspan.overview.question import understand

Make = Callable[..., Given]


@pytest.fixture
def given() -> Make:
    """Makes what a shape is given.

    Takes the question; pages by title; the probability of each statement that begins with some words; and, by the same
    words, short answers and the probability of yes.
    """

    def make(
        question: str,
        pages: Mapping[str, str],
        points: Mapping[str, float],
        kinds: Mapping[AskedFor, float] | None = None,
        answers: Mapping[str, str] | None = None,
        yes: Mapping[str, float] | None = None,
    ) -> Given:
        scored = [one for title, text in pages.items() for one in _read(title, text)]
        scored = [_scored(one, points, answers or {}, yes or {}) for one in scored]
        for words in (*points, *(answers or {}), *(yes or {})):
            assert any(one.text.startswith(words) for one in scored), f"no statement begins with {words!r}"
        asked = understand(question)
        chosen = sorted((one for one in scored if one.probability >= 0.5), key=lambda one: -one.probability)
        return Given(asked, kinds or guessed(asked), scored, chosen[:3])

    return make


def _read(title: str, text: str) -> Sequence[ScoredStatement]:
    return [ScoredStatement(one, text, 0, f"d-{title}", title, 0.0) for one in statements(text, "", title)]


def _scored(
    one: ScoredStatement, points: Mapping[str, float], answers: Mapping[str, str], yes: Mapping[str, float]
) -> ScoredStatement:
    starts = one.text.startswith
    answer = next((short for words, short in answers.items() if starts(words)), None)
    span = (at := one.text.index(answer), at + len(answer)) if answer else None
    return replace(
        one,
        probability=next((p for words, p in points.items() if starts(words)), 0.0),
        answer=span,
        yes=next((p for words, p in yes.items() if starts(words)), None),
    )
