"""What all models of one process share: processor threads, and the number format of their arithmetic."""

import threading

import torch

from clearspan.settings import Settings

_lock = threading.Lock()
_threads_set = False


def set_threads(settings: Settings) -> None:
    """Give PyTorch the threads that the settings ask for, once for this process.

    The number belongs to the process, so that the first model decides and later ones leave it alone.
    """
    global _threads_set
    with _lock:
        if not _threads_set and settings.threads:
            torch.set_num_threads(settings.threads)
        _threads_set = True


def preferred_dtype() -> torch.dtype:
    """bfloat16 where the processor multiplies it in hardware (AVX512-BF16 or AMX), else float32.

    A rule about the processor rather than a timing at load, so that the same machine always gives the same
    answers. docs/concepts/engine.md has the measurements behind it.
    """
    able = torch.cpu.get_capabilities()
    native = able.get("avx512_bf16", False) or able.get("amx_bf16", False)
    return torch.bfloat16 if native else torch.float32
