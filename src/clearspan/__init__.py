"""Clearspan: answers from open-weight language models that can be seen through."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clearspan.api import Answer, ask, load

__version__ = "0.1.0"
__all__ = ["Answer", "__version__", "ask", "load"]


def __getattr__(name: str) -> Any:
    # The command line imports this package for its version alone; the rest waits until it is used.
    if name in {"Answer", "ask", "load"}:
        from clearspan import api

        return getattr(api, name)
    raise AttributeError(f"module 'clearspan' has no attribute {name!r}")
