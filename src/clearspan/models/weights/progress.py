"""How a long download tells how far it is."""

import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fetched:
    """How far one fetch is.

    Attributes:
        reference: the model that is fetched.
        stage: what is being done, for a person.
        done: bytes so far.
        total: bytes in all, where they are known.
    """

    reference: str
    stage: str
    done: int
    total: int | None


Progress = Callable[[Fetched], None]


def folder_size(folder: Path) -> int:
    """Bytes of all files under `folder`; files and folders that vanish meanwhile count as nothing."""
    total = 0
    # Unlike `rglob`, it goes on when a folder is gone before it is entered: pip makes and removes some.
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            try:
                if not path.is_symlink():
                    total += path.stat().st_size
            except FileNotFoundError:
                continue
    return total


@contextmanager
def watch_folder(
    folder: Path, reference: str, total: int | None, progress: Progress | None
) -> Generator[None]:
    """Report the growing size of `folder` while somebody else downloads into it.

    pip and the hub's client each have their own progress display; what arrives on disk is the same for both.
    """
    if progress is None:
        yield
        return
    finished = threading.Event()

    def report() -> None:
        while not finished.wait(0.2):
            size = folder_size(folder)
            done = min(size, total) if total is not None else size
            progress(Fetched(reference, "downloading", done, total))

    reporter = threading.Thread(target=report, name="fetch-progress", daemon=True)
    reporter.start()
    try:
        yield
    finally:
        finished.set()
        reporter.join()
