"""Faults planted on purpose are told apart, each with the text that shows it; with words alone too."""

from collections.abc import Iterator

import pytest

from clearspan.checks.planted_faults import PlantedFault, plant_faults
from clearspan.library.library import Library
from clearspan.overview.diagnosis.diagnostician import Diagnostician, states
from clearspan.receipts import Abstention, Overview
from clearspan.settings import Settings


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    home = tmp_path_factory.mktemp("faults")
    with Library.open("planted-faults", Settings(home=home, embedder=""), None) as opened:
        yield opened


@pytest.fixture(scope="module")
def planted(library: Library) -> list[PlantedFault]:
    return plant_faults(library)


@pytest.fixture
def doctor(library: Library) -> Diagnostician:
    return Diagnostician(library, None, 0.5)


@pytest.mark.parametrize(
    "fault", ["wrong_source", "misread_source", "hallucination", "not_retrieved", "stale", "conflict"]
)
def test_each_planted_fault_is_named(doctor: Diagnostician, planted: list[PlantedFault], fault: str) -> None:
    those = [one for one in planted if one.fault == fault][:3]
    assert those
    for one in those:
        (found,) = doctor.diagnose(one.receipt, one.gold)
        assert found.fault == fault, found.why
        assert found.claim == 0
        if fault != "hallucination":
            assert found.evidence
            assert any(told.title in found.why for told in found.evidence)


def test_evidence_stands_where_it_says(
    doctor: Diagnostician, planted: list[PlantedFault], library: Library
) -> None:
    for one in planted[:7]:
        for diagnosis in doctor.diagnose(one.receipt, one.gold):
            for told in diagnosis.evidence:
                text = library.document(told.document_id).text[told.start : told.end]
                assert " ".join(text.split()) == told.quote


def test_a_right_sentence_has_no_fault(doctor: Diagnostician, planted: list[PlantedFault]) -> None:
    one = next(each for each in planted if each.fault == "stale")
    (said,) = [word for word in one.receipt.overview.claims[0].text.split() if word.isdigit()]
    assert doctor.diagnose(one.receipt, f"{said} metres") == ()


def test_without_the_right_answer_what_a_source_says_is_not_doubted(
    doctor: Diagnostician, planted: list[PlantedFault]
) -> None:
    stale = next(each for each in planted if each.fault == "stale")
    satire = [each for each in planted if each.fault == "wrong_source"][1]
    assert doctor.diagnose(stale.receipt) == ()
    (found,) = doctor.diagnose(satire.receipt)
    assert (found.fault, "satire" in found.why) == ("wrong_source", True)


def test_silence_is_a_fault_only_where_the_library_could_speak(
    doctor: Diagnostician, planted: list[PlantedFault]
) -> None:
    one = next(each for each in planted if each.fault == "not_retrieved")
    silent = Overview(abstention=Abstention(code="nothing_supports", message="The library does not say."))
    receipt = one.receipt.model_copy(update={"overview": silent})
    (found,) = doctor.diagnose(receipt, one.gold)
    assert found.fault == "not_retrieved"
    assert doctor.diagnose(receipt, "9,999 metres") == ()


@pytest.mark.parametrize(
    ("text", "gold", "right"),
    [
        ("It is 1,200 metres long.", "1.2 km", True),
        ("It is 1,200 metres long.", "12 km", False),
        ("Drawn by Ilse Vorrund in 1998.", "Ilse Vorrund", True),
        ("Drawn by Ilse Vorrundsen.", "Ilse Vorrund", False),
        ("Opened on 3 May 1998.", "1998", True),
    ],
)
def test_an_answer_is_stated_by_value_or_by_words(text: str, gold: str, right: bool) -> None:
    assert states(text, gold) == right
