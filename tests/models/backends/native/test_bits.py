"""Every form of the step gives the same bits: compiled for several processors, and run here or under an emulator."""

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from clearspan.models.backends.native.build import SOURCES

PROGRAM = Path(__file__).parent / "forms.cpp"
HERE = platform.machine()
FLAGS = ("-O1", "-ffp-contract=off", "-std=c++17", "-pthread", f"-I{SOURCES}", str(PROGRAM))
"""-O1: what is compiled for another processor is there to be right, not fast."""

X86 = {
    "no instructions of its own": ("-march=x86-64", "-DCLEARSPAN_PORTABLE"),
    "AVX2, portable": ("-march=x86-64-v3", "-DCLEARSPAN_PORTABLE"),
    "AVX2": ("-march=x86-64-v3",),
    "AVX-512 without VNNI": ("-march=skylake-avx512",),
    "AVX-512-VNNI": ("-march=icelake-client",),
}
NEEDS = {
    "AVX2, portable": "avx2",
    "AVX2": "avx2",
    "AVX-512 without VNNI": "avx512bw",
    "AVX-512-VNNI": "avx512_vnni",
}
ARM = {
    "ARMv8.0": ("-march=armv8-a",),
    "ARM with sdot": ("-march=armv8.2-a+dotprod",),
    "ARM with i8mm": ("-march=armv8.6-a+i8mm",),
}


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the form without instructions gives on this machine."""
    compiler = shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler")
    return run([str(compiled(compiler, ("-DCLEARSPAN_PORTABLE",), tmp_path_factory.mktemp("portable")))])


def compiled(compiler: str, flags: tuple[str, ...], folder: Path) -> Path:
    target = folder / "forms"
    subprocess.run([compiler, *flags, *FLAGS, "-o", str(target)], check=True, capture_output=True)
    return target


def run(command: list[str]) -> str:
    """The hash that one thread and three threads agree on."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    [one, three] = done.stdout.split()
    assert one == three
    return one


@pytest.mark.parametrize("form", X86)
def test_forms_for_x86_give_the_same_bits(form: str, expected: str, tmp_path: Path) -> None:
    compiler = shutil.which("g++")
    if HERE != "x86_64" or compiler is None:
        pytest.skip("needs GCC on an x86-64 processor")
    target = compiled(compiler, X86[form], tmp_path)
    flags = Path("/proc/cpuinfo").read_text("utf-8").split()
    if form in NEEDS and NEEDS[form] not in flags:
        pytest.skip(f"compiles, and this processor cannot run it: {NEEDS[form]} is missing")
    assert run([str(target)]) == expected


@pytest.mark.parametrize("form", ARM)
def test_forms_for_arm_give_the_same_bits_under_an_emulator(form: str, expected: str, tmp_path: Path) -> None:
    compiler, emulator = shutil.which("aarch64-linux-gnu-g++"), shutil.which("qemu-aarch64")
    if compiler is None or emulator is None:
        pytest.skip("needs a compiler for ARM and its emulator (Debian: g++-aarch64-linux-gnu, qemu-user)")
    target = compiled(compiler, ("-static", *ARM[form]), tmp_path)
    assert run([emulator, "-cpu", "max", str(target)]) == expected
