"""Clearspan: answers from open-weight language models that can be seen through."""

__version__ = "0.1.0"
