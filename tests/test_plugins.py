"""Parts by name: what ships, what other packages add, and what is said of the rest."""

import sys
from pathlib import Path

import pytest

from clearspan.errors import BadInput, NotFound
from clearspan.plugins import Plugins

PARTS: Plugins[type] = Plugins("clearspan.trials", "trial", {"ours": "pathlib:PurePath"})


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package on the path that adds three parts, one of them under a name of ours and one that is broken."""
    (tmp_path / "other_trials.py").write_text("class Theirs: ...\n")
    about = tmp_path / "other_trials-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: other-trials\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[clearspan.trials]\ntheirs = other_trials:Theirs\nours = other_trials:Theirs\n"
        "broken = other_trials:Gone\nabsent = no_such_module:Part\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "other_trials", raising=False)


@pytest.mark.usefixtures("package")
def test_a_package_adds_parts_but_takes_no_name_of_ours() -> None:
    assert PARTS.names() == ["absent", "broken", "ours", "theirs"]
    assert PARTS.get("theirs").__name__ == "Theirs"
    assert PARTS.get("ours").__name__ == "PurePath"


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize("name", ["broken", "absent"])
def test_a_part_that_cannot_be_imported_names_its_package(name: str) -> None:
    with pytest.raises(BadInput, match=f"'{name}' cannot be loaded") as caught:
        PARTS.get(name)
    assert "other-trials" in caught.value.do


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(NotFound, match=r"no trial 'theirs'\. There is: ours\.") as caught:
        PARTS.get("theirs")
    assert "clearspan.trials" in caught.value.do
