"""Evidence as it is stored: what was written is read again, small, and the same bytes each time."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clearspan.errors import BadInput, NotFound
from clearspan.features.evidence.table import (
    FILE,
    HISTOGRAM_BINS,
    DictionaryEvidence,
    Example,
    FeatureEvidence,
    FeatureNeighbour,
    TokenWeight,
)
from clearspan.features.evidence.writing import write_evidence


def _feature(index: int, maximum: float = 8.0) -> FeatureEvidence:
    examples = (
        Example((" the", " Golden", " Gate", "\n"), (0.0, maximum / 1000, maximum, 0.5), 2, "Bays", "top"),
        Example(("Ein", " Tor", ""), (0.0, maximum / 2, 0.0), 1, "Tore", "middle", "a-model"),
    )
    return FeatureEvidence(
        index,
        0.0125,
        maximum,
        maximum / 3,
        tuple(range(HISTOGRAM_BINS)),
        examples if maximum else (),
        (TokenWeight(" bridge", 1.5), TokenWeight("é", 1e9)),
        (TokenWeight(" bread", -0.25),),
        (FeatureNeighbour(index + 1, 0.75), FeatureNeighbour(index + 2, 0.5)),
        0.25,
        -1.0,
        3,
    )


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    features = [_feature(0), _feature(1, 0.0), _feature(2, 3.0)]
    write_evidence(tmp_path, features, tokens=1234, method="t-SNE")
    evidence = DictionaryEvidence(tmp_path / FILE, 3)

    assert (evidence.tokens, evidence.method, len(evidence)) == (1234, "t-SNE", 3)
    assert evidence.row(1).examples == ()
    assert evidence.maxima.tolist() == [8, 0, 3]
    assert evidence.places.tolist() == [[0.25, -1]] * 3
    found = evidence.rows([2, 0])
    assert [one.index for one in found] == [2, 0]
    for read, wrote in zip(found, [features[2], features[0]], strict=True):
        assert [example.tokens for example in read.examples] == [e.tokens for e in wrote.examples]
        assert [(e.peak, e.source, e.band, e.written_by) for e in read.examples] == [
            (2, "Bays", "top", ""),
            (1, "Tore", "middle", "a-model"),
        ]
        for old, new in zip(wrote.examples, read.examples, strict=True):
            assert new.activations == pytest.approx(old.activations, abs=wrote.maximum / 255)
            # However weak, an active token never looks as if it were not.
            assert [value > 0 for value in new.activations] == [value > 0 for value in old.activations]
        assert read.examples[0].activations[2] == pytest.approx(wrote.maximum)
        assert read.promoted == (TokenWeight(" bridge", 1.5), TokenWeight("é", 65504.0))
        assert read.suppressed == wrote.suppressed
        assert read.neighbours == wrote.neighbours
        assert (read.histogram, read.cluster, read.x, read.y) == (wrote.histogram, 3, 0.25, -1.0)


def test_examples_and_promoted_tokens_are_searched_as_text(tmp_path: Path) -> None:
    write_evidence(tmp_path, [_feature(0), _feature(1, 0.0), _feature(2)], tokens=1, method="PCA")
    evidence = DictionaryEvidence(tmp_path / FILE, 3)
    owners, said = evidence.example_texts
    assert list(zip(owners.tolist(), said, strict=True)) == [
        (0, " the golden gate\n"),
        (0, "ein tor"),
        (2, " the golden gate\n"),
        (2, "ein tor"),
    ]
    owners, said = evidence.promoted_tokens
    assert list(zip(owners.tolist(), said, strict=True)) == [
        (0, "bridge"),
        (0, "é"),
        (1, "bridge"),
        (1, "é"),
        (2, "bridge"),
        (2, "é"),
    ]


def test_the_same_evidence_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        write_evidence(folder, [_feature(n) for n in range(5)], tokens=9, method="PCA")
    assert (tmp_path / "a" / FILE).read_bytes() == (tmp_path / "b" / FILE).read_bytes()


def test_the_columns_are_for_others_to_read(tmp_path: Path) -> None:
    write_evidence(tmp_path, [_feature(0), _feature(1)], tokens=9, method="PCA")
    table = pq.read_table(tmp_path / FILE)
    words = table["vocabulary"][0].as_py()
    assert [words[token] for token in table["examples"][1].as_py()[1]["tokens"]] == ["Ein", " Tor", ""]
    assert table["examples"][0].as_py()[0]["activations"] == [0, 1, 255, 16]


def test_evidence_of_another_dictionary_is_refused(tmp_path: Path) -> None:
    write_evidence(tmp_path, [_feature(0)], tokens=9, method="PCA")
    with pytest.raises(BadInput, match="not the evidence of this dictionary"):
        DictionaryEvidence(tmp_path / FILE, 2)
    with pytest.raises(NotFound, match="no evidence"):
        DictionaryEvidence(tmp_path / "none" / FILE, 2)
    (tmp_path / FILE).write_bytes(b"PAR1 cut off")
    with pytest.raises(BadInput, match="cannot be read as evidence"):
        DictionaryEvidence(tmp_path / FILE, 1)


def test_a_feature_that_is_not_there_is_told(tmp_path: Path) -> None:
    write_evidence(tmp_path, [_feature(0)], tokens=9, method="PCA")
    with pytest.raises(NotFound, match="no feature 1"):
        DictionaryEvidence(tmp_path / FILE, 1).row(1)
