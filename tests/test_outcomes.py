"""What becomes of questions that have no good answer, through the whole journey, by words alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clearspan.answer import Finished, journey
from clearspan.receipts import Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace

Ask = Callable[..., Receipt]


def page(title: str, publisher: str, date: str, body: str) -> bytes:
    return f"---\ntitle: {title}\npublisher: {publisher}\ndate: {date}\nkind: reference\n---\n\n{body}\n".encode()


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Ask]:
    """Asks a question of a library of pages."""
    with Workspace.open(Settings(home=tmp_path, embedder="", generate=False)) as workspace:

        def asked(question: str, *pages: bytes) -> Receipt:
            library = workspace.library()
            for number, each in enumerate(pages):
                library.add_bytes(f"page-{number}.md", each)
            steps = journey(workspace, question)
            return next(step.receipt for step in steps if isinstance(step, Finished))

        yield asked


FIRST = page(
    "Doses", "Quellby Pharmacy", "2024", "The highest dose of Varnol for adults is 30 tablets a month."
)
SECOND = page(
    "Leaflet", "Ostrevik Clinic", "2024", "Adults take Varnol in a highest dose of 30 tablets a month."
)


def test_one_source_on_a_careful_subject_keeps_to_its_own_words(ask: Ask) -> None:
    receipt = ask("What is the highest dose of Varnol for adults?", FIRST)
    assert [claim.origin for claim in receipt.overview.claims] == ["quoted"]
    (note,) = [note for note in receipt.overview.notes if "medicines" in note]
    assert "only one independent source" in note


def test_two_independent_sources_need_no_warning(ask: Ask) -> None:
    receipt = ask("What is the highest dose of Varnol for adults?", FIRST, SECOND)
    assert len(receipt.overview.claims[0].citations) == 2
    assert not [note for note in receipt.overview.notes if "medicines" in note]


def test_a_riddle_gets_no_quote_because_words_match(ask: Ask) -> None:
    letters = page("Letters", "Quellby Gazette", "2024", "Most readers would rather be rich than be famous.")
    receipt = ask("Would you rather be rich or famous?", letters)
    assert receipt.overview.abstention is not None
    assert receipt.overview.abstention.code == "unknowable"
    assert receipt.overview.abstention.probability is not None


def test_sources_that_disagree_stand_on_the_receipt_with_their_faults(ask: Ask) -> None:
    old = page("Guide", "Quellby Guide", "2009", "The Quellby footbridge is 212 metres long.")
    new = page("Survey", "Quellby Survey", "2024", "The Quellby footbridge is 208 metres long.")
    receipt = ask("How long is the Quellby footbridge?", old, new)
    conflict = receipt.overview.conflict
    assert conflict is not None
    assert (conflict.cause, [side.value for side in conflict.sides]) == ("age", ["208 metres", "212 metres"])
    assert conflict.note in receipt.overview.notes
    (stale,) = receipt.diagnoses
    assert stale.fault == "stale"
    assert "212 metres" in stale.sentence
    assert Receipt.model_validate_json(receipt.model_dump_json()) == receipt
