"""The log of a training: one JSON object a line, cut back to the checkpoint when the training goes on."""

import json
from pathlib import Path

FILE = "training.jsonl"


class TrainingLog:
    """Appends to `training.jsonl` of a folder.

    Args:
        step: lines of this step and later ones were written by a training that did not keep them; they are dropped.
    """

    def __init__(self, folder: Path, step: int) -> None:
        self._path = folder / FILE
        folder.mkdir(parents=True, exist_ok=True)
        kept = [line for line in read_log(folder) if int(line["step"]) < step]
        self._path.write_text("".join(json.dumps(line) + "\n" for line in kept), "utf-8")

    def write(self, **line: object) -> None:
        """Append a line."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def read_log(folder: Path) -> list[dict[str, float]]:
    """The lines of a training's log; a last one that was cut off is left out."""
    path = folder / FILE
    if not path.exists():
        return []
    lines: list[dict[str, float]] = []
    for line in path.read_text("utf-8").splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            break
    return lines
