"""Parts that can be added: those that ship with Clearspan, and those of other packages by their entry points."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar, cast

from clearspan.errors import BadInput, NotFound

T = TypeVar("T")


class Plugins(Generic[T]):
    """Parts of one kind by name, each imported when it is first asked for.

    A package adds one by an entry point in its `pyproject.toml`: `[project.entry-points."GROUP"]`, then
    `name = "package.module:thing"`. Names that ship with Clearspan cannot be taken by another package.

    Args:
        group: of the entry points, as `clearspan.stores`.
        kind: what one is called in messages, as `store`.
        built_in: what ships with Clearspan: `module:thing` by name.
    """

    def __init__(self, group: str, kind: str, built_in: Mapping[str, str]) -> None:
        self._group = group
        self._kind = kind
        self._built_in = {name: EntryPoint(name, value, group) for name, value in built_in.items()}

    def names(self) -> list[str]:
        """All that there are, in order of the alphabet."""
        return sorted({*self._built_in, *entry_points(group=self._group).names})

    def get(self, name: str) -> T:
        """The part of this name.

        Raises:
            NotFound: there is none; says what there is.
            BadInput: the package that adds it cannot be imported.
        """
        entry = self._built_in.get(name)
        if entry is None:
            # Looked up late: reading what every installed package declares takes a while.
            added = entry_points(group=self._group, name=name)
            if not added:
                raise NotFound(
                    f"There is no {self._kind} '{name}'.",
                    why=f"There is: {', '.join(self.names())}.",
                    do=f"Name one of them, or install a package that adds it (entry point group {self._group}).",
                )
            entry = next(iter(added))
        try:
            return cast(T, entry.load())
        except (ImportError, AttributeError) as error:
            raise BadInput(
                f"The {self._kind} '{name}' cannot be loaded.",
                why=f"{entry.value} is not there: {error}.",
                do=f"Mend or remove the package{f' {entry.dist.name}' if entry.dist else ''}.",
            ) from error
