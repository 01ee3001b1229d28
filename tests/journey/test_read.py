"""Where two sentences need each other they are found by the names that they bring, and shown together."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clearspan.answer import Finished, journey
from clearspan.receipts import Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

PAGES = {
    "Tarrow Bridge": "The Tarrow Bridge crosses the Anvel. It was painted blue by a baker.",
    "Anvel": "The Anvel is a river that rises in the Quellby Hills. It is 40 kilometres long.",
    "Merrow": "The Merrow is a river that rises near Port Sallow. It is 52 kilometres long.",
}
SEVERAL = "Where does the river that the Tarrow Bridge crosses rise?"
TOGETHER = "two sentences together"


@pytest.fixture(scope="module")
def rivers(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    pages = tmp_path_factory.mktemp("pages")
    for title, text in PAGES.items():
        (pages / f"{title}.md").write_text(f"# {title}\n\n{text}\n", "utf-8")
    home = tmp_path_factory.mktemp("rivers")
    with Workspace.open(Settings(home=home, weights=weights)) as workspace:
        workspace.library().add(pages)
        yield workspace


def receipt(workspace: Workspace, question: str) -> Receipt:
    walk = journey(workspace, question, generate=False, keep=False)
    return next(step.receipt for step in walk if isinstance(step, Finished))


def test_both_facts_are_shown(rivers: Workspace) -> None:
    overview = receipt(rivers, SEVERAL).overview
    claims = overview.claims
    said = " ".join(claim.text for claim in claims)
    assert "crosses the Anvel" in said
    assert "Quellby Hills" in said
    assert "Sallow" not in said
    (together,) = {check.score for claim in claims for check in claim.checks if check.name == TOGETHER}
    partly = any("may not be all" in note for note in overview.notes)
    assert partly == (together < Settings().answer_threshold)


def test_a_question_for_one_fact_is_read_once(rivers: Workspace) -> None:
    found = receipt(rivers, "How long is the Anvel?")
    assert "40 kilometres" in found.overview.claims[0].text
    assert not found.hops
    assert all(check.name != TOGETHER for claim in found.overview.claims for check in claim.checks)
