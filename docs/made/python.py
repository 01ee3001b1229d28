"""The Python face as pages: names only, from which mkdocstrings takes signatures and docstrings."""

import clearspan

_INTRODUCTION = """# Python

`import clearspan` is all of it. Names, arguments and results are the words of the command line and of the routes.
"""


def pages() -> dict[str, str]:
    """Every page by its path."""
    names = [name for name in clearspan.__all__ if not name.startswith("__")]
    return {"reference/python.md": "\n".join([_INTRODUCTION, *(f"::: clearspan.{name}\n" for name in names)])}
