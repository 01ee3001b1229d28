"""Parts that can be added: those that ship with Clearspan, and those of other packages by their entry points."""

from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from inspect import signature
from typing import Generic, TypeVar, cast

from clearspan.errors import BadInput, NotFound

T = TypeVar("T")


class Plugins(Generic[T]):
    """Parts of one kind by name, each imported when it is first asked for.

    A package adds one by an entry point in its `pyproject.toml`: `[project.entry-points."GROUP"]`, then
    `name = "package.module:thing"`. A name that two packages add, or that one adds and ships with Clearspan, is
    refused.

    Args:
        group: of the entry points, as `clearspan.stores`.
        kind: what one is called in messages, as `store`.
        built_in: what ships with Clearspan: `module:thing` by name.
        of: what every part is an instance of, as far as that can be told without using it; a class or a protocol.
        classes: whether the parts are classes, whose instances are that.
    """

    def __init__(
        self, group: str, kind: str, built_in: Mapping[str, str], of: type, *, classes: bool = False
    ) -> None:
        self._group = group
        self._kind = kind
        self._built_in = {name: EntryPoint(name, value, group) for name, value in built_in.items()}
        self._of = of
        self._classes = classes

    def names(self) -> list[str]:
        """All that there are: what ships first, then what other packages add, in order of the alphabet."""
        return list(self._entries)

    def all(self) -> dict[str, T]:
        """Every part by its name, in the order of `names`.

        Raises:
            BadInput: as `get`.
        """
        return {name: self.get(name) for name in self.names()}

    def get(self, name: str) -> T:
        """The part of this name.

        Raises:
            NotFound: there is none; says what there is.
            BadInput: the package that adds it cannot be used, or another one adds it, too; says which, and what
                the part lacks.
        """
        entries = self._entries.get(name, [])
        if not entries:
            raise NotFound(
                f"There is no {self._kind} '{name}'.",
                why=f"There is: {', '.join(self.names())}.",
                do=f"Name one of them, or install a package that adds it (entry point group {self._group}).",
            )
        if len(entries) > 1:
            raise doubled(f"the {self._kind} '{name}'", [_package(entry) for entry in entries])
        (entry,) = entries
        try:
            part = entry.load()
        except (
            Exception
        ) as error:  # what other people's modules raise while they are imported can be anything
            raise self._unusable(entry, f"{entry.value} cannot be loaded: {error}") from error
        if fault := self._fault(part):
            raise self._unusable(entry, f"{entry.value} is {part!r:.100}, which {fault}")
        return cast(T, part)

    def package(self, name: str) -> str:
        """Which package a part is of, with its version."""
        return _package(self._entries[name][0])

    @cached_property
    def _entries(self) -> dict[str, list[EntryPoint]]:
        # Read late, and once: what every installed package declares takes a hundredth of a second.
        entries = {name: [entry] for name, entry in self._built_in.items()}
        for entry in sorted(entry_points(group=self._group), key=lambda entry: (entry.name, _package(entry))):
            entries.setdefault(entry.name, []).append(entry)
        return entries

    def _fault(self, part: object) -> str:
        """Why a part is not what it must be; empty where it is."""
        name = f"{self._of.__module__}.{self._of.__qualname__}"
        if not self._classes:
            return "" if isinstance(part, self._of) else f"is no {name}"
        if not isinstance(part, type):
            return f"is no class; a class that is a {name} is needed"
        missing = lacking(part, self._of)
        return f"lacks {', '.join(missing)} of {name}" if missing else ""

    def _unusable(self, entry: EntryPoint, why: str) -> BadInput:
        package = _package(entry)
        return BadInput(
            f"The {self._kind} '{entry.name}' of {package} cannot be used.",
            why=f"{why.rstrip('.')}.",
            do=f"Update or remove {package}.",
        )


def lacking(part: type, of: type) -> list[str]:
    """What a class lacks to be another one's, or a protocol's: methods with their parameters, as `open(address)`.

    A method that cannot be called as the other's is, by position, is lacking as well.
    """
    if not getattr(of, "_is_protocol", False):
        if not issubclass(part, of):
            return ["the base class"]
        return [f"{name}()" for name in sorted(getattr(part, "__abstractmethods__", ()))]
    found: list[str] = []
    for name, wanted in vars(of).items():
        if name.startswith("_") or not (callable(wanted) or isinstance(wanted, classmethod)):
            continue
        # Seen from the class, a method of an instance takes the instance first, and a class method does not.
        parameters = list(signature(getattr(of, name)).parameters)
        theirs = getattr(part, name, None)
        if not callable(theirs) or not _takes(theirs, len(parameters)):
            found.append(f"{name}({', '.join(each for each in parameters if each != 'self')})")
    return found


def _takes(method: Callable[..., object], count: int) -> bool:
    try:
        signature(method).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True  # written in C, without a signature to look at
    return True


def doubled(part: str, packages: list[str]) -> BadInput:
    """The error for a part that several packages add."""
    return BadInput(
        f"There are several packages for {part}.",
        why=f"It comes with {' and with '.join(packages)}.",
        do=f"Keep one of them: remove {packages[-1]}.",
    )


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "Clearspan"
