"""Texts of the real model, of which those are kept that are proved; a run that was broken off goes on."""

import json
from pathlib import Path

import pytest

from clearspan.checks.writing.rounds import Judges, written
from clearspan.models.serving.embedder import Embedder
from clearspan.models.serving.engine import LanguageModel
from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.overview.answering.reader.training.questions import LabelledQuestion, read_questions
from clearspan.overview.proof.verify import Instruments
from clearspan.tiers.writer.learned import learned_prefix
from tests.tiers.writer.training.making import write_questions


@pytest.fixture
def questions(tmp_path: Path) -> list[LabelledQuestion]:
    write_questions(tmp_path)
    found = read_questions(tmp_path / "questions")
    return [one for number, one in enumerate(found) if number % 3 == 0][:3]


def test_what_is_kept_is_proved_and_is_not_written_twice(
    questions: list[LabelledQuestion], language_model: LanguageModel, embedder: Embedder, tmp_path: Path
) -> None:
    prefix = learned_prefix(language_model.reference)
    assert prefix is not None
    judges = Judges(EvidenceReader.load(), Instruments(embedder), 0.5)
    file = tmp_path / "written.jsonl"
    told: list[tuple[int, int]] = []
    found = written(questions, language_model, prefix, judges, file, lambda done, of: told.append((done, of)))
    assert [one.id for one in found] == [one.id for one in questions]
    assert told == [(1, 3), (2, 3), (3, 3)]
    kept = [one.pair for one in found if one.pair]
    assert kept
    for pair in kept:
        assert pair.answer not in {each.text for each in pair.statements}
        said = " ".join(each.text for each in pair.statements).lower()
        assert "1870" in pair.answer or "roof" in pair.answer or "money" in pair.answer
        assert all(
            word.strip(".,").lower() in said + pair.question
            for word in pair.answer.split()
            if word[0].isdigit()
        )
    lines = file.read_text("utf-8").splitlines()
    # The last line was cut off by whatever ended the run.
    file.write_text("\n".join(lines[:2]) + "\n" + lines[2][:20], "utf-8")
    told.clear()
    again = written(questions, language_model, prefix, judges, file, lambda done, of: told.append((done, of)))
    assert told == [(3, 3)]
    assert again == found
    assert json.loads(lines[0])["id"] == questions[0].id
