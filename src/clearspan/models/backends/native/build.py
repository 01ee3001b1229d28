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
import tempfile
from pathlib import Path

from filelock import FileLock

from clearspan.errors import Refused
from clearspan.settings import Settings

SOURCES = Path(__file__).parent / "cpp"
_COMPILE_SECONDS = 300


def built(settings: Settings, *, portable: bool = False) -> Path | None:
    """The compiled library if it is here already.

    Args:
        portable: the form without processor-specific instructions written out by hand.
    """
    compiler = _compiler()
    if compiler is None:
        return None
    path = _target(settings, compiler, portable)
    return path if path.is_file() else None


def build(settings: Settings, *, portable: bool = False) -> Path:
    """Compile the library unless it is here; takes about 10 s of one core.

    Raises:
        Refused: there is no C++ compiler, or it does not compile the sources.
    """
    compiler = _compiler()
    if compiler is None:
        raise Refused(
            "The fast path is not available.",
            why="It is compiled on the machine that runs it, and no C++ compiler was found.",
            do="Install one (Debian: g++; macOS: the command line tools), or name it in CXX. Everything works "
            "without, more slowly.",
        )
    target = _target(settings, compiler, portable)
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(str(target.with_suffix(".lock"))):
        if not target.is_file():
            _compile(compiler, target, portable)
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


def _compiler() -> str | None:
    named = os.environ.get("CXX")
    return next(
        (found for name in (named, "g++", "clang++", "c++") if name and (found := shutil.which(name))), None
    )


def _flags(portable: bool) -> list[str]:
    native = "-mcpu=native" if platform.machine().lower() in {"arm64", "aarch64"} else "-march=native"
    chosen = ["-DCLEARSPAN_PORTABLE"] if portable else []
    return ["-O3", native, "-std=c++17", "-shared", "-fPIC", "-pthread", *chosen]


def _target(settings: Settings, compiler: str, portable: bool) -> Path:
    digest = hashlib.sha256()
    for source in sorted(SOURCES.iterdir()):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    digest.update("\0".join([compiler, *_flags(portable), _processor()]).encode())
    return settings.models_dir / ".native" / f"step-{digest.hexdigest()[:16]}.so"


def _processor() -> str:
    """What tells processors apart whose instructions differ: weights may be shared by machines."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.machine())


def _compile(compiler: str, target: Path, portable: bool) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        result = Path(folder) / "step.so"
        command = [compiler, *_flags(portable), str(SOURCES / "step.cpp"), "-o", str(result)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_COMPILE_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(compiler, str(error)) from error
        if done.returncode or not result.is_file():
            raise _failed(compiler, (done.stderr.strip().splitlines() or ["no reason given"])[0])
        result.replace(target)


def _failed(compiler: str, why: str) -> Refused:
    return Refused(
        "The fast path could not be compiled.",
        why=f"{compiler} said: {why}",
        do="Update the compiler (GCC 12 or Clang 15, or later), or name another in CXX. Everything works without, "
        "more slowly.",
    )
