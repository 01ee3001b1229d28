"""Which processor this is, and what it can: every figure of speed is of one processor."""

import os
import platform
import re
from pathlib import Path

_NAMED = re.compile(r"^model name\s*:\s*(.+)$", re.MULTILINE)
_FLAGS = re.compile(r"^(?:flags|Features)\s*:\s*(.+)$", re.MULTILINE)
_ABLE = {
    "amx_bf16": "AMX",
    "avx512_bf16": "AVX-512 BF16",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX-VNNI",
    "avx512f": "AVX-512",
    "avx2": "AVX2",
    "i8mm": "NEON i8mm",
    "asimddp": "NEON dot products",
    "asimd": "NEON",
}
"""What a processor multiplies fast by, the fastest first."""


def processor() -> str:
    """The processor of this machine with what it multiplies fast by, and its cores."""
    able = next(iter(instructions()), "")
    named = _NAMED.search(_told())
    name = named[1].strip() if named else platform.processor() or platform.machine()
    return f"{name}{f' ({able})' if able else ''}, {os.cpu_count()} cores"


def instructions() -> list[str]:
    """What it multiplies fast by, the fastest first; empty where the system does not tell."""
    flags = found[1].split() if (found := _FLAGS.search(_told())) else []
    return [word for flag, word in _ABLE.items() if flag in flags]


def _told() -> str:
    try:
        return Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:  # not Linux
        return ""
