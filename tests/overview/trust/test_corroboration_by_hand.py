"""What only shows among several sources, on findings made by hand: age, independence, odds and style."""

from datetime import UTC, datetime

import pytest

from clearspan.library.documents import Document, Hit, Passage
from clearspan.overview.question import Question, understand
from clearspan.overview.trust.corroboration import corroborate
from clearspan.overview.trust.findings import Finding
from clearspan.overview.trust.shingles import pairs
from clearspan.receipts import Kind, Signal

SATIRE = "Area Man Unsure How To Feel"
OTHER_TEXTS = (
    "Market days are Monday and Friday, and the bell rings at eight in the old square by the church.",
    "The ferry crosses twice a week in summer, and the captain sells tickets on board to whoever comes.",
    "Sheep graze above the village until the first snow, when shepherds bring them down the long lane.",
)


def finding(
    number: int,
    text: str,
    *,
    date: str | None = None,
    kind: Kind = "unknown",
    standing: float = 0.5,
    publisher: str | None = None,
    title: str | None = None,
) -> Finding:
    of = Document(
        id=f"d{number}",
        locator=f"d{number}",
        title=title or f"Page {number}",
        text=text,
        media_type="text/plain",
        content_hash="",
        added_at=datetime.now(UTC),
        date=date,
        kind=kind,
        publisher=publisher,
    )
    return Finding(
        Hit(Passage(f"d{number}:0", of.id, 0, 0, len(text), text), of, 1.0, ()), pairs(text), kind, standing
    )


def signals(one: Finding, name: str) -> list[tuple[str, str, str]]:
    return [(s.effect, s.detail, s.evidence) for s in one.signals if s.name == name]


def asked(text: str) -> Question:
    return understand(text)


@pytest.mark.parametrize(
    ("rule", "question", "date", "standing", "detail"),
    [
        (
            "age is only noted where nobody asks for the present",
            "How long is it?",
            "2014-01-01",
            0.5,
            "dated 2014-01-01",
        ),
        (
            "each year costs a twentieth when the present is asked for",
            "How long is it now?",
            "2022-01-01",
            0.5 * 0.9,
            "dated 2022-01-01, 2 years before the newest source found, and the present is asked for",
        ),
        (
            "months count",
            "How long is it today?",
            "2022-07-01",
            0.5 * (1 - 0.05 * 1.5),
            "dated 2022-07-01, 2 years before the newest source found, and the present is asked for",
        ),
        (
            "no more than a quarter is lost",
            "How long is it these days?",
            "1990",
            0.5 * 0.75,
            "dated 1990, 34 years before the newest source found, and the present is asked for",
        ),
        ("less than a year is nothing", "How long is it now?", "2023-06-01", 0.5, "dated 2023-06-01"),
        (
            "before the year that is asked for",
            "How long was it in 2019?",
            "2018-12-31",
            0.5 * 0.8,
            "dated 2018-12-31, before 2019, which the question is about",
        ),
        ("in the year that is asked for", "How long was it in 2019?", "2019-01-01", 0.5, "dated 2019-01-01"),
        (
            "the last of several years counts",
            "Was it longer in 2010 than in 2020?",
            "2015",
            0.5 * 0.8,
            "dated 2015, before 2020, which the question is about",
        ),
        ("a year counts before the present", "Is it now as in 2019?", "2020-01-01", 0.5, "dated 2020-01-01"),
    ],
)
def test_age(rule: str, question: str, date: str, standing: float, detail: str) -> None:
    old, newest = finding(0, OTHER_TEXTS[0], date=date), finding(1, OTHER_TEXTS[1], date="2024-01-01")
    corroborate([old, newest], asked(question), None)
    assert old.standing == pytest.approx(standing), rule
    assert signals(old, "age") == [("notes" if standing == 0.5 else "lowers", detail, date)]


def test_a_page_without_a_date_has_no_age_and_one_that_is_not_believed_is_not_the_newest() -> None:
    undated = finding(0, OTHER_TEXTS[0])
    old = finding(1, OTHER_TEXTS[1], date="2020-01-01")
    satire = finding(2, OTHER_TEXTS[2], date="2024-01-01", standing=0.0)
    corroborate([undated, old, satire], asked("How long is it now?"), None)
    assert signals(undated, "age") == []
    assert old.standing == 0.5
    corroborate([finding(0, OTHER_TEXTS[0], date="2020")], None, None)


