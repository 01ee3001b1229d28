"""Pairs of a claim and its evidence to learn from: three public sets, and pairs made from licensed text.

Nothing of these sets ships: they are read where a person has put them.
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clearspan.errors import NotFound
from clearspan.language.clauses import telling_spans
from clearspan.language.sentences import sentences
from clearspan.overview.proof.evidence import Evidence, read_reference, window
from clearspan.overview.proof.training.corruptions import corruptions
from clearspan.receipts import Decision

_ADDRESS = re.compile(r"^\s*\[\d+\]\s+https?://\S+\s*")
_TITLE = re.compile(r"^Title: (?P<title>[^\n]*)\n(?:Section: [^\n]*\n)?(?:Text: |\n)?")
_SITE = re.compile(r"\s*\([\w.-]+\.\w+\)$")
_MARK = re.compile(r"\s*\[\d+\]")

EXPECTED = (
    "evals/attributionbench_dev/dev.jsonl.zst, evals/scifact/corpus.jsonl.zst and claims_dev.jsonl, "
    "evals/climate_fever_dev/*.jsonl.zst, and in corpus/ plain texts as *.jsonl.zst with a field 'text'"
)
_CORPORA = ("wikipedia_vital_summaries", "openstax_textbooks", "wikinews", "medquad_health", "world_factbook")
_LABELS: dict[str, Decision] = {
    "SUPPORT": "supported",
    "SUPPORTS": "supported",
    "CONTRADICT": "contradicted",
    "REFUTES": "contradicted",
    "NOT_ENOUGH_INFO": "unsupported",
    "attributable": "supported",
    "not attributable": "unsupported",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, its evidence, and whether the one follows from the other.

    Attributes:
        source: data set that it is from; one that is held out is held out whole.
        group: pairs of one group share a claim or a paragraph, and are never split.
        kind: what was changed, for pairs that were made by corrupting.
    """

    id: str
    source: str
    claim: str
    evidence: tuple[Evidence, ...]
    label: Decision
    group: str
    kind: str = ""


def attribution_bench(data: Path) -> Iterator[Pair]:
    """AttributionBench dev: each of its four data sets is a source of its own."""
    for row in _lines(data / "evals/attributionbench_dev/dev.jsonl.zst"):
        references = [_reference(text, number) for number, text in enumerate(row["references"])]
        claim = " ".join(_MARK.sub("", row["claim"]).split())
        evidence = [each for reference in references for each in reference]
        source = f"AttributionBench {row['src_dataset']}"
        label = _LABELS[row["attribution_label"]]
        yield _pair(str(row["id"]), source, claim, evidence, label, str(row["question"]))


def scifact(data: Path) -> Iterator[Pair]:
    """SciFact's development claims against the abstracts that each cites."""
    abstracts = {row["doc_id"]: row for row in _lines(data / "evals/scifact/corpus.jsonl.zst")}
    for row in _lines(data / "evals/scifact/claims_dev.jsonl"):
        for document in row["cited_doc_ids"]:
            found = row["evidence"].get(str(document))
            label = _LABELS[found[0]["label"]] if found else "unsupported"
            abstract = abstracts[document]
            evidence = [
                Evidence(" ".join(text.split()), abstract["title"], 0, place)
                for place, text in enumerate(abstract["abstract"])
            ]
            yield _pair(f"{row['id']}-{document}", "SciFact", row["claim"], evidence, label, row["claim"])


def climate_fever(data: Path) -> Iterator[Pair]:
    """Climate-FEVER: each claim against each of its five sentences of Wikipedia."""
    for file in sorted((data / "evals/climate_fever_dev").glob("*.jsonl.zst")):
        for row in _lines(file):
            for found in row["evidences"]:
                evidence = [Evidence(" ".join(found["evidence"].split()), found["article"])]
                label = _LABELS[found["evidence_label"]]
                identity = f"{row['claim_id']}-{found['evidence_id']}"
                claim = " ".join(row["claim"].split())
                yield _pair(identity, "Climate-FEVER", claim, evidence, label, claim)


def made(data: Path, paragraphs: int = 700, seed: int = 0) -> Iterator[Pair]:
    """Pairs from licensed text: sentences and their clauses against their own paragraph, and corruptions of them.

    A sentence of the next paragraph, which tells more of the same subject, is unsupported; a corruption is
    contradicted.
    """
    generator = random.Random(seed)  # noqa: S311
    for number, (title, text, following) in enumerate(_paragraphs(data, paragraphs, generator)):
        evidence = read_reference(text, 0, title)
        # The sentence with most to change: figures and names are rarer than words that 'not' can follow.
        changed = {each.text: corruptions(each.text, text, generator) for each in evidence}
        chosen = max(evidence, key=lambda each: len(changed[each.text]))
        false = changed[chosen.text]
        group = f"made-{number}"
        if spoken := _clause(chosen.text, generator):
            yield _pair(f"{group}-clause", "made", spoken, evidence, "supported", group, "clause")
        yield _pair(f"{group}-true", "made", chosen.text, evidence, "supported", group, "true")
        for one in generator.sample(false, min(3, len(false))):
            yield _pair(f"{group}-{one.kind}", "made", one.text, evidence, "contradicted", group, one.kind)
        other = generator.choice(read_reference(following, 0, title))
        yield _pair(f"{group}-other", "made", other.text, evidence, "unsupported", group, "other")


def _pair(
    identity: str,
    source: str,
    claim: str,
    evidence: Sequence[Evidence],
    label: Decision,
    group: str,
    kind: str = "",
) -> Pair:
    return Pair(identity, source, claim, tuple(window(claim, evidence)), label, group, kind)


def _reference(text: str, number: int) -> list[Evidence]:
    body = _ADDRESS.sub("", text)
    match = _TITLE.match(body)
    title = _SITE.sub("", match["title"]) if match else ""
    return read_reference(body[match.end() :] if match else body, number, title)


def _clause(sentence: str, generator: random.Random) -> str:
    """One clause of several, as a sentence; empty when there is only one, or none could stand alone."""
    spans = telling_spans(sentence)
    if len(spans) < 2:
        return ""
    start, end = generator.choice([spans[0], (spans[0][0], spans[1][1])])
    text = sentence[start:end].strip(" ,;")
    return f"{text}." if len(text.split()) >= 5 and text != sentence.strip(" .") else ""


def _paragraphs(data: Path, most: int, generator: random.Random) -> Iterator[tuple[str, str, str]]:
    """Title, paragraph and the paragraph after it, from all corpora alike."""
    for name in _CORPORA:
        rows = list(_lines(data / "corpus" / f"{name}.jsonl.zst"))
        taken = 0
        for row in generator.sample(rows, len(rows)):
            blocks = [part for part in str(row["text"]).split("\n\n") if 250 < len(part) < 1_200]
            whole = [part for part in blocks if len(sentences(part)) >= 3]
            if len(whole) >= 2:
                place = generator.randrange(len(whole) - 1)
                yield str(row.get("title") or ""), whole[place], whole[place + 1]
                taken += 1
            if taken >= most // len(_CORPORA):
                break


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    import zstandard

    if not path.is_file():
        raise NotFound(
            f"There is no {path}.",
            why=f"To learn from, the data folder is expected to hold {EXPECTED}.",
            do="Name the folder with --data.",
        )
    raw = path.read_bytes()
    text = zstandard.ZstdDecompressor().stream_reader(raw).read() if path.suffix == ".zst" else raw
    for line in text.decode("utf-8").splitlines():
        yield json.loads(line)
