"""The files of a dictionary's folder: read with errors that name the file, written whole or not at all."""

import filecmp
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, cast

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save  # pyright: ignore[reportUnknownVariableType]

from clearspan.errors import BadInput, NotFound, Refused
from clearspan.files import sync, unwritten, write_synced


def require_file(path: Path, what: str) -> Path:
    """The path, if a file is there.

    Args:
        what: what the file is, for the error.

    Raises:
        NotFound: there is none.
    """
    if not path.is_file():
        raise NotFound(
            f"There is no {path.name} in {path.parent}.",
            why=f"It would be {what}.",
            do="Check the path; 'clearspan features list' shows what is here.",
        )
    return path


def read_json(path: Path, what: str) -> dict[str, Any]:
    """An object from a JSON file.

    Raises:
        NotFound: there is no such file.
        BadInput: it is not a JSON object.
    """
    try:
        found = json.loads(require_file(path, what).read_text("utf-8"))
    except RecursionError as error:
        raise damaged(path, "Its parts lie in one another too deep to be read.") from error
    except (ValueError, OSError) as error:
        raise damaged(path, str(error)) from error
    if not isinstance(found, dict):
        raise damaged(path, "It is JSON, but not an object.")
    return cast("dict[str, Any]", found)


def read_safetensors(path: Path, what: str) -> dict[str, torch.Tensor]:
    """Tensors by name, in the number format in which they are stored.

    Raises:
        NotFound: there is no such file.
        BadInput: it is damaged, or of another format.
    """
    try:
        return load_file(require_file(path, what))
    except (SafetensorError, OSError) as error:
        raise damaged(path, str(error)) from error


def as_safetensors(tensors: Mapping[str, torch.Tensor]) -> bytes:
    """The bytes of a safetensors file; equal tensors give equal bytes."""
    return save({name: tensor.detach().contiguous() for name, tensor in tensors.items()})


def as_json(value: Mapping[str, Any]) -> bytes:
    """The bytes of a JSON file that people can read."""
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def damaged(path: Path, why: str) -> BadInput:
    """The error of a file that cannot be read as what it should be."""
    return BadInput(
        f"{path} cannot be read.", why=f"{why:.300}", do="Fetch or write it again; it may be cut short."
    )


def write_folder(folder: Path, files: Mapping[str, bytes], *, card: str = "") -> None:
    """Write files into a folder, whole or not at all; what else lies there stays.

    A new folder appears by one rename. In one that exists, files that are there already must be the same, because
    what lies beside them was learned from them; the card alone may differ. It is moved there last.

    Args:
        files: contents by name.
        card: name of the file that says what the others are.

    Raises:
        Refused: another dictionary is there.
        StorageError: the disk did not take it.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise unwritten(folder, error) from error
    try:
        for name, content in files.items():
            write_synced(made / name, content)
        sync(made)
        if folder.exists():
            _move_into(folder, made, [name for name in files if name != card], card)
        else:
            made.chmod(0o755)
            made.rename(folder)
        sync(folder.parent)
    except OSError as error:
        raise unwritten(folder, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _move_into(folder: Path, made: Path, fixed: list[str], card: str) -> None:
    for name in fixed:
        there = folder / name
        if there.exists() and not filecmp.cmp(there, made / name, shallow=False):
            raise Refused(
                f"{folder} holds another dictionary.",
                why=f"Its {name} differs, and evidence and labels beside it are about that one.",
                do="Write into another folder, or delete this one first.",
            )
    for name in [*fixed, *([card] if card else [])]:
        (made / name).replace(folder / name)
    sync(folder)
