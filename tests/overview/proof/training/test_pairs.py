"""Pairs to learn from: read as the sets are published, and made from text so that it is known what is false."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import zstandard

from clearspan.errors import NotFound
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.training.pairs import Pair, attribution_bench, climate_fever, made, scifact

CORPORA = ("wikipedia_vital_summaries", "openstax_textbooks", "wikinews", "medquad_health", "world_factbook")


def write(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(zstandard.ZstdCompressor().compress(text) if path.suffix == ".zst" else text)


def test_attribution_bench_is_a_source_for_each_of_its_data_sets(tmp_path: Path) -> None:
    references = [
        "[3] https://example.org/mill \nTitle: The mill (example.org)\nSection: Past\nText: It is red. It burned.",
        "A barn stood there.",
    ]
    row = {
        "id": 7,
        "question": "What burned?",
        "claim": "The  mill burned [1] down [2].",
        "references": references,
        "src_dataset": "LFQA",
        "attribution_label": "attributable",
    }
    write(
        tmp_path / "evals/attributionbench_dev/dev.jsonl.zst",
        [row, {**row, "id": 8, "attribution_label": "not attributable"}],
    )
    first, second = attribution_bench(tmp_path)
    assert first == Pair(
        id="7",
        source="AttributionBench LFQA",
        claim="The mill burned down.",
        evidence=(
            Evidence("It is red.", "The mill", 0, 0),
            Evidence("It burned.", "The mill", 0, 1),
            Evidence("A barn stood there.", "", 1, 0),
        ),
        label="supported",
        group="What burned?",
    )
    assert (second.id, second.label) == ("8", "unsupported")


def test_scifact_holds_a_claim_against_each_abstract_that_it_cites(tmp_path: Path) -> None:
    abstract = {"doc_id": 4, "title": "On mills", "abstract": ["Mills\n burn.", "Barns do not."]}
    claim = {
        "id": 1,
        "claim": "Mills burn.",
        "cited_doc_ids": [4, 5],
        "evidence": {"4": [{"label": "CONTRADICT"}]},
    }
    write(
        tmp_path / "evals/scifact/corpus.jsonl.zst", [abstract, {**abstract, "doc_id": 5, "title": "Other"}]
    )
    write(tmp_path / "evals/scifact/claims_dev.jsonl", [claim])
    told, silent = scifact(tmp_path)
    assert told == Pair(
        id="1-4",
        source="SciFact",
        claim="Mills burn.",
        evidence=(Evidence("Mills burn.", "On mills", 0, 0), Evidence("Barns do not.", "On mills", 0, 1)),
        label="contradicted",
        group="Mills burn.",
    )
    assert (silent.id, silent.label, silent.evidence[0].title) == ("1-5", "unsupported", "Other")


def test_climate_fever_holds_a_claim_against_each_of_its_sentences(tmp_path: Path) -> None:
    found = [
        {"evidence_id": "a:1", "evidence": "It\twarms.", "article": "Climate", "evidence_label": "SUPPORTS"},
        {"evidence_id": "b:2", "evidence": "It cools.", "article": "Ice", "evidence_label": "REFUTES"},
        {"evidence_id": "c:3", "evidence": "It is.", "article": "It", "evidence_label": "NOT_ENOUGH_INFO"},
    ]
    for name in ("b", "a"):
        row = {"claim_id": name, "claim": "It  warms.", "evidences": found if name == "a" else found[:1]}
        write(tmp_path / f"evals/climate_fever_dev/{name}.jsonl.zst", [row])
    pairs = list(climate_fever(tmp_path))
    assert [(pair.id, pair.label) for pair in pairs] == [
        ("a-a:1", "supported"),
        ("a-b:2", "contradicted"),
        ("a-c:3", "unsupported"),
        ("b-a:1", "supported"),
    ]
    assert pairs[0] == Pair(
        id="a-a:1",
        source="Climate-FEVER",
        claim="It warms.",
        evidence=(Evidence("It warms.", "Climate"),),
        label="supported",
        group="It warms.",
    )


def corpus(tmp_path: Path) -> Path:
    """Texts of two paragraphs that are long enough, and of parts that are not."""

    def paragraph(place: str, year: int) -> str:
        return (
            f"The old mill of {place} was built in {year} by Mary Hollis, and the miller was not rich at all. "
            f"It had {year % 90 + ord(place[0]) % 5} floors that were higher than the barn, and some visitors "
            "came from Wexcombe. "
            f"The council of {place} opened the mill to everybody after the long war was over in the county."
        )

    for number, name in enumerate(CORPORA):
        rows = [
            {
                "title": f"Mills {number}-{row}",
                "text": "Short.\n\n"
                + "\n\n".join(paragraph(place, 1800 + 7 * row) for place in ("Tarrow", "Merrow")),
            }
            for row in range(3)
        ]
        write(tmp_path / f"corpus/{name}.jsonl.zst", [*rows, {"text": "One paragraph only."}])
    return tmp_path


def test_pairs_are_made_from_sentences_and_from_what_is_changed_in_them(tmp_path: Path) -> None:
    pairs = list(made(corpus(tmp_path), paragraphs=10, seed=1))
    assert {pair.source for pair in pairs} == {"made"}
    assert len({pair.group for pair in pairs}) == 10
    assert len({pair.id for pair in pairs}) >= 40
    by_kind: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_kind.setdefault(pair.kind, []).append(pair)
    assert {"true", "other"} < set(by_kind)
    for pair in by_kind["true"]:
        assert pair.label == "supported"
        assert pair.claim in {each.text for each in pair.evidence}
        assert pair.evidence[0].title.startswith("Mills")
    for pair in by_kind["other"]:
        assert pair.label == "unsupported"
        assert pair.claim not in {each.text for each in pair.evidence}
    changed = [
        pair for kind, some in by_kind.items() if kind not in ("true", "other", "clause") for pair in some
    ]
    assert changed
    assert {pair.label for pair in changed} == {"contradicted"}
    assert all(pair.claim not in {each.text for each in pair.evidence} for pair in changed)
    for pair in by_kind.get("clause", []):
        assert pair.label == "supported"
        assert pair.claim.endswith(".")
        assert any(pair.claim[:-1] in each.text for each in pair.evidence)


def test_the_same_seed_makes_the_same_pairs(tmp_path: Path) -> None:
    data = corpus(tmp_path)
    assert list(made(data, 5, 3)) == list(made(data, 5, 3))
    assert list(made(data, 5, 3)) != list(made(data, 5, 4))


def test_a_clause_that_could_stand_alone_is_one_of_the_pairs(tmp_path: Path) -> None:
    clauses = [
        pair for seed in range(4) for pair in made(corpus(tmp_path), 10, seed) if pair.kind == "clause"
    ]
    assert clauses
    assert all(len(pair.claim.split()) >= 5 for pair in clauses)


def test_a_set_that_is_not_there_is_named_with_what_is_expected(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as found:
        list(scifact(tmp_path))
    assert "evals/scifact/corpus.jsonl.zst" in str(found.value)
    assert "climate_fever_dev" in str(found.value)
    assert "--data" in str(found.value)
