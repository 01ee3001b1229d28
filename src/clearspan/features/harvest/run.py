"""A harvest: text in, shards and a manifest out; an interrupted one goes on to the same bytes.

A chunk of text becomes a shard a site, which depends on the seed, the text and the chunk's number alone. A shard is
written under another name, waited for, and renamed; then the state says so. What happens in between is done again.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field

from clearspan.errors import BadInput, Busy
from clearspan.features.harvest.chunks import Chunk, ChunkReader
from clearspan.features.harvest.corpora import Corpus, corpora
from clearspan.features.harvest.manifest import (
    FILE,
    HarvestPlan,
    Manifest,
    ReadCorpus,
    Shard,
    SiteStatistics,
    shard_path,
)
from clearspan.features.harvest.shards import write_shard
from clearspan.features.harvest.shuffled import CorpusPart, ShuffledText, copy_text
from clearspan.files import write_file
from clearspan.models.inside.sites import Site
from clearspan.models.serving.engine import LanguageModel
from clearspan.version import __version__

_WORK = ".harvest"
_STATE = "state.json"
_SHARD_BYTES = 1 << 27
_SHARD_ROWS = 1 << 16
_BYTES_PER_TOKEN = 4


Texts = Iterator[tuple[int, list[CorpusPart]]]
"""Numbers of chunks and their text."""


class _Sums(BaseModel):
    """Of one site so far; numbers of float64, which JSON keeps to the bit."""

    model_config = ConfigDict(extra="forbid")

    values: list[float]
    squares: float = 0.0


class _State(BaseModel):
    """What is on the disk for good."""

    model_config = ConfigDict(extra="forbid")

    plan: HarvestPlan
    sources: list[tuple[str, int, str]]
    chunks: int = Field(default=0, description="Chunks that are done.")
    rows: int = 0
    sinks: int = 0
    sums: dict[str, _Sums] = {}
    tokens: list[int] = []
    shards: list[Shard] = []


def plan(
    model: LanguageModel,
    sites: Iterable[str | Site],
    tokens: int,
    *,
    seed: int = 0,
    context: int = 256,
    holdout: float = 0.02,
    shard_rows: int | None = None,
) -> HarvestPlan:
    """What to harvest.

    Args:
        tokens: activations a site; fewer where the text ends before.
        shard_rows: about; by default as many as 128 MB hold, at most 65,536, and hardly more than `tokens`.

    Raises:
        BadInput: the model has no such site, or a number is out of range.
    """
    known = {str(each.site): each.width for each in model.sites()}
    wanted = sorted({Site.parse(site) for site in sites}, key=lambda site: site.order)
    for site in wanted:
        site.require(1 + max(each.site.layer for each in model.sites()))
    if not wanted:
        raise BadInput("No site is named.", do="Name at least one, as 'layers.15.residual'.")
    if tokens < 1:
        raise BadInput(f"{tokens} tokens cannot be harvested.", do="Ask for at least one.")
    if not 2 <= context <= model.context_length:
        raise BadInput(
            f"The model cannot read {context:,} tokens at once.",
            do=f"Give a context from 2 to {model.context_length:,}.",
        )
    if not 0 <= holdout < 1:
        raise BadInput(f"{holdout} is not a share of documents.", do="Give one from 0 to below 1.")
    width = known[str(wanted[0])]
    return HarvestPlan(
        model=model.reference,
        sites=tuple(str(site) for site in wanted),
        tokens=tokens,
        seed=seed,
        context=context,
        holdout=holdout,
        shard_rows=shard_rows or min(_SHARD_ROWS, _SHARD_BYTES // (2 * width), tokens + tokens // 4 + 1),
        backend=model.backend_name,
        maker=f"clearspan {__version__}",
    )


class Harvest:
    """One harvest into one folder; the same again goes on where it was interrupted.

    Args:
        folder: a new or empty one, or that of the same harvest, interrupted.
        given: corpora, as `corpora.corpora` reads them.

    Raises:
        ClearspanError: as `corpora.corpora`.
    """

    def __init__(self, folder: Path, asked: HarvestPlan, given: Iterable[str | Path | Corpus]) -> None:
        self._folder = folder
        self._work = folder / _WORK
        self._plan = asked
        self._corpora = corpora(given)

    def run(self, model: LanguageModel, seen: Callable[[int], None] = lambda _: None) -> Manifest:
        """Read until the tokens asked for are there or the text ends.

        Args:
            seen: called with the number of new activations; at first with those that were there before.

        Raises:
            BadInput: the folder holds something else.
            Busy: another process harvests into the folder.
            ClearspanError: the text, the activations or the disk; see `CorpusReading`, `ChunkReader.read`.
        """

        def read(texts: Texts) -> Iterator[Chunk]:
            reader = ChunkReader(model, self._plan, seen)
            return (reader.read(number, parts) for number, parts in texts)

        return self.collect(read, seen)

    def collect(
        self, read: Callable[[Texts], Iterator[Chunk]], seen: Callable[[int], None] = lambda _: None
    ) -> Manifest:
        """As `run`, where something else reads the chunks.

        Args:
            read: gives the chunk of each numbered text, in order; what it does beyond those taken is lost.
        """
        with self._locked():
            if (self._folder / FILE).exists():
                return self._finished()
            state = self._begun()
            seen(state.rows)
            text = ShuffledText(self._work, self._plan.seed, self._plan.shard_rows * _BYTES_PER_TOKEN)
            if state.rows < self._plan.tokens:
                self._write_all(state, read(text.chunks_from(state.chunks)))
            return self._finish(state, text)

    def _write_all(self, state: _State, chunks: Iterator[Chunk]) -> None:
        rows = state.rows
        # One chunk is hashed and written while the next is read.
        with ThreadPoolExecutor(1) as writer:
            writing: Future[None] | None = None
            for whole in chunks:
                chunk = whole.first(self._plan.tokens - rows)
                rows += chunk.rows
                if writing is not None:
                    writing.result()
                writing = writer.submit(self._add, state, chunk)
                if rows >= self._plan.tokens:
                    break
            if writing is not None:
                writing.result()

    def _add(self, state: _State, chunk: Chunk) -> None:
        hashes: dict[str, str] = {}
        for site, values in chunk.values.items():
            if chunk.rows:
                hashes[site] = write_shard(shard_path(self._folder, site, len(state.shards)), values)
                _accumulate(state, site, values)
        counts = np.bincount(chunk.corpora, minlength=len(self._corpora)).tolist()
        state.tokens = [old + new for old, new in zip(state.tokens, counts, strict=True)]
        state.sinks += chunk.sinks
        state.rows += chunk.rows
        state.chunks = chunk.number + 1
        if chunk.rows:
            state.shards.append(Shard(rows=chunk.rows, sha256=hashes))
        write_file(self._work / _STATE, state.model_dump_json().encode())

    def _begun(self) -> _State:
        """The state so far; text is copied first where there is none yet."""
        sources = [(each.path, each.times, each.licence) for each in self._corpora]
        if not (self._work / _STATE).exists():
            if any(path != self._work for path in self._folder.iterdir()):
                raise BadInput(
                    f"{self._folder} is not empty, and holds no harvest.",
                    do="Name a new folder for the shards.",
                )
            shutil.rmtree(self._work, ignore_errors=True)
            self._work.mkdir()
            copy_text(self._work, self._corpora, self._plan.holdout)
            state = _State(plan=self._plan, sources=sources, tokens=[0] * len(sources))
            write_file(self._work / _STATE, state.model_dump_json().encode())
            return state
        state = _State.model_validate_json((self._work / _STATE).read_bytes())
        if state.sources != sources:
            raise _other(self._folder, "corpora", state.sources, sources)
        self._require_same(state.plan)
        return state

    def _require_same(self, before: HarvestPlan) -> None:
        for name, value in before.model_dump().items():
            now = getattr(self._plan, name)
            if value != now:
                raise _other(self._folder, name, value, now)

    def _finished(self) -> Manifest:
        manifest = Manifest.read(self._folder)
        self._require_same(manifest.plan)
        before = [(each.name, each.times) for each in manifest.corpora]
        now = [(each.name, each.times) for each in self._corpora]
        if before != now:
            raise _other(self._folder, "corpora", before, now)
        shutil.rmtree(self._work, ignore_errors=True)
        return manifest

    def _finish(self, state: _State, text: ShuffledText) -> Manifest:
        if not state.rows:
            raise BadInput(
                "The text gave no activations.",
                why="Every token of it is an attention sink, or there is none.",
                do="Give more text.",
            )
        manifest = Manifest(
            plan=self._plan,
            width=len(next(iter(state.sums.values())).values),
            rows=state.rows,
            sinks=state.sinks,
            sites={
                site: SiteStatistics(
                    mean=tuple(value / state.rows for value in sums.values),
                    mean_square=sums.squares / state.rows,
                )
                for site, sums in state.sums.items()
            },
            corpora=tuple(
                ReadCorpus(**each.model_dump(), tokens=tokens)
                for each, tokens in zip(text.corpora, state.tokens, strict=True)
            ),
            shards=tuple(state.shards),
        )
        write_file(self._folder / FILE, manifest.model_dump_json(indent=1).encode())
        return self._finished()

    @contextmanager
    def _locked(self) -> Generator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise Busy(
                f"Another process harvests into {self._folder}.",
                do="Wait until it ends, or name another folder.",
            ) from error
        finally:
            os.close(handle)


def _accumulate(state: _State, site: str, values: torch.Tensor) -> None:
    numbers = values.float().numpy()
    # Sums over columns by NumPy: one thread, and the same order of additions every time.
    total = numbers.sum(axis=0, dtype=np.float64)
    squares = float(np.square(numbers, dtype=np.float64).sum())
    before = state.sums.get(site, _Sums(values=[0.0] * numbers.shape[1]))
    added = [old + float(new) for old, new in zip(before.values, total, strict=True)]
    state.sums[site] = _Sums(values=added, squares=before.squares + squares)


def _other(folder: Path, name: str, before: object, now: object) -> BadInput:
    return BadInput(
        f"{folder} holds another harvest.",
        why=f"Its {name} is {before!r:.200}; now it is {now!r:.200}.",
        do="Repeat the command that began it, or name a new folder.",
    )