def test_copies_are_one_witness_and_say_of_whom() -> None:
    text = OTHER_TEXTS[0]
    copies = [finding(n, text, publisher=f"Paper {n}" if n else None, title=f"Copy {n}") for n in range(6)]
    alone = finding(9, OTHER_TEXTS[1])
    corroborate([*copies, alone], None, None)
    assert {one.witness for one in copies} == {1}
    assert alone.witness == 2
    assert signals(alone, "independence") == []
    named = "Paper 1, Paper 2, Paper 3 and 2 more"
    assert signals(copies[0], "independence") == [
        ("notes", f"the same text stands in {named}: together one witness", named)
    ]
    assert signals(copies[5], "independence")[0][2] == "Copy 0, Paper 1, Paper 2 and 2 more"


def test_pages_of_one_publisher_are_one_witness() -> None:
    ones = [
        finding(n, text, publisher=name)
        for n, (text, name) in enumerate(zip(OTHER_TEXTS, ("The Post", "the post", "The Wire"), strict=True))
    ]
    corroborate(ones, None, None)
    assert [one.witness for one in ones] == [1, 1, 2]


RUMOUR = "The stone quay of Tarrow is 4,000 metres long, one reads."
QUAYS = (
    "In Tarrow the quay, all of stone, runs {} metres, which is not long for a port.",
    "Surveyors who came by boat found the long stone quay at Tarrow to measure {} metres.",
)


def quays(*lengths: str, standing: float = 0.8) -> list[Finding]:
    return [
        finding(n, text.format(length), kind="reporting", standing=standing)
        for n, (length, text) in enumerate(zip(lengths, QUAYS, strict=False))
    ]


def test_a_page_of_nobody_known_against_two_witnesses_loses_two_fifths() -> None:
    rumour = finding(9, RUMOUR)
    corroborate([*quays("40", "40"), rumour], None, None)
    assert rumour.standing == pytest.approx(0.3)
    assert signals(rumour, "implausible") == [
        (
            "lowers",
            "says 4,000 metres where 2 independent sources say 40 metres",
            RUMOUR,
        )
    ]


@pytest.mark.parametrize(
    ("rule", "others"),
    [
        ("one witness is not enough", quays("40")),
        ("who is believed less does not count", quays("40", "40", standing=0.4)),
        ("who is not believed does not count", quays("40", "40", standing=0.0)),
    ],
)
def test_others_count_only_if_they_are_believed_as_much(rule: str, others: list[Finding]) -> None:
    rumour = finding(9, RUMOUR)
    corroborate([*others, rumour], None, None)
    assert rumour.standing == 0.5, rule


def test_a_page_whose_publisher_is_tagged_is_not_doubted_for_its_number() -> None:
    tagged = finding(9, RUMOUR, kind="opinion", standing=0.4)
    corroborate([*quays("40", "40"), tagged], None, None)
    assert tagged.standing == 0.4


def test_the_style_of_satire_costs_a_tenth_and_decides_only_with_a_number_against_it() -> None:
    styled = finding(0, OTHER_TEXTS[0], title=SATIRE)
    corroborate([styled], None, None)
    ((effect, detail, evidence),) = signals(styled, "style")
    assert effect == "lowers"
    assert detail == "its headline reads like satire (98%); style alone decides nothing"
    assert evidence == SATIRE
    assert styled.standing == pytest.approx(0.45)
    both = finding(9, RUMOUR, title=SATIRE)
    corroborate([*quays("40", "40"), both], None, None)
    ((effect, detail, _),) = signals(both, "implausible")
    assert (effect, both.standing) == ("rejects", 0.0)
    assert detail.endswith(", in the style of satire, and nobody knows its publisher")


def test_signals_are_added_to_those_there_are() -> None:
    one = finding(0, OTHER_TEXTS[0], date="2024")
    one.signals.append(Signal(name="publisher", effect="notes", detail="first"))
    corroborate([one], None, None)
    assert [signal.name for signal in one.signals] == ["publisher", "age"]
