"""A library searched by words alone, with its judge and the small reader: stages without a workspace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clearspan.library.library import Library
from clearspan.overview.answering.reader.reader import EvidenceReader
from clearspan.settings import Settings


@pytest.fixture
def plain(tmp_path: Path) -> Settings:
    """Settings with an empty home folder, that need no weights."""
    return Settings(home=tmp_path / "home", embedder="", generate=False)


@pytest.fixture
def pages(plain: Settings) -> Iterator[Library]:
    """An empty library."""
    with Library.open("pages", plain, None) as opened:
        yield opened


@pytest.fixture(scope="module")
def small_reader() -> Iterator[EvidenceReader]:
    """The reader of the package, by itself."""
    reader = EvidenceReader.load(threads=1)
    yield reader
    reader.close()
