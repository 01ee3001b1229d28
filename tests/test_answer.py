"""The journey on real parts: the sample library, the real embedder and the real model."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from clearspan.answer import Finished, Judged, Routed, Shaped, Stated, Step, journey
from clearspan.errors import BadInput, NotFound, StorageError, TooLarge
from clearspan.receipts import Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import Workspace
from tests import long_quote

SPAN = "How long is the main span of the Golden Gate Bridge?"


def steps(workspace: Workspace, question: str, **options: object) -> list[Step]:
    return list(journey(workspace, question, **options))  # type: ignore[arg-type]


def receipt(walked: Sequence[Step]) -> Receipt:
    return next(step.receipt for step in walked if isinstance(step, Finished))


def test_the_steps_come_in_order_and_end_with_a_committed_receipt(samples: Workspace) -> None:
    walk = journey(samples, SPAN, generate=False)
    seen: list[type[Step]] = []
    for step in walk:
        seen.append(type(step))
        if isinstance(step, Finished):
            assert samples.ledger.receipt(step.receipt.id) == step.receipt
    assert seen[0] is Routed
    assert seen[1] is Judged
    assert seen[-1] is Finished
    assert seen[2] is Shaped
    assert set(seen[3:-1]) == {Stated}


def test_every_quote_stands_word_for_word_where_its_citation_says(samples: Workspace) -> None:
    answer = receipt(steps(samples, SPAN, generate=False))
    library = samples.library()
    quoted = [claim for claim in answer.overview.claims if claim.origin == "quoted"]
    assert quoted
    for citation in (c for claim in quoted for c in claim.citations):
        text = library.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
    assert any(span in quoted[0].text for span in ("4,200 feet", "1,280"))
    numbers = {source.document_id: source.number for source in answer.sources}
    assert all(numbers[c.document_id] == c.number for claim in quoted for c in claim.citations)


def test_a_quoted_quantity_is_converted_when_another_unit_is_asked_for(samples: Workspace) -> None:
    answer = receipt(steps(samples, f"{SPAN[:-1]} in kilometres?", generate=False))
    calculated = [claim for claim in answer.overview.claims if claim.origin == "calculated"]
    assert [claim.calculation.result for claim in calculated if claim.calculation] == ["1.28 kilometres"]
    assert calculated[0].citations


def test_satire_and_its_copy_are_named_and_never_cited(samples: Workspace) -> None:
    answer = receipt(steps(samples, "How many rocks should I eat each day?", generate=False))
    rejected = {source.title: source for source in answer.sources if not source.believed}
    copies = [source for source in rejected.values() if source.copy_of]
    assert {source.kind for source in rejected.values()} >= {"satire"}
    assert [source.publisher for source in copies] == ["Midland Health Courier"]
    cited = {c.document_id for claim in answer.overview.claims for c in claim.citations}
    assert not cited & {source.document_id for source in rejected.values()}
    assert "zero" in answer.overview.as_text()


def test_a_subject_that_only_satire_covers_is_answered_with_silence(samples: Workspace) -> None:
    answer = receipt(steps(samples, "Where is the National Museum of Lost Umbrellas?", generate=False))
    assert answer.overview.abstention is not None
    assert answer.overview.abstention.code in {"only_untrusted_sources", "nothing_supports"}
    assert answer.overview.claims == ()


def test_disagreeing_sources_are_both_shown_newest_first(samples: Workspace) -> None:
    answer = receipt(steps(samples, "How long is the harbour footbridge in Port Merrow?", generate=False))
    disputed = [claim for claim in answer.overview.claims if claim.support == "disputed"]
    assert len(disputed) == 2
    dates = [claim.citations[0].date for claim in disputed]
    assert dates == sorted(dates, reverse=True)
    assert any("disagree" in note for note in answer.overview.notes)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("What is 5 metres in kilograms?", "cannot_calculate"),
        ("Who won the chess tournament in Reykjavik in 1972?", "nothing_supports"),
    ],
)
def test_silence_has_a_reason(samples: Workspace, question: str, code: str) -> None:
    abstention = receipt(steps(samples, question)).overview.abstention
    assert abstention is not None
    assert abstention.code == code
    assert abstention.message
    assert abstention.would_help


def test_an_empty_library_says_so(settings: Settings) -> None:
    with Workspace.open(settings.model_copy(update={"embedder": ""})) as workspace:
        abstention = receipt(steps(workspace, SPAN)).overview.abstention
    assert abstention is not None
    assert abstention.code == "library_empty"


def test_a_library_that_does_not_exist_is_an_error_and_is_not_made(samples: Workspace) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        steps(samples, SPAN, library="nowhere")
    assert "nowhere" not in samples.libraries()


@pytest.mark.parametrize(
    ("question", "error"),
    [
        ("", BadInput),
        (" \n\t", BadInput),
        ("?!…", BadInput),
        ("x" * 100_000, TooLarge),
        ("a\x00b", BadInput),
        ("a\x1b[2J", BadInput),
        ("tall \u202eegdirb", BadInput),
    ],
)
def test_bad_questions_are_refused_and_leave_no_receipt(
    samples: Workspace, question: str, error: type[Exception]
) -> None:
    before = samples.ledger.count()
    with pytest.raises(error):
        steps(samples, question)
    assert samples.ledger.count() == before


def test_without_a_ledger_that_takes_it_there_is_no_answer(
    samples: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Receipt) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(samples.ledger, "append", full)
    walked: list[Step] = []
    with pytest.raises(StorageError):
        walked.extend(journey(samples, "What is 2 + 2?"))
    assert not any(isinstance(step, Finished) for step in walked)


def test_generated_sentences_are_verified_against_the_quotes_or_dropped(samples: Workspace) -> None:
    answer = receipt(steps(samples, "How does a suspension bridge carry its load?"))
    assert "generate" in {answer.route.tier, answer.route.tried}
    assert answer.meter.output_tokens > 0 or answer.overview.notes
    generated = [claim for claim in answer.overview.claims if claim.origin == "generated"]
    quoted = [claim for claim in answer.overview.claims if claim.origin == "quoted"]
    assert quoted
    assert all(claim.support == "supported" and claim.citations for claim in generated)
    assert list(answer.overview.claims) == [*quoted, *generated]
    considered = [d for d in answer.dropped if d.origin == "generated"]
    assert generated or considered or answer.overview.notes


def test_words_alone_are_enough_and_said(settings: Settings) -> None:
    with Workspace.open(settings.model_copy(update={"embedder": "", "generate": False})) as workspace:
        workspace.index_samples()
        answer = receipt(steps(workspace, SPAN, library="samples"))
    assert any(span in answer.overview.as_text() for span in ("4,200", "1,280"))
    assert any("words" in note for note in answer.overview.notes)
    assert answer.versions.embedder is None


def test_a_folder_is_a_library(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "mill.md").write_text(
        "# The mill\n\nThe old mill in Tarrow has four floors and a slate roof.\n"
    )
    with Workspace.open(settings.model_copy(update={"embedder": ""})) as workspace:
        answer = receipt(
            steps(workspace, "How many floors does the old mill in Tarrow have?", library=str(folder))
        )
    assert "four floors" in answer.overview.as_text()


def test_a_long_quote_escalates_to_the_model_and_the_stream_says_so(
    samples: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "mill.md").write_text(long_quote.DOCUMENT)
    walked = steps(samples, long_quote.QUESTION, library=str(folder))
    first, second = (step.route for step in walked if isinstance(step, Routed))
    assert (first.tier, first.escalated_from) == ("quote", None)
    assert (second.tier, second.escalated_from) == ("generate", "quote")
    assert "words" in second.why
    assert [type(step) for step in walked[:5]] == [Routed, Judged, Shaped, Stated, Routed]
    ran = receipt(walked).route
    assert second.tier in (ran.tier, ran.tried)
    kept = steps(samples, long_quote.QUESTION, library=str(folder), generate=False)
    assert [step.route.tier for step in kept if isinstance(step, Routed)] == ["quote"]


def test_a_name_that_no_page_says_is_told(samples: Workspace) -> None:
    told = receipt(steps(samples, "How long is the main span of the Tsing Ma Bridge?", generate=False))
    said = receipt(steps(samples, SPAN, generate=False))
    assert not told.overview.claims or any("“Tsing”, “Ma”" in note for note in told.overview.notes)
    assert told.overview.layout != "number"
    assert not any("No page" in note for note in said.overview.notes)
