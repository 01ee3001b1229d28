"""Shards: activations of one site in one file, in the safetensors format, mapped into memory when they are read."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import safetensors.torch
import torch
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.features.harvest.manifest import Manifest, shard_path
from clearspan.features.harvest.source import SourceCard
from clearspan.files import write_file
from clearspan.models.weights.cache import sha256_of

_NAME = "activations"
_GROUP = 8
_GATHERED = 1 << 15
_safetensors = cast("Any", safetensors.torch)


def write_shard(path: Path, values: torch.Tensor) -> str:
    """Write one shard, whole or not at all.

    Args:
        values: bfloat16 of shape `(rows, width)`.

    Returns:
        SHA-256 of the file.

    Raises:
        StorageError: the disk did not take it.
    """
    bits = cast("Any", values.contiguous().view(torch.int16).numpy())
    data = memoryview(bits).cast("B")
    about = {_NAME: {"dtype": "BF16", "shape": list(values.shape), "data_offsets": [0, data.nbytes]}}
    header = json.dumps(about, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    head = len(header).to_bytes(8, "little") + header
    digest = hashlib.sha256(head)
    digest.update(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, head, data)
    return digest.hexdigest()


def open_shard(path: Path, rows: int, width: int) -> torch.Tensor:
    """A shard, mapped into memory: bfloat16 of shape `(rows, width)`.

    Raises:
        BadInput: it is missing or damaged, or of another shape.
    """
    try:
        found = _safetensors.load_file(path)
        values = found[_NAME]
    except (OSError, safetensors.SafetensorError, KeyError) as error:
        raise damaged(path, f"It cannot be opened: {error}") from error
    if values.dtype != torch.bfloat16 or tuple(values.shape) != (rows, width):
        shape = tuple(values.shape)
        raise damaged(path, f"It holds {values.dtype} of shape {shape}, not bfloat16 of {(rows, width)}.")
    return values


def damaged(path: Path, why: str) -> BadInput:
    """The error for a shard that cannot be used."""
    return BadInput(
        f"The shard {path} is damaged or is none.", why=why, do="Harvest again into an empty folder."
    )


class ShardSource:
    """Activations from a folder of shards, shuffled again in every epoch; see `ActivationSource`.

    Shards are taken in a random order, some at a time, and the rows of those together in a random order: what is
    read from the disk stays in one region of it, and the memory for it can be given back at any time.

    Args:
        folder: holds `manifest.json`.
        site: one of those that were harvested.
        seed: of the order.
        epochs: how many times all rows are gone through.

    Raises:
        NotFound: there is no finished harvest, or not of that site.
        BadInput: a shard is not what the manifest says.
    """

    def __init__(self, folder: Path, site: str, *, seed: int = 0, epochs: int = 1) -> None:
        manifest = Manifest.read(folder)
        self._card = manifest.card(site)
        self._seed = seed
        self._epochs = epochs
        self._rows = [shard.rows for shard in manifest.shards]
        self._shards: list[torch.Tensor] = []
        for number, shard in enumerate(manifest.shards):
            path = shard_path(folder, str(self._card.site), number)
            self._shards.append(open_shard(path, shard.rows, manifest.width))
            if sha256_of(path) != shard.sha256[str(self._card.site)]:
                raise damaged(path, "Its SHA-256 is not the one in the manifest.")

    @property
    def card(self) -> SourceCard:
        """See `ActivationSource.card`."""
        return self._card

    @property
    def rows(self) -> int:
        """See `ActivationSource.rows`."""
        return sum(self._rows) * self._epochs

    def batches(self, batch_size: int, start_batch: int = 0) -> Iterator[torch.Tensor]:
        """See `ActivationSource.batches`."""
        if not 0 < batch_size <= self.rows:
            raise BadInput(
                f"There are {self.rows:,} activations, and a batch of {batch_size:,} was asked for.",
                do="Harvest more, or take smaller batches.",
            )
        return self._batches(batch_size, start_batch)

    def _batches(self, batch_size: int, start_batch: int) -> Iterator[torch.Tensor]:
        held: list[torch.Tensor] = []
        count = 0
        for rows in self._rows_from(start_batch * batch_size):
            held.append(rows)
            count += len(rows)
            if count >= batch_size:
                together = torch.cat(held) if len(held) > 1 else held[0]
                whole = count - count % batch_size
                for begin in range(0, whole, batch_size):
                    yield together[begin : begin + batch_size]
                held, count = [together[whole:]], count - whole

    def _rows_from(self, start: int) -> Iterator[torch.Tensor]:
        """All rows in their order, some thousand at a time, without the first `start`."""
        epoch, skip = divmod(start, sum(self._rows))
        for number in range(epoch, self._epochs):
            order = np.random.default_rng([self._seed, number]).permutation(len(self._rows))
            for at in range(0, len(order), _GROUP):
                group = [int(shard) for shard in order[at : at + _GROUP]]
                count = sum(self._rows[shard] for shard in group)
                if skip >= count:
                    skip -= count
                    continue
                within = np.random.default_rng([self._seed, number, at]).permutation(count)[skip:]
                skip = 0
                for begin in range(0, len(within), _GATHERED):
                    yield self._gather(group, within[begin : begin + _GATHERED])

    def _gather(self, group: list[int], rows: NDArray[np.int64]) -> torch.Tensor:
        ends = np.cumsum([self._rows[shard] for shard in group])
        found = torch.empty(len(rows), self._card.width, dtype=torch.bfloat16)
        owner = np.searchsorted(ends, rows, side="right")
        for place, shard in enumerate(group):
            mine = np.flatnonzero(owner == place)
            inside = rows[mine] - (int(ends[place]) - self._rows[shard])
            found[torch.as_tensor(mine)] = self._shards[shard][torch.as_tensor(inside)]
        return found
