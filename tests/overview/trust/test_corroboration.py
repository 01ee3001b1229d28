"""What sources say about one another: odds, age, witnesses; and style that never decides alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clearspan.library.library import Library
from clearspan.overview.question import understand
from clearspan.overview.trust.implausible import against_all, statements
from clearspan.overview.trust.judge import Judge
from clearspan.overview.trust.publishers.registry import OVERRIDES, Publishers
from clearspan.receipts import Source
from clearspan.settings import Settings

PAGES = {
    "almanac": (
        "reference",
        "2020-01-01",
        "The Tarrow quay is 40 metres long, as the almanac of this year says.",
    ),
    "survey": ("reporting", "2024-05-01", "Surveyors measured the Tarrow quay again: it is 40 metres long."),
    "rumour": (
        "unknown",
        "2024-06-01",
        "The Tarrow quay is 4,000 metres long, one reads in this little blog.",
    ),
    "market": (
        "reference",
        "2021-01-01",
        "Market days in Tarrow are Monday and Friday, and the bell rings at eight.",
    ),
}


@pytest.fixture
def library(settings: Settings, tmp_path: Path) -> Iterator[Library]:
    for name, (kind, date, text) in PAGES.items():
        front = f"title: {name}\nkind: {kind}\ndate: {date}\npublisher: {name} press"
        (tmp_path / f"{name}.md").write_text(f"---\n{front}\n---\n\n{text}\n")
    with Library.open("together", settings, None) as opened:
        opened.add(*sorted(tmp_path.glob("*.md")))
        yield opened


def judged(library: Library, question: str, publishers: Publishers | None = None) -> dict[str, Source]:
    hits = library.search(question).hits
    found = Judge(library, publishers).judge(hits, understand(question))
    return {one.source.title: one.source for one in found}


def names(source: Source, effect: str) -> set[str]:
    return {signal.name for signal in source.signals if signal.effect == effect}


def test_who_stands_alone_against_two_witnesses_is_believed_less(library: Library) -> None:
    found = judged(library, "How long is the Tarrow quay?")
    assert "implausible" in names(found["rumour"], "lowers")
    assert found["rumour"].standing < 0.5
    assert found["rumour"].believed
    assert any("4,000 metres" in reason and "40 metres" in reason for reason in found["rumour"].reasons)
    assert not names(found["almanac"], "lowers")


def test_age_counts_when_the_present_is_asked_for(library: Library) -> None:
    now = judged(library, "How long is the Tarrow quay today?")
    assert "age" in names(now["almanac"], "lowers")
    assert now["almanac"].standing < judged(library, "How long is the Tarrow quay?")["almanac"].standing
    assert "age" in names(judged(library, "How long was the Tarrow quay in 2023?")["almanac"], "lowers")


def test_every_source_is_a_witness_of_its_own_unless_it_repeats(library: Library) -> None:
    found = judged(library, "Tarrow quay market")
    assert len({source.witness for source in found.values()}) == len(found)


def test_the_registry_speaks_of_publishers_by_name(library: Library, tmp_path: Path) -> None:
    (tmp_path / OVERRIDES).write_text("name,kind,note\nrumour press,satire,their word\n")
    source = judged(library, "Tarrow quay", Publishers(tmp_path))["rumour"]
    assert not source.believed
    assert source.kind == "satire"
    assert "rumour press" in source.publisher_listed


def test_two_against_one_are_needed_and_nobody_may_bear_it_out() -> None:
    alone = statements("The Tarrow quay is 4,000 metres long, one hears.")
    others = statements("The Tarrow quay is 40 metres long, one reads.")
    assert against_all(alone, [(1, others), (2, others)]) is not None
    assert against_all(alone, [(1, others), (1, others)]) is None
    assert against_all(alone, [(1, others), (2, others), (3, alone)]) is None
    assert against_all(alone, []) is None
