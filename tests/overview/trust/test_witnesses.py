"""Witnesses: ten copies of one text are one, and so are two pages of one publisher."""

import random
from collections.abc import Callable
from dataclasses import replace

from clearspan.checks.planted import edit
from clearspan.overview.answering.compose import choose
from clearspan.overview.answering.select import Candidate
from clearspan.overview.question import understand
from clearspan.overview.trust.shingles import pairs
from clearspan.overview.trust.witnesses import Account, witnesses

TEXT = (
    "The quay of Tarrow was rebuilt in granite after the storm, and the council paid for it with a tax on herring. "
    "Boats up to nine metres may moor at it overnight, while larger ones have to wait for the pilot at the buoy."
)
OWN = "Herring from the north is sold on Fridays, when the market opens early and the bells are rung twice by hand."


def test_ten_copies_are_one_witness_and_another_text_is_a_second() -> None:
    copies = [edit(TEXT, share / 100, random.Random(share)) for share in range(0, 30, 3)]
    given = [Account(f"d-{i}", frozenset({i}), pairs(text)) for i, text in enumerate([*copies, OWN])]
    grouped = witnesses(given)
    assert grouped.numbers == (1,) * 10 + (2,)
    assert 0 in grouped.texts[1]
    assert grouped.texts[10] == ()


def test_pages_of_one_publisher_are_one_witness_though_their_texts_differ() -> None:
    given = [Account("d-1", frozenset({"p"}), pairs(TEXT)), Account("d-2", frozenset({"p"}), pairs(OWN))]
    assert witnesses(given).numbers == (1, 1)
    assert witnesses(given).texts == ((), ())


def test_nothing_has_no_witnesses() -> None:
    assert witnesses([]).numbers == ()


def test_ten_copies_are_one_citation_and_an_independent_source_a_second(
    candidate: Callable[..., Candidate],
) -> None:
    asked = understand("How long is the footbridge in Port Merrow?")
    text = "The footbridge in Port Merrow is 212 metres long."

    def said_by(title: str, witness: int) -> Candidate:
        made = candidate(text, title)
        source = made.judged.source.model_copy(update={"witness": witness})
        return replace(made, judged=replace(made.judged, source=source))

    given = [*(said_by(f"Copy {number}", 1) for number in range(10)), said_by("Survey", 2)]
    quotes = choose(asked, given, 0.5, 3)
    assert [c.judged.source.title for c in quotes.main] == ["Copy 0"]
    assert [c.judged.source.title for c in quotes.corroborating[0]] == ["Survey"]
