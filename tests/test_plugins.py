"""Parts by name: what ships, what other packages add, and what is said of the rest."""

import sys
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol

import pytest

from clearspan.errors import BadInput, NotFound
from clearspan.plugins import Plugins


class Shelf(Protocol):
    """What a shelf must do."""

    @classmethod
    def open(cls, address: str) -> "Shelf": ...

    def put(self, name: str, size: int = 0) -> None: ...

    def close(self) -> None: ...


class Base(ABC):
    @abstractmethod
    def measure(self) -> int: ...


def parts() -> Plugins[type]:
    return Plugins("clearspan.trials", "trial", {"ours": "pathlib:PurePath"}, object, classes=True)


def shelves(of: type) -> Plugins[type]:
    return Plugins("clearspan.trials", "trial", {}, of, classes=True)


def install(folder: Path, package: str, *entries: str) -> None:
    """A package in a folder, with a module of one class and entry points."""
    (folder / f"{package}.py").write_text("class Theirs: ...\nnumber = 7\n")
    about = folder / f"{package}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("\n".join(["[clearspan.trials]", *entries]))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.syspath_prepend(tmp_path)
    for package in ("first", "second"):
        monkeypatch.delitem(sys.modules, package, raising=False)
    return tmp_path


def test_a_package_adds_parts_and_those_that_ship_come_first(folder: Path) -> None:
    install(folder, "first", "theirs = first:Theirs", "a = first:Theirs")
    assert parts().names() == ["ours", "a", "theirs"]
    assert [part.__name__ for part in parts().all().values()] == ["PurePath", "Theirs", "Theirs"]
    assert (parts().package("theirs"), parts().package("ours")) == ("first 1.0", "Clearspan")


@pytest.mark.parametrize("value", ["first:Gone", "no_such_module:Part", "first:number", "broken:Part"])
def test_a_part_that_cannot_be_used_names_its_package(folder: Path, value: str) -> None:
    (folder / "broken.py").write_text("1 / 0\n")
    install(folder, "first", f"bad = {value}", "good = first:Theirs")
    with pytest.raises(BadInput, match=r"trial 'bad' of first 1\.0 cannot be used") as caught:
        parts().get("bad")
    assert value in caught.value.why
    assert "remove first 1.0" in caught.value.do
    # What nobody asks for is in nobody's way.
    assert parts().get("good").__name__ == "Theirs"


def test_a_part_of_two_packages_is_refused_and_both_are_named(folder: Path) -> None:
    install(folder, "first", "theirs = first:Theirs", "ours = first:Theirs")
    install(folder, "second", "theirs = second:Theirs")
    with pytest.raises(BadInput, match=r"several packages for the trial 'theirs'") as caught:
        parts().get("theirs")
    assert "first 1.0 and with second 1.0" in caught.value.why
    with pytest.raises(BadInput, match=r"with Clearspan and with first 1\.0"):
        parts().get("ours")


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(NotFound, match=r"no trial 'theirs'\. There is: ours\.") as caught:
        parts().get("theirs")
    assert "clearspan.trials" in caught.value.do


@pytest.mark.parametrize(
    ("code", "lacks"),
    [
        ("class Theirs: ...", "lacks open(address), put(name, size), close()"),
        (
            "class Theirs:\n    @classmethod\n    def open(cls, address): ...\n    def put(self, name): ...\n"
            "    def close(self): ...",
            "lacks put(name, size)",
        ),
        (
            "class Theirs:\n    def open(self, address): ...\n    def put(self, name, size=0): ...\n    close = None",
            "lacks open(address), close()",
        ),
        ("def Theirs(): ...", "is no class"),
    ],
)
def test_a_class_that_does_not_fulfil_the_protocol_is_refused_with_what_it_lacks(
    folder: Path, code: str, lacks: str
) -> None:
    install(folder, "first", "theirs = first:Theirs")
    (folder / "first.py").write_text(code + "\n")
    with pytest.raises(BadInput, match=r"trial 'theirs' of first 1\.0 cannot be used") as caught:
        shelves(Shelf).get("theirs")
    assert lacks in caught.value.why
    assert caught.value.do == "Update or remove first 1.0."


def test_a_class_that_fulfils_the_protocol_is_taken(folder: Path) -> None:
    install(folder, "first", "theirs = first:Theirs")
    (folder / "first.py").write_text(
        "class Theirs:\n    @classmethod\n    def open(cls, where): ...\n    def put(self, *all): ...\n"
        "    def close(self, now=True): ...\n"
    )
    assert shelves(Shelf).get("theirs").__name__ == "Theirs"


@pytest.mark.parametrize(
    ("code", "lacks"),
    [
        ("class Theirs: ...", "lacks the base class of tests.test_plugins.Base"),
        ("from tests.test_plugins import Base\nclass Theirs(Base): ...", "lacks measure()"),
    ],
)
def test_a_class_that_leaves_a_method_of_its_base_open_is_refused(
    folder: Path, code: str, lacks: str
) -> None:
    install(folder, "first", "theirs = first:Theirs")
    (folder / "first.py").write_text(code + "\n")
    with pytest.raises(BadInput) as caught:
        shelves(Base).get("theirs")
    assert lacks in caught.value.why
