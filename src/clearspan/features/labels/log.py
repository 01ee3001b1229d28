"""Labels of features: an append-only file of events, `labels.jsonl`; the last event of a feature is its label."""

import json
import os
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clearspan.errors import BadInput, Refused

FILE = "labels.jsonl"


class FeatureLabel(BaseModel):
    """One event: somebody or something said what a feature is about.

    An empty text takes the label away.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: int = Field(ge=0)
    text: str = Field(max_length=200)
    maker: str = Field(min_length=1, max_length=100, description="`words`, a tier's name, or `person`.")
    score: float | None = Field(
        default=None,
        description="How well the label tells the feature's held-out examples from others, 0.5 to 1.",
    )
    at: str = Field(description="UTC, ISO 8601.")


def label(feature: int, text: str, maker: str, score: float | None = None) -> FeatureLabel:
    """A label that is made now.

    Raises:
        BadInput: the text is too long or holds line breaks.
    """
    text = text.strip()
    if len(text) > 200 or any(sign in text for sign in "\r\n"):
        raise BadInput("A label is one line of at most 200 characters.", do="Shorten it.")
    return FeatureLabel(
        feature=feature, text=text, maker=maker, score=score, at=datetime.now(UTC).isoformat()
    )


class LabelLog:
    """The labels of one dictionary; safe to share between threads, and between processes for writing.

    Args:
        folder: of the dictionary.
        edits: a folder whose file holds later events; where it is given, only that one is written.
    """

    def __init__(self, folder: Path, edits: Path | None = None) -> None:
        self._paths = [folder / FILE] if edits is None else [folder / FILE, edits / FILE]
        self._lock = threading.Lock()
        self._seen: tuple[tuple[int, int], ...] = ()
        self._events: dict[int, list[FeatureLabel]] = {}

    def of(self, feature: int) -> FeatureLabel | None:
        """The label that stands, or None."""
        history = self._current().get(feature)
        return history[-1] if history and history[-1].text else None

    def text(self, feature: int) -> str:
        """The text of the label that stands; empty where none does."""
        found = self.of(feature)
        return found.text if found else ""

    def history(self, feature: int) -> tuple[FeatureLabel, ...]:
        """Every event of a feature, oldest first."""
        return tuple(self._current().get(feature, ()))

    def all(self) -> dict[int, FeatureLabel]:
        """The labels that stand, by feature."""
        return {feature: history[-1] for feature, history in self._current().items() if history[-1].text}

    def append(self, labels: Iterable[FeatureLabel]) -> None:
        """Keep events.

        Raises:
            Refused: the file cannot be written.
        """
        lines = "".join(f"{one.model_dump_json(exclude_none=True)}\n" for one in labels)
        path = self._paths[-1]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(str(path) + ".lock"), path.open("ab") as file:
                # A line that a crash cut short must not swallow the next one.
                if file.tell() and not _ends_whole(path):
                    file.write(b"\n")
                file.write(lines.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Refused(
                f"The label could not be kept in {path}.",
                why=str(error),
                do="Make the folder writable, or copy the dictionary into your home folder.",
            ) from error

    def _current(self) -> Mapping[int, list[FeatureLabel]]:
        with self._lock:
            seen = tuple(_stamp(path) for path in self._paths)
            if seen != self._seen:
                events: dict[int, list[FeatureLabel]] = {}
                for path in self._paths:
                    for one in _read(path):
                        events.setdefault(one.feature, []).append(one)
                self._events, self._seen = events, seen
            return self._events


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _read(path: Path) -> list[FeatureLabel]:
    if not path.is_file():
        return []
    found: list[FeatureLabel] = []
    for number, line in enumerate(path.read_text("utf-8", "replace").split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(FeatureLabel.model_validate(json.loads(line)))
        except (ValueError, ValidationError) as error:
            # The last line may be what a crash left; any other is damage that nobody should miss.
            if number >= path.read_text("utf-8", "replace").count("\n"):
                continue
            raise BadInput(
                f"Line {number} of {path} is not a label.",
                why=str(error).splitlines()[0],
                do="Mend or delete it.",
            ) from error
    return found
