"""What verification costs, and what fifty sentences of overviews were found to be; a part of truth_verification."""

import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from clearspan.bars import Bar, Cell, Table
from clearspan.checks.samples import load_questions, run
from clearspan.overview.question import understand
from clearspan.overview.verifier.evidence import Evidence
from clearspan.overview.verify import Witnesses, verify
from clearspan.settings import Settings
from clearspan.workspace import SAMPLES_LIBRARY, Workspace

VERDICTS = Path(__file__).parent / "verdicts" / "verification.jsonl"


def costs(settings: Settings) -> tuple[Table, list[Bar]]:
    """Milliseconds of judging and verifying one overview of the sample library, without and with the model."""
    without: list[float] = []
    with_model: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        own = Settings(home=Path(folder), weights=settings.models_dir, generate=True)
        with Workspace.open(own) as workspace:
            workspace.index_samples()
            overviews = _overviews(workspace)
            for sentence, evidence in overviews:
                started = time.perf_counter()
                verify(sentence, evidence, 0.5, Witnesses(workspace.embedder))
                without.append((time.perf_counter() - started) * 1e3)
            judged = _judging(workspace)
            for sentence, evidence in overviews[:30]:
                started = time.perf_counter()
                verify(sentence, evidence, 0.5, Witnesses(workspace.embedder, workspace.model, wait=60.0))
                with_model.append((time.perf_counter() - started) * 1e3)
    total = float(np.median(judged) + np.median(without))
    loaded = float(np.median(judged) + np.median(with_model))
    lines = [
        (
            "judging the sources of a question",
            len(judged),
            float(np.median(judged)),
            float(np.percentile(judged, 95)),
        ),
        ("verifying a sentence", len(without), float(np.median(without)), float(np.percentile(without, 95))),
        (
            "verifying it with the language model",
            len(with_model),
            float(np.median(with_model)),
            float(np.percentile(with_model, 95)),
        ),
    ]
    note = f"{os.cpu_count()} processor cores, load {os.getloadavg()[0]:.1f} while it was measured."
    table = Table("Cost, ms", ("part", "times", "median", "p95"), lines, note)
    return table, [
        Bar("judging and verifying one overview without the language model, median ms", total, 150, "<="),
        Bar("judging and verifying one overview with the language model, median ms", loaded, 1500, "<="),
    ]


def _judging(workspace: Workspace) -> list[float]:
    """Milliseconds of judging what was found for each question of the sample suite, searching left out."""
    library = workspace.library(SAMPLES_LIBRARY)
    judge = workspace.judge(library)
    taken: list[float] = []
    for question in load_questions():
        found = library.search(question.question, limit=4 * workspace.settings.search_limit)
        started = time.perf_counter()
        asked = understand(question.question)
        judge.judge(found.hits, asked, workspace.embedder, workspace.settings.search_limit)
        taken.append((time.perf_counter() - started) * 1e3)
    return taken


def _overviews(workspace: Workspace) -> list[tuple[str, list[Evidence]]]:
    """What the machine would have to verify: the first two quotes of an overview, joined, against these quotes."""
    found: list[tuple[str, list[Evidence]]] = []
    for outcome in run(workspace, load_questions(), generate=False):
        quoted = [c for c in outcome.receipt.overview.claims if c.origin == "quoted"][:2]
        if quoted:
            joined = ", and ".join(claim.text.rstrip(".") for claim in quoted) + "."
            evidence = [Evidence(c.citations[0].quote, c.citations[0].title, n) for n, c in enumerate(quoted)]
            found.append((joined, evidence))
    return found


def by_hand() -> tuple[Table, list[Bar]]:
    """The verdicts of a person on fifty sentences of overviews, as docs/truth.md says how."""
    verdicts = [json.loads(line) for line in VERDICTS.read_text("utf-8").splitlines()]
    lines: list[Sequence[Cell]] = []
    for name in ("samples", "scifact", "all"):
        some = [one for one in verdicts if name in (one["set"], "all")]
        sentences = [one["supported"] for one in some]
        cited = [right for one in some for right in one["citations"]]
        lines.append(
            (
                name,
                len(some),
                100 * _mean(sentences),
                _wilson(sentences),
                len(cited),
                100 * _mean(cited),
                _wilson(cited),
            )
        )
    columns = ("overviews of", "sentences", "fully supported, %", "95 %", "citations", "correct, %", "95 %")
    table = Table("Checked by hand", columns, lines, "Intervals after Wilson.")
    return table, [
        Bar("sentences fully supported, checked by hand, %", float(lines[-1][2]), 95),
        Bar("citations correct, checked by hand, %", float(lines[-1][5]), 95),
        Bar("sentences checked by hand", len(verdicts), 50),
    ]


def _mean(values: Sequence[bool]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _wilson(values: Sequence[bool]) -> str:
    n, p, z = len(values), _mean(values), 1.96
    middle, reach = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    low, high = (middle - reach) / (1 + z * z / n), (middle + reach) / (1 + z * z / n)
    return f"{100 * low:.1f} to {100 * high:.1f}"
