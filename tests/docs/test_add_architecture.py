"""The page on adding an architecture, followed to the letter."""

from collections.abc import Callable
from pathlib import Path

from tests.docs.following import follow, stranger
from tests.installed import Installed


def test_the_page_is_followed(environment: Callable[[str], Installed], weights: Path, tmp_path: Path) -> None:
    # The compiled step is kept beside the weights.
    variables = stranger(environment("add-architecture"), tmp_path, weights=str(weights))
    printed = follow("add/architecture.md", tmp_path, variables)
    assert len(printed) == 4
