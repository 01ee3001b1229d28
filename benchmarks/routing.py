"""Routers on recorded outcomes of subjects and questions that they have not seen, and the contract under test.

Data: a folder `evals` with routellm_mmlu/mmlu_weak_strong.csv.zst (subject, prompt, weak, strong) and
llmrouter_train/dcrouter_train.jsonl.zst (question, scores, cluster_id). Sentence embeddings are kept in --embeddings
between runs.

    python benchmarks/routing.py [--data FOLDER] [--embeddings FOLDER] [--json] [--write]
"""

import argparse
import csv
import hashlib
import io
import json
import math
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

from clearspan.economy.routing.contract.bounds import betting_p, hoeffding_bentkus_p
from clearspan.economy.routing.contract.promise import PromiseTerms, losses, promise
from clearspan.economy.routing.contract.watch import ALPHA, Watch
from clearspan.economy.routing.curve import recovered
from clearspan.economy.routing.judging import judge, oracle, resampled_mean
from clearspan.economy.routing.outcomes import (
    Outcomes,
    folds_of,
    made,
    normal,
    refuse_duplicates,
    split,
)
from clearspan.economy.routing.policy import break_even
from clearspan.economy.routing.routers import ROUTERS
from clearspan.economy.routing.routing import Routing, routed_by
from clearspan.errors import BadInput
from clearspan.measure.bars import Bar, Cell, Report, Table, report
from clearspan.measure.estimate import Array, Estimate
from clearspan.models.serving.embedder import Embedder
from clearspan.settings import Settings, load

REPOSITORY = Path(__file__).resolve().parent.parent
FOLDS, SEEDS = 10, (0, 1, 2)
RESAMPLES = 1_000
WANTED_APGR, LENGTH_APGR = 0.62, 0.586
QUESTIONS_ALONE = ("random", "single", "length", "shape", "neighbours", "linear")
"""Routers that look at no answer: the sets have none."""
PAIRS, DRIFTS, QUIET = 2_000, 200, 10_000
TERMS = (PromiseTerms(share=0.90, confidence=0.95), PromiseTerms(share=0.98, confidence=0.95))
"""What is promised in the resamples."""

Part = tuple[list[Table], list[Bar], list[str]]


def unpacked(path: Path) -> str:
    return zstandard.ZstdDecompressor().decompressobj().decompress(path.read_bytes()).decode("utf-8")


def mmlu(data: Path) -> Outcomes:
    """Two tiers; a group is a subject, and a question that several subjects share is left out of all but one."""
    rows, seen = [], set[str]()
    for row in csv.DictReader(io.StringIO(unpacked(data / "routellm_mmlu/mmlu_weak_strong.csv.zst"))):
        if normal(row["prompt"]) in seen:
            continue
        seen.add(normal(row["prompt"]))
        tiers = {
            "weak.quality": row["weak"],
            "weak.cost": 0,
            "strong.quality": row["strong"],
            "strong.cost": 1,
        }
        rows.append({"question": row["prompt"], "group": row["subject"], **tiers})
    return made(rows, "routellm_mmlu")


def dcrouter(data: Path) -> Outcomes:
    """Seven models; nothing says what a call cost, so the billions of parameters in a name stand for it."""
    rows, seen = [], set[str]()
    for line in unpacked(data / "llmrouter_train/dcrouter_train.jsonl.zst").split("\n"):
        if not line:
            continue
        row = json.loads(line)
        if normal(row["question"]) in seen:
            continue
        seen.add(normal(row["question"]))
        tiers = {f"{model}.quality": score for model, score in row["scores"].items()}
        tiers |= {f"{model}.cost": size(model) for model in row["scores"]}
        rows.append({"question": row["question"], **tiers})
    return made(rows, "llmrouter_train")


def size(model: str) -> float:
    """Billions of parameters in the name of a model; 0 where it says none."""
    sizes = re.findall(r"(\d+(?:\.\d+)?)x(\d+)b|(\d+(?:\.\d+)?)b\b", model.lower())
    if not sizes:
        return 0.0
    times, each, alone = sizes[-1]
    return float(times) * float(each) if times else float(alone)


