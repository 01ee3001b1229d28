"""One pass over text that counts what each feature does; killed at any moment, it goes on where it was."""

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from clearspan.errors import BadInput
from clearspan.features.dictionaries.base import Dictionary
from clearspan.features.evidence import checkpoint
from clearspan.features.evidence.checkpoint import GatheringProgress
from clearspan.features.evidence.mixing import Text
from clearspan.features.evidence.tally import Active, Tally
from clearspan.models.inside.reading import Activations
from clearspan.models.inside.sites import Site
from clearspan.models.serving.runtime import preferred_dtype

_ROWS = 256
"""Positions that are encoded at once: their activations stay in the processor's caches."""

_BLOCK = 64
"""Documents that are read together. A resumed pass begins at a block, so that the same texts share a forward pass."""


class ReadsText(Protocol):
    """A language model, as far as a pass needs one."""

    reference: str

    @property
    def backend_name(self) -> str:
        """What it runs on."""
        ...

    def stream_activations(self, texts: Iterable[str], sites: list[Site | str]) -> Iterator[Activations]:
        """See `LanguageModel.stream_activations`."""
        ...


class EvidencePass:
    """Reads text with a model and tallies a dictionary's features.

    Args:
        folder: where the checkpoint is kept.
        tokens: how many are read at least, if the text has them; attention sinks do not count.
        save_every: tokens between two checkpoints.

    Raises:
        BadInput: the dictionary is for another model.
    """

    def __init__(
        self,
        dictionary: Dictionary,
        model: ReadsText,
        folder: Path,
        tokens: int,
        save_every: int = 250_000,
    ) -> None:
        self._dictionary = dictionary
        self._model = model
        self._folder = folder
        self._wanted = tokens
        self._save_every = save_every
        self._site = dictionary.card.parsed_name.site
        if dictionary.card.parsed_name.model != model.reference:
            raise BadInput(
                f"{dictionary.card.name} is not a dictionary for {model.reference}.",
                why=f"It was trained on activations of {dictionary.card.parsed_name.model}.",
                do="Gather its evidence with the model that it belongs to.",
            )

    def run(self, texts: Iterable[Text], seen: Callable[[int], None] = lambda _: None) -> GatheringProgress:
        """Read texts to the end, or until there are enough tokens.

        What was read before it was interrupted is not read again, if these are the same texts.

        Args:
            seen: told how many tokens were read, after each step.

        Raises:
            BadInput: the model has not the dictionary's site, or other widths there; an activation is not finite;
                or there is no text.
            StorageError: a checkpoint could not be kept.
        """
        numbered = enumerate(texts)
        progress, digest = self._begun(numbered)
        seen(progress.tally.tokens)
        saved = progress.tally.tokens
        while progress.tally.tokens < self._wanted and (block := list(itertools.islice(numbered, _BLOCK))):
            for _, text in block:
                _update(digest, text)
            self._read(progress, block, seen)
            progress.documents = block[-1][0] + 1
            progress.digest = digest.hexdigest()
            if progress.tally.tokens - saved >= self._save_every:
                progress.forget_origins()
                progress.save(self._folder)
                saved = progress.tally.tokens
        if not progress.tally.tokens:
            raise BadInput("There is no text to read.", do="Name corpora with documents in them.")
        return progress

    def _begun(self, numbered: Iterator[tuple[int, Text]]) -> "tuple[GatheringProgress, hashlib.blake2b]":
        """What an interrupted pass left, with the iterator behind what it had read; or a new one."""
        key = self._key()
        before = checkpoint.resume(self._folder, key)
        digest = hashlib.blake2b(digest_size=16)
        if before is None:
            return GatheringProgress(key, Tally.empty(self._dictionary.size)), digest
        for _, text in itertools.islice(numbered, before.documents):
            _update(digest, text)
        if digest.hexdigest() != before.digest:
            (self._folder / checkpoint.FILE).unlink(missing_ok=True)
            raise BadInput(
                "The pass that was interrupted here read other text.",
                why="The corpora have changed since.",
                do="Run the same command again: it begins anew.",
            )
        return before, digest

    def _read(
        self, progress: GatheringProgress, block: list[tuple[int, Text]], seen: Callable[[int], None]
    ) -> None:
        progress.origins.update((number, text.origin) for number, text in block)
        quotable = np.array([text.quotable for _, text in block])
        first = block[0][0]
        for part in self._model.stream_activations([text.text for _, text in block], [self._site]):
            texts = part.texts.cpu().numpy()
            hidden = part.values[self._site]
            wrong = ~hidden.isfinite().all(-1)
            if bool(wrong.any()):
                title = block[int(texts[int(wrong.nonzero()[0, 0])])][1].origin.source
                raise BadInput(
                    f"The model's activations at {self._site} are not finite in '{title:.100}'.",
                    why="Its weights are damaged, or its number format is too narrow for it.",
                    do="Verify the weights with 'clearspan models verify', or leave the document out.",
                )
            progress.tally.add(self._active(part, hidden, quotable[texts], first))
            seen(progress.tally.tokens)
            if progress.tally.tokens >= self._wanted:
                return

    def _active(
        self, part: Activations, hidden: torch.Tensor, quotable: NDArray[np.bool_], first: int
    ) -> Active:
        sinks = part.sinks[self._site].cpu().numpy()
        places, values = active_places(self._dictionary, hidden.cpu())
        counted = ~sinks[places // self._dictionary.size]
        return Active(
            part.tokens.cpu().numpy().astype(np.int32),
            part.texts.cpu().numpy() + first,
            quotable,
            places[counted],
            values[counted],
            int((~sinks).sum()),
        )

    def _key(self) -> str:
        facts = [self._dictionary.card.name, self._model.backend_name, self._wanted]
        digest = hashlib.blake2b(json.dumps(facts).encode(), digest_size=16)
        for name, tensor in sorted(self._dictionary.parameters.items()):
            digest.update(name.encode())
            digest.update(tensor.contiguous().view(torch.uint8).numpy().tobytes())
        return digest.hexdigest()


def active_places(
    dictionary: Dictionary, hidden: torch.Tensor
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Where features are active in hidden states of shape `(n, width)`: row times features plus feature, and values.

    The product is taken in `preferred_dtype`.
    """
    found: list[tuple[NDArray[np.int64], NDArray[np.float32]]] = []
    for begin in range(0, hidden.shape[0], _ROWS):
        rows = dictionary.encode(hidden[begin : begin + _ROWS], preferred_dtype()).numpy().reshape(-1)
        places = np.flatnonzero(rows > 0)
        found.append((places + begin * dictionary.size, rows[places]))
    return np.concatenate([places for places, _ in found]), np.concatenate([values for _, values in found])


def _update(digest: "hashlib.blake2b", text: Text) -> None:
    content = text.text.encode("utf-8", "replace")
    digest.update(f"{len(content)} {text.quotable} ".encode())
    digest.update(content)
