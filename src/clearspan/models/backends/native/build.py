"""From the C++ sources to a library for this processor, compiled once and kept beside the weights.

The sources are compiled where they run because the widest instructions of a processor make most of the speed, and
because no compiler is asked of those who install Clearspan: without one, the plain path answers.
"""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from clearspan.errors import Refused
from clearspan.settings import Settings

SOURCES = Path(__file__).parent / "cpp"
_COMPILE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Program:
    """What is compiled into one library: `{name}.cpp` of the first folder; headers may come from the others.

    Attributes:
        name: what its library is called.
        folders: those that hold its sources.
    """

    name: str
    folders: tuple[Path, ...]


STEP = Program("step", (SOURCES,))
"""The step of a language model."""


def folder(settings: Settings) -> Path:
    """Where compiled libraries are, and what was found out about them: beside the weights."""
    return settings.models_dir / ".native"


def built(settings: Settings, *, portable: bool = False, program: Program = STEP) -> Path | None:
    """The compiled library if it is here already.

    Args:
        portable: the form without processor-specific instructions written out by hand.
    """
    found = compiler()
    if found is None:
        return None
    path = _target(settings, found, portable, program)
    return path if _trusted(path) and _trusted(path.parent) else None


def build(settings: Settings, *, portable: bool = False, program: Program = STEP) -> Path:
    """Compile the library unless it is here; takes about 10 s of one core.

    Args:
        portable: the form without processor-specific instructions written out by hand.

    Raises:
        Refused: there is no C++ compiler, it does not compile the sources, or there is no safe place for the result.
    """
    found = compiler()
    if found is None:
        raise Refused(
            "The fast path is not available.",
            why="It is compiled on the machine that runs it, and no C++ compiler was found.",
            do="Install one (Debian: g++; macOS: the command line tools), or name it in CXX. Everything works "
            "without, more slowly.",
        )
    target = _target(settings, found, portable, program)
    try:
        _prepare(target.parent)
        with FileLock(str(target.with_suffix(".lock"))):
            if not _trusted(target):
                _compile(found, target, portable, program)
    except OSError as error:
        raise Refused(
            "The compiled fast path could not be stored.",
            why=str(error),
            do=f"Make {target.parent} writable, or keep the weights elsewhere. Everything works without, more slowly.",
        ) from error
    return target


def load(path: Path) -> ctypes.CDLL:
    """Open a compiled library.

    Raises:
        Refused: it is not one, or not for this machine.
    """
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise Refused(
            "The compiled fast path cannot be loaded.",
            why=str(error),
            do=f"Delete {path}; it is compiled again.",
        ) from error


def _trusted(path: Path) -> bool:
    """Whether it exists and nobody else could have written it: opening a library runs what it holds."""
    try:
        state = path.stat()
    except OSError:
        return False
    return sys.platform == "win32" or (state.st_uid in {0, os.geteuid()} and not state.st_mode & 0o022)


def _prepare(place: Path) -> None:
    """Make the folder of libraries, which nobody else may write to, whatever the umask and the folder around it."""
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    if sys.platform != "win32" and place.stat().st_uid == os.geteuid():
        place.chmod(0o755)
    if not _trusted(place):
        raise Refused(
            "The fast path is not available.",
            why=f"Others may write to {place}, and what lies there would run as you.",
            do="Keep the weights in a folder of your own. Everything works without, more slowly.",
        )


def compiler() -> str | None:
    """The C++ compiler that is used: what CXX names, or the first that is found."""
    named = os.environ.get("CXX")
    return next(
        (found for name in (named, "g++", "clang++", "c++") if name and (found := shutil.which(name))), None
    )


def _flags(portable: bool) -> list[str]:
    native = "-mcpu=native" if platform.machine().lower() in {"arm64", "aarch64"} else "-march=native"
    chosen = ["-DCLEARSPAN_PORTABLE"] if portable else []
    return ["-O3", "-ffp-contract=off", native, "-std=c++17", "-shared", "-fPIC", "-pthread", *chosen]


def _target(settings: Settings, named: str, portable: bool, program: Program) -> Path:
    digest = hashlib.sha256()
    for source in sorted(source for sources in program.folders for source in sources.iterdir()):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    digest.update("\0".join([named, *_flags(portable), _processor()]).encode())
    return folder(settings) / f"{program.name}-{digest.hexdigest()[:16]}.so"


def _processor() -> str:
    """What tells processors apart whose instructions differ: weights may be shared by machines."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return f"{platform.node()} {platform.machine()} {platform.processor()}"
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.machine())


def _compile(named: str, target: Path, portable: bool, program: Program) -> None:
    # Whoever compiled this and was killed left a folder behind; the lock says that nobody is at it now.
    for left in target.parent.glob(f"{target.stem}-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{target.stem}-", dir=target.parent) as made:
        result = Path(made) / "library.so"
        source = program.folders[0] / f"{program.name}.cpp"
        headers = [f"-I{beside}" for beside in program.folders[1:]]
        command = [named, *_flags(portable), *headers, str(source), "-o", str(result)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_COMPILE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(named, str(error)) from error
        if done.returncode or not result.is_file():
            raise _failed(named, _reason(done.stderr))
        result.chmod(0o755)
        result.replace(target)


def _reason(said: str) -> str:
    lines = said.strip().splitlines() or ["no reason given"]
    return next((line for line in lines if "error" in line), lines[0])


def _failed(named: str, why: str) -> Refused:
    return Refused(
        "The fast path could not be compiled.",
        why=f"{named} said: {why}",
        do="Update the compiler (GCC 12 or Clang 15, or later), or name another in CXX. Everything works without, "
        "more slowly.",
    )