def embedded(outcomes: Outcomes, name: str, folder: Path, settings: Settings) -> Outcomes:
    mark = hashlib.sha256("\n".join(outcomes.asks.questions).encode()).hexdigest()[:16]
    kept = folder / f"routing-{name}-{mark}.npy"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.save(kept, Embedder.load("minilm", settings).embed(outcomes.asks.questions))
    return outcomes.with_vectors(np.load(kept))


def by_subject(outcomes: Outcomes, names: Sequence[str]) -> Part:
    """Every router on subjects that it has not seen: each question is predicted once for each way to part them."""
    gain = outcomes.quality[:, 1] - outcomes.quality[:, 0]
    rows: list[Sequence[Cell]] = []
    best = 0.0
    for name in names:
        found = [recovered(need_on_folds(outcomes, name, seed), gain, outcomes.groups) for seed in SEEDS]
        apgr = float(np.mean([one.apgr.value for one in found]))
        best = max(best, apgr)
        shown = found[0]
        rows.append((name, apgr, *ends(shown.apgr), shown.cpt50.value, shown.cpt80.value))
    perfect = recovered(gain, gain, outcomes.groups)
    rows.append(("oracle", perfect.apgr.value, *ends(perfect.apgr), perfect.cpt50.value, perfect.cpt80.value))
    table = Table(
        f"routellm_mmlu, {len(outcomes):,} questions of {len(set(outcomes.groups))} subjects, held out by subject",
        ("router", "APGR", "2.5 %", "97.5 %", "CPT(50 %)", "CPT(80 %)"),
        rows,
        f"APGR is the mean over {len(SEEDS)} ways to part the subjects into {FOLDS}; interval (subjects drawn again) "
        "and CPT, the share of questions sent to the strong model, are those of the first.",
    )
    note = (
        "The likeness of alternatives, which `shape` looks at, was found among 28 features on these same subjects. "
        "With the best of the 28 chosen on a random half of the subjects and measured, with length, on the other, "
        "APGR was .579 on average over 30 halves (length alone .582): it is not shown that `shape` carries to others."
    )
    return [table], [Bar("APGR of the best router on unseen subjects", best, WANTED_APGR)], [note]


def need_on_folds(outcomes: Outcomes, name: str, seed: int) -> Array:
    """How much each question needs the strong model, from a router that has not seen its subject, (n,).

    Within a fold the order alone counts: ranks are comparable over folds, predictions of two fits need not be.
    """
    folds = folds_of(outcomes.groups, FOLDS, seed)
    need = np.zeros(len(outcomes))
    for fold in range(FOLDS):
        own, out = outcomes.where(folds != fold), outcomes.where(folds == fold)
        refuse_duplicates(own, out)
        expected = ROUTERS[name].fit(own, seed).predict(out.asks)
        need[folds == fold] = expected[:, 1] - expected[:, 0]
    return need


def by_task(outcomes: Outcomes, names: Sequence[str]) -> Part:
    """Held-out questions of every task; a router that is not used is the best single model."""
    told = judge(outcomes, names)
    rows: list[Sequence[Cell]] = [
        (one.name, one.gain.value, one.gain.low, one.gain.high, one.quality, one.cost) for one in told.judged
    ]
    _, held = split(outcomes, 0.3, 0)
    chosen = oracle(held, told.price)
    more = (held.quality - told.price * held.cost)[np.arange(len(held)), chosen]
    more -= (held.quality - told.price * held.cost)[:, told.tiers.index(told.single)]
    best = resampled_mean(more, held.groups)
    quality = float(held.quality[np.arange(len(held)), chosen].mean())
    rows.append(
        (
            "oracle",
            best.value,
            best.low,
            best.high,
            quality,
            float(held.cost[np.arange(len(held)), chosen].mean()),
        )
    )
    table = Table(
        f"llmrouter_train, {told.held:,} held-out questions, {len(told.tiers)} models",
        ("router", "worth more than the best single model", "2.5 %", "97.5 %", "quality", "cost"),
        rows,
        f"The best single model is {told.single}. Cost: billions of parameters (the set names no prices). Verdict: "
        f"{'used' if told.used else 'declined'}: {told.why}.",
    )
    tasks, worst, worse = task_rows(told.routing, told.single, told.used, held, told.price)
    tables = [
        table,
        Table(
            "The router that was chosen, by task",
            ("task", "questions", "worth more", "2.5 %", "97.5 %"),
            tasks,
        ),
    ]
    bars = [
        Bar(
            "tasks on which what is used is worse than the best single model beyond its interval",
            worse,
            0,
            "==",
        ),
    ]
    return tables, bars, [f"The lowest upper end over tasks is {worst:+.4f}."]


