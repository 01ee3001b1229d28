"""References to libraries: names, folders, and what is neither."""

from pathlib import Path

import pytest

from clearspan.errors import BadInput
from clearspan.library.naming import resolve
from clearspan.settings import Settings


@pytest.mark.parametrize("reference", ["a" * 5_000, "b" * 300 + "/c", "../up", "nul\0byte", "", "橋" * 100])
def test_what_is_neither_a_name_nor_a_folder_is_refused(settings: Settings, reference: str) -> None:
    with pytest.raises(BadInput, match="neither the name"):
        resolve(reference, settings)


def test_a_folder_has_one_name_however_it_is_written(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "My notes"
    folder.mkdir()
    name, root = resolve(folder, settings)
    assert resolve(str(folder / "."), settings) == (name, root)
    assert resolve("notes", settings) == ("notes", None)
    assert root == folder.resolve()
