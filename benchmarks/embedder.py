"""Sentence embeddings in the processor's own number format: as good a ranking as float32, and faster.

Data: a folder `evals/scifact` with corpus.jsonl.zst (doc_id, title, abstract), claims_dev.jsonl (id, claim)
and qrels_dev.csv (query_id, doc_id, relevance).
"""

import argparse
import csv
import io
import json
import os
import random
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import zstandard
from numpy.typing import NDArray

from clearspan import settings
from clearspan.measure.bars import Bar, Report, Table, report
from clearspan.models.serving.embedder import Embedder
from clearspan.models.serving.runtime import preferred_dtype

REPOSITORY = Path(__file__).resolve().parent.parent
Relevant = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Measured:
    name: str
    ndcg: float
    ranking: NDArray[np.int64]
    documents_per_second: float
    cpu_seconds: float
    query_ms: float


def read(folder: Path, limit: int) -> tuple[dict[str, str], dict[str, str], Relevant]:
    """Documents (the relevant ones, and others up to `limit`), claims, and which documents answer which."""
    if not (folder / "corpus.jsonl.zst").is_file():
        sys.exit(f"The data is not at {folder}.\n{__doc__}")
    relevant: Relevant = {}
    with (folder / "qrels_dev.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if int(row["relevance"]) > 0:
                relevant.setdefault(row["query_id"], set()).add(row["doc_id"])
    with (folder / "corpus.jsonl.zst").open("rb") as file:
        lines = io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(file), encoding="utf-8")
        rows = [json.loads(line) for line in lines]
    needed = set[str]().union(*relevant.values())
    rows.sort(key=lambda row: str(row["doc_id"]) not in needed)
    others = rows[len(needed) :]
    random.Random(0).shuffle(others)
    kept = [*rows[: len(needed)], *others][: max(limit, len(needed))]
    documents = {str(row["doc_id"]): f"{row['title']} {' '.join(row['abstract'])}" for row in kept}
    with (folder / "claims_dev.jsonl").open(encoding="utf-8") as file:
        claims = {str(row["id"]): str(row["claim"]) for row in map(json.loads, file)}
    return documents, {key: claim for key, claim in claims.items() if key in relevant}, relevant


def measure(
    dtype: torch.dtype, documents: dict[str, str], claims: dict[str, str], relevant: Relevant
) -> Measured:
    embedder = Embedder.load("minilm", settings.load(), dtype=dtype)
    queries: list[NDArray[np.float32]] = []
    seconds: list[float] = []
    for claim in claims.values():
        started = time.perf_counter()
        queries.append(embedder.embed([claim])[0])
        seconds.append(time.perf_counter() - started)
    started, cpu = time.perf_counter(), time.process_time()
    vectors = embedder.embed(list(documents.values()))
    cpu, elapsed = time.process_time() - cpu, time.perf_counter() - started
    ranking = np.argsort(-(np.stack(queries) @ vectors.T), axis=1)[:, :10]
    names = list(documents)
    gains = [
        ndcg([names[column] in relevant[claim] for column in row], len(relevant[claim]))
        for claim, row in zip(claims, ranking, strict=True)
    ]
    query_ms = 1000 * statistics.median(seconds)
    name = str(dtype).removeprefix("torch.")
    return Measured(name, statistics.fmean(gains), ranking, len(documents) / elapsed, cpu, query_ms)


def ndcg(hits: list[bool], relevant: int) -> float:
    """Normalised discounted cumulative gain of ten results with binary relevance."""
    discount = 1 / np.log2(np.arange(2, 12))
    return float(np.dot(hits, discount[: len(hits)]) / discount[: min(relevant, 10)].sum())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    default = os.environ.get("CLEARSPAN_DATA", str(REPOSITORY.parent / "shared"))
    parser.add_argument("--data", type=Path, default=Path(default))
    parser.add_argument("--documents", type=int, default=5_183, help="how many of the abstracts to embed")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    documents, claims, relevant = read(arguments.data / "evals" / "scifact", arguments.documents)
    exact = measure(torch.float32, documents, claims, relevant)
    chosen = measure(preferred_dtype(), documents, claims, relevant)
    pairs = zip(exact.ranking, chosen.ranking, strict=True)
    overlap = statistics.fmean(len(set(one) & set(other)) / 10 for one, other in pairs)
    columns = ("format", "nDCG@10", "documents/s", "CPU seconds", "one query, median ms")
    rows = [(m.name, m.ndcg, m.documents_per_second, m.cpu_seconds, m.query_ms) for m in (exact, chosen)]
    found = Report(
        section="Sentence embeddings",
        command="python benchmarks/embedder.py",
        tables=(Table(f"MiniLM on {len(documents):,} abstracts and {len(claims)} claims", columns, rows),),
        bars=(
            Bar("nDCG@10 lost against float32", exact.ndcg - chosen.ndcg, 0.005, "<="),
            Bar("top-10 overlap with float32", overlap, 0.97, ">="),
            Bar("one query embedded, median ms", chosen.query_ms, 10, "<="),
        ),
        notes=(f"{torch.get_num_threads()} threads; the load average was {os.getloadavg()[0]:.1f}.",),
    )
    write = REPOSITORY / "docs" / "measurements.md" if arguments.write else None
    return report(found, as_json=arguments.json, write=write)


if __name__ == "__main__":
    sys.exit(main())
