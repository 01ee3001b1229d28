"""Stores by address."""

from pathlib import Path

import pytest

from clearspan import ledger
from clearspan.errors import BadInput, NotFound, StorageError
from clearspan.library import stores
from clearspan.library.library import Library
from clearspan.settings import Settings


@pytest.mark.parametrize("address", ["duckdb:/srv", "/srv", ""])
def test_an_unknown_scheme_is_told_what_there_is(address: str) -> None:
    for opened in (stores.open, ledger.open):
        with pytest.raises(NotFound, match=r"There is: sqlite\."):
            opened(address)


def test_an_address_without_a_folder_is_not_the_working_folder() -> None:
    with pytest.raises(BadInput, match="names no folder"):
        stores.open("sqlite:").names()
    with pytest.raises(BadInput, match="names no folder"):
        ledger.open("sqlite:")


def test_looking_for_libraries_makes_nothing(tmp_path: Path) -> None:
    place = stores.open(f"sqlite:{tmp_path / 'none'}")
    assert "default" not in place
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_made_is_an_error_to_act_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match="cannot be made"):
        stores.open(f"sqlite:{tmp_path / 'file'}").open("docs")


def test_libraries_go_where_the_settings_say(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", store=f"sqlite:{tmp_path / 'apart'}", embedder="")
    (tmp_path / "orcas.txt").write_text("Orcas swim.")
    with Library.open("sea", settings, None) as library:
        library.add(tmp_path / "orcas.txt")
    assert stores.open(settings.store_address).names() == ["sea"]
    assert not (tmp_path / "home").exists()