def task_rows(
    routing: Routing, single: str, used: bool, held: Outcomes, price: float
) -> tuple[list[Sequence[Cell]], float, float]:
    """By task, which is told by the first words of a question."""
    worth = held.quality - price * held.cost
    index = routing.tiers.index(single)
    chosen = routing.choose(held.asks) if used else np.full(len(held), index)
    more = worth[np.arange(len(held)), chosen] - worth[:, index]
    tasks = np.array([task_of(question) for question in held.asks.questions])
    rows: list[Sequence[Cell]] = []
    for task in sorted(set(tasks)):
        own: Any = tasks == task
        found = resampled_mean(more[own], [held.groups[int(i)] for i in np.flatnonzero(own)])
        rows.append((task, int(own.sum()), found.value, found.low, found.high))
    uppers = [float(row[4]) for row in rows if row[4] is not None]
    return rows, min(uppers, default=0.0), float(sum(upper < 0 for upper in uppers))


def task_of(question: str) -> str:
    """A task by how its questions are put."""
    forms = {
        "puzzles": r"There are \d+ houses",
        "code": r"\AWrite a (python )?function|\bdef \w+\(|\Afrom typing",
        "multiple choice": r"(?m)^\s*\(?[A-D][.)]\s",
        "numbers": r"\d.*\d.*(how (many|much)|what is)|\$",
    }
    return next((name for name, form in forms.items() if re.search(form, question)), "other")


def planted_duplicates(outcomes: Outcomes) -> Part:
    """The same question on both sides of a split ends the run."""
    try:
        refuse_duplicates(outcomes.where(np.arange(100)), outcomes.where(np.arange(99, 200)))
    except BadInput as error:
        return [], [Bar("a question on both sides is refused", float("both" in str(error)), 1, "==")], []
    return [], [Bar("a question on both sides is refused", 0.0, 1, "==")], []


def no_signal(outcomes: Outcomes) -> Part:
    """Qualities that have nothing to do with the questions: the right answer is to decline."""
    random = np.random.default_rng(0)
    declined = []
    for seed in range(20):
        rows = random.permutation(len(outcomes))[:2_000]
        asks = outcomes.where(rows).asks
        shuffled = outcomes.where(random.permutation(len(outcomes))[:2_000])
        mixed = replace(shuffled, asks=asks, groups=tuple(normal(one) for one in asks.questions))
        declined.append(not judge(mixed, ("length", "shape"), seed).used)
    return [], [Bar("share of 20 sets without signal that are declined", float(np.mean(declined)), 0.9)], []


class Traffic:
    """Held-out questions, and what each margin of a router does with them.

    Attributes:
        lost: scaled losses, (questions, margins).
        weak: whether the weak model answers, (questions, margins).
        saved: share of the cost, by margin.
        loss: the mean loss over all of the traffic, by margin; a promise above 0 is broken.
    """

    def __init__(self, routing: Routing, held: Outcomes, terms: PromiseTerms) -> None:
        expected, best = routing.expected(held.asks), routing.policy.best
        chosen = [
            replace(routing.policy, margin=each).choose(expected, routing.cost) for each in routing.margins
        ]
        self.lost = np.stack([losses(held, one, best, terms.share) for one in chosen], 1)
        self.weak = np.stack([one != best for one in chosen], 1)
        self.no_worse = held.quality[:, 1 - best] >= held.quality[:, best]
        self.saved = self.weak.mean(0)
        self.loss = self.lost.mean(0) - terms.bound

    def ours(self, rows: Any, terms: PromiseTerms) -> int | None:
        """The margin that a contract on some pairs takes, by its place; they are in an order of chance."""
        return last_kept(betting_p(self.lost[rows], terms.bound, 1 - terms.confidence), 1 - terms.confidence)

    def bargain(self, rows: Any, terms: PromiseTerms) -> int | None:
        """The same by the sampling bound of BARGAIN (Zeighami et al., SIGMOD 2026), its algorithm for accuracy."""
        chosen, level = None, 1 - terms.confidence
        for place in range(1, self.lost.shape[1], 2):
            weak = self.weak[rows, place]
            count = int(weak.sum())
            target = (terms.share * len(rows) - (len(rows) - count)) / count if count else 0.0
            if target > 0:
                wrong = 1.0 - self.no_worse[rows][weak][:, None]
                if float(betting_p(wrong, 1 - target, level)[0]) > level:
                    break
            chosen = place
        return chosen


