"""WritingPairs to learn writing from, of a plainly invented town, as files of sets have them."""

import json
from pathlib import Path
from typing import Any

import zstandard

HOUSES = (
    "mill",
    "inn",
    "bridge",
    "school",
    "tower",
    "market",
    "harbour",
    "quarry",
    "chapel",
    "ferry",
    "dairy",
    "forge",
)


def write_set(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    """A set as a file of lines."""
    (folder / name).mkdir(parents=True)
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / name / "dev.jsonl.zst").write_bytes(zstandard.compress(lines.encode()))


def write_pairs(evals: Path) -> None:
    """Twelve pairs of each kind, below `rewriting`, and the pages of those that answer a question."""
    made = evals / "rewriting"
    split = [
        {
            "id": f"rewrite_wikisplit:{number}",
            "inputs": [
                f"{house.title()} House was built in {1800 + number}.",
                f"It was sold in {1900 + number}.",
            ],
            "output": f"{house.title()} House was built in {1800 + number} and was sold in {1900 + number}.",
            "novel": [],
        }
        for number, house in enumerate(HOUSES)
    ]
    tables = [
        {
            "id": f"rewrite_fetaqa:{number}",
            "question": f"Who kept the {house} of Tarrow?",
            "inputs": [
                f"Tarrow: Keepers of the {house}",
                "Keeper: Ann Alder",
                f"Keeper: Ann Alder; Year: {1800 + number}",
            ],
            "output": f"Ann Alder kept the {house} of Tarrow in {1800 + number}.",
            "title": "Tarrow",
            "novel": ["kept"],
        }
        for number, house in enumerate(HOUSES)
    ]
    answers = [
        {
            "id": f"rewrite_clapnq:{number}",
            "question": f"why was the {house} of tarrow closed",
            "inputs": [f"The {house} was closed in 1870.", "Its roof had fallen in."],
            "output": f"The {house} was closed in 1870. Its roof had fallen in.\nNobody was hurt.",
            "novel": [],
        }
        for number, house in enumerate(HOUSES)
    ]
    write_set(made, "rewrite_wikisplit", split)
    write_set(made, "rewrite_fetaqa", tables)
    write_set(made, "rewrite_clapnq", answers)


def write_questions(evals: Path) -> None:
    """A set `clapnq` with a page a house, whose two sentences answer."""
    rows = [
        {
            "id": f"clapnq:{number}",
            "question": f"why was the {house} of tarrow closed",
            "answers": ["its roof had fallen in"],
            "answerable": True,
            "kind": "why",
            "documents": [
                {
                    "title": f"Tarrow {house}",
                    "text": f"The Tarrow {house}, which stands by the river, was closed in 1870 because its roof had "
                    f"fallen in during the storm. It was never opened again, since the town had no money for it.",
                }
            ],
            "evidence": [
                f"The Tarrow {house}, which stands by the river, was closed in 1870 because its roof had fallen in "
                "during the storm.",
                "It was never opened again, since the town had no money for it.",
            ],
            "evidence_how": "gold",
        }
        for house in HOUSES
        for number in range(3)
    ]
    for number, row in enumerate(rows):
        row["id"] = f"clapnq:{number}"
    write_set(evals / "questions", "clapnq", rows)
