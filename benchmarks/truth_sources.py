"""Judging sources: satire from its text alone, a planted library, orders to an AI reader, and what judging costs."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from retrieval import corpus_texts

from clearspan.checks import trust as checks
from clearspan.checks.planted import edit
from clearspan.checks.samples import load_questions
from clearspan.library.documents import Document
from clearspan.library.library import Library
from clearspan.library.passages import split
from clearspan.library.stores.sqlite import SqliteStore
from clearspan.measure.bars import Bar, Report, Table
from clearspan.models.serving.embedder import Embedder
from clearspan.overview.question import understand
from clearspan.overview.trust.judge import Judge, JudgedHit
from clearspan.overview.trust.satire import BUCKETS, MAY_BE, marks
from clearspan.overview.trust.training import satire as satire_training
from clearspan.overview.trust.training.satire import Article, TrainedSatire
from clearspan.overview.trust.training.style import StyleQuality, read_headlines, train
from clearspan.receipts import Kind
from clearspan.settings import Settings
from clearspan.workspace.workspace import SAMPLES_LIBRARY, Workspace

PASSAGES = 50_000
LABELLED = 2_500
QUESTIONS = 60
LIBRARY = 30
LIBRARIES = 40
_MOST_PASSAGES = 40
"""Of one document: whole books would make the library of a few documents."""


def measure(data: Path, settings: Settings) -> Iterator[Report]:
    """Satire from text alone, then everything that needs no evaluation set; each as soon as it is there."""
    yield style(data, settings)
    yield documents(data)
    yield planted(settings)
    yield cost(data, settings)


def style(data: Path, settings: Settings) -> Report:
    """How far headlines tell satire from odd news, on a random and on a grouped split."""
    headlines = read_headlines(data / "evals" / "onion_or_not" / "onion_or_not.csv.zst")
    trained = train(headlines, Embedder.load("minilm", settings))
    rows = [(by, of, *_figures(quality)) for (by, of), quality in trained.qualities.items()]
    grouped = trained.qualities["meaning and words", "grouped"]
    flattering = trained.qualities["meaning and words", "random"]
    columns = (
        "features",
        "split",
        "accuracy",
        "95 % interval",
        "AUC",
        "ECE",
        "given 0.9 or more",
        "of these satire",
    )
    return Report(
        section="Truth: satire from text alone",
        command="python benchmarks/truth.py --only sources --write",
        tables=(
            Table(
                f"{len(headlines.texts):,} headlines, both classes weighing the same (baseline 0.5; the larger class "
                f"is {trained.majority:.3f} of them)",
                columns,
                rows,
            ),
        ),
        bars=(
            Bar("accuracy on held-out topics and lengths", grouped.accuracy, 0.75),
            Bar(
                "accuracy lost from the random to the grouped split",
                flattering.accuracy - grouped.accuracy,
                0.05,
                "<=",
            ),
            Bar("calibration error on held-out topics and lengths", grouped.ece, 0.05, "<="),
        ),
        notes=(
            "Each grouped cell is judged by a model that saw none of its topics (60 clusters of embeddings in five "
            "folds) and no headline of its band of lengths (five bands); the random split trains on as many. Intervals "
            "resample topics. Both splits share the sites: on outlets never seen style is worth less, which is why it "
            "never decides alone. Case and typography are left out, since they tell the site.",
        ),
    )


def documents(data: Path) -> Report:
    """How far whole documents of outlets never seen are told apart, and what that means for a library of sixty."""
    articles, digests = satire_training.read_articles(data)
    trained = satire_training.train(articles, digests)
    missed, doubted = _libraries(articles, trained)
    serious, _, fabricated = trained.qualities
    counts = [
        (name, float(np.mean(found)), "{:g} to {:g}".format(*np.quantile(found, [0.025, 0.975])))
        for name, found in (
            ("satirical texts that are not told to be doubtful", missed),
            ("serious pages told to be doubtful", doubted),
        )
    ]
    return Report(
        section="Truth: satire from whole documents",
        command="python benchmarks/truth.py --only sources --write",
        tables=(
            Table(
                "Articles of 28 satirical outlets, each outlet judged by a model that has not seen it",
                ("against", "AUC", "95 % interval"),
                [(q.against, q.area, f"{q.low:.3f} to {q.high:.3f}") for q in trained.qualities],
            ),
            Table("Given one half or more", ("articles", "share"), sorted(trained.shares.items())),
            Table(
                f"A library of {LIBRARY} satirical texts and the {LIBRARY} serious pages that share most words with "
                f"them, {LIBRARIES} drawn",
                ("what", "mean", "95 % of libraries"),
                counts,
            ),
        ),
        bars=(
            Bar("AUC of satire against serious pages, outlets never seen", serious.area, 0.90),
            Bar("AUC of satire against fabricated articles, outlets never seen", fabricated.area, 0.75),
            Bar("calibration error on outlets never seen", trained.calibration_error, 0.05, "<="),
            Bar(f"satire of {LIBRARY} that is not told to be doubtful", float(np.mean(missed)), 1, "<="),
            Bar(f"serious pages of {LIBRARY} told to be doubtful", float(np.mean(doubted)), 2, "<="),
        ),
        notes=(
            "Folds are of outlets, and of the works and feeds that serious pages come from: all news of the corpus is "
            "of one feed, so news is judged by a model that has seen none. Intervals draw outlets again. The libraries "
            "are judged, not asked: what is not told to be doubtful is quoted as fact only where it also answers.",
        ),
    )


def _libraries(articles: Sequence[Article], trained: TrainedSatire) -> tuple[list[int], list[int]]:
    """Of each drawn library the satirical texts that pass, and the serious pages that do not."""
    generator = np.random.default_rng(0)
    publishers = np.array(satire_training.publishers_of(articles))
    satire = np.array([one.label == "satire" for one in articles])
    serious = np.flatnonzero([one.label == "serious" for one in articles])
    words = np.zeros((len(articles), BUCKETS), np.float32)
    for row, one in zip(words, articles, strict=True):
        own = marks(one.title, one.text)
        row[own] = len(own) ** -0.5
    nearest = {i: serious[np.argsort(-(words[serious] @ words[i]))] for i in np.flatnonzero(satire)}
    outlets = sorted(set(publishers[satire]))
    missed: list[int] = []
    doubted: list[int] = []
    for _ in range(LIBRARIES):
        drawn = [outlets[i] for i in generator.permutation(len(outlets))]
        jokes = [i for outlet in drawn for i in np.flatnonzero(satire & (publishers == outlet))][:LIBRARY]
        twins: list[int] = []
        for joke in jokes:
            twins.append(int(next(i for i in nearest[joke] if i not in twins)))
        given = {i: _beside(i, [*jokes, *twins], publishers, trained) for i in (*jokes, *twins)}
        missed.append(sum(given[i] < MAY_BE for i in jokes))
        doubted.append(sum(given[i] >= MAY_BE for i in twins))
    return missed, doubted


def _beside(one: int, library: Sequence[int], publishers: NDArray[np.str_], trained: TrainedSatire) -> float:
    others = [trained.logits[i] for i in library if i != one and publishers[i] == publishers[one]]
    return trained.model.probability(float(trained.logits[one]), others)


def planted(settings: Settings) -> Report:
    """Both planted libraries, and the documents with instructions."""
    with Workspace.open(settings) as workspace:
        found = checks.measure(workspace)
    return Report(
        section="Truth: planted satire and instructions",
        command="python benchmarks/truth.py --only sources --write",
        tables=[checks.planted_table("dev, looked at", checks.ask_planted(settings, "dev")), *found.tables],
        bars=found.bars,
        notes=found.notes,
    )


def cost(data: Path, settings: Settings) -> Report:
    """Milliseconds of judging one question, on the samples and in a library of 50,000 passages."""
    with tempfile.TemporaryDirectory() as folder:
        own = Settings(
            home=Path(folder), weights=settings.models_dir, generate=False, library=SAMPLES_LIBRARY
        )
        samples = _samples(own)
        ready, again, large, recall, false = _large(data / "corpus", Path(folder))
    return Report(
        section="Truth: cost of judging sources",
        command="python benchmarks/truth.py --only sources --write",
        tables=(
            Table(
                "Milliseconds of judging one question (48 passages found, 12 believed ones kept)",
                ("library", "median", "p95", "median of processor time"),
                [
                    ("sample library, 57 documents", *_quantiles(samples[0]), _quantiles(samples[1])[0]),
                    (
                        f"{PASSAGES:,} passages, {LABELLED:,} of them satire",
                        *_quantiles(large[0]),
                        _quantiles(large[1])[0],
                    ),
                ],
            ),
            Table(
                f"Copies among {PASSAGES:,} passages",
                ("what", "value"),
                [
                    (f"seconds to index {LABELLED:,} satirical passages, once a process", ready),
                    (
                        "seconds to see that nothing satirical has changed, after a change to the library",
                        again,
                    ),
                    ("passages of copies with 30 % of their words changed that are found", recall),
                    ("other passages taken for copies", false),
                ],
            ),
        ),
        bars=(
            Bar("median of judging one overview, samples, ms", _quantiles(samples[0])[0], 75, "<="),
            Bar("median of judging, 50,000 passages, ms", _quantiles(large[0])[0], 75, "<="),
            Bar("copies with 30 % of their words changed that are found, share", recall, 0.97),
        ),
        notes=(
            "Judging and verifying together may take 150 ms at the median; half of that is taken for this half. Each "
            "question is judged once, with a judge that knows the library and has not seen the question's pages; a "
            "server that has seen them needs a third of it.",
        ),
    )


Taken = tuple[list[float], list[float]]
"""Milliseconds by the clock, and of processor time."""


def _samples(settings: Settings) -> Taken:
    with Workspace.open(settings) as workspace:
        workspace.index_samples()
        library = workspace.library()
        taken: Taken = ([], [])
        for question in load_questions()[:QUESTIONS]:
            hits = library.search(question.question, limit=48).hits
            judge = Judge(library, workspace.publishers)
            judge.judge(())
            asked = understand(question.question)
            _timed(
                lambda judge=judge, hits=hits, asked=asked: judge.judge(hits, asked, workspace.embedder, 12),
                taken,
            )
        return taken


def _large(corpus: Path, folder: Path) -> tuple[float, float, Taken, float, float]:
    generator = random.Random(0)
    store = SqliteStore(folder / "large.db")
    passages = labelled = 0
    originals: list[Document] = []
    seen: set[str] = set()
    for number, text in enumerate(corpus_texts(corpus)):
        if text[:60] in seen:
            continue  # two editions of one encyclopedia would be copies of one another
        seen.add(text[:60])
        document = _document(number, text[:60], text, "satire" if labelled < LABELLED else "unknown")
        cut = split(document.id, text)[:_MOST_PASSAGES]
        store.put(document, cut)
        passages += len(cut)
        if document.kind == "satire":
            labelled += len(cut)
            originals.append(document)
        if passages >= PASSAGES:
            break
    vocabulary = [word for document in originals[:40] for word in document.text.split()][:4000]
    library = Library("large", store, Settings(home=folder), None)
    judge = Judge(library)
    start = time.perf_counter()
    judge.judge(())
    ready = time.perf_counter() - start
    copied = [
        _document(10_000_000 + i, f"copy {i}", edit(original.text, 0.3, generator, vocabulary), "unknown")
        for i, original in enumerate(generator.sample(originals, min(QUESTIONS, len(originals))))
    ]
    for document in copied:
        store.put(document, split(document.id, document.text)[:_MOST_PASSAGES])
    start = time.perf_counter()
    judge.judge(())
    again = time.perf_counter() - start
    taken: Taken = ([], [])
    found = [0, 0]
    wrong = [0, 0]
    names = {document.id for document in copied}
    for document in copied:
        for passage in store.document_passages(document.id)[:2]:
            hits = library.search(" ".join(passage.text.split()[:12]), limit=48).hits
            for one in _timed(lambda hits=hits: judge.judge(hits, None, None, 12), taken):
                group = found if one.hit.document.id in names else wrong
                if one.hit.document.kind != "satire":
                    group[0] += bool(one.source.copy_of)
                    group[1] += 1
    store.close()
    return ready, again, taken, found[0] / max(found[1], 1), wrong[0] / max(wrong[1], 1)


def _timed(judging: Callable[[], list[JudgedHit]], taken: Taken) -> list[JudgedHit]:
    clock, processor = time.perf_counter(), time.process_time()
    judged = judging()
    taken[0].append(1e3 * (time.perf_counter() - clock))
    taken[1].append(1e3 * (time.process_time() - processor))
    return judged


def _document(number: int, title: str, text: str, kind: Kind) -> Document:
    return Document(
        id=f"d-{number:016x}",
        locator=f"l{number}",
        title=title,
        text=text,
        media_type="text/plain",
        content_hash=str(number),
        added_at=datetime.now(UTC),
        url=f"https://site{number}.example/",
        publisher=f"Publisher {number}",
        kind=kind,
    )


def _figures(quality: StyleQuality) -> tuple[float, str, float, float, float, float]:
    interval = f"{quality.low:.3f} to {quality.high:.3f}"
    return quality.accuracy, interval, quality.auc, quality.ece, quality.sure, quality.sure_right


def _quantiles(taken: Sequence[float]) -> tuple[float, float]:
    median, p95 = np.quantile(taken, [0.5, 0.95])
    return float(median), float(p95)