def contract(outcomes: Outcomes) -> Part:
    """1,000 resamples: a contract is made on pairs of each and held against all held-out traffic."""
    routing, held = routed(outcomes)
    rows: list[Sequence[Cell]] = []
    bars: list[Bar] = []
    for terms in TERMS:
        traffic, random = Traffic(routing, held, terms), np.random.default_rng(0)
        drawn = [random.integers(0, len(held), PAIRS) for _ in range(RESAMPLES)]
        gap = []
        for name, way in (("ours", traffic.ours), ("BARGAIN's bound", traffic.bargain)):
            places = [way(each, terms) for each in drawn]
            made_ = [place for place in places if place is not None]
            broken = float(sum(traffic.loss[place] > 0 for place in made_)) / RESAMPLES
            saved = float(sum(traffic.saved[place] for place in made_)) / RESAMPLES
            gap.append(saved)
            asked = f"{terms.share:.0%}, {terms.confidence:.0%} sure"
            rows.append((asked, name, broken, 1 - len(made_) / RESAMPLES, saved))
            if name == "ours":
                bars.append(
                    Bar(f"contracts of {asked} that are broken, share", broken, 1 - terms.confidence, "<=")
                )
        bars.append(Bar(f"saving of {terms.share:.0%} less that of BARGAIN's bound", gap[0] - gap[1], 0.0))
    table = Table(
        f"Contracts on {PAIRS:,} pairs, {RESAMPLES:,} resamples of {len(held):,} held-out questions",
        ("of the strong model's quality", "bound", "broken", "not feasible", "share of the cost saved"),
        rows,
        "Broken: the mean loss over all held-out questions is above the promise. BARGAIN: 20 thresholds in order, the "
        "target of all records turned into one for those below the threshold, its betting test on whether the weak "
        "model's answer is no worse than the strong one's; what is broken is counted by our promise.",
    )
    strict = promise(routing, held.where(np.arange(PAIRS)), PromiseTerms(0.9999, 0.95))
    bars.append(Bar("an infeasible promise (99.99 %) is refused", float(not strict.feasible), 1, "=="))
    return [table, tightness(routing, held)], bars, []


def routed(outcomes: Outcomes) -> tuple[Routing, Outcomes]:
    """A router fitted to half of the questions, and the others as traffic: all subjects in both, as in one's own."""
    own = replace(outcomes, groups=tuple(normal(each) for each in outcomes.asks.questions))
    folds = folds_of(own.groups, 2, 0)
    kept = own.where(folds == 0)
    refuse_duplicates(kept, own.where(folds == 1))
    return routed_by(ROUTERS["shape"].fit(kept, 0), kept, break_even(kept)), own.where(folds == 1)


def last_kept(p: Array, level: float) -> int | None:
    kept = int(np.argmax(np.append(p, 2.0) > level))
    return kept - 1 if kept else None


def tightness(routing: Routing, held: Outcomes) -> Table:
    """Savings by the bound, on the same pairs."""
    random, terms = np.random.default_rng(1), TERMS[0]
    traffic, level = Traffic(routing, held, terms), 1 - terms.confidence
    rows: list[Sequence[Cell]] = []
    for count in (500, 1_000, 2_000, 4_000):
        betting, inequality = [], []
        for _ in range(50):
            drawn = random.integers(0, len(held), count)
            place = traffic.ours(drawn, terms)
            other = last_kept(hoeffding_bentkus_p(traffic.lost[drawn], terms.bound), level)
            betting.append(0.0 if place is None else traffic.saved[place])
            inequality.append(0.0 if other is None else traffic.saved[other])
        rows.append((count, float(np.mean(betting)), float(np.mean(inequality))))
    columns = ("pairs", "betting", "Hoeffding-Bentkus")
    return Table(f"Share of the cost saved with {terms.share:.0%}, by bound, 50 resamples", columns, rows)


