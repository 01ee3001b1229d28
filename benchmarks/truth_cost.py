"""What judging and verifying cost; a part of truth, on the sample library alone."""

import os
import tempfile
import time
from pathlib import Path

import numpy as np

from clearspan.checks.samples import load_questions, run
from clearspan.measure.bars import Bar, Report, Table
from clearspan.overview.proof.evidence import Evidence
from clearspan.overview.proof.verify import Instruments, verify
from clearspan.overview.question import understand
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

COMMAND = "python benchmarks/truth.py --only cost"


def measure(data: Path, settings: Settings) -> list[Report]:
    """Milliseconds of judging and verifying one overview of the sample library, without and with the model."""
    del data
    without: list[float] = []
    with_model: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        own = Settings(home=Path(folder), weights=settings.models_dir, generate=True)
        with Workspace.open(own) as workspace:
            workspace.index_samples()
            overviews = _overviews(workspace)
            for sentence, evidence in overviews:
                started = time.perf_counter()
                verify(sentence, evidence, 0.5, Instruments(workspace.embedder))
                without.append((time.perf_counter() - started) * 1e3)
            judged = _judging(workspace)
            for sentence, evidence in overviews[:30]:
                started = time.perf_counter()
                verify(sentence, evidence, 0.5, Instruments(workspace.embedder, workspace.model, wait=60.0))
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
    bars = [
        Bar("judging and verifying one overview without the language model, median ms", total, 150, "<="),
        Bar("judging and verifying one overview with the language model, median ms", loaded, 1500, "<="),
    ]
    return [Report("Truth: what judging and verifying cost", COMMAND, (table,), bars)]


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
