"""The state of a training on disk: from it, the training goes on to the same bytes as without a break."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file  # pyright: ignore[reportUnknownVariableType]

from clearspan.errors import BadInput, StorageError

Tensors = dict[str, torch.Tensor]

FILE = "training.safetensors"
_HEADER = "clearspan"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a training has come to.

    Attributes:
        fingerprint: of the configuration and the source; another training must not go on from here.
        step: steps that were done.
        tensors: parameters, moments and counters, by name.
    """

    fingerprint: dict[str, object]
    step: int
    tensors: Tensors

    @classmethod
    def of(cls, fingerprint: dict[str, object], step: int, state: dict[str, Tensors]) -> "Checkpoint":
        """Of tensors in groups."""
        named = {f"{group}.{name}": tensor for group, part in state.items() for name, tensor in part.items()}
        return cls(fingerprint, step, named)

    def group(self, name: str) -> Tensors:
        """The tensors of a group, in the processor's memory."""
        prefix = f"{name}."
        return {key[len(prefix) :]: one for key, one in self.tensors.items() if key.startswith(prefix)}

    def restore(self, group: str, tensors: Tensors) -> None:
        """Overwrite the tensors of a group with those that were kept.

        Raises:
            BadInput: they have other names or shapes.
        """
        kept = self.group(group)
        if {name: one.shape for name, one in kept.items()} != {n: one.shape for n, one in tensors.items()}:
            raise BadInput(
                f"The {group} that a training kept are not those that it needs to go on.",
                why="They were kept by another version of Clearspan.",
                do=f"Delete {FILE}; the training begins again.",
            )
        for name, tensor in tensors.items():
            tensor.copy_(kept[name])

    def write(self, folder: Path) -> None:
        """Put it in the place of the last one, whole or not at all.

        Raises:
            StorageError: the disk did not take it.
        """
        target = folder / FILE
        part = target.with_suffix(".part")
        header = json.dumps({"fingerprint": self.fingerprint, "step": self.step}, sort_keys=True)
        try:
            # One entry: safetensors writes several in an order that changes from process to process.
            save_file({name: tensor.cpu() for name, tensor in self.tensors.items()}, part, {_HEADER: header})
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(target)
        except (OSError, SafetensorError) as error:
            raise StorageError(
                "The state of the training could not be kept.",
                why=str(error),
                do=f"Make room on the disk of {folder}; the training goes on from its last checkpoint.",
            ) from error

    @classmethod
    def read(cls, folder: Path, fingerprint: dict[str, object]) -> "Checkpoint | None":
        """The last one of this training in a folder, if any.

        Raises:
            BadInput: it is damaged, or of another training.
        """
        if kept := cls.last(folder):
            _require_same(folder / FILE, kept.fingerprint, fingerprint)
        return kept

    @classmethod
    def last(cls, folder: Path) -> "Checkpoint | None":
        """The last one in a folder, of whatever training, if any.

        Raises:
            BadInput: it is damaged.
        """
        path = folder / FILE
        if not path.exists():
            return None
        try:
            with cast("Any", safe_open)(path, "pt") as file:
                words = cast("dict[str, str]", file.metadata() or {})
                kept = json.loads(words[_HEADER])
                fingerprint, step = cast("dict[str, object]", kept["fingerprint"]), int(kept["step"])
                tensors = {name: cast("torch.Tensor", file.get_tensor(name)) for name in file.keys()}  # noqa: SIM118
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"{path} is not the state of a training.",
                why=str(error),
                do="Delete it; the training begins again.",
            ) from error
        return cls(fingerprint, step, tensors)


def _require_same(path: Path, kept: dict[str, object], wanted: dict[str, object]) -> None:
    wanted = cast("dict[str, object]", json.loads(json.dumps(wanted)))
    other = [name for name in {**kept, **wanted} if kept.get(name) != wanted.get(name)]
    if other:
        name = sorted(other)[0]
        raise BadInput(
            f"{path.parent} holds the beginning of another training.",
            why=f"Its {name} is {kept.get(name)!r:.100}, here it is {wanted.get(name)!r:.100}.",
            do="Go on with the same settings, choose another folder, or delete this one.",
        )