def drift(outcomes: Outcomes) -> Part:
    """A contract that holds is watched for 10,000 samples; then the weak model begins to fail."""
    routing, held = routed(outcomes)
    terms = TERMS[0]
    traffic, random = Traffic(routing, held, terms), np.random.default_rng(2)
    # The cheapest routing that keeps the promise on all of the traffic: as little slack as there can be.
    place = int(np.flatnonzero(traffic.loss <= 0)[-1])
    lost, weak = traffic.lost[:, place], traffic.weak[:, place]
    best = held.quality[:, routing.policy.best]
    drifted = np.where(weak, (terms.share * best + 1) / (1 + terms.share), lost)

    def samples(of: Array, count: int) -> list[float]:
        return of[random.integers(0, len(of), count)].tolist()

    false = sum(Watch().after(samples(lost, QUIET), terms.bound).violated for _ in range(DRIFTS))
    needed: list[float] = []
    while len(needed) < DRIFTS:
        before = Watch().after(samples(lost, 1_000), terms.bound)
        after = before.after(samples(drifted, 2_000), terms.bound)
        if not before.violated:
            needed.append(after.samples - before.samples if after.violated else math.inf)
    late = float(np.quantile(needed, 0.95))
    rows: list[Sequence[Cell]] = [
        ("without drift", f"ended within {QUIET:,} samples, share", false / DRIFTS),
        ("every answer of the weak model wrong", "samples until the end, median", float(np.median(needed))),
        ("", "95th percentile", late),
    ]
    note = f"The weak model answers {weak.mean():.0%}; the promise holds by {-traffic.loss[place]:.4f} on a scale of 1."
    table = Table(
        f"Watching a contract of {terms.share:.0%}, {DRIFTS} runs each", ("traffic", "", "value"), rows, note
    )
    bars = [
        Bar(
            f"contracts that hold and were ended within {QUIET:,} samples, share", false / DRIFTS, ALPHA, "<="
        ),
        Bar("shadow samples until the drift ends the contract, 95th percentile", late, 200, "<="),
    ]
    return [table], bars, []


def ends(found: Estimate) -> tuple[Cell, Cell]:
    return found.low, found.high


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(os.environ.get("CLEARSPAN_DATA", REPOSITORY.parent / "shared"))
    parser.add_argument("--data", type=Path, default=default, help="folder that holds evals/")
    parser.add_argument(
        "--embeddings", type=Path, help="folder where sentence embeddings are kept; in the home folder"
    )
    parser.add_argument(
        "--router", action="append", choices=QUESTIONS_ALONE, help="only these, for a quick look"
    )
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--write", action="store_true", help="keep the section in docs/measurements.md")
    options = parser.parse_args()
    data, settings = options.data / "evals", load()
    if not (data / "routellm_mmlu").is_dir():
        sys.exit(f"The data is not in {data}.\n{__doc__}")
    folder = options.embeddings or settings.home / "benchmarks"
    names, subjects, tasks = options.router or QUESTIONS_ALONE, mmlu(data), dcrouter(data)
    if any(ROUTERS[name].needs for name in names):
        subjects = embedded(subjects, "mmlu", folder, settings)
        tasks = embedded(tasks, "dcrouter", folder, settings)
    parts = [
        by_subject(subjects, names),
        by_task(tasks, names),
        planted_duplicates(subjects),
        no_signal(subjects),
        contract(subjects),
        drift(subjects),
    ]
    result = Report(
        section="Routing",
        command="python benchmarks/routing.py",
        tables=[table for tables, _, _ in parts for table in tables],
        bars=[bar for _, bars, _ in parts for bar in bars],
        notes=[note for _, _, notes in parts for note in notes],
    )
    document = REPOSITORY / "docs" / "measurements.md" if options.write else None
    return report(result, as_json=options.json, write=document)


if __name__ == "__main__":
    sys.exit(main())
