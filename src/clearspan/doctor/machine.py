"""The machine: versions, processor, cores, memory and compiler."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version

import psutil

from clearspan.doctor.examined import Examined, megabytes
from clearspan.measure.processor import instructions, processor
from clearspan.models.backends.native import build
from clearspan.version import __version__

PACKAGES = ("torch", "transformers", "onnxruntime")
_LOOK_SECONDS = 0.3
_COMPILER_SECONDS = 5.0
_LEAST_MEMORY = 1e9
"""Bytes that the default models take together, with their libraries."""


def versions() -> Examined:
    """Clearspan, Python, and the packages that run models; none of them is imported."""
    found = [f"clearspan {__version__}", f"Python {platform.python_version()}"]
    missing: list[str] = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        said = f"{', '.join(found)}; missing: {', '.join(missing)}."
        return Examined("versions", "fault", said, f"Run 'pip install {' '.join(missing)}'.")
    return Examined("versions", "ok", f"{', '.join(found)}.")


def which_processor() -> Examined:
    """Its name and what it multiplies fast by."""
    able = ", ".join(instructions()) or "none that the system tells of"
    return Examined("processor", "ok", f"{processor()}; instructions: {able}.")


def cores() -> Examined:
    """How many this process may use, and how many others keep busy at this moment."""
    busy = psutil.cpu_percent(_LOOK_SECONDS, percpu=True)
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(len(busy))
    shares = [1 - busy[core] / 100 for core in allowed if core < len(busy)]
    free = sum(shares)
    found = f"{len(shares)} to use, {free:.1f} of them free."
    if free < len(shares) / 2:
        return Examined(
            "cores",
            "note",
            found,
            "Answers are slower while other programs run, and speeds measured now would be too low.",
        )
    return Examined("cores", "ok", found)


def memory() -> Examined:
    """How much is free."""
    told = psutil.virtual_memory()
    found = f"{megabytes(told.available)} of {megabytes(told.total)} free."
    if told.available < _LEAST_MEMORY:
        do = "Close other programs; the default models take about 1 GB."
        return Examined("memory", "note", found, do)
    return Examined("memory", "ok", found)


def compiler() -> Examined:
    """What the fast path is compiled with."""
    named = build.compiler()
    if named is None:
        do = "Install one (Debian: g++; macOS: the command line tools), or name it in CXX."
        return Examined("compiler", "note", "None; models run on the plain path, more slowly.", do)
    try:
        done = subprocess.run(
            [named, "--version"], capture_output=True, text=True, timeout=_COMPILER_SECONDS, check=False
        )
        said = done.stdout.strip().splitlines()
    except (OSError, subprocess.TimeoutExpired) as error:
        said, done = [], None
        why = str(error)
    else:
        why = done.stderr.strip()
    if done is None or done.returncode or not said:
        do = "Name another in CXX, or install it again."
        return Examined("compiler", "fault", f"{named} does not tell its version: {why:.200}.", do)
    return Examined("compiler", "ok", f"{named}: {said[0]}.")
