"""Make the sheet that is checked by hand: sentences of overviews with what they cite.

The protocol is in docs/concepts/measurement.md.

Half of the questions are of the sample suite, half are SciFact's claims, asked of a library of the abstracts that they
cite and others. What is found goes to benchmarks/verdicts/verification.jsonl, with no more of an abstract than its
title and a few words.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import zstandard

from clearspan.answer import Finished, journey
from clearspan.checks.samples import load_questions
from clearspan.receipts import Receipt
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

REPOSITORY = Path(__file__).resolve().parent.parent
ABSTRACTS = 400


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY / "../shared"))
    )
    parser.add_argument("--out", type=Path, required=True, help="the sheet, as JSON lines")
    parser.add_argument("--questions", type=int, default=60, help="questions of each of the two sets")
    given = parser.parse_args()
    settings = Settings()
    with (
        tempfile.TemporaryDirectory() as folder,
        given.out.open("w", encoding="utf-8") as sheet,
        Workspace.open(Settings(home=Path(folder), weights=settings.models_dir)) as workspace,
    ):
        workspace.index_samples()
        chosen = random.Random(0)
        asked = [question.question for question in load_questions() if not question.reason]
        for row in rows(
            workspace, SAMPLES_LIBRARY, "samples", chosen.sample(asked, min(len(asked), given.questions))
        ):
            sheet.write(row)
            sheet.flush()
        claims = index_scifact(workspace, given.data / "evals" / "scifact", Path(folder) / "abstracts")
        for row in rows(workspace, "scifact", "scifact", chosen.sample(claims, given.questions)):
            sheet.write(row)
            sheet.flush()
    return 0


def rows(workspace: Workspace, library: str, name: str, questions: list[str]) -> Iterator[str]:
    """One line a sentence: what was asked, what is said, and what it cites."""
    for question in questions:
        steps = journey(workspace, question, library=library, keep=False)
        receipt: Receipt = next(step.receipt for step in steps if isinstance(step, Finished))
        for claim in receipt.overview.claims:
            row = {
                "set": name,
                "question": question,
                "sentence": claim.text,
                "origin": claim.origin,
                "score": claim.score,
                "citations": [{"title": one.title, "quote": one.quote} for one in claim.citations],
            }
            yield json.dumps(row, ensure_ascii=False) + "\n"


def index_scifact(workspace: Workspace, scifact: Path, folder: Path) -> list[str]:
    """A library of abstracts; the claims that cite them."""
    raw = zstandard.ZstdDecompressor().stream_reader((scifact / "corpus.jsonl.zst").read_bytes()).read()
    abstracts = {row["doc_id"]: row for row in map(json.loads, raw.decode("utf-8").splitlines())}
    claims = [json.loads(line) for line in (scifact / "claims_dev.jsonl").read_text("utf-8").splitlines()]
    chosen = random.Random(0).sample([claim for claim in claims if claim["evidence"]], 120)
    cited = [document for claim in chosen for document in claim["cited_doc_ids"]]
    others = random.Random(1).sample(sorted(abstracts), ABSTRACTS)
    folder.mkdir()
    for number in dict.fromkeys([*cited, *others][:ABSTRACTS]):
        abstract = abstracts[number]
        head = f"---\ntitle: {json.dumps(abstract['title'])}\nkind: reference\n---\n\n"
        text = f"{head}{' '.join(abstract['abstract'])}\n"
        (folder / f"{number}.md").write_text(text, "utf-8")
    workspace.library("scifact").sync(folder)
    return [claim["claim"] for claim in chosen]


if __name__ == "__main__":
    sys.exit(main())
