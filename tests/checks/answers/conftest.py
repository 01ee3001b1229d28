"""Sets of questions about places that do not exist, in the format of the real ones."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import zstandard

PLACES = [
    f"{first}{last}"
    for first in "Bram Ost Quill Tarv Zell Murr Dov Fenn".split()
    for last in "ek ith on ara umby".split()
]


def write_set(data: Path, name: str, rows: Iterable[dict[str, Any]]) -> Path:
    """A set as a folder with its compressed file."""
    path = data / "evals" / "questions" / name / "dev.jsonl.zst"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(json.dumps(row) for row in rows) + "\n"
    path.write_bytes(zstandard.ZstdCompressor().compress(text.encode()))
    return path


def row(place: str, number: int, **other: Any) -> dict[str, Any]:
    """A question about the bridge of a place."""
    told = f"The bridge of {place} is {number} metres long."
    text = f"{place} is a town by a river that is found on no map.\n\n{told} It was built by the Guild of Lanterns."
    return {
        "id": f"bridges:{place}",
        "question": f"How long is the bridge of {place}?",
        "answers": [f"{number} metres"],
        "answerable": True,
        "kind": "number",
        "documents": [{"title": place, "text": text, "url": f"https://towns.example/{place}"}],
        "evidence": [told],
        "evidence_how": "gold",
    } | other


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the sets 'bridges' and 'silence'."""
    folder = tmp_path / "data"
    write_set(folder, "bridges", [row(place, 101 + number) for number, place in enumerate(PLACES)])
    unanswerable = {
        "answerable": False,
        "answers": [],
        "evidence": [],
        "evidence_how": "none",
        "kind": "fact",
    }
    silent = [
        row(f"Upper {place}", 301 + number, **unanswerable)
        | {"id": f"silence:{place}", "question": f"Who swims under the moat of Nether {place}?"}
        for number, place in enumerate(PLACES)
    ]
    write_set(folder, "silence", silent)
    return folder
