"""From a model straight into a training: activations that never touch the disk."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict

from clearspan.errors import BadInput
from clearspan.features.card import CorpusShare
from clearspan.features.harvest.chunks import Chunk, ChunkReader
from clearspan.features.harvest.corpora import Corpus, corpora
from clearspan.features.harvest.manifest import HarvestPlan
from clearspan.features.harvest.shuffled import ShuffledText, copy_text, is_copied
from clearspan.features.harvest.source import SourceCard
from clearspan.files import write_file
from clearspan.models.inside.sites import Site
from clearspan.models.serving.engine import LanguageModel

_STATE = "stream.json"
_BYTES_PER_TOKEN = 4


class _Passed(BaseModel):
    """What is known of the chunks that were read, so that a training that goes on need not read them again."""

    model_config = ConfigDict(extra="forbid")

    plan: HarvestPlan
    sources: list[tuple[str, int, str]]
    mean: list[float] = []
    mean_square: float = 0.0
    tokens: list[list[int]] = []


class StreamSource:
    """Activations of one site, read while they are used; see `ActivationSource`.

    The text is copied into the folder once; the activations are held in memory only, two chunks at a time: one in
    use, one being read; the last two stay, for a training looks at the first rows before it begins. Mean and mean
    square are those of the first chunk. Where the text ends before the tokens asked for are there, it begins again.

    Args:
        folder: a new or empty one, or that of the same stream, to go on.
        asked: of one site.
        given: corpora, as `corpora.corpora` reads them.

    Raises:
        BadInput: more than one site, or the folder is of another stream.
        ClearspanError: the text; see `CorpusReading`.
    """

    def __init__(
        self, folder: Path, model: LanguageModel, asked: HarvestPlan, given: Iterable[str | Path | Corpus]
    ) -> None:
        if len(asked.sites) != 1:
            raise BadInput(
                f"A training takes one site, not {len(asked.sites)}.",
                do="Harvest several to shards, and train on each.",
            )
        self._folder = folder
        self._plan = asked
        self._site = asked.sites[0]
        self._reader = ChunkReader(model, asked)
        texts = corpora(given)
        sources = [(each.path, each.times, each.licence) for each in texts]
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / _STATE).exists():
            self._passed = _Passed.model_validate_json((folder / _STATE).read_bytes())
            if self._passed.plan != asked or self._passed.sources != sources:
                raise BadInput(f"{folder} is of another stream.", do="Name a new folder.")
        else:
            if any(folder.iterdir()):
                raise BadInput(f"{folder} is not empty, and of no stream.", do="Name a new folder.")
            self._passed = _Passed(plan=asked, sources=sources)
            self._keep()
        if not is_copied(folder):
            copy_text(folder, texts, asked.holdout)
        self._held: dict[int, Chunk] = {}
        self._text = ShuffledText(folder, asked.seed, asked.shard_rows * _BYTES_PER_TOKEN)
        if not self._passed.tokens:
            self._note(self._read(0))

    @property
    def card(self) -> SourceCard:
        """See `ActivationSource.card`; the corpora say what was read so far."""
        read = [sum(counts) for counts in zip(*self._passed.tokens, strict=True)]
        shares = zip(self._text.corpora, read, strict=True)
        return SourceCard(
            model=self._plan.model,
            site=Site.parse(self._site),
            width=len(self._passed.mean),
            mean=torch.tensor(self._passed.mean, dtype=torch.float32),
            mean_square=self._passed.mean_square,
            corpora=tuple(
                CorpusShare(name=each.name, tokens=tokens, licence=each.licence) for each, tokens in shares
            ),
            seed=self._plan.seed,
            context=self._plan.context,
            holdout=self._plan.holdout,
        )

    @property
    def rows(self) -> int:
        """See `ActivationSource.rows`."""
        return self._plan.tokens

    def batches(self, batch_size: int, start_batch: int = 0) -> Iterator[torch.Tensor]:
        """See `ActivationSource.batches`."""
        if not 0 < batch_size <= self.rows:
            raise BadInput(
                f"{self.rows:,} activations were asked for, and a batch of {batch_size:,}.",
                do="Ask for more, or take smaller batches.",
            )
        return self._batches(batch_size, start_batch)

    def _batches(self, batch_size: int, start_batch: int) -> Iterator[torch.Tensor]:
        left = self.rows // batch_size - start_batch
        held = torch.empty(0)
        for rows in self._rows_from(start_batch * batch_size, left * batch_size):
            held = torch.cat([held, rows]) if len(held) else rows
            whole = min(left, len(held) // batch_size)
            for begin in range(0, whole * batch_size, batch_size):
                yield held[begin : begin + batch_size]
            held = held[whole * batch_size :]
            left -= whole

    def _rows_from(self, start: int, wanted: int) -> Iterator[torch.Tensor]:
        """Rows from number `start` on, `wanted` or some more; the next chunk is read while one is used."""
        number = 0
        while number < len(self._passed.tokens) and start >= (rows := sum(self._passed.tokens[number])):
            start -= rows
            number += 1
        with ThreadPoolExecutor(1) as ahead:
            reading = ahead.submit(self._read, number) if wanted > 0 else None
            while reading is not None:
                chunk = reading.result()
                self._note(chunk)
                number += 1
                rows = chunk.values[self._site][start:]
                start = max(0, start - chunk.rows)
                wanted -= len(rows)
                reading = ahead.submit(self._read, number) if wanted > 0 else None
                if len(rows):
                    yield rows

    def _read(self, number: int) -> Chunk:
        if number not in self._held:
            for earlier in sorted(self._held)[:-1]:
                del self._held[earlier]
            self._held[number] = self._reader.read(number, self._text.chunk(number % self._text.chunks))
        return self._held[number]

    def _note(self, chunk: Chunk) -> None:
        if chunk.number < len(self._passed.tokens):
            return
        if not self._passed.tokens:
            if not chunk.rows:
                raise BadInput("The text gave no activations.", do="Give more text.")
            values = chunk.values[self._site].double()
            self._passed.mean = [float(value) for value in values.mean(0)]
            self._passed.mean_square = float(values.square().sum(1).mean())
        counts = np.bincount(chunk.corpora, minlength=len(self._text.corpora))
        self._passed.tokens.append([int(count) for count in counts])
        self._keep()

    def _keep(self) -> None:
        write_file(self._folder / _STATE, self._passed.model_dump_json().encode())
